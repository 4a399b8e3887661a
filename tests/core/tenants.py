"""Tenants on one kernel: what each of them does there, and every way in which another one may look for it.

Called by ``test_isolation``. Every text that belongs to a tenant holds its secret; every task has a mark of its own
with that secret in it. ``House`` writes down what agents, tools and listeners get to see.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kingpost import (
    Answer,
    Artefact,
    Call,
    Calls,
    Checkpoint,
    Context,
    KingpostError,
    Limits,
    Memory,
    Observation,
    Pending,
    Ports,
    Recorded,
    Say,
    Selection,
    Source,
    Status,
    TaskQuery,
    Text,
    Thought,
    Tool,
    ToolNote,
    Unavailable,
)
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations import Operation, calls, jobs, personas, schedules, steering, system, tenants, tokens, workers
from kingpost.operations import events as event_ops
from kingpost.operations import memory as memories
from kingpost.operations import tasks as ops
from kingpost.testing import (
    DictMemory,
    FirstFitCompressor,
    MemoryLog,
    ScriptedAgent,
    WordCounter,
    in_process_plugin,
)

SHARED_THREAD, SHARED_SCOPE, SHARED_SCHEDULE = "talk", "shared", "nightly"
SHARED_WORKER, SHARED_PERSONA = "helper", "reviewer"
"""Names that all tenants use."""

SAME = "the very same words " * 2000
"""Content that all tenants have, too large to stand in the log itself."""

SETTLED = (Status.WAITING, Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


def secret(tenant: str) -> str:
    """What stands in everything that belongs to a tenant."""
    return f"zq{tenant.replace('/', 'x')}zq"


def does(context: Context, say: Say) -> Answer | Calls:
    """An agent that does what the task's description says behind its mark: ``MARK do:DEED``."""
    mark, _, deed = context.description.partition(" do:")
    for speech in (Text(mark), Thought(mark), ToolNote("tool", mark), Checkpoint(mark)):
        say(speech)
    if not context.turns and deed in CALLS:
        return Calls(calls=tuple(CALLS[deed](mark)), text=mark, opaque={"own": mark})
    if deed == "fail":
        raise Unavailable(f"{mark} has no model")
    if deed == "break":
        raise RuntimeError(f"{mark} is broken")
    said = " ".join(one.text for turn in context.turns for one in turn.observations)
    text = f"{mark} said {said} " * (2000 if deed == "write" else 1)
    made = Artefact(f"{mark}.txt", "text/plain", sha256(mark.encode()).hexdigest(), len(mark))
    return Answer(text=text, sources=(Source("task", mark),), artefacts=(made,), opaque={"own": mark})


def _child(mark: str, number: int, deed: str) -> Call:
    more = {"agent": "doer", "description": f"{mark}c{number} do:{deed}", "context": f"{mark}h{number} is handed"}
    return Call(str(number), "delegate", more)


CALLS: Mapping[str, Any] = {
    "echo": lambda mark: [Call("1", "echo", {"text": mark})],
    "roar": lambda mark: [Call("1", "echo", {"text": f"{mark} " * 2000})],
    "throw": lambda mark: [Call(str(n), "throw", {"text": mark}) for n in range(4)],
    "ask": lambda mark: [Call("1", "ask_human", {"question": mark})],
    "order": lambda mark: [Call("1", "order", {"text": mark})],
    "burn": lambda mark: [Call("1", "burn", {"text": mark})],
    "split": lambda mark: [_child(mark, 1, "write"), _child(mark, 2, "echo"), _child(mark, 3, "ask")],
    "keep": lambda mark: [Call("1", "remember", {"text": f"{mark} keeps lions"})],
    "seek": lambda mark: [Call("1", "recall", {"query": "lions", "limit": 20})],
    "unfold": lambda mark: [Call("1", "expand", {"id": "handed"})],
}
DEEDS = (*CALLS, "answer", "write", "fail", "break")
SHARING = ("keep", "seek", "answer")
"""Deeds of tasks that look into the tenant's memory and stand in its thread; the others are by themselves."""


class Tools:
    """Tools that repeat what they are told; who called which is written down."""

    name = "tools"

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.folders: dict[str, set[str]] = defaultdict(set)
        self.tokens: list[tuple[str, str, str]] = []

    async def tools(self) -> Sequence[Tool]:
        return [Tool(name=name, description=f"{name} a text", parameters={"type": "object"})
                for name in ("echo", "throw", "order", "burn")]  # fmt: skip

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        text = str(call.arguments["text"])
        self.seen.append((limits.tenant, text))
        self.folders[str(limits.workspace)].add(limits.task)
        if call.tool == "throw":
            raise FileNotFoundError(f"/home/{text}")
        if call.tool == "order":
            self.tokens.append((limits.tenant, limits.task, limits.token))
            return Pending(call=call.id, reference=text)
        return Observation(call=call.id, text=text)


@dataclass
class House:
    """One kernel for all tenants. ``contexts`` and ``heard`` are by task, ``owners`` tells whose a task is."""

    kernel: Kernel
    home: Path
    tools: Tools
    contexts: dict[str, list[Context]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    marks: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def mark(self, tenant: str) -> str:
        """A new mark of a tenant, for one task."""
        self.marks[tenant] += 1
        return f"{secret(tenant)}t{self.marks[tenant]}"

    async def begin(self, tenant: str, deed: str) -> str:
        """A task that does this, with a context and an input of its own."""
        mark = self.mark(tenant)
        folder = self.home / "inputs" / tenant
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{mark}.md").write_text(f"# Lions\n\n{mark} has lions in a file\n")
        shares = deed in SHARING
        request = ops.Submit(
            description=f"{mark} do:{deed}", agent="frail" if deed == "fail" else "doer",
            context=f"{mark}p is private {SAME if deed == 'unfold' else ''}", tools=("*",),
            inputs=(str(folder / f"{mark}.md"),) if deed in ("echo", "seek", "split") else (),
            scopes=(SHARED_SCOPE,) if shares else (), thread=SHARED_THREAD if shares else None,
        )  # fmt: skip
        return (await self.kernel.perform(ops.SUBMIT, request, tenant)).id

    async def furnish(self, tenant: str) -> None:
        """Memories and a schedule, under names that all use."""
        mark = self.mark(tenant)
        if "/" not in tenant:
            await self.kernel.perform(tokens.CREATE, tokens.CreateToken(name=mark), tenant)
        own = Memory(id="one", scope=SHARED_SCOPE, body=f"{mark} remembers lions", source=mark, meta={"note": mark})
        same = Memory(id="same", scope=SHARED_SCOPE, body="lions sleep all day")
        perform = self.kernel.perform
        await perform(memories.REMEMBER, memories.Remember(memories=(own, same)), tenant)
        request = ops.Submit(description=f"{mark} do:answer", context=mark)
        await perform(schedules.SET, schedules.SetSchedule(id=SHARED_SCHEDULE, every=3600.0, request=request), tenant)
        whole = secret(tenant)
        offers = workers.Register(
            id=SHARED_WORKER, name=mark, agents=(workers.OfferedAgent(name=f"{whole} agent"),),
            tools=(Tool(name=f"{whole} tool", description=whole, parameters={"type": "object"}),),
        )  # fmt: skip
        await perform(workers.REGISTER, offers, tenant)
        persona = personas.SetPersona(name=SHARED_PERSONA, agent="doer", instructions=mark, tools=("echo",))
        await perform(personas.REGISTER, persona, tenant)

    async def settle(self) -> None:
        """Work until every task has ended or waits for somebody, and what they came to is remembered."""
        await self.kernel.work()
        log = await self.kernel.log()
        busy = TaskQuery(statuses=[Status.QUEUED.value, Status.RUNNING.value])
        async with asyncio.timeout(60):
            while await log.count(busy):  # noqa: ASYNC110 - whatever they wait for
                await asyncio.sleep(0.01)
            head, running = (await log.head()).position, self.kernel._running  # noqa: SLF001 - sinks say it nowhere else
            assert running is not None
            while any(sink.position < head for sink in running.delivery.standings()):  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.01)

    async def talk(self, tenant: str) -> None:
        """Say something to every task that waits, and begin some of those that have ended anew."""
        for task in await self.all(tenant):
            if task.status is Status.WAITING:
                said = steering.Message(id=task.id, text=f"{self._mark_of(task)} hurry")
                await self.kernel.perform(steering.MESSAGE, said, tenant)
        ended = [task for task in await self.all(tenant) if task.status is Status.SUCCEEDED and task.parent is None]
        for task in ended[:2]:
            await self.kernel.perform(steering.FORK, steering.Fork(id=task.id), tenant)
        for letter in (await self.kernel.perform(steering.LETTERS, steering.ListLetters(limit=1), tenant)).tasks:
            await self.kernel.perform(steering.REPLAY, ops.TaskId(letter.id), tenant)

    async def all(self, tenant: str) -> list[ops.TaskView]:
        """Every task of a tenant as it stands, with its outcome."""
        page = await self.kernel.perform(ops.LIST, ops.ListTasks(limit=1000), tenant)
        return [await self.kernel.perform(ops.GET, ops.TaskId(task.id), tenant) for task in page.tasks]

    async def belongings(self, tenant: str) -> list[object]:
        """All that a tenant has, to be compared: nothing of it may change by what another does."""
        perform = self.kernel.perform
        tasks = [replace(task, updated=0.0) for task in await self.all(tenant)]
        everything = memories.Export(selection=Selection(scope=None), limit=10_000)
        kept = (await perform(memories.EXPORT, everything, tenant)).memories
        due = await perform(schedules.SCHEDULES, schedules.ListSchedules(), tenant)
        pending = await perform(calls.CALLS, calls.ListCalls(limit=1000), tenant)
        turns = [await perform(ops.TURNS, ops.TaskId(task.id), tenant) for task in tasks]
        letters = await perform(steering.LETTERS, steering.ListLetters(), tenant)
        keys = await perform(tokens.TOKENS, tokens.ListTokens(), tenant)
        offered = (await perform(workers.WORKERS, workers.ListWorkers(), tenant)).workers
        steady = [(one.id, one.name, one.tools, one.agents, one.holds) for one in offered]
        made = await perform(personas.PERSONAS, personas.ListPersonas(), tenant)
        return [tasks, sorted(kept, key=repr), due, pending, turns, letters, keys, steady, made]

    def _mark_of(self, task: ops.TaskView) -> str:
        return task.description.partition(" do:")[0]


@asynccontextmanager
async def house(home: Path, *, files: bool = False) -> AsyncIterator[House]:
    """A kernel with one agent that does everything, on a log and a memory of files or without any."""
    tools = Tools()
    met: list[House] = []

    def look(context: Context, say: Say) -> Answer | Calls:
        met[0].contexts[context.task].append(context)
        return does(context, say)

    ports = Ports(home=home)
    plain: Any = {} if files else {"memory": [DictMemory()], "log": [MemoryLog(ports)]}
    plugin = in_process_plugin(
        "house", agents=[ScriptedAgent(look, "doer"), ScriptedAgent(look, "frail")], executors=[tools],
        compressors=[FirstFitCompressor()], counters=[WordCounter()], **plain,
    )  # fmt: skip
    names = {"memory": "sqlite", "log": "sqlite"} if files else {"memory": "dict", "log": "memory"}
    settings = {"kernel": {
        "agent": "doer", "compressor": "first-fit", "counter": "words", "retries": 0, "policy": ["ask burn"],
        "budget": 30_000, "outcome_tokens": 50_000, "drain_seconds": 0.1, "parallel": 8, **names,
    }}  # fmt: skip
    others = [each for each in installed() if each.id in ("log-sqlite", "memory-sqlite")] if files else []
    async with Kernel.open(settings=settings, plugins=[plugin, *others], ports=ports) as kernel:
        met.append(House(kernel, home, tools))
        kernel.listen(lambda task, what: met[0].heard[task].append(what))
        yield met[0]


@dataclass(frozen=True)
class Victim:
    """What an intruder may have found out about a tenant: ids, names and tokens, but no content."""

    tenant: str
    tasks: Sequence[ops.TaskView]
    blobs: Sequence[str]
    tokens: Sequence[tuple[str, str]]
    folder: Path
    keys: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """Ids of tasks, whole, by their beginning and by their end."""
        ids = [task.id for task in self.tasks]
        return [*ids, *(id[:-1] for id in ids), *(id[3:] for id in ids)]


async def victim(opened: House, tenant: str) -> Victim:
    """A tenant as an intruder sees it who knows every name."""
    log = await opened.kernel.log()
    tasks = await opened.all(tenant)
    frames = [frame for task in tasks for frame in await log.read(0, 1000, f"task/{task.id}")]
    blobs = [str(event.payload["blob"]) for frame in frames for event in frame.events
             if event.payload is not None and event.payload.keys() == {"blob"}]  # fmt: skip
    waiting = [(task, token) for owner, task, token in opened.tools.tokens if owner == tenant]
    keys = [key.id for key in (await opened.kernel.keyring()).of(tenant)]
    return Victim(tenant, tasks, sorted(set(blobs)), waiting, opened.home / "copies", keys)


def _ids(of: Victim) -> list[ops.TaskId]:
    return [ops.TaskId(name) for name in of.names]


def _list(of: Victim) -> Iterable[ops.ListTasks]:
    yield ops.ListTasks(limit=1000)
    yield ops.ListTasks(thread=SHARED_THREAD, limit=1000)
    for task in of.tasks:
        yield from (ops.ListTasks(root=task.id), ops.ListTasks(parent=task.id), ops.ListTasks(after=task.id))


def _observe(of: Victim) -> Iterable[calls.Observe]:
    for name in of.names:
        yield calls.Observe(id=name, observation=Observation(call="1", text="intruded"))
    for task, token in of.tokens:
        yield calls.Observe(id=task, observation=Observation(call="1", text="intruded"), token=token)


def _remember(of: Victim) -> memories.Remember:
    own = Memory(id="one", scope=SHARED_SCOPE, body="intruded", tenant=of.tenant)
    return memories.Remember(memories=(own,))


def _select(of: Victim, scope: str | None = SHARED_SCOPE, **more: Any) -> Selection:
    return Selection(scope=scope, tenant=of.tenant, **more)


def _export(of: Victim) -> list[memories.Export]:
    return [memories.Export(selection=_select(of)), memories.Export(selection=_select(of, None)),
            memories.Export(selection=replace(_select(of, None), tenant=None)),
            memories.Export(selection=_select(of, None, after=(SHARED_SCOPE, "one")))]  # fmt: skip


PROBES: Mapping[Operation[Any, Any], Any] = {
    ops.SUBMIT: lambda of: ops.Submit(
        description="lions do:seek", thread=SHARED_THREAD, scopes=(SHARED_SCOPE, "default"), context="mine"
    ),
    ops.GET: _ids,
    ops.WAIT: lambda of: [ops.Wait(id=name, seconds=0) for name in of.names],
    ops.AWAIT: lambda of: [ops.Wait(id=name, seconds=0) for name in of.names],
    ops.LIST: _list,
    ops.TREE: _ids,
    ops.TURNS: _ids,
    ops.EXPAND: lambda of: [ops.Expand(id=name, passage=p) for name in of.names for p in ("task", "handed", "1")],
    ops.RESUME: lambda of: [ops.Resume(), *(ops.Resume(only=name) for name in of.names)],
    event_ops.EVENTS: lambda of: [
        event_ops.ListEvents(limit=1000),
        *(event_ops.ListEvents(task=name, limit=1000) for name in of.names),
    ],
    steering.CANCEL: lambda of: [steering.Cancel(id=name, reason="intruded") for name in of.names],
    steering.MESSAGE: lambda of: [steering.Message(id=name, text="intruded") for name in of.names],
    steering.FORK: lambda of: [steering.Fork(id=name) for name in of.names],
    steering.LETTERS: lambda of: [steering.ListLetters(), *(steering.ListLetters(after=task.id) for task in of.tasks)],
    steering.REPLAY: _ids,
    steering.DISCARD: _ids,
    calls.CALLS: lambda of: [
        calls.ListCalls(limit=1000),
        *(calls.ListCalls(task=name) for name in of.names),
        *(calls.ListCalls(after=task.id) for task in of.tasks),
    ],
    calls.OBSERVE: _observe,
    calls.REPLY: lambda of: [
        calls.Reply(id=name, call="1", text="intruded", allow=allow) for name in of.names for allow in (None, True)
    ],
    schedules.SCHEDULES: lambda of: schedules.ListSchedules(),
    schedules.SET: lambda of: schedules.SetSchedule(
        id=SHARED_SCHEDULE, every=7200.0, paused=True, request=ops.Submit(description="mine")
    ),
    schedules.REMOVE: lambda of: schedules.ScheduleId(SHARED_SCHEDULE),
    memories.RECALL: lambda of: memories.Recall(text="lions", scopes=(SHARED_SCOPE,), limit=1000),
    memories.USE: lambda of: memories.Use(scope=SHARED_SCOPE, ids=("one",)),
    memories.REMEMBER: _remember,
    memories.EXPORT: _export,
    memories.FORGET: lambda of: [memories.Forget(selection=one.selection) for one in _export(of)],
    memories.PACK: lambda of: memories.PackContext(query="lions", scopes=(SHARED_SCOPE,)),
    memories.FIT: lambda of: memories.Fit(text="lions", budget=10),
    memories.COUNT: lambda of: memories.Count(text="lions"),
    system.AGENTS: lambda of: system.Nothing(),
    system.TOOLS: lambda of: system.Nothing(),
    system.PLUGINS: lambda of: system.Nothing(),
    system.DOCTOR: lambda of: system.Nothing(),
    system.HEAD: lambda of: system.Nothing(),
    system.VERIFY: lambda of: system.Verify(),
    system.REBUILD: lambda of: system.Rebuild(),
    system.BACKUP: lambda of: system.Backup(str(of.folder / f"for {of.tenant}")),
    system.RESTORE: lambda of: system.Restore(str(of.folder / "nothing")),
    system.SEAL: lambda of: system.Seal(before=1.0, target=str(of.folder / f"sealed {of.tenant}")),
    ops.SUBMIT_ALL: lambda of: ops.SubmitAll(
        tasks=(ops.Submit(description="lions do:seek", thread=SHARED_THREAD, scopes=(SHARED_SCOPE,)),)
    ),
    ops.FETCH: lambda of: [ops.Fetch(id=task.id, name=f"{secret(of.tenant)}.txt") for task in of.tasks],
    event_ops.FOLLOW: lambda of: [
        event_ops.Follow(after="0"),
        *(event_ops.Follow(task=name) for name in of.names),
        *(event_ops.Follow(root=name, after="0") for name in of.names),
        event_ops.Follow(thread=SHARED_THREAD, after="0"),
    ],
    steering.RETRY: _ids,
    steering.LETTER: _ids,
    schedules.GET: lambda of: schedules.ScheduleId(SHARED_SCHEDULE),
    schedules.PAUSE: lambda of: schedules.ScheduleId(SHARED_SCHEDULE),
    schedules.RESUME: lambda of: schedules.ScheduleId(SHARED_SCHEDULE),
    memories.GET: lambda of: [memories.MemoryId(scope=SHARED_SCOPE, id=id) for id in ("one", "same")],
    system.AGENT: lambda of: system.AgentName("doer"),
    system.STATISTICS: lambda of: system.AgentName("doer"),
    jobs.VERIFY: lambda of: system.Nothing(),
    jobs.REBUILD: lambda of: system.Rebuild(),
    jobs.BACKUP: lambda of: system.Backup(str(of.folder / f"job for {of.tenant}")),
    jobs.JOBS: lambda of: system.Nothing(),
    jobs.GET: lambda of: jobs.JobId("none"),
    tokens.CREATE: lambda of: tokens.CreateToken(name="intruded"),
    tokens.TOKENS: lambda of: tokens.ListTokens(),
    tokens.ROTATE: lambda of: [tokens.RotateToken(id=id) for id in of.keys],
    tokens.REVOKE: lambda of: [tokens.TokenId(id) for id in of.keys],
    tenants.CREATE: lambda of: tenants.SetTenant(id=of.tenant, queue=0),
    tenants.LIMIT: lambda of: tenants.SetTenant(id="nobody", queue=0),
    tenants.TENANTS: lambda of: tenants.ListTenants(),
    tenants.ERASE: lambda of: tenants.TenantId("nobody"),
    workers.WORKERS: lambda of: workers.ListWorkers(),
    workers.BEAT: lambda of: workers.WorkerId(SHARED_WORKER),
    workers.CLAIM: lambda of: workers.Claim(id=SHARED_WORKER, limit=100),
    workers.OBSERVE: lambda of: [
        workers.Settle(id=SHARED_WORKER, task=name, call="1", observation=Observation(call="1", text="intruded"))
        for name in of.names
    ],
    workers.LEAVE: lambda of: workers.WorkerId(SHARED_WORKER),
    workers.REGISTER: lambda of: workers.Register(id=SHARED_WORKER, agents=(workers.OfferedAgent(name="mine"),)),
    personas.PERSONAS: lambda of: personas.ListPersonas(),
    personas.UPDATE: lambda of: personas.SetPersona(name=SHARED_PERSONA, agent="doer", instructions="mine"),
    personas.DELETE: lambda of: personas.PersonaName(SHARED_PERSONA),
    personas.REGISTER: lambda of: personas.SetPersona(name=SHARED_PERSONA, agent="doer", instructions="mine"),
    system.ERASE: lambda of: [system.Erase(task=name) for name in of.names],
}
"""Every operation, and what an intruder asks of it: by ids, beginnings and ends, and by the names that all use."""


async def told(opened: House, intruder: str, of: Victim) -> AsyncIterator[tuple[str, object]]:
    """Every operation performed as the intruder, with what came: a response, or the words of an error."""
    of.folder.mkdir(exist_ok=True)
    for operation, asked in PROBES.items():
        requests = asked(of)
        for request in requests if isinstance(requests, Iterable) else [requests]:
            try:
                came: object = await opened.kernel.perform(operation, request, intruder)
            except KingpostError as problem:
                came = f"{problem} {problem!r} {problem.__cause__!r}"
            if operation is event_ops.FOLLOW and not isinstance(came, str):
                came = await followed(came)
            yield f"{operation.id} {request!r}", came


async def followed(feed: Any) -> list[object]:
    """All that a feed has to tell by now."""
    came: list[object] = []
    try:
        async with asyncio.timeout(0.1):
            while views := await feed.next():
                came += views
    except TimeoutError:
        pass
    finally:
        feed.close()
    return came


def recorded(heard: Sequence[Any]) -> list[Any]:
    """What listeners were told of a task, by kind: frames and speech alike."""
    return [what.events if isinstance(what, Recorded) else what for what in heard]


def marks_in(text: str, tenant: str) -> set[str]:
    """The marks of a tenant's tasks in a text."""
    return set(re.findall(rf"{secret(tenant)}t\d+", text))

"""Whoever misbehaves comes to a clear end within its grant, and everybody else goes on.

Each test puts one that misbehaves among twenty ordinary tasks on one kernel; all twenty succeed meanwhile, the log
stays sound, and everything in it can still be read.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import kingpost
import pytest
from kingpost import (
    Agent,
    Answer,
    Call,
    Calls,
    Checkpoint,
    Context,
    Description,
    Dropped,
    Event,
    Fenced,
    Fitted,
    KingpostError,
    Observation,
    Passage,
    Pending,
    Ports,
    Query,
    Receipt,
    Recorded,
    Refused,
    Say,
    Speech,
    Status,
    Text,
    Tool,
    Unavailable,
    Usage,
    UsageNote,
)
from kingpost._host import deliver, offered, work
from kingpost._host.kernel import Kernel
from kingpost.operations import events as event_ops
from kingpost.operations import steering
from kingpost.operations import tasks as ops
from kingpost.testing import (
    DictMemory,
    FirstFitCompressor,
    FunctionExecutor,
    MemoryLog,
    ScriptedAgent,
    WordCounter,
    in_process_plugin,
)

from tests.core import keep_working

loose: Any = kingpost
"""The names of the kit, unchecked: what is made here is not what the types say."""

OTHERS = 20
LONGEST = 4000
"""Characters that the account of a failure may take, whatever was thrown."""

SMALL = {
    "silence_seconds": 0.4,
    "tool_seconds": 0.4,
    "recall_seconds": 0.2,
    "calls": 64,
    "answer_bytes": 10_000,
    "retries": 1,
    "retry_seconds": 0.001,
    "retry_most_seconds": 0.002,
    "drain_seconds": 0.1,
    "remember": False,
    "sinks": [],
}


async def add(a: int) -> str:
    """Add one."""
    return str(a + 1)


def ordinary(context: Context, _: Say) -> Answer | Calls:
    """Two turns with a tool between them."""
    if not context.turns:
        return Calls(calls=(Call("1", "add", {"a": 1}),))
    return Answer(text=context.turns[0].observations[0].text)


def hostile(does: Any, **more: Any) -> Agent:
    """An agent that returns, raises or does what no agent may."""
    return ScriptedAgent(does, "hostile", **more)


@dataclass
class Crowd:
    """A kernel at work, and how to put somebody among the others."""

    kernel: Kernel
    log: MemoryLog

    async def meet(self, *requests: ops.Submit) -> list[ops.TaskView]:
        """How the requests end; half of the ordinary tasks are there before them, half come behind."""
        before = [await self.submit("ordinary") for _ in range(OTHERS // 2)]
        asked = [(await self.kernel.perform(ops.SUBMIT, request)).id for request in requests]
        behind = [await self.submit("ordinary") for _ in range(OTHERS // 2)]
        await self.kernel.work()
        for task in await asyncio.gather(*map(self.end_of, before + behind)):
            assert task.outcome is not None, task
            assert (task.status, task.outcome.answer) == (Status.SUCCEEDED, "2"), task
        return list(await asyncio.gather(*map(self.end_of, asked)))

    async def submit(self, agent: str, description: str = "work", **more: Any) -> str:
        """One task more."""
        return (await self.kernel.perform(ops.SUBMIT, ops.Submit(description=description, agent=agent, **more))).id

    async def end_of(self, id: str) -> ops.TaskView:
        """The task, once it has ended."""
        task = await self.kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=60))
        assert task.status.final, task
        assert task.outcome is not None
        assert len(task.outcome.detail) <= LONGEST
        assert task.outcome.reason != "internal", task.outcome
        return task

    async def check(self) -> None:
        """Everything that was recorded can be read, and is sound."""
        after = 0
        while (
            page := await self.kernel.perform(event_ops.EVENTS, event_ops.ListEvents(after=after, limit=1000))
        ).frames:
            after = page.position
        for task in (await self.kernel.perform(ops.LIST, ops.ListTasks(limit=1000))).tasks:
            await self.kernel.perform(ops.TURNS, ops.TaskId(task.id))
        report = await self.log.verify()
        assert report.sound, report.findings


@asynccontextmanager
async def crowd(
    home: Path, *agents: Agent, kernel: Any = (), log: Any = MemoryLog, **doors: Any
) -> AsyncIterator[Crowd]:
    """A kernel with these agents and an ordinary one; ``kernel`` changes its settings, ``doors`` what is offered."""
    ports = Ports(home=home)
    opened: MemoryLog = log(ports)
    offers: dict[str, Any] = {
        "memory": [DictMemory()], "compressors": [FirstFitCompressor()], "counters": [WordCounter()], **doors,
    }  # fmt: skip
    offers["executors"] = [FunctionExecutor([add], "adding", repeatable=["add"]), *doors.get("executors", ())]
    agents = (*agents, ScriptedAgent(ordinary, "ordinary"))
    plugin = in_process_plugin("crowd", agents=agents, log=[opened], **offers)
    names = {"agent": "ordinary", "memory": "dict", "compressor": "first-fit", "counter": "words", "log": "memory"}
    settings = {"kernel": {**SMALL, **names, **dict(kernel)}}
    async with Kernel.open(settings=settings, plugins=[plugin], ports=ports) as one:
        met = Crowd(one, opened)
        yield met
        await met.check()


REQUEST = ops.Submit(description="misbehave", agent="hostile")


async def ends(home: Path, does: Any, request: ops.Submit = REQUEST, **more: Any) -> ops.TaskView:
    """How a task ends whose agent does this, among the others."""
    async with crowd(home, hostile(does), **more) as met:
        (task,) = await met.meet(request)
    return task


def reason(task: ops.TaskView) -> str | None:
    """Why it ended as it did."""
    assert task.outcome is not None
    return task.outcome.reason


def nested(levels: int) -> Any:
    """Lists in lists."""
    value: Any = "deep"
    for _ in range(levels):
        value = [value]
    return value


def cyclic() -> dict[str, Any]:
    """A dictionary that holds itself."""
    value: dict[str, Any] = {}
    value["itself"] = value
    return value


class Odd(Answer):
    """An answer that is none when one looks at it."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("hands off")


def one_call(**more: Any) -> Calls:
    """A decision with one call, something of which is wrong."""
    return Calls(calls=(Call(**{"id": "1", "tool": "add", "arguments": {"a": 1}, **more}),))


RUBBISH: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a number": lambda: 7,
    "a class": lambda: Answer,
    "an answer that is none": lambda: Odd(text="x"),
    "no text": lambda: loose.Answer(text=None),
    "bytes for a text": lambda: loose.Answer(text=b"bytes"),
    "50 MB": lambda: Answer(text="x" * 50_000_000),
    "no usage": lambda: loose.Answer(text="x", usage=None),
    "usage that is no number": lambda: loose.Answer(text="x", usage=loose.Usage(input_tokens=float("nan"))),
    "negative usage": lambda: Answer(text="x", usage=Usage(input_tokens=-1_000_000)),
    "negative money": lambda: Answer(text="x", usage=Usage(money=-1)),
    "usage without end": lambda: Answer(text="x", usage=Usage(output_tokens=10**400)),
    "a price that is no text": lambda: loose.Answer(text="x", usage=loose.Usage(prices=7)),
    "no sources": lambda: loose.Answer(text="x", sources=None),
    "numbers for sources": lambda: loose.Answer(text="x", sources=(7,)),
    "a source of bytes": lambda: loose.Answer(text="x", sources=(loose.Source("1", b"\xff"),)),
    "texts for artefacts": lambda: loose.Answer(text="x", artefacts=("a file",)),
    "opaque data that is no object": lambda: loose.Answer(text="x", opaque=[1]),
    "opaque data that is no JSON": lambda: Answer(text="x", opaque={"a": object()}),
    "opaque data of 50 MB": lambda: Answer(text="x", opaque={"a": "x" * 50_000_000}),
    "an answer that says it is calls": lambda: loose.Answer(text="x", kind="calls"),
    "no calls": lambda: Calls(calls=()),
    "nothing for calls": lambda: loose.Calls(calls=None),
    "numbers for calls": lambda: loose.Calls(calls=(7,)),
    "100,000 calls": lambda: Calls(calls=tuple(Call(str(n), "add", {"a": n}) for n in range(100_000))),
    "one id for two calls": lambda: Calls(calls=(Call("1", "add", {"a": 1}), Call("1", "add", {"a": 2}))),
    "calls until something else": lambda: loose.Calls(calls=one_call().calls, until="never"),
    "calls that say no text": lambda: loose.Calls(calls=one_call().calls, text=None),
    "a call without an id": lambda: one_call(id=None),
    "a call with an empty id": lambda: one_call(id=""),
    "a list for an id": lambda: one_call(id=[]),
    "an id of a megabyte": lambda: one_call(id="x" * 1_000_000),
    "an id that is no text": lambda: one_call(id="\ud800"),
    "an id with a line break": lambda: one_call(id="1\n2"),
    "no tool": lambda: one_call(tool=None),
    "a tool's name of a megabyte": lambda: one_call(tool="x" * 1_000_000),
    "a tool's name that is no text": lambda: one_call(tool="\udfff"),
    "no arguments": lambda: one_call(arguments=None),
    "arguments with numbers for names": lambda: one_call(arguments={1: 2}),
    "a list for arguments": lambda: one_call(arguments=[1]),
    "arguments that hold themselves": lambda: one_call(arguments=cyclic()),
    "arguments that are no JSON": lambda: one_call(arguments={"a": object()}),
    "arguments of bytes": lambda: one_call(arguments={"a": b"\xff"}),
    "arguments too deep to be read back": lambda: one_call(arguments={"a": nested(220)}),
    "arguments too deep to be written": lambda: one_call(arguments={"a": nested(100_000)}),
    "arguments of 50 MB": lambda: one_call(arguments={"a": "x" * 50_000_000}),
}


@pytest.mark.parametrize("rubbish", RUBBISH)
async def test_rubbish_is_blamed_on_its_agent(tmp_path: Path, rubbish: str) -> None:
    """It is told what was wrong, it is not asked again, and nothing is charged back to its grant."""
    task = await ends(tmp_path, lambda context, say: RUBBISH[rubbish](), replace(REQUEST, tokens=50_000))

    assert task.outcome is not None
    assert (task.status, task.outcome.reason, task.attempt) == (Status.FAILED, "agent_failed", 1)
    assert "'hostile'" in task.outcome.detail
    assert min(task.spent) >= 0


ODD_BUT_WELL: dict[str, tuple[Callable[[], Any], str]] = {
    "half a surrogate pair": (lambda: Answer(text="a\ud800"), "a?"),
    "half a surrogate pair in opaque data": (lambda: Answer(text="x", opaque={"\ud800": ["\ud800"]}), "x"),
    "numbers that are none": (lambda: Answer(text="x", opaque={"a": [float("nan"), float("inf")]}), "x"),
    "an empty answer": (lambda: Answer(text=""), ""),
    "NUL": (lambda: Answer(text="a\0b"), "a\0b"),
}


@pytest.mark.parametrize("odd", ODD_BUT_WELL)
async def test_what_is_only_odd_is_recorded(tmp_path: Path, odd: str) -> None:
    made, answer = ODD_BUT_WELL[odd]
    task = await ends(tmp_path, lambda context, say: made())

    assert task.outcome is not None
    assert (task.status, task.outcome.answer) == (Status.SUCCEEDED, answer)


@pytest.mark.parametrize(
    "call",
    [
        Call("1", "no such tool"),
        Call("1", "add", {"a": "much"}),
        Call("1", "add", {"a": 1, "\ud800": "\ud800"}),
        Call("1", "wait", {"seconds": float("nan")}),
        Call("1", "wait", {"seconds": float("inf")}),
        Call("1", "delegate", {"agent": ["ordinary"], "description": {}}),
        Call("../../1", "delegate", {"agent": "ordinary", "description": "out of its folder"}),
        Call("1/1.1", "delegate", {"agent": "ordinary", "description": "in another's place"}),
    ],
)
async def test_a_call_that_cannot_be_made_is_told_to_its_agent(tmp_path: Path, call: Call) -> None:
    """As an observation with an error; the task goes on."""

    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(call,))
        return Answer(text=context.turns[0].observations[0].error or "it was made")

    task = await ends(tmp_path, does)

    assert task.outcome is not None
    assert task.status is Status.SUCCEEDED
    assert task.outcome.answer != "it was made"


async def test_a_point_in_a_calls_id_is_part_of_its_name(tmp_path: Path) -> None:
    """Some providers make ids of the tool's name and a number."""
    calls = (Call("functions.delegate:0", "delegate", {"agent": "ordinary", "description": "help"}),
             Call("a.b.", "delegate", {"agent": "ordinary", "description": "help"}))  # fmt: skip

    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=calls)
        return Answer(text=" ".join(one.text for one in context.turns[0].observations))

    task = await ends(tmp_path, does)

    assert task.outcome is not None
    assert task.outcome.answer == "2 2"


class Unprintable(Exception):
    """What went wrong cannot be said."""

    def __str__(self) -> str:
        raise self


class Panic(BaseException):
    """What native extensions raise when they panic."""


THROWN: dict[str, Callable[[], BaseException]] = {
    "a huge message": lambda: RuntimeError("x" * 50_000_000),
    "a message that is no text": lambda: RuntimeError("\ud800"),
    "a message of objects": lambda: RuntimeError(object(), b"\xff", nested(100)),
    "what cannot be printed": Unprintable,
    "a panic": lambda: Panic("at the disco"),
    "a huge panic": lambda: Panic("x" * 50_000_000),
    "an exit": lambda: SystemExit(3),
    "a cancellation of its own": lambda: asyncio.CancelledError("by myself"),
    "a timeout of its own": lambda: TimeoutError("by myself"),
    "the end of an iteration": StopAsyncIteration,
    "what only a log may say": lambda: Fenced("mine", 1, 2),
    "what only a fold may say": lambda: Refused("mine", "task.succeeded", "running"),
}


@pytest.mark.parametrize("thrown", THROWN)
async def test_whatever_an_agent_throws_ends_its_own_task(tmp_path: Path, thrown: str) -> None:
    def does(context: Context, _: Say) -> Answer:
        raise THROWN[thrown]()

    task = await ends(tmp_path, does)

    assert task.outcome is not None
    assert (task.status, task.outcome.reason, task.attempt) == (Status.FAILED, "agent_failed", 1)


@pytest.mark.parametrize("thrown", THROWN)
async def test_whatever_a_tool_throws_is_an_observation(tmp_path: Path, thrown: str) -> None:
    """For the agent that called it, in few words."""

    class Throws:
        name = "throws"

        async def tools(self) -> Sequence[Tool]:
            return [Tool(name="throw", description="Throw.", parameters={"type": "object"})]

        async def execute(self, call: Call, limits: Any) -> Observation:
            raise THROWN[thrown]()

    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(Call("1", "throw"), Call("2", "add", {"a": 1})))
        first, second = context.turns[0].observations
        return Answer(text=f"{first.error} {len(first.text) < LONGEST} {second.text}")

    task = await ends(tmp_path, does, executors=[Throws()])

    assert task.outcome is not None
    assert task.outcome.answer == "tool.raised True 2"


REPLIES: dict[str, Any] = {
    "nothing": None,
    "a text": "done",
    "an observation for another call": Observation(call="2", text="x"),
    "no text": loose.Observation(call="1", text=None),
    "a list for an error": loose.Observation(call="1", text="x", error=["e"]),
    "an error of a megabyte": Observation(call="1", text="x", error="e" * 1_000_000),
    "an error that is no text": Observation(call="1", text="x", error="\ud800"),
    "a trust of its own": loose.Observation(call="1", text="x", trust="absolute"),
    "pending for another call": Pending(call="2", reference="x"),
    "pending on an object": loose.Pending(call="1", reference=object()),
    "pending until tomorrow": loose.Pending(call="1", reference="x", wake_at="tomorrow"),
    "pending until no time": Pending(call="1", reference="x", wake_at=float("nan")),
    "pending until the end of time": Pending(call="1", reference="x", wake_at=float("inf")),
}


class Replies:
    """A tool that answers with whatever it was made of."""

    name = "replies"

    def __init__(self, reply: Any) -> None:
        self._reply = reply

    async def tools(self) -> Sequence[Tool]:
        return [Tool(name="reply", description="Reply.", parameters={"type": "object"})]

    async def execute(self, call: Call, limits: Any) -> Any:
        return self._reply


@pytest.mark.parametrize("reply", REPLIES)
async def test_rubbish_from_a_tool_is_an_observation(tmp_path: Path, reply: str) -> None:
    """Timers of others still go off behind it."""

    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(Call("1", "reply"), Call("2", "wait", {"seconds": 0.05})))
        first, second = context.turns[0].observations
        return Answer(text=f"{first.error} {second.text}")

    task = await ends(tmp_path, does, executors=[Replies(REPLIES[reply])])

    assert task.outcome is not None
    assert task.outcome.answer == "tool.broken the time has come"


async def test_a_huge_observation_is_cut(tmp_path: Path) -> None:
    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(Call("1", "reply"),))
        return Answer(text=str(context.turns[0].observations[0].truncated))

    huge = Observation(call="1", text="word " * 10_000_000)
    task = await ends(tmp_path, does, executors=[Replies(huge)])

    assert task.outcome is not None
    assert task.outcome.answer == "True"


FLOODS: dict[str, tuple[int, Callable[[int], Speech]]] = {
    "a million small ones": (1_000_000, lambda n: Text(".")),
    "ten thousand marks": (10_000, lambda n: Checkpoint(str(n))),
}


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_of_speech_drowns_nobody(tmp_path: Path, flood: str) -> None:
    """Nothing of it piles up: only the last mark is recorded."""

    def does(context: Context, say: Say) -> Answer:
        times, made = FLOODS[flood]
        for n in range(times):
            say(made(n))
        return Answer(text="done")

    async with crowd(tmp_path, hostile(does)) as met:
        (task,) = await met.meet(REQUEST)
        page = await met.kernel.perform(event_ops.EVENTS, event_ops.ListEvents(task=task.id))

    assert task.status is Status.SUCCEEDED
    assert sum(event.kind == "agent.checkpoint" for frame in page.frames for event in frame.events) <= 1


SPOKEN: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a text that is a number": lambda: loose.Text(7),
    "50 MB": lambda: Text("x" * 50_000_000),
    "a mark of 50 MB": lambda: Checkpoint("x" * 50_000_000),
    "a mark that is an object": lambda: loose.Checkpoint(object()),
    "no usage": lambda: loose.UsageNote(None),
    "negative usage": lambda: UsageNote(Usage(input_tokens=-5_000)),
    "usage that is no number": lambda: loose.UsageNote(loose.Usage(input_tokens=float("nan"))),
}


@pytest.mark.parametrize("spoken", SPOKEN)
async def test_speech_that_is_none_reaches_no_listener(tmp_path: Path, spoken: str) -> None:
    """``say`` never raises; the agent is told when it is done."""
    raised: list[Exception] = []
    told: list[Any] = []

    def does(context: Context, say: Say) -> Answer:
        try:
            say(SPOKEN[spoken]())
        except Exception as problem:  # noqa: BLE001 - it must not, whatever it is
            raised.append(problem)
        return Answer(text="done")

    async with crowd(tmp_path, hostile(does)) as met:
        met.kernel.listen(lambda task, what: told.append(what) if isinstance(what, Text | Checkpoint) else None)
        (task,) = await met.meet(REQUEST)

    assert (reason(task), raised, told) == ("agent_failed", [], [])
    assert min(task.spent) >= 0


MODEL = Description(model="m", window=100_000, room=50, tools=True)


async def test_negative_usage_gives_nothing_back_when_a_turn_fails(tmp_path: Path) -> None:
    """Neither as a note; a turn that came to nothing is charged its bound where nobody knows better."""

    def does(context: Context, say: Say) -> Answer:
        say(UsageNote(Usage(input_tokens=-1_000_000)))
        raise Unavailable("and now it fails")

    async with crowd(tmp_path, hostile(does, description=MODEL)) as met:
        (task,) = await met.meet(replace(REQUEST, tokens=50_000))

    assert reason(task) == "exhausted"
    assert task.spent[0] > 0


async def hang(context: Context, _: Say) -> str:
    """An agent that never comes back."""
    await asyncio.Event().wait()
    return "never"


async def test_an_agent_that_hangs_is_tried_again_and_given_up(tmp_path: Path) -> None:
    task = await ends(tmp_path, hang)

    assert (reason(task), task.attempt) == ("exhausted", 2)


@pytest.fixture
def little_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ten seconds for an agent that does not stop would be spent in vain here."""
    monkeypatch.setattr(work, "GRACE_SECONDS", 0.3)


class Deaf:
    """What an agent does that hears no cancellation, until the test is over; it may give signs of life all the time."""

    def __init__(self, *, talks: bool = False) -> None:
        self._talks, self._over = talks, False

    async def __call__(self, context: Context, say: Say) -> str:
        while not self._over:
            if self._talks:
                say(Text("."))
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.02)
        return "never"

    def __enter__(self) -> Deaf:
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True


@pytest.mark.usefixtures("little_grace")
async def test_an_agent_that_swallows_its_cancellation_is_left_behind(tmp_path: Path) -> None:
    """When it has been silent for too long; its slot is free again."""
    with Deaf() as deaf:
        task = await ends(tmp_path, deaf, kernel={"parallel": 1})

    assert reason(task) == "agent_failed"


@pytest.mark.usefixtures("little_grace")
@pytest.mark.parametrize("bound", ["seconds", "deadline"])
async def test_an_agent_that_talks_on_is_left_behind_when_its_time_is_over(tmp_path: Path, bound: str) -> None:
    """What it says after it was told to stop is no sign of life, and nobody hears it."""
    with Deaf(talks=True) as deaf:
        async with crowd(tmp_path, hostile(deaf)) as met:
            soon = met.kernel.ports.clock.now() + 0.3
            request = replace(REQUEST, seconds=0.3) if bound == "seconds" else replace(REQUEST, deadline=soon)
            (task,) = await met.meet(request)

    assert task.status is Status.FAILED


@pytest.mark.usefixtures("little_grace")
async def test_an_agent_that_talks_on_is_left_behind_when_its_task_is_cancelled(tmp_path: Path) -> None:
    with Deaf(talks=True) as deaf:
        async with crowd(tmp_path, hostile(deaf)) as met:
            talking = asyncio.Event()
            met.kernel.listen(lambda task, what: talking.set() if isinstance(what, Text) else None)
            id = await met.submit("hostile")
            await met.kernel.work(id)
            await talking.wait()
            await met.kernel.perform(steering.CANCEL, steering.Cancel(id=id, reason="enough"))
            await met.meet()
            task = await met.end_of(id)

    assert task.status is Status.CANCELLED


async def test_a_tool_that_never_answers_is_an_observation(tmp_path: Path) -> None:
    """The agent goes on; whoever asks the same executor while it rests is told so at once."""

    async def sleep() -> str:
        """Never answer."""
        await asyncio.Event().wait()
        return "never"

    class Sleeps:
        """Does not keep its own limits."""

        name = "sleeps"

        async def tools(self) -> Sequence[Tool]:
            return [Tool(name="sleep", description="Sleep.", parameters={"type": "object"})]

        async def execute(self, call: Call, limits: Any) -> Observation:
            return Observation(call=call.id, text=await sleep())

    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=tuple(Call(str(n), "sleep") for n in range(5)))
        return Answer(text=" ".join(sorted({one.error or "" for one in context.turns[0].observations})))

    task = await ends(tmp_path, does, executors=[Sleeps()])

    assert task.outcome is not None
    assert task.outcome.answer == "tool.timeout"


async def test_a_tree_that_delegates_for_ever_ends_within_its_grant(tmp_path: Path) -> None:
    """In tokens, depth and number; all of it together costs no more than was granted."""

    def does(context: Context, _: Say) -> Answer | Calls:
        usage = Usage(input_tokens=400, output_tokens=20)
        if any(tool.name == "delegate" for tool in context.tools):
            more = {"agent": "hostile", "description": "delegate again"}
            return Calls(calls=tuple(Call(f"{n}", "delegate", more) for n in range(4)), usage=usage)
        return Answer(text="nobody to ask", usage=usage)

    async with crowd(tmp_path, hostile(does, description=MODEL), kernel={"turns": 1000}) as met:
        (task,) = await met.meet(replace(REQUEST, tokens=100_000, budget=2_000, depth=5, fan_out=4))
        tree = (await met.kernel.perform(ops.TREE, ops.TaskId(task.id))).tasks

    assert reason(task) == "over_grant"
    assert task.spent[0] <= 100_000
    assert all(each.status.final for each in tree)
    assert max(each.id.count("/") for each in tree) <= 5
    assert len(tree) > 20


@pytest.mark.parametrize("lies", ["raises", "panics", "hangs", "nothing", "numbers", "no names", "huge names"])
async def test_an_executor_that_lies_about_its_tools_is_left_out(
    tmp_path: Path, lies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who need none of its tools are not concerned."""
    monkeypatch.setattr(offered, "PATIENCE_SECONDS", 0.1)
    tools: dict[str, Any] = {
        "nothing": None, "numbers": [7], "no names": [loose.Tool(name=None, description="", parameters={})],
        "huge names": [Tool(name="x" * 1_000_000, description="", parameters={})],
    }  # fmt: skip

    class Lies:
        name = "lies"

        async def tools(self) -> Any:
            if lies == "hangs":
                await asyncio.Event().wait()
            if lies in ("raises", "panics"):
                raise (RuntimeError if lies == "raises" else Panic)("no tools today")
            return tools[lies]

        async def execute(self, call: Call, limits: Any) -> Observation:
            raise AssertionError

    seen: list[str] = []

    def does(context: Context, _: Say) -> Answer:
        seen.extend(tool.name for tool in context.tools)
        return Answer(text="done")

    task = await ends(tmp_path, does, executors=[Lies()])

    assert task.status is Status.SUCCEEDED
    assert "add" in seen


async def test_no_executor_takes_the_place_of_the_kernels_own_tools(tmp_path: Path) -> None:
    """With a tool named delegate a tree would grow below the depth of its grant."""

    class Poses:
        name = "poses"

        async def tools(self) -> Sequence[Tool]:
            return [Tool(name=name, description="Mine.", parameters={"type": "object", "properties": {}})
                    for name in ("delegate", "recall", "wait", "pose")]  # fmt: skip

        async def execute(self, call: Call, limits: Any) -> Observation:
            return Observation(call=call.id, text=f"{call.tool} is mine")

    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(Call("1", "delegate", {"agent": "ordinary", "description": "below"}),
                                Call("2", "recall", {"query": "x"}), Call("3", "pose")))  # fmt: skip
        return Answer(text=" | ".join(one.error or one.text for one in context.turns[0].observations))

    task = await ends(tmp_path, does, replace(REQUEST, depth=0, scopes=()), executors=[Poses()])

    assert task.outcome is not None
    assert task.outcome.answer == "tool.unknown | tool.unknown | pose is mine"


DESCRIPTIONS: dict[str, Any] = {
    "nothing": None,
    "a text": "an agent",
    "a negative window": Description(window=-1),
    "a room that is no number": loose.Description(room=float("nan")),
    "negative prices": Description(model="m", prices=(-1, -1)),
    "a counter of objects": loose.Description(counter=object()),
    "a counter that is not there": Description(counter="nowhere"),
    "a failure": RuntimeError("x" * 1_000_000),
    "a panic": Panic("at the disco"),
    "silence": ...,
}


class Describes:
    """An agent that says odd things of itself."""

    name = "hostile"

    def __init__(self, says: Any) -> None:
        self._says = says

    async def describe(self, model: str | None) -> Any:
        if self._says is ...:
            await asyncio.Event().wait()
        if isinstance(self._says, BaseException):
            raise self._says
        return self._says

    async def decide(self, context: Context, say: Say) -> Answer:
        raise AssertionError


@pytest.mark.parametrize("says", DESCRIPTIONS)
async def test_an_agent_that_describes_itself_as_rubbish_is_refused_when_it_is_named(
    tmp_path: Path, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is queued; and a parent that wants to delegate to it is told so."""
    monkeypatch.setattr(offered, "PATIENCE_SECONDS", 0.1)

    def does(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=(Call("1", "delegate", {"agent": "hostile", "description": "x"}),))
        return Answer(text=context.turns[0].observations[0].error or "it was made")

    async with crowd(tmp_path, Describes(DESCRIPTIONS[says]), ScriptedAgent(does, "parent")) as met:
        with pytest.raises(KingpostError) as caught:
            await met.submit("hostile")
        (task,) = await met.meet(ops.Submit(description="x", agent="parent"))

    assert len(str(caught.value)) < LONGEST
    assert task.outcome is not None
    assert task.outcome.answer not in ("", "it was made")


class Blocked:
    """A sink that takes an hour for everything."""

    name = "blocked"

    async def accept(self, frames: Sequence[Recorded]) -> None:
        await asyncio.sleep(3600)


class Throwing:
    """A sink that raises whatever there is."""

    name = "throwing"

    def __init__(self, thrown: Callable[[], BaseException]) -> None:
        self._thrown = thrown
        self.offered = 0

    async def accept(self, frames: Sequence[Recorded]) -> None:
        self.offered += 1
        raise self._thrown()


async def test_a_sink_that_blocks_for_an_hour_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the end of the kernel."""
    monkeypatch.setattr(deliver, "GRACE_SECONDS", 0.1)
    async with crowd(tmp_path, sinks=[Blocked()], kernel={"sinks": ["blocked"]}) as met:
        await met.meet()


@pytest.mark.parametrize("thrown", THROWN)
async def test_whatever_a_sink_throws_it_is_handed_the_frames_again(tmp_path: Path, thrown: str) -> None:
    sink = Throwing(THROWN[thrown])
    async with crowd(tmp_path, sinks=[sink], kernel={"sinks": ["throwing"]}) as met:
        await met.meet()
        async with asyncio.timeout(30):
            while sink.offered < 3:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)


async def test_a_listener_that_raises_is_not_told_again(tmp_path: Path) -> None:
    """The others are, and it may still say that it has heard enough."""
    heard: list[str] = []
    raised: list[str] = []

    def fails(task: str, what: Any) -> None:
        raised.append(task)
        raise Unprintable

    async with crowd(tmp_path) as met:
        silence = met.kernel.listen(fails)
        met.kernel.listen(lambda task, what: heard.append(task))
        await met.meet()
        silence()
        silence()

    assert len(raised) == 1
    assert len(set(heard) - {""}) == OTHERS


class Memories(DictMemory):
    """A memory that does whatever it is told to when it is asked."""

    def __init__(self, does: Callable[[], Any]) -> None:
        super().__init__("dict")
        self._does = does

    async def recall(self, query: Query) -> Any:
        found = self._does()
        return await found if asyncio.iscoroutine(found) else found

    async def remember(self, memories: Any) -> Any:
        return await self.recall(Query(text="", scopes=()))


def throw(problem: BaseException) -> Any:
    """Raise, where only an expression may stand."""
    raise problem


MEMORIES: dict[str, Callable[[], Any]] = {
    "it hangs": lambda: asyncio.Event().wait(),
    "nothing": lambda: None,
    "numbers": lambda: [1, 2],
    "itself": lambda: [loose.Recollection(memory=None, score=1.0)],
    "a failure": lambda: throw(RuntimeError("x" * 1_000_000)),
    "a panic": lambda: throw(Panic()),
    "an exit": lambda: throw(SystemExit(1)),
    "what cannot be printed": lambda: throw(Unprintable()),
}


@pytest.mark.parametrize("does", MEMORIES)
async def test_a_memory_that_does_not_work_costs_its_passages_and_nothing_else(tmp_path: Path, does: str) -> None:
    """Nor do the kernel's other tools rest because of it."""

    def script(context: Context, _: Say) -> Answer | Calls:
        if len(context.turns) < 5:
            made = (Call("1", "recall", {"query": "x"}), Call("2", "remember", {"text": "x"}))
            return Calls(calls=(*made, Call("3", "wait", {"seconds": 0.01})))
        return Answer(text=" ".join(str(turn.observations[2].text) for turn in context.turns))

    async with crowd(
        tmp_path, hostile(script), memory=[Memories(MEMORIES[does])], kernel={"recall_seconds": 0.05}
    ) as met:
        (task,) = await met.meet(REQUEST)

    assert task.outcome is not None
    assert task.outcome.answer == " ".join(["the time has come"] * 5)


class Counts(WordCounter):
    """A counter that gives or raises whatever it is told to, for a text that holds a word."""

    def __init__(self, does: Callable[[], Any]) -> None:
        super().__init__("odd")
        self._does = does

    def count(self, text: str) -> Any:
        return self._does() if "misbehave" in text else super().count(text)

    def cut(self, text: str, limit: int) -> Any:
        return self._does()


COUNTED: dict[str, Callable[[], Any]] = {
    "a failure": lambda: throw(RuntimeError("x" * 1_000_000)),
    "a panic": lambda: throw(Panic("at the disco")),
    "nothing": lambda: None,
    "a text": lambda: "many",
    "less than nothing": lambda: -1_000_000,
    "no number": lambda: float("nan"),
}


@pytest.mark.parametrize("counted", COUNTED)
async def test_a_counter_that_does_not_count_is_named(tmp_path: Path, counted: str) -> None:
    """When the task is submitted; those that are counted by another one go on."""
    counters = [WordCounter(), Counts(COUNTED[counted])]
    description = Description(tools=True, counter="odd")
    async with crowd(tmp_path, hostile(["done"], description=description), counters=counters) as met:
        with pytest.raises(KingpostError, match="'odd'"):
            await met.kernel.perform(ops.SUBMIT, REQUEST)
        await met.meet()


async def test_a_counter_that_ceases_to_count_ends_the_tasks_that_it_counts_for(tmp_path: Path) -> None:
    counter = Counts(lambda: throw(RuntimeError("out of order")))

    def does(context: Context, _: Say) -> Answer | Calls:
        return Answer(text="") if context.turns else Calls(calls=(Call("1", "reply"),))

    async with crowd(
        tmp_path, hostile(does, description=Description(tools=True, counter="odd")), counters=[WordCounter(), counter],
        executors=[Replies(Observation(call="1", text="misbehave"))],
    ) as met:  # fmt: skip
        (task,) = await met.meet(replace(REQUEST, description="behave"))

    assert reason(task) == "configuration"


class Compresses:
    """A compressor that gives or raises whatever it is told to."""

    name = "first-fit"

    def __init__(self, does: Callable[[Sequence[Passage]], Any]) -> None:
        self._does = does

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: Any) -> Any:
        given = self._does(passages)
        return await given if asyncio.iscoroutine(given) else given


COMPRESSED: dict[str, Callable[[Sequence[Passage]], Any]] = {
    "a failure": lambda passages: throw(RuntimeError("x" * 1_000_000)),
    "a panic": lambda passages: throw(Panic("at the disco")),
    "nothing": lambda passages: None,
    "a list": list,
    "numbers": lambda passages: loose.Fitted(kept=(1, 2), dropped=()),
    "losses that are none": lambda passages: loose.Fitted(kept=tuple(passages[:1]), dropped=(None,)),
    "everything": lambda passages: Fitted(kept=tuple(passages), dropped=()),
    "nothing of the task": lambda passages: Fitted(kept=(), dropped=()),
    "another text": lambda passages: Fitted(kept=tuple(replace(each, text="mine") for each in passages), dropped=()),
    "a passage of its own": lambda passages: Fitted(
        kept=(*passages[:1], Passage(id="own", text="own", source="own")), dropped=()
    ),
    "the same twice": lambda passages: Fitted(kept=(*passages[:1], *passages[:1]), dropped=()),
    "an empty loss": lambda passages: Fitted(kept=tuple(passages[:1]), dropped=(Dropped(id="", source=""),)),
}


@pytest.mark.parametrize("compressed", COMPRESSED)
async def test_what_a_compressor_makes_of_a_context_is_not_believed(tmp_path: Path, compressed: str) -> None:
    """Whatever it returns, the task's words are there, nothing is that was not, and all of it is in the budget."""
    seen: list[Context] = []
    handed = " ".join(f"word{n}" for n in range(3000))

    def does(context: Context, _: Say) -> Answer | Calls:
        seen.append(context)
        return Answer(text="done") if context.turns else Calls(calls=(Call("1", "reply"), Call("2", "add", {"a": 1})))

    async with crowd(
        tmp_path, hostile(does), compressors=[Compresses(COMPRESSED[compressed])],
        executors=[Replies(Observation(call="1", text="word " * 3000))],
    ) as met:  # fmt: skip
        (task,) = await met.meet(replace(REQUEST, context=handed, budget=1500))

    assert task.status is Status.SUCCEEDED
    for context in seen:
        assert "misbehave" in context.prompt
        assert context.pack.used <= 1500
        assert "mine" not in context.prompt
        assert "own" not in [row.id for row in context.pack.kept]
        assert len({row.id for row in context.pack.kept}) == len(context.pack.kept)


class Full(MemoryLog):
    """A log whose disk is full for a while, again and again."""

    appends = 0

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        Full.appends += 1
        if Full.appends > 2 * OTHERS and Full.appends % 40 < 12:
            raise Unavailable("the disk is full")
        return await super().append(stream, expected, events)


async def test_a_log_that_is_full_for_a_while_costs_nobody_the_task(tmp_path: Path) -> None:
    """Claims, turns and observations are tried again when there is room."""
    Full.appends = 0
    async with crowd(tmp_path, log=Full, kernel={"attempts": 1000}) as met:
        await met.meet()

    assert Full.appends > 100


@pytest.mark.parametrize(("deed", "code"), [("exit", 3), ("kill", -9), ("block", 70)])
async def test_an_agent_that_takes_its_process_along_is_given_up_after_three_attempts(
    tmp_path: Path, deed: str, code: int
) -> None:
    """Real processes on a real home. Those that died with it are not given up: its third attempt is made apart."""
    async with keep_working.opened(tmp_path) as kernel:
        deadly = await kernel.perform(ops.SUBMIT, ops.Submit(description=deed, agent="deadly"))
        others = [await kernel.perform(ops.SUBMIT, ops.Submit(description="work")) for _ in range(OTHERS)]

    command = [sys.executable, keep_working.__file__, str(tmp_path)]
    codes: list[int | None] = []
    while 0 not in codes and len(codes) < 6:
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        _, said = await process.communicate()
        codes.append(process.returncode)
        if deed == "block" and codes[-1]:
            assert f"task {deadly.id} (agent deadly)" in said.decode()

    assert codes == [code, code, code, 0]
    async with keep_working.opened(tmp_path) as kernel:
        task = await kernel.perform(ops.GET, ops.TaskId(deadly.id))
        assert (reason(task), task.attempt) == ("exhausted", 3)
        for other in others:
            assert (await kernel.perform(ops.GET, ops.TaskId(other.id))).status is Status.SUCCEEDED

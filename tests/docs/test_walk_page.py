"""The page on the walk of a task against the fold, and against what a walk really appends."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from kingpost import (
    Access,
    Answer,
    Call,
    Calls,
    Checkpoint,
    Context,
    Event,
    HandedIn,
    KingpostError,
    Made,
    Material,
    Memory,
    Observation,
    Once,
    Pending,
    Ports,
    Say,
    Selection,
    Status,
    TaskState,
    Tool,
    Unavailable,
    fold,
)
from kingpost.operations import calls, jobs, personas, schedules, steering, system, tenants, tokens, workers
from kingpost.operations import memory as memory_ops
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, MemoryLog, OpenKernel, ScriptedAgent, facts, open_kernel

from tests.core.test_costly import LONG, Paid
from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "docs/walk-of-a-task.md")

WHOLE = ("task.queued", "schedule.set", "worker.registered", "persona.set", "job.ended")
"""Kinds whose payload is one record, so that the page names the record."""

Edge = tuple[str, str, str]

_RUNNING = [facts.queued("t"), facts.started()]
_CALLING = [*_RUNNING, facts.decided(1, {"1": "ask"}), facts.pending("1")]
HISTORIES: list[list[Event]] = [
    [],
    [facts.queued("t")],
    _RUNNING,
    _CALLING,
    [*_CALLING, facts.waiting()],
    [*_CALLING, facts.pending("1", waits="approval"), facts.waiting()],
    *([*_RUNNING, end()] for end in (facts.succeeded, facts.failed, facts.cancelled)),
]
EVENTS = [
    facts.queued("t"), facts.started(2), facts.inputs_read(), facts.packed(), facts.decided(1), facts.decided(2),
    facts.pending("1"), facts.observed("1"), facts.closed(), facts.waiting(), facts.cancel_requested(),
    facts.succeeded(None), facts.failed(None), facts.cancelled(None), facts.approved("1"),
    facts.retrying(), facts.released(), facts.message(),
]  # fmt: skip


def test_every_edge_that_is_drawn_exists_and_no_other() -> None:
    """Every event on every state: those that the fold lets pass and that change the state are the picture."""
    drawn = {
        (start, end, kind)
        for block in PAGE.blocks
        if block.language == "mermaid"
        for start, end, kind in re.findall(r"^ *(\S+) --> (\S+): (\S+)$", block.text, re.MULTILINE)
    }

    assert drawn == {edge for history in HISTORIES for event in EVENTS for edge in _edge(history, event)}


def _edge(history: list[Event], event: Event) -> list[Edge]:
    before = _folded(None, history) if history else None
    try:
        after = _folded(before, [event])
    except (KingpostError, LookupError):
        return []
    start = before.status if before else "[*]"
    if start == after.status and event.kind != "task.started":
        return []
    return [(start, after.status, event.kind)]


ELSEWHERE = {
    one.kind: one.header.keys() - {"attempt"} for one in (facts.released(), facts.claimed(1, "1", "w", key="k"))
}
"""What it takes several workers for; that it is appended is shown in ``test_workers.py`` and ``test_once.py``."""


def _folded(state: TaskState | None, events: list[Event]) -> TaskState:
    folded = fold(state, "task/t", "1", 0, events)
    assert folded is not None
    return folded


async def test_the_table_of_events_is_what_walks_append(tmp_path: Path) -> None:
    """Walks that answer, call, wait, fail, are cancelled or upgraded, and a memory that is used."""
    told = {
        re.sub("`", "", kind): (stream, set(re.findall(r"`(\w+)`", header)), set(re.findall(r"`(\w+)`", payload)))
        for kind, stream, header, payload in (row for row in PAGE.rows if len(row) == 4)
    }
    headers: dict[str, set[str]] = defaultdict(set)
    payloads: dict[str, set[str]] = defaultdict(set)
    for stream, event in await _appended(tmp_path):
        assert told[event.kind][0] == stream
        headers[event.kind] |= event.header.keys() - ({"attempt"} - told[event.kind][1])
        payloads[event.kind] |= (event.payload or {}).keys()

    written = [path.read_text("utf-8") for path in ROOT.glob("core/src/kingpost/_*/**/*.py")]
    assert (
        headers.keys() | ELSEWHERE
        == told.keys()
        >= {kind for text in written for kind in re.findall(r'Event\("(.*?)"', text)}
    )
    for kind, (_, header, payload) in told.items():
        if kind in ELSEWHERE:
            assert (header, payload) == (ELSEWHERE[kind], set()), kind
            continue
        assert headers[kind] == header, kind
        assert kind in WHOLE or payloads[kind] == payload, kind


async def _appended(tmp_path: Path) -> list[tuple[str, Event]]:
    (tmp_path / "notes.md").write_text("lions sleep all day")
    hanging: asyncio.Queue[str] = asyncio.Queue()

    async def ask() -> Pending:
        """Ask somebody."""
        return Pending(call="", reference="ticket 7")

    async def burn() -> str:
        """Burn something."""
        return "burnt"

    async def tell() -> Observation:
        """Tell something."""
        return HandedIn(call="", text="told", files=(Made("tale.txt", b"once"),))

    def both(context: Context, say: Say) -> Answer | Calls:
        say(Checkpoint("here"))
        return Answer(text="done") if context.turns else Calls(calls=(Call("1", "ask"), Call("2", "tell")), until="any")

    async def hang(context: Context, say: Say) -> str:
        await hanging.put(context.task)
        await asyncio.sleep(60)
        return "never"

    async def lead(context: Context, say: Say) -> Answer | Calls:
        if len(context.turns) == 1:
            return Calls(calls=(Call("1", "wait", {"seconds": 0.3}),))
        if context.turns:
            return Answer(text="done")
        asked = [
            Call(n, "delegate", {"agent": agent, "description": "x"}) for n, agent in (("1", "slow"), ("2", "last"))
        ]
        return Calls(calls=tuple(asked), until="any")

    agents = [
        ScriptedAgent(both), ScriptedAgent([RuntimeError("no")], "broken"), ScriptedAgent(hang, "slow"),
        ScriptedAgent([Calls(calls=(Call("1", "ask"),)), "done"], "patient"), ScriptedAgent(lead, "lead"),
        ScriptedAgent([Calls(calls=(Call("1", "burn"),)), "done"], "careful"),
        ScriptedAgent([Unavailable("asleep")], "sleepy"), ScriptedAgent([Unavailable("asleep too")], "last"),
        ScriptedAgent([Calls(calls=(Call("1", "recall", {"query": "lions"}),)), "done"], "nosy"),
    ]  # fmt: skip
    ports = Ports(home=tmp_path)
    crew: dict[str, Any] = {
        "agents": agents,
        "executors": [FunctionExecutor([ask, tell, burn])],
        "compressor": Paid(),
        "log": MemoryLog(ports),
        "ports": ports,
        "settings": {"kernel": {"retries": 0, "fallbacks": {"sleepy": ["last"]}, "policy": ["ask burn"]}},
    }
    async with open_kernel(**crew, version="1.0") as old:
        queued = await old.kernel.perform(ops.SUBMIT, ops.Submit(description="outlive an upgrade"))
    async with open_kernel(**crew, version="1.1") as opened:
        kernel = opened.kernel
        await kernel.work(queued.id)
        await opened.run("lions", inputs=(str(tmp_path / "notes.md"),))
        await opened.run(
            "fail", agent="broken", material=(Material(text=LONG.text * 5, source="gulls.md"),), budget=1500
        )
        slow = asyncio.create_task(opened.run("hang", agent="slow"))
        await kernel.perform(steering.CANCEL, steering.Cancel(id=await hanging.get()))
        assert (await slow).status is Status.CANCELLED
        patient = await _asked(opened, "wait", "patient")
        settled = Observation(call="1", text="yes")
        await kernel.perform(calls.OBSERVE, calls.Observe(id=patient.id, observation=settled))
        await _steered(opened)
        one = Memory(id="", scope="default", body="lions roar")
        await kernel.perform(memory_ops.REMEMBER, memory_ops.Remember(memories=(one,)))
        await opened.run("look it up", agent="nosy")
        await kernel.perform(memory_ops.FORGET, memory_ops.Forget(selection=Selection(scope="default")))
        await kernel.drain()
        frames = await (await kernel.log()).read(0, 1000)
    return [(frame.stream.partition("/")[0], event) for frame in frames for event in frame.events]


async def _asked(opened: OpenKernel, description: str, agent: str) -> ops.Submitted:
    """A task that waits for the first of its calls."""
    kernel = opened.kernel
    task = await kernel.perform(ops.SUBMIT, ops.Submit(description=description, agent=agent))
    await kernel.work(task.id)
    async with asyncio.timeout(60):
        waits = False
        while not waits:
            await asyncio.sleep(0.01)
            waits = (await kernel.perform(ops.GET, ops.TaskId(task.id))).status is Status.WAITING
    return task


async def _steered(opened: OpenKernel) -> None:
    """Delegation, an approval, a message, retries, dead letters and schedules."""
    kernel = opened.kernel
    lead = await opened.run("lead", agent="lead", tokens=100_000)
    await kernel.perform(ops.WAIT, ops.Wait(id=f"{lead.id}/1.1"))
    careful = await _asked(opened, "burn", "careful")
    goes_on = steering.Message(id=careful.id, text="go on")
    await kernel.ask(steering.MESSAGE, goes_on, Access(), Once("said", "digest"))
    await kernel.perform(calls.REPLY, calls.Reply(id=careful.id, call="1", allow=True))
    await kernel.perform(ops.WAIT, ops.Wait(id=careful.id))
    forked = await kernel.perform(steering.FORK, steering.Fork(id=careful.id, turn=1))
    await kernel.perform(steering.CANCEL, steering.Cancel(id=forked.id))
    dead = await opened.run("try", agent="sleepy")
    await kernel.perform(steering.REPLAY, ops.TaskId(dead.id))
    await kernel.perform(steering.DISCARD, ops.TaskId((await opened.run("try", agent="last")).id))
    later = ops.Submit(description="later", not_before=4e9, needs=("gpu",))
    await kernel.perform(ops.SUBMIT, later)
    await kernel.perform(schedules.SET, schedules.SetSchedule(id="s", every=3600.0, request=later))
    await kernel.perform(schedules.REMOVE, schedules.ScheduleId("s"))
    once = Once("key", "digest")
    made = await kernel.ask(tokens.CREATE, tokens.CreateToken(name="ci"), Access(), once)
    await kernel.perform(tokens.ROTATE, tokens.RotateToken(id=made.view.id))
    await kernel.perform(tokens.REVOKE, tokens.TokenId(made.view.id))
    await kernel.ask(tenants.CREATE, tenants.SetTenant(id="north"), Access(), once)
    price = Tool(name="price", description="What it costs.", parameters={"type": "object"})
    guest = await kernel.perform(workers.REGISTER, workers.Register(tools=(price,)))
    await kernel.perform(workers.LEAVE, workers.WorkerId(id=guest.id))
    clerk = personas.SetPersona(name="clerk", agent="careful", instructions="Be brief.")
    await kernel.perform(personas.REGISTER, clerk)
    await kernel.perform(personas.DELETE, personas.PersonaName("clerk"))
    job = await kernel.perform(jobs.BACKUP, system.Backup(str(kernel.home / "saved")))
    async with asyncio.timeout(30):
        while (await kernel.perform(jobs.GET, jobs.JobId(job.id))).state == "running":  # noqa: ASYNC110 - it says no more
            await asyncio.sleep(0.01)

"""What settles a call from outside, a worker or whoever has its token, hands in files as a tool does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest
from kingpost import (
    Answer,
    Artefact,
    Call,
    Calls,
    Context,
    HandedIn,
    InvalidRequest,
    Limits,
    Made,
    NotFound,
    Observation,
    Pending,
    Say,
    Tool,
)
from kingpost.operations import calls, workers
from kingpost.operations import tasks as ops
from kingpost.testing import FunctionExecutor, OpenKernel, ScriptedAgent, open_kernel

PATIENCE = 60.0
DRAW = Tool(name="draw", description="Draw it.", parameters={"type": "object"})
PLAN = Made("plan.svg", b"<svg/>", "image/svg+xml")
KEPT = Artefact("plan.svg", "image/svg+xml", sha256(b"<svg/>").hexdigest(), 6)


def asks(tool: str, count: int = 1) -> ScriptedAgent:
    """Uses a tool so many times in one turn, and answers with what came."""

    def script(context: Context, _: Say) -> Answer | Calls:
        if not context.turns:
            return Calls(calls=tuple(Call(str(n), tool) for n in range(count)))
        return Answer(text=" ".join(one.error or one.text for one in context.turns[0].observations))

    return ScriptedAgent(script)


async def begun(opened: OpenKernel) -> str:
    task = (await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="draw a roof"))).id
    await opened.kernel.work()
    return task


async def ended(opened: OpenKernel, task: str) -> tuple[str, Sequence[Artefact]]:
    view = await opened.kernel.perform(ops.WAIT, ops.Wait(id=task, seconds=PATIENCE))
    assert view.outcome is not None
    return view.outcome.answer, view.outcome.artefacts


async def settle(opened: OpenKernel, worker: str, work: workers.Work, *files: Any, text: str = "drawn") -> None:
    said = Observation(call=work.call, text=text)
    asked = workers.Settle(id=worker, task=work.task, call=work.call, observation=said, files=files)
    await opened.kernel.perform(workers.OBSERVE, asked)


async def claimed(opened: OpenKernel, worker: str) -> workers.Work:
    (work,) = (await opened.kernel.perform(workers.CLAIM, workers.Claim(id=worker, seconds=20))).work
    return work


async def registered(opened: OpenKernel, **offers: Any) -> str:
    return (await opened.kernel.perform(workers.REGISTER, workers.Register(**offers))).id


async def test_a_worker_hands_in_a_file_with_its_observation() -> None:
    """It is listed with the outcome, its bytes can be had, and the agent sees the words only."""
    async with open_kernel(agents=[asks("draw")]) as opened:
        worker = await registered(opened, tools=(DRAW,))
        task = await begun(opened)
        await settle(opened, worker, await claimed(opened, worker), PLAN)
        found = await ended(opened, task)
        file = await opened.kernel.perform(ops.FETCH, ops.Fetch(id=task, name="plan.svg"))
        seen = (await opened.kernel.perform(ops.TURNS, ops.TaskId(task))).turns[0].turn.observations

    assert found == ("drawn", (KEPT,))
    assert (file.content, file.media_type) == (PLAN.content, PLAN.media_type)
    assert seen == (Observation(call="0", text="drawn"),)


class Outside:
    """A tool whose answers come from outside."""

    name = "outside"

    async def tools(self) -> list[Tool]:
        return [DRAW]

    async def execute(self, call: Call, limits: Limits) -> Pending:
        return Pending(call=call.id, reference=f"drawing {call.id}")


async def until_waits(opened: OpenKernel, task: str, turn: int = 1, count: int = 1) -> None:
    """So many calls of this turn wait."""
    async with asyncio.timeout(PATIENCE):
        while True:
            view = await opened.kernel.perform(ops.GET, ops.TaskId(task))
            if view.turns == turn and len(view.waits) == count:
                return
            await asyncio.sleep(0.01)


async def waiting(opened: OpenKernel, count: int = 1) -> str:
    """A task whose calls all wait."""
    task = await begun(opened)
    await until_waits(opened, task, count=count)
    return task


async def observe(opened: OpenKernel, task: str, call: int, *files: Any) -> None:
    said = Observation(call=str(call), text=f"drawn {call}")
    await opened.kernel.perform(calls.OBSERVE, calls.Observe(id=task, observation=said, files=files))


async def test_calls_that_are_settled_at_the_same_time_do_not_pass_the_bound_together() -> None:
    """As many files are kept as there is room for; the agent is told of the others."""
    settings = {"kernel": {"artefact_bytes": 100}}
    async with open_kernel(agents=[asks("draw", 5)], executors=[Outside()], settings=settings) as opened:
        task = await waiting(opened, 5)
        await asyncio.gather(*(observe(opened, task, n, Made(f"{n}.bin", bytes(30 + n))) for n in range(5)))
        answer, artefacts = await ended(opened, task)

    assert len(artefacts) == 3
    assert sum(one.size for one in artefacts) <= 100
    assert answer.count("tool.too_large") == 2


async def test_what_is_handed_in_from_outside_counts_beside_what_a_tool_handed_in() -> None:
    """The newest file of a name is the one that counts, whoever made it."""

    async def old() -> Observation:
        """Make an old plan."""
        return HandedIn(call="", text="old", files=(Made("plan.svg", bytes(96), "image/svg+xml"),))

    def script(context: Context, _: Say) -> Answer | Calls:
        tools = ("old", "draw", "draw")
        if len(context.turns) < len(tools):
            return Calls(calls=(Call("0", tools[len(context.turns)]),))
        return Answer(text=" ".join(turn.observations[0].error or "well" for turn in context.turns))

    doors: dict[str, Any] = {"agents": [ScriptedAgent(script)], "executors": [FunctionExecutor([old]), Outside()]}
    async with open_kernel(**doors, settings={"kernel": {"artefact_bytes": 102}}) as opened:
        task = await begun(opened)
        await until_waits(opened, task, turn=2)
        await observe(opened, task, 0, PLAN)
        await until_waits(opened, task, turn=3)
        await observe(opened, task, 0, Made("more", b"1"))
        found = await ended(opened, task)

    assert found == ("well well tool.too_large", (KEPT,))


@pytest.mark.parametrize(
    "file", [Made("../plan", b""), Made("", b""), Made("a\nb", b""), Made("a", b"", "text/plain\r\nx: y")]
)
async def test_what_is_no_file_is_refused_and_the_call_still_waits(file: Made) -> None:
    """Whoever settles it can mend that."""
    async with open_kernel(agents=[asks("draw")], executors=[Outside()]) as opened:
        task = await waiting(opened)
        with pytest.raises(InvalidRequest, match="handed in a file"):
            await observe(opened, task, 0, file)
        await observe(opened, task, 0, PLAN)
        assert await ended(opened, task) == ("drawn 0", (KEPT,))


async def test_an_agent_of_a_worker_hands_in_nothing_and_a_lost_claim_neither() -> None:
    """A decision is no observation of a tool; and what was settled is over."""
    async with open_kernel() as opened:
        worker = await registered(opened, agents=(workers.OfferedAgent(name="drawer"),))
        task = (await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="draw", agent="drawer"))).id
        await opened.kernel.work()
        work = await claimed(opened, worker)
        with pytest.raises(InvalidRequest, match="asks an agent to decide"):
            await settle(opened, worker, work, PLAN)
        await settle(opened, worker, work, text="done")
        with pytest.raises(NotFound):
            await settle(opened, worker, work, PLAN)
        assert await ended(opened, task) == ("done", ())

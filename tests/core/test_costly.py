"""What a costly compressor made is in the log, and is not asked for again after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from kingpost import (
    Answer,
    Call,
    Calls,
    Context,
    Fitted,
    Material,
    Observation,
    Passage,
    Ports,
    Say,
    TokenCounter,
)
from kingpost.operations import events, tasks
from kingpost.testing import FirstFitCompressor, FunctionExecutor, MemoryLog, OpenKernel, ScriptedAgent, open_kernel

LONG = Material(text="Gulls. " * 300, source="gulls.md")


class Paid(FirstFitCompressor):
    """Keeps count of what it was asked for."""

    def __init__(self, *, costly: bool) -> None:
        super().__init__("paid")
        self.costly = costly
        self.fits = 0

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter) -> Fitted:
        self.fits += 1
        return await super().fit(passages, budget, query, counter)


class Doer:
    """Looks three times, then answers; in its first life it dies thinking at ``turn``."""

    def __init__(self, turn: int) -> None:
        self.turn = turn
        self.thinks = asyncio.Event()
        self.seen: list[Context] = []

    async def __call__(self, context: Context, say: Say) -> Answer | Calls:
        self.seen.append(context)
        if len(context.turns) == self.turn and not self.thinks.is_set():
            self.thinks.set()
            await asyncio.Event().wait()
        number = len(context.turns)
        return Answer(text="seen") if number == 3 else Calls(calls=(Call(str(number), "look"),))


async def look() -> str:
    """Look."""
    return "A gull. " * 40


def shown(context: Context) -> tuple[str, list[Sequence[Observation]]]:
    return context.prompt, [turn.observations for turn in context.turns]


async def kinds(opened: OpenKernel, task: str) -> list[str]:
    page = await opened.kernel.perform(events.EVENTS, events.ListEvents(task=task))
    return [event.kind for frame in page.frames for event in frame.events]


@pytest.mark.parametrize("turn", [0, 3], ids=["the first prompt", "earlier turns"])
async def test_what_was_paid_for_is_not_asked_again_after_a_crash(tmp_path: Path, turn: int) -> None:
    """The process dies while the agent thinks; the next one shows it the same, out of the log."""
    ports = Ports(home=tmp_path)
    log, doer, paid = MemoryLog(ports), Doer(turn), [Paid(costly=True), Paid(costly=True)]
    opens = partial(
        open_kernel, agents=[ScriptedAgent(doer)], executors=[FunctionExecutor([look])], log=log, ports=ports,
        settings={"kernel": {"drain_seconds": 0, "compressor": "paid"}},
    )  # fmt: skip
    async with opens(compressor=paid[0]) as first:
        asked = tasks.Submit(description="look", material=(LONG,), budget=350, tools=("look",))
        id = (await first.kernel.perform(tasks.SUBMIT, asked)).id
        await first.kernel.work(id)
        async with asyncio.timeout(30):
            await doer.thinks.wait()
        dead = (await first.kernel.perform(tasks.GET, tasks.TaskId(id))).worker
        assert (await kinds(first, id))[-1] == "context.packed"
    assert dead is not None
    log.kill(dead)
    fits = paid[0].fits
    async with opens(compressor=paid[1]) as second:
        await second.kernel.perform(tasks.RESUME, tasks.Resume())
        done = await second.kernel.perform(tasks.WAIT, tasks.Wait(id=id, seconds=30))
        ledgers = [one.ledger for one in (await second.kernel.perform(tasks.TURNS, tasks.TaskId(id))).turns]

    assert done.outcome is not None
    assert done.outcome.answer == "seen"
    assert any(one.truncated for past in doer.seen[turn].turns for one in past.observations) == (turn == 3)
    assert shown(doer.seen[turn]) == shown(doer.seen[turn + 1])
    assert ledgers[turn] == doer.seen[turn + 1].pack
    # What is fitted for the first time in the second life is new to it: turns that came only then.
    assert (fits > 0, paid[1].fits > 0) == (True, turn == 0)


async def test_a_compressor_that_costs_nothing_gets_no_frame_of_its_own() -> None:
    """One durable wait less: what it makes is recorded with the turn."""
    found = []
    for costly in (True, False):
        doer = Doer(turn=-1)
        async with open_kernel(
            agents=[ScriptedAgent(doer)], executors=[FunctionExecutor([look])], compressor=Paid(costly=costly)
        ) as opened:
            done = await opened.run("look", material=(LONG,), budget=350, tools=("look",))
            found.append((await kinds(opened, done.id)).count("context.packed"))

    assert found[1] == 4
    assert found[0] > 4

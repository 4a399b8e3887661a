"""What a costly compressor made is in the log with what it was paid: it is not asked again, nor charged again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from kingpost import (
    Allowance,
    Answer,
    Call,
    Calls,
    Context,
    Description,
    Fitted,
    Material,
    Observation,
    Passage,
    Ports,
    Say,
    TokenCounter,
    Usage,
)
from kingpost.operations import events, tasks
from kingpost.operations.tasks import Submit
from kingpost.testing import (
    Faults,
    FirstFitCompressor,
    FunctionExecutor,
    MemoryLog,
    OpenKernel,
    ScriptedAgent,
    Workload,
    open_kernel,
    simulate,
)
from kingpost.testing.simulator import ANYWHERE

PRICE = Usage(input_tokens=90, output_tokens=10, money=7)
COST = 100
LONG = Material(text="Gulls. " * 300, source="gulls.md")


class Paid(FirstFitCompressor):
    """Keeps count of what it was asked for; where something is dropped it takes ``PRICE`` if that is allowed."""

    def __init__(
        self, *, costly: bool = True, price: Usage = PRICE, thinks: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        super().__init__("paid")
        self.costly = costly
        self.fits = self.sold = 0
        self._price, self._thinks = price, thinks

    async def fit_within(
        self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter, allowance: Allowance
    ) -> Fitted:
        self.fits += 1
        fitted = await self.fit(passages, budget, query, counter)
        if not fitted.dropped:
            return fitted
        if (allowance.tokens is not None and allowance.tokens < COST) or (
            allowance.money is not None and allowance.money < (PRICE.money or 0)
        ):
            lost = tuple(replace(each, reason=f"{each.reason}; too dear") for each in fitted.dropped)
            return replace(fitted, dropped=lost)
        self.sold += 1
        if self._thinks is not None:
            await self._thinks()
        return replace(fitted, usage=self._price)


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
        found = await second.kernel.perform(events.EVENTS, events.ListEvents(task=id))
        ledgers = [one.ledger for one in (await second.kernel.perform(tasks.TURNS, tasks.TaskId(id))).turns]

    assert done.outcome is not None
    assert done.outcome.answer == "seen"
    assert any(one.truncated for past in doer.seen[turn].turns for one in past.observations) == (turn == 3)
    assert shown(doer.seen[turn]) == shown(doer.seen[turn + 1])
    assert ledgers[turn] == doer.seen[turn + 1].pack
    sold = sum(one.sold for one in paid)
    assert (done.spent[:2], done.usage.input_tokens) == ((sold * COST, sold * 7), sold * 90)
    bills = [event.header.get("spent") for frame in found.frames for event in frame.events if "packed" in event.kind]
    assert sum(bill[0] for bill in bills if bill) == sold * COST
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


def doing() -> ScriptedAgent:
    """An agent whose turn is bounded, since a model of its own runs: it answers with the losses, for 20 tokens."""
    usage = Usage(input_tokens=10, output_tokens=10)

    def decide(context: Context, say: Say) -> Answer:
        return Answer(text=", ".join(each.reason for each in context.pack.dropped), usage=usage)

    return ScriptedAgent(decide, "doer", Description(model="m", room=50, prices=(0, 0)))


@pytest.mark.parametrize(("tokens", "sold"), [(None, 1), (600, 1), (499, 0)], ids=["unbounded", "enough", "too little"])
async def test_nobody_is_paid_beyond_what_the_turn_leaves_of_the_grant(tokens: int | None, sold: int) -> None:
    """The turn is reserved first: 350 of context and 50 for the answer. What is too dear is told in the ledger."""
    paid = Paid()
    async with open_kernel(agents=[doing()], compressor=paid) as opened:
        done = await opened.run("look", material=(LONG,), budget=350, tokens=tokens)

    assert done.outcome is not None
    assert done.outcome.answer.endswith("too dear") == (sold == 0)
    assert (paid.sold, done.spent[0]) == (sold, sold * COST + 20)


async def test_money_bounds_it_too() -> None:
    """An agent whose turns are free sets nothing aside that a crash could be charged: nobody is paid."""
    paid = Paid()
    async with open_kernel(agents=[doing()], compressor=paid) as opened:
        done = await opened.run("look", material=(LONG,), budget=350, money=1000)

    assert (paid.sold, done.spent[:2], done.status) == (0, (20, 0), "succeeded")


async def test_what_a_childs_compressor_takes_is_paid_by_its_parent() -> None:
    """Out of what was cut for the child, as all that its tree spends."""
    paid = Paid()
    usage = Usage(input_tokens=1, output_tokens=1)

    def lead(context: Context, say: Say) -> Answer | Calls:
        # What it has handed on is too long to stand in its own second prompt.
        if context.turns or any(row.id == "turn 1" for row in context.pack.dropped):
            return Answer(text="done", usage=usage)
        given = {"agent": "doer", "description": "look", "context": LONG.text * 5, "tokens": 9000}
        return Calls(calls=(Call("a", "delegate", given),), usage=usage)

    agents = [doing(), ScriptedAgent(lead, "lead", Description(tools=True))]
    async with open_kernel(agents=agents, compressor=paid, settings={"kernel": {"budget": 1400}}) as opened:
        done = await opened.run("lead", agent="lead", tokens=20_000)
        (child,) = (await opened.kernel.perform(tasks.TREE, tasks.TaskId(done.id))).tasks[1:]

    assert (done.status, paid.sold > 0) == ("succeeded", True)
    assert child.spent[0] == paid.sold * COST + 20
    assert done.spent[:2] == (child.spent[0] + 4, paid.sold * 7)


async def test_a_usage_that_is_none_makes_a_fit_that_is_not_believed() -> None:
    """Nothing may come back to a grant."""
    paid = Paid(price=Usage(input_tokens=-5))
    async with open_kernel(agents=[doing()], compressor=paid) as opened:
        done = await opened.run("look", material=(LONG,), budget=350, tokens=9000)

    assert done.outcome is not None
    assert (done.status, done.spent[0]) == ("succeeded", 20)
    assert done.outcome.answer == "no room left"


async def test_a_process_that_dies_while_it_is_asked_has_paid_what_was_set_aside(tmp_path: Path) -> None:
    """Nobody knows what became of the question: the bound of the turn is charged, which it is never above."""
    ports, asked = Ports(home=tmp_path), asyncio.Event()
    log = MemoryLog(ports)

    async def hangs() -> None:
        asked.set()
        await asyncio.Event().wait()

    paid = [Paid(thinks=hangs), Paid()]
    opens = partial(open_kernel, agents=[doing()], log=log, ports=ports, settings={"kernel": {"drain_seconds": 0}})
    async with opens(compressor=paid[0]) as first:
        submit = Submit(description="look", material=(LONG,), budget=350, tokens=9000)
        id = (await first.kernel.perform(tasks.SUBMIT, submit)).id
        await first.kernel.work(id)
        async with asyncio.timeout(30):
            await asked.wait()
        dead = (await first.kernel.perform(tasks.GET, tasks.TaskId(id))).worker
    assert dead is not None
    log.kill(dead)
    async with opens(compressor=paid[1]) as second:
        await second.kernel.perform(tasks.RESUME, tasks.Resume())
        done = await second.kernel.perform(tasks.WAIT, tasks.Wait(id=id, seconds=30))

    assert [one.sold for one in paid] == [1, 1]
    assert (done.status, done.spent[0]) == ("succeeded", 400 + COST + 20)


def test_no_crash_takes_it_from_a_grant_twice_or_leaves_it_out() -> None:
    """Wherever the process dies, in the very fit too: what was paid is in the account, and within the grant."""
    again = once = number = 0
    for number in count(1):
        made: list[Paid] = []
        history = simulate(7, fitted_for_money(made), faults=Faults.none(), crash=(ANYWHERE, number))
        sold = sum(one.sold for one in made) * COST
        billed = [
            event.header["spent"][0]
            for frame in history.frames
            for event in frame.events
            if event.kind == "context.packed" and "spent" in event.header
        ]
        spent = sum(state.spent[0] for state in history.tasks.values())
        if ANYWHERE not in history.crashes:
            break
        assert billed == [COST] * len(history.tasks)
        assert sum(billed) <= sold <= spent <= 3000
        again += sold > sum(billed)
        once += sold == sum(billed) and len(made) > 1
    assert again > 0
    assert once > 0


def fitted_for_money(made: list[Paid]) -> Workload:
    """One task whose context has to be fitted; what was made to fit it, in each process, is added to ``made``."""

    async def takes_time() -> None:
        for _ in range(5):
            await asyncio.sleep(0.05)

    def compressors(ports: Ports) -> list[Paid]:
        made.append(Paid(thinks=takes_time))
        return made[-1:]

    return Workload(
        requests=lambda dice: [Submit(description="look", material=(LONG,), budget=350, tokens=3000)],
        agents=lambda ports: [doing()],
        compressors=compressors,
        settings={"kernel": {"compressor": "paid", "agent": "doer"}},
    )

"""A memory that helped a task that succeeded counts as used, and no caller does anything for it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    Allowance,
    Answer,
    Call,
    Calls,
    Context,
    Fitted,
    Memory,
    Passage,
    Recorded,
    Say,
    Selection,
    Source,
    Status,
    TokenCounter,
)
from kingpost._host.kernel import Kernel
from kingpost._host.remember import Rememberer
from kingpost.operations import events
from kingpost.operations import memory as memory_ops
from kingpost.operations import tasks as ops
from kingpost.testing import DictMemory, FirstFitCompressor, MemoryLog, ScriptedAgent, seeded_ports
from kingpost.testing.kernel import OpenKernel, open_kernel

from tests.core import keep_using

PATIENCE = 60

NEEDLE = Memory(id="needle", scope="default", body="The crane in Port Ada is red.")
HAY = Memory(id="hay", scope="default", body="A crane is a bird, too.")
AWAY = Memory(id="away", scope="other", body="Another crane in another scope.")
QUESTION = "Which colour has the crane?"


def citing(context: Context, say: Say) -> Answer:
    """Answers from the passage about the port, and says so."""
    (found,) = [passage for passage in context.pack.kept if "Port Ada" in passage.text]
    return Answer(text="red", sources=(Source(passage=found.id, source=found.source),))


def looking_up(context: Context, say: Say) -> Calls | Answer:
    """Asks the memory by the tool, once."""
    if context.turns:
        return Answer(text="a bird")
    return Calls(calls=(Call("1", "recall", {"query": "bird"}),))


def failing(context: Context, say: Say) -> Answer:
    raise ValueError("no idea")


class Paid(FirstFitCompressor):
    """One that may ask for money, and asks for none."""

    costly = True

    async def fit_within(
        self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter, allowance: Allowance
    ) -> Fitted:
        return await self.fit(passages, budget, query, counter)


async def uses(memory: DictMemory) -> dict[str, int]:
    return {one.id: one.uses async for one in memory.export(Selection(scope=None))}


async def until(condition: Callable[[], Any]) -> None:
    """Return once it is so; a sink is behind the work."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - what it waits for says nothing
            await asyncio.sleep(0.01)


@pytest.fixture
async def memory() -> DictMemory:
    memory = DictMemory()
    await memory.remember([NEEDLE, HAY, AWAY])
    return memory


async def handed_over(opened: OpenKernel) -> None:
    """Everything that is in the log has been accepted by every sink."""
    delivery = (await opened.kernel._open()).delivery  # noqa: SLF001 - nobody but a test waits for sinks
    log = await opened.kernel.log()

    async def reached() -> bool:
        head = (await log.head()).position
        return all(each.position >= head for each in delivery.standings())

    await until(reached)


@pytest.mark.parametrize(
    ("agent", "counted"),
    [
        (ScriptedAgent(lambda context, say: "red", "silent"), {"needle": 1, "hay": 1, "away": 0}),
        (ScriptedAgent(citing, "citing"), {"needle": 1, "hay": 0, "away": 0}),
        (ScriptedAgent(failing, "failing"), {"needle": 0, "hay": 0, "away": 0}),
    ],
    ids=["all of its context where an answer names no sources", "what was cited where it does", "nothing of a failure"],
)
async def test_what_an_answer_was_made_with_counts(
    memory: DictMemory, agent: ScriptedAgent, counted: dict[str, int]
) -> None:
    """Of the memories that stood in the context of a task that succeeded, those that it cites, or else all."""
    async with open_kernel(memory=memory, agents=[agent]) as opened:
        await opened.run(QUESTION, tools=())
        await handed_over(opened)

        assert {id: n for id, n in (await uses(memory)).items() if id in counted} == counted


async def test_what_an_agent_looked_up_counts(memory: DictMemory) -> None:
    """The tool ``recall`` brings memories before an agent as well, those of earlier answers among them."""
    async with open_kernel(memory=memory, agents=[ScriptedAgent(looking_up, "looking")]) as opened:
        first = await opened.run("Why?", tools=("recall",))
        await handed_over(opened)
        before = await uses(memory)
        await opened.run("Wherefore?", tools=("recall",))
        await handed_over(opened)
        after = await uses(memory)

    assert before == {"needle": 0, "hay": 1, "away": 0, f"task {first.id}": 0}
    assert after["hay"] == 2
    assert after[f"task {first.id}"] == 1


async def test_what_a_costly_compressor_left_counts_too(memory: DictMemory) -> None:
    """Its account stands in a frame before the one in which the task succeeded."""
    await memory.remember([replace(HAY, id="bale", body="Crane. " * 400)])
    async with open_kernel(memory=memory, compressor=Paid()) as opened:
        task = await opened.run(QUESTION, budget=350, tools=())
        await handed_over(opened)
        page = await opened.kernel.perform(events.EVENTS, events.ListEvents(task=task.id))

    assert [event.kind for frame in page.frames for event in frame.events].count("context.packed") == 2
    assert {id: n for id, n in (await uses(memory)).items() if id in {"needle", "bale"}} == {"needle": 1, "bale": 0}


async def test_pieces_of_input_files_do_not_count(memory: DictMemory, tmp_path: Path) -> None:
    """The same question about the same files gives the same answer."""
    notes = tmp_path / "notes.md"
    notes.write_text("# Crane\n\nThe colour of the crane is in Port Ada's papers.\n")

    async with open_kernel(memory=memory) as opened:
        await opened.run(QUESTION, inputs=(str(notes),), tools=())
        await handed_over(opened)
        found = [one async for one in memory.export(Selection(scope=None)) if one.source == "notes.md"]

    assert found
    assert {one.uses for one in found} == {0}
    assert (await uses(memory))["needle"] == 1


async def test_a_home_may_do_without(memory: DictMemory) -> None:
    """``uses = false`` under ``[kernel]``."""
    settings = {"kernel": {"uses": False}}
    async with open_kernel(memory=memory, settings=settings) as opened:
        await opened.run(QUESTION, tools=())
        await handed_over(opened)

    assert (await uses(memory))["needle"] == 0


async def test_a_log_that_is_handed_over_again_counts_nothing_again(memory: DictMemory, tmp_path: Path) -> None:
    """As it is after a crash, from the beginning even; tasks of one turn and of several."""
    ports = seeded_ports(0, tmp_path)
    log = MemoryLog(ports)
    agents = [ScriptedAgent(looking_up, "looking"), ScriptedAgent(citing, "citing")]
    async with open_kernel(memory=memory, agents=agents, log=log, ports=ports) as opened:
        for agent in ("looking", "citing", "citing"):
            await opened.run(QUESTION, agent=agent, tools=("recall",) if agent == "looking" else ())
        await handed_over(opened)
        counted = await uses(memory)
        again = Rememberer(log, opened.kernel.plugins, opened.kernel.config, ports)
        frames: Sequence[Recorded] = await log.read(0, 1000)
        await again.accept(frames)
        await again.accept(frames)

    assert counted["needle"] == 3
    assert counted["hay"] == 1
    assert await uses(memory) == counted


async def test_tasks_whose_memory_was_removed_hold_up_nothing(memory: DictMemory, tmp_path: Path) -> None:
    """What they came to can be kept nowhere, and all that comes after them can."""
    ports = seeded_ports(0, tmp_path)
    log = MemoryLog(ports)
    async with open_kernel(memory=memory, agents=[ScriptedAgent(citing, "citing")], log=log, ports=ports) as opened:
        await opened.run(QUESTION, agent="citing", tools=())
        await handed_over(opened)
        frames: Sequence[Recorded] = await log.read(0, 1000)
    async with open_kernel(memory=DictMemory("another"), log=log.twin(ports), ports=ports) as opened:
        await Rememberer(log, opened.kernel.plugins, opened.kernel.config, ports).accept(frames)


@pytest.mark.parametrize(
    ("point", "nth"),
    [("memory.before_commit", 1), ("uses.counted", 2)],
)
async def test_kill_9_costs_no_use_and_counts_none_twice(tmp_path: Path, point: str, nth: int) -> None:
    """Real processes, log and memory: before a use is on disk, and between that and the cursor that says so.

    What was of use then comes earlier by itself.
    """
    home = tmp_path / "home"
    async with keep_using.opened(home) as kernel:
        await kernel.perform(memory_ops.REMEMBER, memory_ops.Remember(memories=(NEEDLE,)))
        before = await _found(kernel)
        tasks = [await kernel.perform(ops.SUBMIT, ops.Submit(description=QUESTION, tools=())) for _ in range(3)]

    command = [sys.executable, "-m", "tests.core.keep_using", str(home), point, str(nth)]
    process = await asyncio.create_subprocess_exec(*command)
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == -9

    async with keep_using.opened(home) as kernel:
        await kernel.work()
        await handed_over_all(kernel, [task.id for task in tasks])
        after = await _found(kernel)

    assert after.memory.uses == 3
    assert after.terms["use"] > 0
    assert after.score > before.score


async def handed_over_all(kernel: Kernel, tasks: Sequence[str]) -> None:
    for id in tasks:
        task = await kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=float(PATIENCE)))
        assert task.status is Status.SUCCEEDED
    await handed_over(OpenKernel(kernel, "ready"))


async def _found(kernel: Kernel) -> Any:
    (found,) = (await kernel.perform(memory_ops.RECALL, memory_ops.Recall(text=QUESTION, limit=1))).found
    return found

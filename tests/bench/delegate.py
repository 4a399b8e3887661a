"""What a child costs: one task delegates to a thousand others, all at once, and one to a hundred, one after the other.

Each child is a task of its own in the durable log, submitted, claimed, walked and ended, and its outcome goes back to
its parent as the observation of a call. Children answer at once, so all that is measured is the kernel's. Beside them,
in the same run, plain tasks without a parent: a hundred at once, and one after the other.

Fewer children one after the other, since their parent takes a turn for each of them.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from kingpost import Answer, Call, Calls, Context, Description
from kingpost._host.kernel import Kernel
from kingpost.operations.tasks import SUBMIT, WAIT, Submit, Wait
from kingpost.testing import ScriptedAgent

from tests.bench._kernel import Outcomes, opened
from tests.bench._measure import close, in_a_process, own_cpu, tell

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
TOGETHER, IN_TURN, AT_ONCE = 1000, 100, 100
WAIT_SECONDS = 600.0

CHILD = ScriptedAgent(["done"], "child", Description(prices=(0, 0)))


@dataclass(frozen=True)
class Measured:
    """What one child, or one task, took: wall milliseconds, and CPU microseconds of the whole process."""

    wall_ms: float
    cpu_us: float


def parent(name: str, turns: int, children: int) -> ScriptedAgent:
    """Delegates so many children in each of so many turns, and answers how many came back as they should."""

    def decide(context: Context, _: object) -> Answer | Calls:
        if len(context.turns) < turns:
            made = (_delegate(f"c{number}") for number in range(children))
            return Calls(calls=tuple(made))
        seen = [one for turn in context.turns for one in turn.observations]
        return Answer(text=str(sum(one.error is None and one.text == "done" for one in seen)))

    return ScriptedAgent(decide, name, Description(tools=True, prices=(0, 0)))


def _delegate(id: str) -> Call:
    return Call(id, "delegate", {"agent": CHILD.name, "description": f"part {id}", "context": "Answer at once."})


async def _delegated(kernel: Kernel, agent: str, children: int) -> None:
    asked = Submit(
        description="Let others do it.", agent=agent, scopes=(), tools=("delegate",), fan_out=children, depth=1
    )
    task = await kernel.perform(SUBMIT, asked)
    ended = await kernel.perform(WAIT, Wait(id=task.id, seconds=WAIT_SECONDS))
    if ended.outcome is None or ended.outcome.answer != str(children):
        raise RuntimeError(f"of {children} children not all have done their part: {ended.outcome}")


async def _plain(kernel: Kernel, at_once: int, tasks: int) -> None:
    outcomes, left = Outcomes(kernel), iter(range(tasks))

    async def submitter() -> None:
        for _ in left:
            await outcomes.run(Submit(description="part", agent=CHILD.name, context="Answer at once.", scopes=()))

    await asyncio.gather(*(submitter() for _ in range(at_once)))


Step = Callable[[Kernel], Awaitable[None]]
COURSES: dict[str, tuple[int, Step]] = {
    "together": (TOGETHER, lambda kernel: _delegated(kernel, "together", TOGETHER)),
    "in_turn": (IN_TURN, lambda kernel: _delegated(kernel, "in-turn", IN_TURN)),
    "tasks_together": (TOGETHER, lambda kernel: _plain(kernel, AT_ONCE, TOGETHER)),
    "tasks_in_turn": (IN_TURN, lambda kernel: _plain(kernel, 1, IN_TURN)),
}


async def measured(name: str, home: Path) -> Measured:
    """One course on a home of its own, warmed up by some tasks and children."""
    agents = [CHILD, parent("together", 1, TOGETHER), parent("in-turn", IN_TURN, 1), parent("warm", 1, 10)]
    count, step = COURSES[name]
    # A budget that holds every turn: what is measured is no compressor.
    async with opened(home, agents, turns=IN_TURN + 1, budget=1_000_000) as kernel:
        await _plain(kernel, AT_ONCE, 200)
        await _delegated(kernel, "warm", 10)
        gc.collect()
        began, before = perf_counter(), own_cpu()
        await step(kernel)
        return Measured((perf_counter() - began) / count * 1e3, (own_cpu() - before) / count * 1e6)


def compare(home: Path) -> None:
    """All rounds, then the closing line."""
    found: dict[str, list[Measured]] = {name: [] for name in COURSES}
    for number in range(ROUNDS):
        for name in list(COURSES)[:: -1 if number % 2 else 1]:
            with tempfile.TemporaryDirectory(dir=home) as folder:
                one = Measured(**in_a_process("tests.bench.delegate", "--course", name, folder))
            found[name].append(one)
            tell(f"round {number + 1}/{ROUNDS} {name:>14}: {one.wall_ms:6.2f} ms, {one.cpu_us:6,.0f} us CPU each")
    figures: dict[str, float] = {"children_together": TOGETHER, "children_in_turn": IN_TURN}
    for name, rounds in found.items():
        figures[f"{name}_ms_each"] = round(statistics.median(one.wall_ms for one in rounds), 3)
        figures[f"{name}_cpu_us_each"] = round(statistics.median(one.cpu_us for one in rounds))
    ratios = {
        "child_over_task_cpu": figures["together_cpu_us_each"] / figures["tasks_together_cpu_us_each"],
        "in_turn_over_together_wall": figures["in_turn_ms_each"] / figures["together_ms_each"],
        "in_turn_over_together_cpu": figures["in_turn_cpu_us_each"] / figures["together_cpu_us_each"],
    }
    close("delegate", figures, ratios)


def main() -> None:
    """Compare, or run the one course that a parent asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--course", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    asked: Any = parser.parse_args()
    if asked.course:
        name, folder = asked.course
        print(json.dumps(asdict(asyncio.run(measured(name, Path(folder))))))
        return
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        compare(Path(folder))


if __name__ == "__main__":
    main()

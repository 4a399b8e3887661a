"""What the kernel spends on a turn, and whether what may wait together does.

A turn is one decision and one trivial call: the context is packed, the decision and the ledger are one frame, the
observation is another one. Tasks of many turns run one after the other; what a task without any turn but its answer
costs is taken off. On the log in memory and on the durable one, whose cost is the log's own; and for tasks of some
lengths, since a turn must not become dearer with every turn before it.

Then a task makes four calls in one turn that each wait for a second, and a task delegates to four children that each
make such a call. Beside both: four sleeps without any kernel.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from kingpost import Answer, Call, Calls, Context, Description
from kingpost.operations.tasks import Submit
from kingpost.testing import FunctionExecutor, ScriptedAgent

from tests.bench._kernel import Outcomes, Where, opened
from tests.bench._measure import close, own_cpu, tell

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
LENGTHS = (5, 20, 60)
TASKS = {0: 40, 5: 20, 20: 10, 60: 4}
"""How many tasks of each length are measured at a time."""

SECOND = 1.0


async def touch() -> str:
    """Does nothing."""
    return "done"


async def rest() -> str:
    """Takes a second."""
    await asyncio.sleep(SECOND)
    return "done"


TOOLS = FunctionExecutor([touch, rest])


def made(tool: str, count: int) -> Calls:
    """So many calls of a tool in one turn."""
    return Calls(calls=tuple(Call(f"c{number}", tool) for number in range(count)))


def agent(name: str, decide: Callable[[Context], Answer | Calls]) -> ScriptedAgent:
    """An agent that decides by what it sees."""
    return ScriptedAgent(lambda context, _: decide(context), name, Description(tools=True, prices=(0, 0)))


def walker() -> ScriptedAgent:
    """Makes one call in each turn, as many as the task says."""
    return agent("walker", lambda c: made("touch", 1) if len(c.turns) < int(c.description) else Answer(text="done"))


async def turn_us(home: Path, log: Where) -> dict[int, float]:
    """CPU microseconds of the process for one turn, by the length of the task."""
    async with opened(home, [walker()], log=log, executors=[TOOLS], turns=max(LENGTHS) + 1) as kernel:
        outcomes = Outcomes(kernel)

        async def task_us(turns: int) -> float:
            gc.collect()
            before = own_cpu()
            for _ in range(TASKS[turns]):
                await outcomes.run(Submit(description=str(turns), scopes=(), tools=("touch",)))
            return (own_cpu() - before) / TASKS[turns] * 1e6

        await task_us(20)
        bare = await task_us(0)
        return {turns: (await task_us(turns) - bare) / turns for turns in LENGTHS}


async def waits_s(home: Path, *, delegate: bool) -> float:
    """Wall seconds of a task that waits for four things of a second each, from its submission to its outcome."""
    children = Calls(
        calls=tuple(Call(f"c{n}", "delegate", {"agent": "sleeper", "description": f"part {n}"}) for n in range(4))
    )
    first = children if delegate else made("rest", 4)
    agents = [
        agent("asker", lambda context: Answer(text="done") if context.turns else first),
        agent("sleeper", lambda context: Answer(text="done") if context.turns else made("rest", 1)),
    ]
    async with opened(home, agents, executors=[TOOLS]) as kernel:
        outcomes = Outcomes(kernel)
        began = perf_counter()
        await outcomes.run(Submit(description="wait for all four", scopes=(), tools=("rest", "delegate")))
        return perf_counter() - began


async def sleeps_s() -> float:
    """The same without a kernel."""
    began = perf_counter()
    await asyncio.gather(*(asyncio.sleep(SECOND) for _ in range(4)))
    return perf_counter() - began


def run(home: Path) -> None:
    """All rounds, then the closing line."""
    turns: dict[str, list[float]] = {}
    waits: dict[str, list[float]] = {}
    logs: tuple[Where, ...] = ("memory", "sqlite")
    for number in range(ROUNDS):
        for log in logs:
            with tempfile.TemporaryDirectory(dir=home) as folder:
                for length, us in asyncio.run(turn_us(Path(folder), log)).items():
                    turns.setdefault(f"{log}_us_per_turn_of_{length}", []).append(us)
                    tell(f"round {number + 1}/{ROUNDS} {log:>6}, tasks of {length:2} turns: {us:6,.0f} us CPU a turn")
        for name, delegate in (("four_waits_s", False), ("four_children_s", True)):
            with tempfile.TemporaryDirectory(dir=home) as folder:
                waits.setdefault(name, []).append(asyncio.run(waits_s(Path(folder), delegate=delegate)))
            tell(f"round {number + 1}/{ROUNDS} {name}: {waits[name][-1]:.3f}")
        waits.setdefault("four_sleeps_s", []).append(asyncio.run(sleeps_s()))
    figures = {name: round(statistics.median(found)) for name, found in turns.items()} | {
        name: round(statistics.median(found), 3) for name, found in waits.items()
    }
    ratios = {
        "sqlite_over_memory": figures["sqlite_us_per_turn_of_20"] / figures["memory_us_per_turn_of_20"],
        "turn_of_60_over_turn_of_5": figures["memory_us_per_turn_of_60"] / figures["memory_us_per_turn_of_5"],
        "waits_over_sleeps": figures["four_waits_s"] / figures["four_sleeps_s"],
        "children_over_sleeps": figures["four_children_s"] / figures["four_sleeps_s"],
    }
    close("turn", figures, ratios)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as parent:
        run(Path(parent))

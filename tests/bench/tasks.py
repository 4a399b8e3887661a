"""Tasks a second, end to end, whose agent answers at once, beside the same in DBOS and LangGraph on SQLite.

A task is submitted through the kernel's own door, claimed, walked and ended, each step durable in the SQLite log; who
submitted it hears of its outcome and submits the next. Nothing is recalled. The worker runs in the same process, as it
does in ``kingpost run``. The same once more with the counter, compressor and memory of the standard plugins. What the
others do is in ``_baselines``.

Each course runs in a process of its own, in turns; figures are medians over the rounds, a ratio is the median of what
each round showed. ``--profile`` prints where the CPU goes instead, thread by thread.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from kingpost import Description
from kingpost.operations.tasks import Submit
from kingpost.testing import ScriptedAgent

from tests.bench import _baselines
from tests.bench._kernel import Outcomes, opened, together
from tests.bench._measure import close, fsync_ms, in_a_process, own_cpu, tell

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
SUBMITTERS = 100
WARM_SECONDS = 0.5

BASELINES = Path(sys.prefix) / "baselines"
"""Where ``make bench`` installs what only a benchmark compares with: outside of what every other verb uses."""

REQUEST = Submit(description="Which promises does the log make, and which test proves each of them?", scopes=())
AGENT = ScriptedAgent(["Those in its protocol."], description=Description(prices=(0, 0)))


@dataclass(frozen=True)
class Measured:
    """What one course showed: tasks a second and CPU of the process at 100 at once; how long one takes alone."""

    tasks_per_s: float
    cpu_us: float
    alone_ms: float
    alone_cpu_us: float


async def ours(home: Path, *, standard: bool) -> Measured:
    """The kernel."""
    async with opened(home, [AGENT], standard=standard) as kernel:
        outcomes = Outcomes(kernel)
        took: list[float] = []

        async def timed() -> None:
            began = perf_counter()
            await outcomes.run(REQUEST)
            took.append(perf_counter() - began)

        await together(SUBMITTERS, timed, WARM_SECONDS)
        gc.collect()
        before = own_cpu()
        done, seconds = await together(SUBMITTERS, timed, SECONDS)
        cpu, before = own_cpu() - before, own_cpu()
        took.clear()
        alone, _ = await together(1, timed, SECONDS / 2)
        return _measured(done, seconds, cpu, took, (own_cpu() - before) / alone)


def theirs(name: str, home: Path) -> Measured:
    """One of the baselines."""
    with _baselines.BASELINES[name](home) as flow:
        took: list[float] = []

        def timed() -> None:
            began = perf_counter()
            flow()
            took.append(perf_counter() - began)

        _baselines.together(SUBMITTERS, timed, WARM_SECONDS)
        gc.collect()
        before = own_cpu()
        done, seconds = _baselines.together(SUBMITTERS, timed, SECONDS)
        cpu, before = own_cpu() - before, own_cpu()
        took.clear()
        alone, _ = _baselines.together(1, timed, SECONDS / 2)
        return _measured(done, seconds, cpu, took, (own_cpu() - before) / alone)


def _measured(done: int, seconds: float, cpu: float, took: list[float], alone_cpu: float) -> Measured:
    return Measured(done / seconds, cpu / done * 1e6, statistics.median(took) * 1e3, alone_cpu * 1e6)


COURSES: dict[str, Callable[[Path], Measured]] = {
    "ours": lambda home: asyncio.run(ours(home, standard=False)),
    "standard": lambda home: asyncio.run(ours(home, standard=True)),
    "dbos_sqlite_wal": lambda home: theirs("dbos_sqlite_wal", home),
    "langgraph_sqlite": lambda home: theirs("langgraph_sqlite", home),
}


def compare(home: Path) -> None:
    """All rounds, then the closing line."""
    names = [name for name in COURSES if name not in _baselines.BASELINES or BASELINES.is_dir()]
    if len(names) < len(COURSES):
        tell("no baselines here, so no ratios: `make bench BENCH=tasks` installs them")
    found: dict[str, list[Measured]] = {name: [] for name in names}
    syncs, over = [], []
    for number in range(ROUNDS):
        # Every other round runs backwards, so that nobody always has the disk in another one's mood.
        for name in names[:: -1 if number % 2 else 1]:
            if name == "ours":
                syncs.append(fsync_ms(home))
            found[name].append(_course(name, home))
            one = found[name][-1]
            tell(f"round {number + 1}/{ROUNDS} {name:>16}: {one.tasks_per_s:7,.0f} tasks/s, {one.cpu_us:6,.0f} us CPU")
        over.append(found["ours"][-1].alone_ms / (3 * syncs[-1] + 0.5))
    figures = {"fsync_ms": statistics.median(syncs)} | _figures("", found["ours"])
    for name in names[1:]:
        figures |= _figures(f"{name}_", found[name])
    ratios = {"p50_alone_over_3_fsyncs_and_half_ms": statistics.median(over)}
    for name in names:
        if name in _baselines.BASELINES:
            pairs = list(zip(found["ours"], found[name], strict=True))
            ratios[name] = statistics.median(one.tasks_per_s / other.tasks_per_s for one, other in pairs)
            ratios[f"{name}_cpu"] = statistics.median(other.cpu_us / one.cpu_us for one, other in pairs)
    close("tasks", figures, ratios)


def _course(name: str, home: Path) -> Measured:
    path = os.pathsep.join(filter(None, (str(BASELINES), os.environ.get("PYTHONPATH"))))
    env = {"PYTHONPATH": path} if name in _baselines.BASELINES else None
    with tempfile.TemporaryDirectory(dir=home) as folder:
        return Measured(**in_a_process("tests.bench.tasks", "--course", name, folder, env=env))


def _figures(prefix: str, found: list[Measured]) -> dict[str, float]:
    return {
        f"{prefix}tasks_per_s_100": round(statistics.median(one.tasks_per_s for one in found)),
        f"{prefix}cpu_us_per_task": round(statistics.median(one.cpu_us for one in found)),
        f"{prefix}p50_ms_alone": round(statistics.median(one.alone_ms for one in found), 2),
        f"{prefix}cpu_us_alone": round(statistics.median(one.alone_cpu_us for one in found)),
    }


def main() -> None:
    """Compare, profile, or run the one course that a parent asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="print where the CPU of a task goes")
    parser.add_argument("--course", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    asked: Any = parser.parse_args()
    if asked.course:
        name, folder = asked.course
        print(json.dumps(asdict(COURSES[name](Path(folder)))))
        return
    # Beside this file, so that it is the disk of the work and no file system in memory.
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        if asked.profile:
            from tests.bench._profile import profile

            profile(Path(folder), [AGENT], REQUEST, SUBMITTERS)
        else:
            compare(Path(folder))


if __name__ == "__main__":
    main()

"""What the benchmarks share: CPU time, the price of a sync, a process of their own, medians, the closing line."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PAGE = 4096


def own_cpu() -> float:
    """User and system seconds of this process, all threads."""
    return _seconds(resource.RUSAGE_SELF)


def children_cpu() -> float:
    """User and system seconds of all children that have ended."""
    return _seconds(resource.RUSAGE_CHILDREN)


def _seconds(whose: int) -> float:
    spent = resource.getrusage(whose)
    return spent.ru_utime + spent.ru_stime


def cpu_ms(command: Sequence[str], rounds: int, env: Mapping[str, str] | None = None) -> float:
    """Median CPU milliseconds of a command; its bytecode is there after a first, uncounted run."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | dict(env or {})
    spent = []
    for number in range(rounds + 1):
        before = children_cpu()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ)
        if number:
            spent.append((children_cpu() - before) * 1000)
    return statistics.median(spent)


def fsync_ms(folder: Path, rounds: int = 60) -> float:
    """Median milliseconds of one sync after 4 KB were appended to a file in ``folder``."""
    path = folder / "fsync"
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    try:
        costs = []
        for _ in range(rounds):
            os.write(file, os.urandom(PAGE))
            began = time.perf_counter()
            os.fsync(file)
            costs.append(time.perf_counter() - began)
        return statistics.median(costs) * 1000
    finally:
        os.close(file)
        path.unlink()


def in_a_process(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a module of the benchmarks says, in JSON on its last line, when it is run alone with these arguments.

    A process of its own leaves no threads, no garbage and no open files behind for what is measured next.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def interleaved(rounds: int, **measured: Callable[[], float]) -> dict[str, float]:
    """The median of each measurement, taken in turns, so that a noisy neighbour hits all of them alike."""
    found: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            found[name].append(measure())
    return {name: statistics.median(values) for name, values in found.items()}


def close(bench: str, figures: Mapping[str, Any], ratios: Mapping[str, float]) -> None:
    """Print the closing line."""
    print(json.dumps({"bench": bench, "figures": _rounded(figures), "ratios": _rounded(ratios)}))


def tell(line: str) -> None:
    """Progress, on standard error."""
    print(line, file=sys.stderr, flush=True)


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in values.items()}

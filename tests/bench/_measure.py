"""What the benchmarks share: CPU time of child processes, medians, and the closing line."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def children_cpu() -> float:
    """User and system seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
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

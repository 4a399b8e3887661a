"""``make simulate HISTORIES=100000 SEED=7``: many histories, progress on standard error, one closing JSON line.

``--seed N`` alone replays that one history and tells it; ``--points`` crashes the reference history at every crash
point each time that it passes it, and ``--steps`` between any two of its callbacks.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from kingpost.testing import Histories, PromiseBroken, simulate
from kingpost.testing.simulator import ANYWHERE

from .coverage import covered
from .reference import NEVER, crashed, crashes

BATCH = 250
EVERY = 1_000_000


def main() -> int:
    """Simulate what is asked for; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--points", action="store_true")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    try:
        if given.points or given.steps:
            return _enumerated(ANYWHERE if given.steps else None)
        if given.histories is None and given.seed is not None:
            return _told(given.seed)
        seed = random.SystemRandom().randrange(1 << 32) if given.seed is None else given.seed
        return _many(seed, given.histories or 10_000, given.processes)
    except PromiseBroken as broken:
        print(f"{broken}\npython -m tests.simulate --seed {broken.seed}", file=sys.stderr)
        return 1


def _told(seed: int) -> int:
    try:
        history = simulate(seed)
    except PromiseBroken as broken:
        print("\n".join(broken.steps))
        raise
    print("\n".join(history.story))
    print(json.dumps({"seed": seed, "frames": len(history.frames), "head": history.head.hash.hex()}))
    return 0


def _many(seed: int, count: int, processes: int) -> int:
    print(f"seeds {seed} to {seed + count - 1}", file=sys.stderr)
    began, total = time.monotonic(), Histories()
    batches = [range(first, min(first + BATCH, seed + count)) for first in range(seed, seed + count, BATCH)]
    with ProcessPoolExecutor(processes) as pool:
        for histories in pool.map(_batch, batches):
            total.merge(histories)
            print(f"{total.count} histories, {total.sums['tasks']} tasks, all promises kept", file=sys.stderr)
    hour = total.count / (time.monotonic() - began) * 3600
    print(json.dumps({**_figures(total), "per_hour": round(hour), "seed": seed}))
    return 0


def _batch(seeds: Sequence[int]) -> Histories:
    histories = Histories()
    histories.run(seeds)
    return histories


def _figures(total: Histories) -> dict[str, Any]:
    reached, missing = covered(total.edges)
    return {
        "simulate": total.count,
        **total.sums,
        "trouble": dict(total.trouble),
        "crashes": dict(total.crashes),
        "points": dict(total.points),
        "ends": dict(total.ends),
        "edges": len(reached),
        "edges_missing": sorted(" ".join(edge) for edge in missing),
    }


def _enumerated(point: str | None) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places: Iterable[tuple[str, int]] = crashes(folder, EVERY)
        if point is not None:
            calm = crashed(folder, ANYWHERE, NEVER)
            places = [(point, nth) for nth in range(1, calm.steps, 1)]
        done: Callable[[str, int], Any] = partial(crashed, folder)
        met = 0
        for place in places:
            met += f"at {place[0]}" in done(*place).crashes or place[0] == ANYWHERE
        print(json.dumps({"crashed": met, "where": point or "points"}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

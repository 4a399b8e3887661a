"""Seconds of CPU to fold a million events anew, chain verified, tables written; beside two plain ways to read them.

The log is filled by the log itself, a hundred tasks at a time, in the frames that the kernel writes: four for six
events. Then each course runs in a process of its own, in turns:

- ``rebuild``: ``Care.rebuild`` over all of it: chain, fold, places, snapshots, fresh tables with their indexes.
- ``chain``: only the hashes of the same frames; ``seconds_1m`` is ``rebuild`` without them.
- ``verify``: ``Care.verify``: SQLite's own check, payload digests and blobs too, and every row compared.
- ``since``: ``Care.rebuild`` from the newest snapshot.
- ``json``: the frames read over ``sqlite3``, each body through ``json.loads``; nothing is checked or folded.
- ``aiosqlite``: what one would write first: ``async for`` over the frames, each hashed, decoded and folded, its task's
  row written at once. On a tenth of the frames, since it takes long.

All figures are scaled to a million events. A ratio is the median of what each round showed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import aiosqlite
from kingpost import GENESIS, Ports, TaskState, decode, fold, frame_hash, to_row, upcast
from kingpost_log_sqlite import provide_log

from tests.bench._measure import close, in_a_process, own_cpu, tell
from tests.bench.append import as_the_kernel_does, our_log

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))
AT_ONCE = 100
MILLION = 1_000_000

BODIES = "SELECT body, hash FROM frames ORDER BY position"


async def fill(home: Path) -> int:
    """Tasks of six events in four frames each, a hundred at a time; how many events there are."""
    ports = Ports(home=home)
    events = 0
    async with our_log(home) as submit:
        while events < EVENTS:
            tasks = [as_the_kernel_does(ports) for _ in range(AT_ONCE)]
            lives = [[next(frames) for _ in range(4)] for frames in tasks]
            await asyncio.gather(*(submit(frames) for frames in lives))
            events += sum(len(frame.events) for frames in lives for frame in frames)
    return events


async def cared_for(home: Path, since: float | None = None, *, verify: bool = False) -> int:
    """One ``rebuild`` or ``verify``, sound or it does not count; the events that were read."""
    (log,) = provide_log(settings=None, ports=Ports(home=home))
    care: Any = log
    report = await (care.verify() if verify else care.rebuild(since=since))
    if not report.sound:
        raise RuntimeError(f"the log is not sound: {report.findings[0]}")
    return int(report.events)


def plain_json(home: Path) -> int:
    """Every body through the standard library's JSON."""
    events = 0
    with closing(sqlite3.connect(home / "log.db")) as connection:
        for body, _ in connection.execute(BODIES):
            events += len(json.loads(body)["events"])
    return events


def chain(home: Path) -> int:
    """Every hash computed again."""
    previous = GENESIS
    frames = 0
    with closing(sqlite3.connect(home / "log.db")) as connection:
        for body, hash in connection.execute(BODIES):
            previous = frame_hash(previous, body)
            frames += previous == hash
    return frames


def reading(home: Path) -> int:
    """The same rows, and nothing done with them."""
    with closing(sqlite3.connect(home / "log.db")) as connection:
        return sum(1 for _ in connection.execute(BODIES))


async def naive(home: Path, limit: int) -> int:
    """Frame by frame into a table of tasks."""
    states: dict[str, TaskState] = {}
    previous, events = GENESIS, 0
    async with aiosqlite.connect(home / "log.db") as source, aiosqlite.connect(home / "naive.db") as target:
        await target.execute("CREATE TABLE task (id TEXT PRIMARY KEY, tenant TEXT, status TEXT, state TEXT)")
        question = "SELECT position, body, hash FROM frames ORDER BY position LIMIT ?"
        async with source.execute(question, (limit,)) as cursor:
            async for position, body, hash in cursor:
                previous = frame_hash(previous, body)
                if previous != hash:
                    raise RuntimeError(f"frame {position} is not what was written")
                frame = decode(position, body, None)
                facts = [upcast(event) for event in frame.events]
                state = fold(states.get(frame.stream), frame.stream, frame.version, frame.at, facts)
                events += len(facts)
                if state is not None:
                    states[frame.stream] = state
                    row = (state.id, state.tenant, state.status, json.dumps(to_row(state)))
                    await target.execute("INSERT OR REPLACE INTO task VALUES (?, ?, ?, ?)", row)
        await target.commit()
    (home / "naive.db").unlink()
    return events


COURSES: dict[str, Callable[[Path], int]] = {
    "rebuild": lambda home: asyncio.run(cared_for(home)),
    "reading": reading,
    "chain": chain,
    "verify": lambda home: asyncio.run(cared_for(home, verify=True)),
    "since": lambda home: asyncio.run(cared_for(home, 4e9)),
    "json": plain_json,
    "aiosqlite": lambda home: asyncio.run(naive(home, EVENTS * 4 // 60)),
}


def measured(name: str, home: Path) -> dict[str, float]:
    """What one course took, in this process."""
    before = own_cpu()
    events = COURSES[name](home)
    return {"cpu": own_cpu() - before, "events": events}


def run(home: Path) -> None:
    """All rounds, then the closing line."""
    tell(f"filling a log with {EVENTS:,} events")
    events = asyncio.run(fill(home))
    found: dict[str, list[float]] = {name: [] for name in COURSES}
    for number in range(ROUNDS):
        for name in COURSES:
            took = in_a_process("tests.bench.rebuild", name, str(home))
            each = took["events"] if name == "aiosqlite" else events
            found[name].append(took["cpu"] * MILLION / each)
            tell(f"round {number + 1}/{ROUNDS} {name:>9}: {found[name][-1]:6.2f} s of CPU for a million events")
    checked = [chain - read for chain, read in zip(found["chain"], found["reading"], strict=True)]
    figures = {
        "seconds_1m": median(each - chain for each, chain in zip(found["rebuild"], checked, strict=True)),
        "seconds_1m_verified": median(found["rebuild"]),
        "seconds_1m_verify": median(found["verify"]),
        "seconds_since_snapshot": median(found["since"]) * events / MILLION,
        "json_seconds_1m": median(found["json"]),
        "aiosqlite_seconds_1m": median(found["aiosqlite"]),
        "log_mb": (home / "log.db").stat().st_size / 1e6,
    }
    ratios = {
        name: median(theirs / ours for theirs, ours in zip(found[name], found["rebuild"], strict=True))
        for name in ("json", "aiosqlite")
    }
    close("rebuild", figures, ratios)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
    else:
        # Beside this file, so that it is the disk of the work and no file system in memory.
        with tempfile.TemporaryDirectory(prefix=".rebuild-", dir=Path(__file__).parent) as parent:
            run(Path(parent))

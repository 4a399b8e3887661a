"""Events a second into the log, beside aiosqlite with a commit for each event.

Every submitter works through tasks of its own and awaits each append until it is durable. Ours goes through the real
log: version checked, event folded into the task's row, payload salted and hashed, frame chained. The baseline inserts
the same event as one row and commits it. Both run in WAL mode with ``synchronous=FULL``, in turns, since the machine is
noisy: figures are medians over the rounds, a ratio is the median of each round's own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import aiosqlite
from kingpost import Event, Log, Ports, task_stream
from kingpost_log_sqlite import provide_log
from pydantic_core import to_json

ROUNDS = 5
SECONDS = 1.0
SUBMITTERS = (1, 10, 100, 1000)

WORDS = "Which promises does the log make, and which test proves each of them? "
CALL = {"id": "c1", "tool": "read_file", "arguments": {"path": "docs/decisions/0001.md", "lines": [1, 40]}}
ANSWER = {"text": WORDS * 3, "sources": [{"source": "docs/log.md", "place": "line 12"}]}
TURN = {"attempt": 1, "input_tokens": 1200, "output_tokens": 80}
QUEUED = {"description": WORDS * 4, "budget": 8000, "context": WORDS * 2}
REST = [
    Event("task.started", {"attempt": 1, "worker": "bench-1"}),
    Event("turn.decided", {**TURN, "turn": 1, "calls": {"c1": "read_file"}}, {"calls": [CALL], "text": WORDS}),
    Event("call.observed", {"attempt": 1, "call": "c1"}, {"text": WORDS * 6}),
    Event("turn.decided", {**TURN, "turn": 2, "calls": {}}, {"answer": ANSWER}),
    Event("task.succeeded", {"attempt": 1}, {"answer": ANSWER}),
]

Submit = Callable[[Iterator["Frame"], float], Awaitable[int]]


@dataclass(frozen=True)
class Frame:
    """What one append writes: a task's stream and some of its events."""

    task: str
    first: bool
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Measured:
    """One round: what was durable, in how many seconds, for how much CPU of the whole process."""

    frames: int
    events: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


def one_by_one(ports: Ports) -> Iterator[Frame]:
    """Tasks of six events, one event in each frame."""
    while True:
        task = ports.ids.new()
        for number, event in enumerate(life(task)):
            yield Frame(task, number == 0, (event,))


def as_the_kernel_does(ports: Ports) -> Iterator[Frame]:
    """The same tasks in four frames: queued; started; a turn with its observation; a turn with the outcome."""
    while True:
        task = ports.ids.new()
        queued, started, asked, observed, decided, succeeded = life(task)
        yield Frame(task, True, (queued,))
        yield Frame(task, False, (started,))
        yield Frame(task, False, (asked, observed))
        yield Frame(task, False, (decided, succeeded))


def life(task: str) -> list[Event]:
    """A task that reads one file and answers. Only its first event names it."""
    header = {"task": task, "tenant": "default", "agent": "extract", "root": task, "priority": 0}
    return [Event("task.queued", header, QUEUED), *REST]


@asynccontextmanager
async def our_log(home: Path) -> AsyncIterator[Submit]:
    """The log as the kernel opens it."""
    log: Any = provide_log(settings=None, ports=Ports(home=home))[0]
    await log.start()
    try:
        yield lambda frames, until: _append(log, frames, until)
    finally:
        await log.stop()


async def _append(log: Log, frames: Iterator[Frame], until: float) -> int:
    events, version = 0, ""
    while time.perf_counter() < until:
        frame = next(frames)
        receipt = await log.append(task_stream(frame.task), "" if frame.first else version, frame.events)
        version = receipt.version
        events += len(frame.events)
    return events


@asynccontextmanager
async def aiosqlite_commits(home: Path) -> AsyncIterator[Submit]:
    """One shared connection; the lock gives each event a commit of its own."""
    async with aiosqlite.connect(home / "baseline.db") as connection:
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, stream TEXT, kind TEXT, at REAL, body BLOB)"
        )
        await connection.commit()
        lock = asyncio.Lock()

        async def insert(frames: Iterator[Frame], until: float) -> int:
            events = 0
            while time.perf_counter() < until:
                frame = next(frames)
                for event in frame.events:
                    body = to_json({"header": event.header, "payload": event.payload})
                    row = (task_stream(frame.task), event.kind, time.time(), body)
                    async with lock:
                        await connection.execute("INSERT INTO events (stream, kind, at, body) VALUES (?, ?, ?, ?)", row)
                        await connection.commit()
                    events += 1
            return events

        yield insert


class Counted:
    """Counts the frames that are taken out of an iterator."""

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames, self.taken = frames, 0

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        self.taken += 1
        return next(self._frames)


async def measured(submit: Submit, submitters: int, made: Callable[[Ports], Iterator[Frame]], home: Path) -> Measured:
    """One round with so many submitters."""
    ports = Ports(home=home)
    work = [Counted(made(ports)) for _ in range(submitters)]
    began, burnt = time.perf_counter(), time.process_time()
    done = await asyncio.gather(*(submit(frames, began + SECONDS) for frames in work))
    seconds, cpu = time.perf_counter() - began, time.process_time() - burnt
    return Measured(sum(frames.taken for frames in work), sum(done), seconds, cpu)


def fsync_ms(home: Path) -> float:
    """What it costs to bring 8 KB to the disk, where the logs are."""
    file = os.open(home / "fsync", os.O_CREAT | os.O_WRONLY)
    try:
        costs = []
        for place in range(40):
            os.pwrite(file, os.urandom(8192), place * 8192)
            began = time.perf_counter()
            os.fdatasync(file)
            costs.append(time.perf_counter() - began)
        return median(costs) * 1000
    finally:
        os.close(file)


async def run(home: Path) -> dict[str, Any]:
    """All rounds; the closing line."""
    found: dict[str, list[Measured]] = {}
    syncs = []
    plan = [(f"ours_{count}", our_log, count, one_by_one) for count in SUBMITTERS]
    plan += [("frames_100", our_log, 100, as_the_kernel_does), ("aiosqlite_100", aiosqlite_commits, 100, one_by_one)]
    for number in range(ROUNDS):
        syncs.append(fsync_ms(home))
        # Each is the first of its round once, so that nobody always meets the disk in one mood.
        order = cycle(plan)
        for _ in range(number):
            next(order)
        for name, opened, submitters, made in [next(order) for _ in plan]:
            with tempfile.TemporaryDirectory(dir=home) as folder:
                async with opened(Path(folder)) as submit:
                    took = await measured(submit, submitters, made, home)
            found.setdefault(name, []).append(took)
            say(f"round {number + 1}/{ROUNDS} {name:>14}: {took.rate:8,.0f} events/s")
    return closing(found, syncs)


def closing(found: dict[str, list[Measured]], syncs: list[float]) -> dict[str, Any]:
    """Medians over the rounds; a ratio is the median of what each round shows."""
    figures: dict[str, float] = {}
    for name, rounds in found.items():
        figures[f"{name}_events_per_s"] = round(median(each.rate for each in rounds))
        figures[f"{name}_cpu_us_per_event"] = round(median(each.cpu / each.events for each in rounds) * 1e6, 1)
    framed = found["frames_100"]
    figures["frames_100_frames_per_s"] = round(median(each.frames / each.seconds for each in framed))
    figures["fsync_ms"] = round(median(syncs), 3)
    base = found["aiosqlite_100"]

    def ratio(name: str) -> float:
        return round(median(ours.rate / theirs.rate for ours, theirs in zip(found[name], base, strict=True)), 1)

    ratios = {"aiosqlite_100": ratio("ours_100"), "aiosqlite_100_kernel_frames": ratio("frames_100")}
    return {"bench": "append", "figures": figures, "ratios": ratios}


def say(line: str) -> None:
    """Progress, beside the result."""
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Measure where the repository is, on the disk that the work is on."""
    with tempfile.TemporaryDirectory(prefix="bench-append-", dir=Path(__file__).parent) as folder:
        print(json.dumps(asyncio.run(run(Path(folder)))))


if __name__ == "__main__":
    main()

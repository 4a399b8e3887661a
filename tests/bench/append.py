"""Events a second into the log, beside aiosqlite with a commit for each event.

Every submitter works through tasks of its own and awaits each append until it is durable. Ours goes through the real
log: version checked, event folded into the task's row, payload salted and hashed, frame chained. The baseline inserts
the same event as one row, through one shared connection, and commits it before the next one. Both run in WAL mode with
``synchronous=FULL``. They run in turns, since the machine is noisy: figures are medians over the rounds, and a ratio is
the median of what each round showed. What is appended is made before the clock starts.
"""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import aiosqlite
from kingpost import Event, Log, Ports, task_stream
from kingpost_log_sqlite import provide_log
from pydantic_core import to_json

from tests.bench._measure import close, tell

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))

WORDS = "Which promises does the log make, and which test proves each of them? "
CALL = {"id": "c1", "tool": "read_file", "arguments": {"path": "docs/log.md", "lines": [1, 40]}}
ANSWER = {"text": WORDS, "sources": [{"source": "docs/log.md", "place": "line 12"}]}
TURN = {"attempt": 1, "input_tokens": 1200, "output_tokens": 80}
QUEUED = {"description": WORDS, "budget": 8000, "context": "", "inputs": ["docs/log.md"], "crew": {"agent": "extract"}}
REST = (
    Event("task.started", {"attempt": 1, "worker": "bench-1"}),
    Event("turn.decided", {**TURN, "turn": 1, "calls": {"c1": "read_file"}}, {"calls": [CALL], "text": WORDS}),
    Event("call.observed", {"attempt": 1, "call": "c1"}, {"text": WORDS * 3}),
    Event("turn.decided", {**TURN, "turn": 2, "calls": {}}, {"answer": ANSWER}),
    Event("task.succeeded", {"attempt": 1}, {"answer": ANSWER}),
)


@dataclass(frozen=True)
class Frame:
    """What one append writes: a task's stream and some of its events."""

    stream: str
    first: bool
    events: tuple[Event, ...]


def one_by_one(ports: Ports) -> Iterator[Frame]:
    """Tasks of six events, one event in each frame."""
    while True:
        stream, events = life(ports)
        for number, event in enumerate(events):
            yield Frame(stream, number == 0, (event,))


def as_the_kernel_does(ports: Ports) -> Iterator[Frame]:
    """The same tasks in four frames: queued; started; a turn with its observation; a turn with the outcome."""
    while True:
        stream, events = life(ports)
        for part in (slice(1), slice(1, 2), slice(2, 4), slice(4, 6)):
            yield Frame(stream, part == slice(1), events[part])


def life(ports: Ports) -> tuple[str, tuple[Event, ...]]:
    """A task that reads one file and answers. Only its first event names it."""
    task = ports.ids.new()
    header = {"task": task, "tenant": "default", "agent": "extract", "root": task, "priority": 0}
    return task_stream(task), (Event("task.queued", header, QUEUED), *REST)


Submit = Callable[[Sequence[Frame]], Awaitable[None]]


@asynccontextmanager
async def our_log(home: Path) -> AsyncIterator[Submit]:
    """The log as the kernel opens it."""
    log: Any = provide_log(settings=None, ports=Ports(home=home))[0]
    await log.start()
    try:
        yield lambda frames: _append(log, frames)
    finally:
        await log.stop()


async def _append(log: Log, frames: Sequence[Frame]) -> None:
    version = ""
    for frame in frames:
        receipt = await log.append(frame.stream, "" if frame.first else version, frame.events)
        version = receipt.version


@asynccontextmanager
async def aiosqlite_commits(home: Path) -> AsyncIterator[Submit]:
    """One shared connection; the lock gives each event a commit of its own."""
    async with aiosqlite.connect(home / "baseline.db") as connection:
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, stream TEXT, kind TEXT, at REAL, body BLOB)"
        )
        await connection.execute("CREATE INDEX events_stream ON events (stream)")
        await connection.commit()
        lock = asyncio.Lock()

        async def insert(frames: Sequence[Frame]) -> None:
            for frame in frames:
                for event in frame.events:
                    body = to_json({"header": event.header, "payload": event.payload})
                    row = (frame.stream, event.kind, time.time(), body)
                    async with lock:
                        await connection.execute("INSERT INTO events (stream, kind, at, body) VALUES (?, ?, ?, ?)", row)
                        await connection.commit()

        yield insert


@dataclass(frozen=True)
class Course:
    """One thing to measure: who appends what, how many at once, and how many frames each."""

    opened: Callable[[Path], AbstractAsyncContextManager[Submit]]
    made: Callable[[Ports], Iterator[Frame]]
    submitters: int
    frames: int


COURSES = {
    "ours_1": Course(our_log, one_by_one, 1, 900),
    "ours_10": Course(our_log, one_by_one, 10, 600),
    "ours_1000": Course(our_log, one_by_one, 1000, 24),
    "frames_100": Course(our_log, as_the_kernel_does, 100, 160),
    "ours_100": Course(our_log, one_by_one, 100, 240),
    "aiosqlite_100": Course(aiosqlite_commits, one_by_one, 100, 15),
}


@dataclass(frozen=True)
class Measured:
    """What one course did in how many seconds, for how much CPU of the whole process."""

    events: int
    frames: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


async def measured(course: Course, home: Path) -> Measured:
    """One run of a course in a folder of its own."""
    ports = Ports(home=home)
    made = [course.made(ports) for _ in range(course.submitters)]
    # Row by row, since ids are made in the order in which tasks are submitted.
    rows = [[next(frames) for frames in made] for _ in range(course.frames)]
    work = list(zip(*rows, strict=True))
    async with course.opened(home) as submit:
        gc.collect()
        began, burnt = time.perf_counter(), time.process_time()
        await asyncio.gather(*(submit(frames) for frames in work))
        seconds, cpu = time.perf_counter() - began, time.process_time() - burnt
    frames = [frame for each in work for frame in each]
    return Measured(sum(len(frame.events) for frame in frames), len(frames), seconds, cpu)


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


def run(home: Path) -> None:
    """All rounds, then the closing line."""
    found: dict[str, list[Measured]] = {name: [] for name in COURSES}
    syncs = []
    for number in range(ROUNDS):
        syncs.append(fsync_ms(home))
        # Every other round runs backwards, so that neither of a pair always has the disk in the other's mood.
        for name in list(COURSES)[:: -1 if number % 2 else 1]:
            with tempfile.TemporaryDirectory(dir=home) as folder:
                found[name].append(asyncio.run(measured(COURSES[name], Path(folder))))
            tell(f"round {number + 1}/{ROUNDS} {name:>14}: {found[name][-1].rate:8,.0f} events/s")
    figures: dict[str, float] = {"fsync_ms": median(syncs)}
    for name, rounds in found.items():
        figures[f"{name}_events_per_s"] = round(median(each.rate for each in rounds))
        figures[f"{name}_cpu_us_per_event"] = round(median(each.cpu / each.events for each in rounds) * 1e6, 1)
    figures["frames_100_frames_per_s"] = round(median(each.frames / each.seconds for each in found["frames_100"]))
    base = found["aiosqlite_100"]
    ratios = {
        told: median(ours.rate / theirs.rate for ours, theirs in zip(found[name], base, strict=True))
        for told, name in (("aiosqlite_100", "ours_100"), ("aiosqlite_100_kernel_frames", "frames_100"))
    }
    close("append", figures, ratios)


if __name__ == "__main__":
    # Beside this file, so that it is the disk of the work and no file system in memory.
    with tempfile.TemporaryDirectory(prefix=".append-", dir=Path(__file__).parent) as parent:
        run(Path(parent))

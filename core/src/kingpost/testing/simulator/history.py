"""Histories: one out of a seed, judged; and the sum of many.

The face of the simulator, called by tests and by the program that simulates for hours.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, field

from ..._host.heap import OLDER, OLDEST, YOUNG
from ...records.event import Head, Recorded
from ...records.record import Record
from ...state import TaskState
from .course import Course
from .edges import Edge, edges
from .promises import broken
from .trouble import Faults
from .workload import Workload, standard

TOLD_STEPS = 40
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, on no disk where there is such a place


class PromiseBroken(AssertionError):
    """A history in which the kernel did not keep its word; ``seed`` replays it, ``steps`` tell it."""

    def __init__(self, seed: int, promises: list[str], steps: list[str]) -> None:
        told = "\n".join(["the newest steps (seconds, who, what):", *steps[-TOLD_STEPS:], *promises])
        super().__init__(f"seed {seed} breaks {len(promises)} promises\n{told}\nsimulate({seed}) replays it")
        self.seed, self.promises, self.steps = seed, promises, steps

    def __reduce__(self) -> tuple[type[PromiseBroken], tuple[int, list[str], list[str]]]:
        """So that it comes whole out of another process."""
        return PromiseBroken, (self.seed, self.promises, self.steps)


class History(Record, kw_only=True):
    """What happened: all that stands in the log, and what the log does not tell.

    ``tasks`` are the folded tasks by id, ``accepted`` those whose submission was answered. ``crashes`` says where
    processes were killed, ``points`` how often each process passed each crash point, ``edges`` which edges of the
    state machine tasks took. ``asked`` counts decisions that agents were asked for, ``executed`` tools that were used.
    ``seconds`` of the world's own time passed, in ``steps`` callbacks; ``story`` has the newest of what was done.
    """

    seed: int
    head: Head
    frames: tuple[Recorded, ...]
    tasks: Mapping[str, TaskState]
    accepted: tuple[str, ...]
    trouble: frozenset[str]
    crashes: tuple[str, ...]
    points: Mapping[str, Counter[str]]
    edges: Counter[Edge]
    asked: int
    executed: int
    seconds: float
    steps: int
    story: tuple[str, ...]


def simulate(
    seed: int,
    workload: Workload | None = None,
    *,
    faults: Faults | None = None,
    crash: tuple[str, int] | None = None,
) -> History:
    """Run the history of a seed and check every promise of the kernel after it.

    The same seed with the same arguments gives the same history, to the last byte of the log. ``crash`` names a crash
    point, and the how many-th time that the first process, which is alone then, passes it is its last; with
    ``anywhere`` it counts callbacks. May be called in a running event loop; nothing of it is touched.

    Raises:
        PromiseBroken: a promise does not hold; the message has the seed and the newest steps.
    """
    with TemporaryDirectory(prefix="kingpost-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        course = Course(seed, workload or standard(), faults or Faults(), Path(folder), crash)
        try:
            course.run()
            if promises := list(broken(course)):
                raise PromiseBroken(seed, promises, course.stage.steps())
            return _told(course)
        finally:
            course.bury()


def _told(course: Course) -> History:
    stage, outside = course.stage, course.outside
    return History(
        seed=stage.seed,
        head=stage.store.head(),
        frames=tuple(stage.frames),
        tasks={state.id: state for state in stage.tasks.values()},
        accepted=tuple(course.errands.accepted),
        trouble=course.drawn,
        crashes=tuple(process.died_at for process in course.processes if process.died_at is not None),
        points={process.name: process.reached for process in course.processes},
        edges=edges(stage.frames, {position: state for position, _, state in stage.tasks.past}),
        asked=sum(outside.decided.values()),
        executed=sum(map(len, outside.executions.values())),
        seconds=stage.scheduler.now,
        steps=stage.scheduler.steps,
        story=tuple(stage.steps()),
    )


@contextmanager
def _little_looked_after() -> Iterator[None]:
    """A history leaves few circles behind and makes very many objects: to look at each was a quarter of its cost."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Histories(Struct):
    """Many histories, one after the other, and what they reached in sum."""

    workload: Workload | None = None
    faults: Faults | None = None
    count: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    trouble: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    edges: Counter[Edge] = field(default_factory=Counter)

    def run(self, seeds: Iterable[int]) -> None:
        """Simulate each seed.

        Raises:
            PromiseBroken: with the first seed whose history breaks a promise.
        """
        with _little_looked_after():
            for seed in seeds:
                self.add(simulate(seed, self.workload, faults=self.faults))

    def add(self, history: History) -> None:
        """Count one more."""
        self.count += 1
        self.sums.update(
            tasks=len(history.tasks), accepted=len(history.accepted), frames=len(history.frames),
            asked=history.asked, executed=history.executed, steps=history.steps,
        )  # fmt: skip
        self.trouble.update(history.trouble)
        self.crashes.update(history.crashes)
        for reached in history.points.values():
            self.points.update(reached)
        self.ends.update(f"{state.status} {state.reason or ''}".strip() for state in history.tasks.values())
        self.edges.update(history.edges)

    def merge(self, other: Histories) -> None:
        """Count all that another one has counted."""
        self.count += other.count
        self.sums.update(other.sums)
        self.trouble.update(other.trouble)
        self.crashes.update(other.crashes)
        self.points.update(other.points)
        self.ends.update(other.ends)
        self.edges.update(other.edges)

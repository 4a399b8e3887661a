"""What the processes of a simulated world share: the log's store, time, dice, and an account of what happened.

Made by ``history`` for each run. Processes look at the log through ``view``; only here is the whole truth.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from ...chain import Sealed, decode
from ...records.event import Recorded
from ...state import TaskState
from ..store import Store
from .loop import Scheduler

KEPT_STEPS = 2000


class Chronicle(dict[str, TaskState]):
    """The folded tasks of a store, which also remembers each state that there ever was, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.past: list[tuple[int, str, TaskState]] = []
        self.unfinished: dict[str, TaskState] = {}

    def __setitem__(self, stream: str, state: TaskState) -> None:
        """A frame has been folded."""
        super().__setitem__(stream, state)
        self.past.append((int(state.version), stream, state))
        if state.final:
            self.unfinished.pop(stream, None)
        else:
            self.unfinished[stream] = state


class SharedStore(Store):
    """A store that tells when a frame has been written."""

    told: Callable[[], None]

    def add(self, stream: str, at: int, frame: Sealed) -> None:
        super().add(stream, at, frame)
        self.told()


class Stage:
    """The world of one history. ``note`` writes down who did what; the newest of it is told when a promise breaks."""

    def __init__(self, seed: int, home: Path) -> None:
        self.seed, self.home = seed, home
        self.scheduler = Scheduler(self.dice("turns"))
        self.tasks = Chronicle()
        self.store = SharedStore(tasks=self.tasks)
        self.store.told = self._written
        self.frames: list[Recorded] = []
        self.written: list[float] = []
        self.full = False
        self.writer = ""
        self.stolen: list[str] = []
        self.ears: list[Callable[[Recorded], None]] = []
        self.waiting: list[tuple[int, float, asyncio.Future[bool]]] = []
        self._steps: deque[tuple[float, str, tuple[Any, ...]]] = deque(maxlen=KEPT_STEPS)

    def dice(self, *purpose: object) -> Random:
        """Randomness of its own for each purpose, so that one more draw here changes nothing there."""
        return Random(" ".join(map(str, (self.seed, *purpose))))  # noqa: S311 - a seed has to give it again

    def note(self, who: str, *what: object) -> None:
        """Write a step down."""
        self._steps.append((self.scheduler.now, who, what))

    def steps(self) -> list[str]:
        """The newest steps, one line each: seconds, who, what."""
        return [f"{at:11.6f} {who:<10} {' '.join(map(str, what))}" for at, who, what in self._steps]

    def reached(self, position: int, lag: float) -> asyncio.Future[bool]:
        """Done, with true, once there has been a frame at ``position`` for ``lag`` seconds."""
        arrived: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if len(self.frames) >= position:
            _arrive(arrived, lag)
        else:
            self.waiting.append((position, lag, arrived))
        return arrived

    def _look_for_theft(self, frame: Recorded) -> None:
        """Nobody may claim what a living worker holds."""
        before = self.tasks.get(frame.stream)
        if before is not None and before.worker is not None and before.worker in self.store.workers:
            for event in frame.events:
                if event.kind == "task.started" and event.header["worker"] != before.worker:
                    self.stolen.append(f"{self.writer} took task {before.id} from a worker that was alive")

    def _written(self) -> None:
        position = len(self.store.frames)
        sealed = self.store.frames[-1]
        frame = decode(position, sealed.body, sealed.payloads, sealed.hash)
        self.frames.append(frame)
        self.written.append(self.scheduler.now)
        self._look_for_theft(frame)
        self.note(self.writer, "writes", position, frame.stream, *(event.kind for event in frame.events))
        waiting, self.waiting = self.waiting, []
        for place, lag, arrived in waiting:
            if arrived.done():
                continue
            if place <= position:
                _arrive(arrived, lag)
            else:
                self.waiting.append((place, lag, arrived))
        for ear in self.ears:
            ear(frame)


def _arrive(arrived: asyncio.Future[bool], lag: float) -> None:
    def arrive() -> None:
        if not arrived.done():
            arrived.set_result(True)

    arrived.get_loop().call_later(lag, arrive)

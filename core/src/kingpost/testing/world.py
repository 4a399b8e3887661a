"""A world that a seed replays: time that moves when a test says so, randomness from a seed, points to crash at.

Called by tests, which hand ``seeded_ports`` to whatever asks for ``Ports``. Nothing here looks at the machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random

from ..ports import Clock, Ports

EPOCH = 1_767_225_600.0
"""When a seeded world begins: 1 January 2026, in seconds since the epoch."""

# A task that was woken may have to hand on through futures and queues before it sleeps again.
_PASSES = 20


class SeededClock:
    """Time under control: it stands still until ``advance``."""

    def __init__(self, start: float = EPOCH) -> None:
        self._wall, self._since = start, 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Seconds since the epoch, as told."""
        return self._wall

    def monotonic(self) -> float:
        """Seconds that were advanced so far."""
        return self._since

    async def sleep(self, seconds: float) -> None:
        """Return once ``seconds`` were advanced."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self._since + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass. Sleepers wake in the order of their times, each at its own time."""
        end = self._since + seconds
        await _let_run()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heappop(self._sleepers)
            if woken.done():
                continue
            self._pass(due - self._since)
            woken.set_result(None)
            await _let_run()
        self._pass(end - self._since)

    def set(self, now: float) -> None:
        """Put the wall clock right, or wrong, as an operator does; ``monotonic`` goes on."""
        self._wall = now

    def _pass(self, seconds: float) -> None:
        self._wall += seconds
        self._since += seconds


async def _let_run() -> None:
    for _ in range(_PASSES):
        await asyncio.sleep(0)


class Crash(BaseException):
    """The process dies here. No ``except Exception`` of the tested code can survive it."""


class Points:
    """Writes down the crash points that are passed and dies where it is told. Goes in as ``Ports.point``.

    After a crash every further point crashes too, as nothing of a dead process goes on, until ``revive``.
    """

    def __init__(self) -> None:
        self.reached: list[str] = []
        self._planned: dict[str, int] = {}
        self._dead: str | None = None

    def __call__(self, name: str) -> None:
        """Pass the point ``name``."""
        if self._dead is None:
            self.reached.append(name)
            if self._planned.get(name) == self.reached.count(name):
                self._dead = name
        if self._dead is not None:
            raise Crash(self._dead)

    def crash_at(self, name: str, nth: int = 1) -> None:
        """Die when ``name`` is passed for the ``nth`` time from now on."""
        self._planned[name] = self.reached.count(name) + nth

    def revive(self) -> None:
        """Start a new process; nothing is planned for it."""
        self._planned.clear()
        self._dead = None


def seeded_ports(
    seed: int, home: Path, *, clock: Clock | None = None, point: Callable[[str], None] | None = None
) -> Ports:
    """The injected world out of a seed: the same seed, the same ids and salts at the same times."""
    return Ports(
        home=home,
        clock=clock or SeededClock(),
        entropy=Random(seed).randbytes,  # noqa: S311 - a test wants the same bytes again
        point=point or Points(),
    )

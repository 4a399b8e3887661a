"""Where the outside comes in: time, randomness, ids, and the points at which a test may crash us.

Made once by whoever opens a kernel and handed to every door, so that a seed can replay a history. ``Ports(home)`` is
the world; ``kingpost.testing`` has the seeded one.
"""

from __future__ import annotations

import asyncio
import io
import os
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Time."""

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""
        await asyncio.sleep(seconds)


_VARIANT = "89ab"
"""The first digit of what is random: its upper two bits are 10."""


class Ids:
    """Time-ordered ids: UUID version 7 (RFC 9562, section 5.7), as text.

    Ids made by one instance grow strictly: the 12 bits of ``rand_a`` count within a millisecond (section 6.2,
    method 1), and a clock that is set back does not take them back.
    """

    def __init__(self, clock: Clock, entropy: Callable[[int], bytes]) -> None:
        self._clock, self._entropy = clock, entropy
        self._last = self._millisecond = 0
        self._head = ""

    def new(self) -> str:
        """The next id: 36 characters, lower case."""
        last = int(self._clock.now() * 1000) << 12
        if last <= self._last:
            last = self._last + 1
        self._last = last
        if last >> 12 != self._millisecond:
            # Many are made in one, and bytes become text in a fraction of the time that numbers do.
            self._millisecond = last >> 12
            head = self._millisecond.to_bytes(6, "big").hex()
            self._head = f"{head[:8]}-{head[8:]}-7"
        random = self._entropy(8)
        tail = random.hex()
        return f"{self._head}{last & 0xFFF:03x}-{_VARIANT[random[0] >> 4 & 3]}{tail[1:4]}-{tail[4:]}"


class SystemEntropy:
    """The machine's own randomness, fetched for many small askers at once: a call of the system costs as much as an id.

    Safe from any thread; a forked child never gives out what its parent does.
    """

    _AHEAD = 4096

    def __init__(self) -> None:
        self._pool = io.BytesIO()
        mine = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (forget := mine()) and forget())

    def __call__(self, size: int) -> bytes:
        """``size`` random bytes."""
        # One step of the interpreter: no other thread gets the same ones.
        found = self._pool.read(size)
        if len(found) == size:
            return found
        if size < self._AHEAD // 8:
            self._pool = io.BytesIO(os.urandom(self._AHEAD))
        return os.urandom(size)

    def _forget(self) -> None:
        self._pool = io.BytesIO()


def _no_point(name: str) -> None:
    """In the world nothing happens at a crash point."""


@dataclass(frozen=True)
class Ports:
    """The injected world.

    ``home`` is the folder that holds the log and the memories. ``entropy(n)`` returns n random bytes. ``point(name)``
    is called where a crash could hurt; a test may kill the process there.
    """

    home: Path
    clock: Clock = field(default_factory=SystemClock)
    entropy: Callable[[int], bytes] = field(default_factory=SystemEntropy)
    point: Callable[[str], None] = _no_point
    ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        """Ids come from this clock and this randomness."""
        object.__setattr__(self, "ids", Ids(self.clock, self.entropy))

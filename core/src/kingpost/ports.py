"""Where the outside comes in: time, randomness, ids, and the points at which a test may crash us.

Made once by whoever opens a kernel and handed to every door, so that a seed can replay a history. ``Ports(home)`` is
the world; ``kingpost.testing`` has the seeded one.
"""

from __future__ import annotations

import asyncio
import os
import threading
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
        self._last = 0

    def new(self) -> str:
        """The next id: 36 characters, lower case."""
        milliseconds = int(self._clock.now() * 1000)
        self._last = max(milliseconds << 12, self._last + 1)
        # Bytes become text in a fraction of the time that numbers do.
        head = ((self._last >> 12) << 16 | 0x7000 | self._last & 0xFFF).to_bytes(8, "big").hex()
        random = self._entropy(8)
        tail = random.hex()
        return f"{head[:8]}-{head[8:12]}-{head[12:]}-{_VARIANT[random[0] >> 4 & 3]}{tail[1:4]}-{tail[4:]}"


class SystemEntropy:
    """The machine's own randomness, fetched for many small askers at once: a call of the system costs as much as an id.

    Safe from any thread; a forked child never gives out what its parent does.
    """

    _AHEAD = 4096

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool, self._used = b"", 0
        mine = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (forget := mine()) and forget())

    def __call__(self, size: int) -> bytes:
        """``size`` random bytes."""
        if size > self._AHEAD // 8:
            return os.urandom(size)
        with self._lock:
            if self._used + size > len(self._pool):
                self._pool, self._used = os.urandom(self._AHEAD), 0
            found = self._pool[self._used : self._used + size]
            self._used += size
        return found

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._pool, self._used = b"", 0


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

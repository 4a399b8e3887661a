"""How long agents may give no sign of life while they decide: one timer for all of them.

Made by the host, one for a kernel, and asked by ``hearing`` for each decision. A timer for each would be made and
thrown away in vain: hardly any agent is silent for so long.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct


class Wait(Struct, eq=False):
    """For one decision: ``timeout`` breaks it off, ``sign`` was its last sign of life, by the loop's time."""

    timeout: asyncio.Timeout
    sign: float


class Patience:
    """Breaks off what has given no sign of life for so many ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._waits: set[Wait] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, now: float) -> Wait:
        """Wait for a decision from now on, whose timeout is entered at once."""
        wait = Wait(asyncio.timeout(None), now)
        self._waits.add(wait)
        if self._timer is None:
            self._look_at(now + self.seconds)
        return wait

    def end(self, wait: Wait) -> None:
        """Nobody waits for it any more."""
        self._waits.discard(wait)

    def is_over(self, wait: Wait, now: float) -> bool:
        """Whether it has been silent for too long."""
        return wait.sign + self.seconds <= now

    def _look_at(self, when: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(when, self._look)

    def _look(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for wait in [wait for wait in self._waits if self.is_over(wait, now)]:
            self.end(wait)
            wait.timeout.reschedule(now)
        if self._waits:
            self._look_at(min([wait.sign for wait in self._waits]) + self.seconds)

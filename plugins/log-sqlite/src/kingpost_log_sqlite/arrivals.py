"""Wakes whoever waits for a position: at once when this process writes it, soon when another one does.

Called by ``SqliteLog.wait`` on any event loop, and told by the writer of every commit. Polls only while somebody waits,
once for all waiters of a loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from kingpost import KingpostError

POLL_SECONDS = 0.05


class Arrivals:
    """Who waits for what, loop by loop."""

    def __init__(self, look: Callable[[], int]) -> None:
        """``look`` reads the newest position from the file."""
        self._look = look
        self._shores: dict[asyncio.AbstractEventLoop, _Shore] = {}

    def loops(self) -> tuple[asyncio.AbstractEventLoop, ...]:
        """The loops on which somebody waits; safe to ask from any thread."""
        return tuple(self._shores)

    def arrived(self, position: int) -> None:
        """The log has reached ``position``; call it on the loop that is to know."""
        if shore := self._shores.get(asyncio.get_running_loop()):
            shore.wake(position)

    async def wait(self, position: int, timeout: float) -> bool:
        """True once the log has reached ``position``, false after ``timeout`` seconds."""
        if self._look() >= position:
            return True
        if timeout <= 0:
            return False
        loop = asyncio.get_running_loop()
        if (shore := self._shores.get(loop)) is None:
            shore = self._shores[loop] = _Shore(loop, self._look)
        arrival = shore.watch(position)
        limit = loop.call_later(timeout, _settle, arrival, False)
        try:
            return await arrival
        finally:
            limit.cancel()
            if shore.leave(arrival):
                self._shores.pop(loop, None)


class _Shore:
    """The waiters of one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, look: Callable[[], int]) -> None:
        self._loop, self._look = loop, look
        self._waiting: dict[asyncio.Future[bool], int] = {}
        self._timer = loop.call_later(POLL_SECONDS, self._poll)

    def watch(self, position: int) -> asyncio.Future[bool]:
        arrival: asyncio.Future[bool] = self._loop.create_future()
        self._waiting[arrival] = position
        return arrival

    def leave(self, arrival: asyncio.Future[bool]) -> bool:
        """True when nobody is left."""
        self._waiting.pop(arrival, None)
        if not self._waiting:
            self._timer.cancel()
        return not self._waiting

    def wake(self, position: int) -> None:
        for arrival, wanted in self._waiting.items():
            if wanted <= position:
                _settle(arrival, True)

    def _poll(self) -> None:
        self._timer = self._loop.call_later(POLL_SECONDS, self._poll)
        # A file that cannot be read now is asked again; the waiters have their timeouts.
        with suppress(KingpostError):
            self.wake(self._look())


def _settle(arrival: asyncio.Future[bool], reached: bool) -> None:
    if not arrival.done():
        arrival.set_result(reached)

"""Who may send now. An attempt holds a place in its lane, and gives it away when it takes long.

Used by ``sender``. So many attempts begin and go well at once; those that hang hold a connection and nothing else.
Endpoints that failed the last time, or took long, have a lane of their own: neither the dead nor the slow crowd out the
living. In each turn of the event loop only a few begin: who else lives on it, receiving above all, comes in between.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType

AT_ONCE = 16
"""Attempts of a lane that begin in one turn of the event loop."""


class Lane:
    """``places`` for attempts that are younger than ``patience`` seconds, and ``connections`` for all of them."""

    def __init__(self, places: int, connections: int, patience: float) -> None:
        self.places, self.connections, self.patience = places, connections, patience
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._young: deque[tuple[float, Place]] = deque()
        self._letting = self._watching = False

    def place(self) -> Place:
        """A place, waited for in turn: ``async with lane.place()``."""
        return Place(self)

    def wait(self) -> asyncio.Future[None]:
        """Done when there is a place, which is then held."""
        waits = asyncio.get_running_loop().create_future()
        self._waiting.append(waits)
        self.let()
        return waits

    def let(self) -> None:
        """See that those who wait come in as soon as they can."""
        if not self._letting and self._waiting:
            self._letting = True
            asyncio.get_running_loop().call_soon(self._let)

    def _let(self) -> None:
        self._letting = False
        begun = 0
        while self._waiting and self.places > 0 and self.connections > 0 and begun < AT_ONCE:
            waits = self._waiting.popleft()
            if not waits.done():
                self.places -= 1
                self.connections -= 1
                begun += 1
                waits.set_result(None)
        if begun == AT_ONCE:
            self.let()

    def watch(self, place: Place) -> None:
        """Have it leave when it takes long. One timer does for all, as they leave in the order in which they came."""
        loop = asyncio.get_running_loop()
        self._young.append((loop.time() + self.patience, place))
        if not self._watching:
            self._watching = True
            loop.call_at(self._young[0][0], self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while self._young and (self._young[0][1].left or self._young[0][0] <= loop.time()):
            self._young.popleft()[1].leave()
        self._watching = bool(self._young)
        if self._young:
            loop.call_at(self._young[0][0], self._look)


class Place:
    """One attempt's."""

    def __init__(self, lane: Lane) -> None:
        self._lane, self.left = lane, True
        self._limit: asyncio.Timeout | None = None
        self._until = 0.0

    async def __aenter__(self) -> Place:
        waits = self._lane.wait()
        try:
            await waits
        except asyncio.CancelledError:
            if waits.done() and not waits.cancelled():
                self._lane.places += 1
                self._end()
            raise
        self.left = False
        self._lane.watch(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.left:
            self.left = True
            self._lane.places += 1
        self._end()

    def leave(self) -> None:
        """It takes long, unless it has ended: somebody else may begin."""
        if self.left:
            return
        self.left = True
        self._lane.places += 1
        self._lane.let()
        if self._limit is not None:
            self._limit.reschedule(self._until)

    def within(self, seconds: float) -> asyncio.Timeout:
        """An end for what is done here: ``async with place.within(15)``. Only what takes long gets a timer for it."""
        if seconds <= self._lane.patience:
            return asyncio.timeout(seconds)
        self._limit = asyncio.timeout(None)
        self._until = asyncio.get_running_loop().time() + seconds
        return self._limit

    def _end(self) -> None:
        self._lane.connections += 1
        self._lane.let()

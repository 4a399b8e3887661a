"""Who may send now. An attempt holds a place in its lane, and gives it away when it takes long.

Used by ``sender``. So many attempts begin and go well at once; those that hang hold a connection and nothing else.
Endpoints that failed the last time, or took long, have a lane of their own: neither the dead nor the slow crowd out the
living. Tenants take turns, and none has so many connections that nothing is left for the others. In each turn of the
event loop only a few begin: who else lives on it, receiving above all, comes in between.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from types import TracebackType

AT_ONCE = 16
"""Attempts of a lane that begin in one turn of the event loop."""

_SHARE = 4
"""A tenant holds at most so many times the connections that are free (Choudhury and Hahne, "Dynamic queue length
thresholds", 1998): four in five where it is alone, fewer beside others that hold many too."""


class Lane:
    """``places`` for attempts that are younger than ``patience`` seconds, and ``connections`` for all of them."""

    def __init__(self, places: int, connections: int, patience: float) -> None:
        self.places, self.connections, self.patience = places, connections, patience
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._held: Counter[str] = Counter()
        self._young: deque[tuple[float, Place]] = deque()
        self._letting = self._watching = False

    def place(self, tenant: str = "") -> Place:
        """A place, waited for in turn: ``async with lane.place("default")``."""
        return Place(self, tenant)

    def wait(self, tenant: str) -> asyncio.Future[None]:
        """Done when there is a place, which is then held."""
        waits = asyncio.get_running_loop().create_future()
        queue = self._waiting.get(tenant)
        if queue is None:
            queue = self._waiting[tenant] = deque()
        queue.append(waits)
        self.let()
        return waits

    def end(self, tenant: str) -> None:
        """A connection is free again."""
        self.connections += 1
        if self._held[tenant] > 1:
            self._held[tenant] -= 1
        else:
            del self._held[tenant]
        self.let()

    def let(self) -> None:
        """See that those who wait come in as soon as they can."""
        if not self._letting and self._waiting:
            self._letting = True
            asyncio.get_running_loop().call_soon(self._let)

    def _let(self) -> None:
        self._letting = False
        begun = 0
        while self.places > 0 and self.connections > 0 and begun < AT_ONCE and (waits := self._next()) is not None:
            self.places -= 1
            self.connections -= 1
            begun += 1
            waits.set_result(None)
        if begun == AT_ONCE:
            self.let()

    def _next(self) -> asyncio.Future[None] | None:
        """Who is next, counted as let in: of the tenant whose turn it is, unless that one holds too much."""
        for _ in range(len(self._waiting)):
            tenant, queue = next(iter(self._waiting.items()))
            waits = None
            if self._held[tenant] < _SHARE * self.connections:
                while queue and waits is None:
                    # Those that were cancelled wait no more.
                    waits = first if not (first := queue.popleft()).done() else None
            if queue:
                self._waiting.move_to_end(tenant)
            else:
                del self._waiting[tenant]
            if waits is not None:
                self._held[tenant] += 1
                return waits
        return None

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

    def __init__(self, lane: Lane, tenant: str) -> None:
        self._lane, self._tenant, self.left = lane, tenant, True
        self._limit: asyncio.Timeout | None = None
        self._until = 0.0

    async def __aenter__(self) -> Place:
        waits = self._lane.wait(self._tenant)
        try:
            await waits
        except asyncio.CancelledError:
            if waits.done() and not waits.cancelled():
                self._lane.places += 1
                self._lane.end(self._tenant)
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
        self._lane.end(self._tenant)

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

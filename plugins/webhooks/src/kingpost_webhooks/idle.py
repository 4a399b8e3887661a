"""Connections that are kept a moment for the next event to the same place: what opening one costs, TLS above all.

Asked by ``sender``. Kept for so short that the check of the address still holds, and never shared between tenants.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

from .connect import Connection

Place = tuple[str, bool, str, int]
"""A tenant, whether by TLS, a host and a port."""

KEPT_SECONDS = 5.0
MOST = 512


class Idle:
    """The connections that nobody uses now, the newest of a place first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Connection, tuple[Place, float]] = OrderedDict()
        self._places: dict[Place, deque[Connection]] = {}
        self._sweeping: asyncio.TimerHandle | None = None

    def take(self, place: Place) -> Connection | None:
        """One that can be used, if there is any."""
        while (there := self._places.get(place)) is not None:
            connection = there.pop()
            if not there:
                del self._places[place]
            del self._kept[connection]
            if connection.open:
                return connection
        return None

    def give(self, place: Place, connection: Connection) -> None:
        """Keep one; of too many the oldest goes."""
        if not connection.open:
            connection.close()
            return
        if len(self._kept) >= MOST:
            self._drop(next(iter(self._kept)))
        loop = asyncio.get_running_loop()
        self._kept[connection] = place, loop.time() + KEPT_SECONDS
        self._places.setdefault(place, deque()).append(connection)
        if self._sweeping is None:
            self._sweeping = loop.call_later(KEPT_SECONDS, self._sweep)

    def close(self) -> None:
        """Let go of all of them."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        while self._kept:
            self._drop(next(iter(self._kept)))

    def _sweep(self) -> None:
        """Let go of those whose time is over."""
        loop = asyncio.get_running_loop()
        self._sweeping = None
        while self._kept:
            connection, (_, until) = next(iter(self._kept.items()))
            if until > loop.time() and connection.open:
                self._sweeping = loop.call_at(until, self._sweep)
                return
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        place, _ = self._kept.pop(connection)
        there = self._places[place]
        there.remove(connection)
        if not there:
            del self._places[place]
        connection.close()

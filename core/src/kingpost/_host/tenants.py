"""Tenants and their limits as the log tells of them.

One of them serves a kernel. Asked by the intake for how many tasks may be queued, and by the keyring for how many
requests a second may come. Who was never made has the limits of the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._walk.journal import read_stream
from ..protocols import Log
from ..records.event import Event, Recorded
from ..records.record import Record
from .tail import Tail

STREAM = "tenants"


class Tenant(Record, kw_only=True):
    """One tenant. ``created`` is in seconds since the epoch."""

    id: str
    created: float
    queue: int | None = None
    rate: float | None = None


class Tenants:
    """Every tenant that was made."""

    def __init__(self, log: Log, tail: Tail, changed: Callable[[Mapping[str, float]], None]) -> None:
        """``changed`` is told the requests per second of those who have a bound."""
        self._log, self._tail, self._changed = log, tail, changed
        self.known: dict[str, Tenant] = {}

    async def open(self) -> None:
        """Read what there is, and hear of what comes."""
        await self._tail.listen(STREAM, self._take)
        async for frame in read_stream(self._log, STREAM, ""):
            self._take(frame)

    def _take(self, frame: Recorded) -> None:
        for event in frame.events:
            h = event.header
            if event.kind == "tenant.set":
                begun = self.known[h["tenant"]].created if h["tenant"] in self.known else frame.at / 1e6
                self.known[h["tenant"]] = Tenant(id=h["tenant"], created=begun, queue=h["queue"], rate=h["rate"])
        self._changed({one.id: one.rate for one in self.known.values() if one.rate is not None})

    async def set(self, id: str, queue: int | None, rate: float | None) -> Tenant:
        """Make a tenant, or change its limits."""
        event = Event("tenant.set", {"tenant": id, "queue": queue, "rate": rate})
        receipt = await self._log.append(STREAM, None, [event])
        self._take(Recorded(receipt.position, STREAM, receipt.version, receipt.at, (event,), receipt.hash))
        return self.known[id]

    def queue(self, tenant: str) -> int | None:
        """How many tasks it may have queued, if somebody has said so."""
        found = self.known.get(tenant)
        return None if found is None else found.queue

"""How far each endpoint is, and every attempt, as it is written down and found again.

Called by ``outbox``: one stream for each endpoint, and one mark over all of them. What a mark does not name is settled
up to the mark's position.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from kingpost import Event, KingpostError, Log, Ports, Recorded

from .courier import Courier, places
from .endpoint import Endpoint, stream_of

MARK = "webhooks.outbox"
"""The stream of marks."""

_NOTES = 20
_TOGETHER = 64
_MARK_FRAMES = 1000
_MANY, _SELDOM_SECONDS = 100, 10.0


Reached = Callable[[], tuple[int, int]]
"""The position up to which every event was handed to the couriers, and how many frames others wrote up to there."""


class Ledger:
    """Writes standings when they change."""

    def __init__(self, log: Log, ports: Ports, reached: Reached) -> None:
        self._log, self._ports, self._reached = log, ports, reached
        self._marked: tuple[int, int, frozenset[tuple[str, str]]] = (0, 0, frozenset())
        self._standings, self._marked_at = 0, float("-inf")
        self._writing = asyncio.Lock()

    async def keep(self, couriers: Mapping[tuple[str, str], Courier], *, last: bool = False) -> bool:
        """Write what has changed, every endpoint's own and then the mark over all; false if something is left to write.

        The log may take nothing, or the mark is put off for being long; the ``last`` one never is.
        """
        async with self._writing:
            dirty = [courier for courier in couriers.values() if courier.dirty or courier.notes]
            try:
                for start in range(0, len(dirty), _TOGETHER):
                    await asyncio.gather(*(self._write(one) for one in dirty[start : start + _TOGETHER]))
                return await self._mark(couriers, last=last)
            except KingpostError:
                return False

    async def _write(self, courier: Courier) -> None:
        while courier.dirty or courier.notes:
            notes, courier.notes = courier.notes[:_NOTES], courier.notes[_NOTES:]
            courier.dirty = False
            events = [*notes, courier.standing(self._reached()[0])]
            self._standings += 1
            try:
                await self._log.append(stream_of(courier.endpoint.tenant, courier.endpoint.id), None, events)
            except KingpostError:
                courier.notes, courier.dirty = notes + courier.notes, True
                raise
            self._ports.point("webhook.noted")

    async def _mark(self, couriers: Mapping[tuple[str, str], Courier], *, last: bool) -> bool:
        """Say up to where everything is settled, but for those that it names.

        What nobody was told of since the last mark is passed over: a later start reads it, and that is all. What
        somebody was told of would be sent again. What is written here is no reason to write again. No mark is needed
        for anything to arrive, so one that names many is written seldom.
        """
        position, news = self._reached()
        busy = frozenset(name for name, each in couriers.items() if not each.idle or each.dirty or each.notes)
        seen, standings, before = self._marked
        quiet = standings == self._standings and news - seen < _MARK_FRAMES
        if busy == before and (news == seen or quiet):
            return True
        now = self._ports.clock.monotonic()
        if len(busy) > _MANY and now - self._marked_at < _SELDOM_SECONDS and not last:
            return False
        mark = news, self._standings, busy
        await self._log.append(MARK, None, [Event("outbox.reached", {"position": position, "behind": sorted(busy)})])
        self._marked, self._marked_at = mark, now
        return True

    async def newest(self) -> tuple[int, list[tuple[str, str]]]:
        """The last mark, and the endpoints that were not settled up to it."""
        frame = await newest(self._log, MARK)
        if frame is None:
            return 0, []
        header = frame.events[-1].header
        return int(header["position"]), [(tenant, id) for tenant, id in header["behind"]]

    async def standing(self, endpoint: Endpoint) -> tuple[int, list[tuple[int, int, int, float]], float | None]:
        """How far an endpoint was, what it has to try again, and since when it fails."""
        frame = await newest(self._log, stream_of(endpoint.tenant, endpoint.id))
        events = [] if frame is None else [event for event in frame.events if event.kind == "endpoint.reached"]
        if not events:
            return endpoint.since, [], None
        header = events[-1].header
        return int(header["position"]), places(header), header.get("failing_since")


async def newest(log: Log, stream: str) -> Recorded | None:
    """The newest frame of a stream, found in as many reads as the log's length has bits."""
    found: Recorded | None = None
    low, high = 0, (await log.head()).position
    while low < high:
        middle = (low + high) // 2
        if page := await log.read(middle, 1, stream):
            found = page[0]
            low = found.position
        else:
            high = middle
    return found

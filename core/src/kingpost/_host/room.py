"""Whether there is room for more tasks: how many are queued, against what the settings and the tenants' limits allow.

Asked by ``intake`` before anything is written, and told by it what was accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from ..errors import Overloaded
from ..ports import Ports
from ..protocols import Log
from ..records.event import TaskQuery
from ..records.task import Status
from .settings import KernelSettings

COUNTED_SECONDS = 0.5
"""How old a count of the queue may be; what was accepted here since is added to it."""

_SPARED = 32
"""To count is to look at each task that is queued: so many times as long as it took there is no other count, but where
the last one came to half of what is allowed."""

Counted = Callable[[], Mapping[str, int] | None]
"""How many tasks each tenant has queued, from whoever holds them all in memory; ``None`` from who does not."""

_NEVER = float("-inf"), 0, None


class Room:
    """The queue of one kernel, as far as it has an end."""

    def __init__(
        self, log: Log, settings: KernelSettings, ports: Ports, counted: Counted, limit: Callable[[str], int | None]
    ) -> None:
        """``limit`` says how many tasks a tenant may have queued, where somebody has bounded it alone."""
        self._log, self._settings, self._ports, self._counted, self._limit = log, settings, ports, counted, limit
        self._known: dict[str | None, tuple[float, int, asyncio.Future[None] | None]] = {}
        self._took: dict[str | None, float] = {}

    async def check(self, tenant: str, many: int = 1) -> None:
        """Refuse what there is no room for.

        Raises:
            Overloaded: the queue, or this tenant's share of it, is full.
        """
        settings, own = self._settings, self._limit(tenant)
        exact = self._counted()
        for who, most in ((None, settings.queue), (tenant, settings.tenant_queue if own is None else own)):
            if most is None:
                continue
            if exact is not None:
                held = sum(exact.values()) if who is None else exact.get(who, 0)
            else:
                held = await self._count(who, most)
            if held + many > most:
                name = "the queue" if who is None else f"tenant {tenant!r}"
                raise Overloaded(f"{held} tasks are queued and {most} is the most for {name}; submit it again later")

    async def _count(self, tenant: str | None, most: int) -> int:
        """The queued tasks as of a moment ago, and those accepted here since. One asks, the others go on."""
        now = self._ports.clock.monotonic()
        at, count, waits = self._known.get(tenant, _NEVER)
        spared = _SPARED * self._took.get(tenant, 0.0) if count < most // 2 else 0.0
        if now - at < max(COUNTED_SECONDS, spared):
            return count
        if waits is None:
            waits = asyncio.ensure_future(self._counted_anew(tenant, count))
            self._known[tenant] = at, count, waits
        elif at > float("-inf"):
            return count
        await asyncio.shield(waits)
        return self._known[tenant][1]

    async def _counted_anew(self, tenant: str | None, before: int) -> None:
        began = self._ports.clock.monotonic()
        try:
            count = await self._log.count(TaskQuery(tenant=tenant, statuses=[Status.QUEUED.value]))
        except BaseException:
            self._known.pop(tenant, None)
            raise
        # What was accepted while it was counted may be among it or not; it is counted, so that no bound is passed.
        since = self._known[tenant][1] - before
        now = self._ports.clock.monotonic()
        self._known[tenant], self._took[tenant] = (now, count + since, None), now - began

    def taken(self, tenant: str, many: int = 1) -> None:
        """So many more are queued than were counted."""
        for who in (None, tenant):
            if (known := self._known.get(who)) is not None:
                self._known[who] = known[0], known[1] + many, known[2]

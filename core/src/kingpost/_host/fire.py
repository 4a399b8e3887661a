"""Schedules as they fire: what is due becomes a task.

Run by ``kernel`` while it works on everything. Any number of nodes may run it: a task is named by its schedule and the
time it was due at, so the second to submit it finds it there. What was missed while nobody worked is made up for once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from .._walk.journal import read_stream
from ..errors import KingpostError, Overloaded
from ..operations.tasks import Submit
from ..ports import Ports
from ..protocols import Log
from ..records.codec import load
from ..records.event import Event
from .intake import Intake
from .schedule import Schedule, fold_schedules, last_due, task_id
from .settings import KernelSettings

LOOK_SECONDS = 1.0
TENANTS = "schedules"
_MOST_TENANTS = 100_000


class Fire:
    """The schedules of every tenant of a home."""

    def __init__(
        self, log: Log, intake: Intake, settings: KernelSettings, ports: Ports, trouble: Callable[[Exception], None]
    ) -> None:
        self._log, self._intake, self._settings, self._ports, self._trouble = log, intake, settings, ports, trouble
        self._going: asyncio.Task[None] | None = None
        self._fired: dict[str, float] = {}

    def start(self) -> None:
        """Fire from now on. Starting twice is no error."""
        if self._going is None:
            self._going = asyncio.create_task(self._go(), name="kingpost schedules")

    async def stop(self) -> None:
        """Fire no more."""
        if self._going is not None:
            self._going.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._going
            self._going = None

    async def _go(self) -> None:
        while True:
            try:
                for schedule in (await schedules(self._log)).values():
                    await self._tried(schedule)
            except Exception as problem:  # noqa: BLE001 - trouble with one look passes; the next is soon
                self._trouble(problem)
            await self._ports.clock.sleep(LOOK_SECONDS)

    async def _tried(self, schedule: Schedule) -> None:
        """Look at one; whatever is wrong with it keeps no other from firing."""
        try:
            await self._look(schedule)
        except Exception as problem:  # noqa: BLE001 - a schedule is a tenant's, and the others have theirs
            self._trouble(problem)

    async def _look(self, schedule: Schedule) -> None:
        now = self._ports.clock.now()
        due = None if schedule.paused else last_due(schedule, now)
        name = f"{schedule.tenant}/{schedule.id}"
        if due is None or self._fired.get(name) == due or now - due > self._settings.catch_up_seconds:
            return
        request = load(Submit, schedule.request)
        try:
            await self._intake.submit(request, schedule.tenant, task_id(schedule, due), schedule.id)
        except Overloaded:
            return  # as late as it is, it is tried again with the next look
        except KingpostError as problem:
            self._trouble(problem)
        self._fired[name] = due
        self._ports.point("schedule.fired")


async def schedules(log: Log, tenant: str | None = None) -> dict[str, Schedule]:
    """Every schedule, or those of one tenant, by tenant and id."""
    tenants = [tenant] if tenant is not None else await _tenants(log)
    found: dict[str, Schedule] = {}
    for each in tenants:
        frames = [frame async for frame in read_stream(log, stream_of(each), each)]
        found |= {f"{each}/{id}": schedule for id, schedule in fold_schedules(frames).items()}
    return found


async def _tenants(log: Log) -> list[str]:
    frames = await log.read(0, _MOST_TENANTS, TENANTS)
    return list(dict.fromkeys(event.header["tenant"] for frame in frames for event in frame.events))


async def note_tenant(log: Log, tenant: str) -> None:
    """Write down that a tenant has schedules, so that they are found without asking every tenant."""
    if tenant not in await _tenants(log):
        await log.append(TENANTS, None, [Event("schedule.tenant", {"tenant": tenant})])


def stream_of(tenant: str) -> str:
    """The stream of a tenant's schedules."""
    return f"schedule/{tenant}"

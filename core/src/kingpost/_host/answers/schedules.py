"""Answers to operations on schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._walk.journal import stow
from ...errors import NotFound
from ...operations import schedules as op
from ...operations.tasks import Submit
from ...records.codec import dump, load
from ...records.event import Event
from ...records.record import replace
from ..draft import absolute
from ..fire import note_tenant, schedules, stream_of
from ..intake import check_inputs, check_words
from ..schedule import Schedule, check, next_due, resumed
from .house import House


async def _set(house: House, request: op.SetSchedule, tenant: str) -> op.ScheduleView:
    check_words(request.request, house.config)
    log, now = await house.log(), house.ports.clock.now()
    # Whatever the request names must exist now; when it fires nobody may be there to mend it, and in another folder.
    inputs = await check_inputs(request.request.inputs, house.plugins, house.config)
    workspace = request.request.workspace
    asked = replace(request.request, inputs=inputs, workspace=None if workspace is None else absolute(workspace))
    known = (await schedules(log, tenant)).get(f"{tenant}/{request.id}")
    schedule = Schedule(
        id=request.id, tenant=tenant, cron=request.cron, every=request.every, zone=request.zone,
        begins=_begins(request, known, now), request=dump(asked), paused=request.paused,
    )  # fmt: skip
    check(schedule)
    await house.drafter().task(asked, tenant, "schedule", inputs)
    await note_tenant(log, tenant)
    event = await stow(log, tenant, Event("schedule.set", {"schedule": request.id}, dump(schedule)))
    await log.append(stream_of(tenant), None, [event])
    return _view(schedule, now)


def _begins(request: op.SetSchedule, known: Schedule | None, now: float) -> float:
    """What is changed goes on in its own beat: it does not fire anew, nor make up for what it slept through."""
    if known is None or (known.cron, known.every, known.zone) != (request.cron, request.every, request.zone):
        return now
    return resumed(known, now).begins if known.paused and not request.paused else known.begins


async def _list(house: House, request: op.ListSchedules, tenant: str) -> op.Schedules:
    now = house.ports.clock.now()
    found = await schedules(await house.log(), tenant)
    return op.Schedules(tuple(_view(found[name], now) for name in sorted(found)))


async def _remove(house: House, request: op.ScheduleId, tenant: str) -> op.Schedules:
    log = await house.log()
    if f"{tenant}/{request.id}" not in await schedules(log, tenant):
        raise NotFound("schedule", request.id, "'kingpost schedule list' lists them")
    await log.append(stream_of(tenant), None, [Event("schedule.removed", {"schedule": request.id})])
    return await _list(house, op.ListSchedules(), tenant)


async def _one(house: House, id: str, tenant: str) -> Schedule:
    found = (await schedules(await house.log(), tenant)).get(f"{tenant}/{id}")
    if found is None:
        raise NotFound("schedule", id, "'kingpost schedule list' lists them")
    return found


async def _get(house: House, request: op.ScheduleId, tenant: str) -> op.ScheduleView:
    return _view(await _one(house, request.id, tenant), house.ports.clock.now())


async def _pause(house: House, request: op.ScheduleId, tenant: str) -> op.ScheduleView:
    return await _change(house, request.id, tenant, paused=True)


async def _resume(house: House, request: op.ScheduleId, tenant: str) -> op.ScheduleView:
    return await _change(house, request.id, tenant, paused=False)


async def _change(house: House, id: str, tenant: str, *, paused: bool) -> op.ScheduleView:
    known, now = await _one(house, id, tenant), house.ports.clock.now()
    if known.paused == paused:
        return _view(known, now)
    changed = replace(known, paused=True) if paused else resumed(known, now)
    log = await house.log()
    event = await stow(log, tenant, Event("schedule.set", {"schedule": id}, dump(changed)))
    await log.append(stream_of(tenant), None, [event])
    return _view(changed, now)


def _view(schedule: Schedule, now: float) -> op.ScheduleView:
    return op.ScheduleView(
        id=schedule.id, request=load(Submit, schedule.request), cron=schedule.cron, every=schedule.every,
        zone=schedule.zone, paused=schedule.paused, next=None if schedule.paused else next_due(schedule, now),
    )  # fmt: skip


ANSWERS: Mapping[str, Any] = {
    op.SET.id: _set,
    op.SCHEDULES.id: _list,
    op.REMOVE.id: _remove,
    op.GET.id: _get,
    op.PAUSE.id: _pause,
    op.RESUME.id: _resume,
}

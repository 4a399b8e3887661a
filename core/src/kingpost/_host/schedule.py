"""Schedules: when a task is to be queued by itself, and what that task's id is.

Asked by whoever keeps the schedules and by the reactor that fires them. Pure: times come in, times go out; it looks
at no clock and queues nothing. Cron is Debian's, by ``cronsim``: five fields, and a job at fixed hours runs once on
the days when the clocks change, at the end of the gap if its time falls into it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from ..errors import InvalidRequest
from ..operations.tasks import Submit
from ..records.codec import load
from ..records.event import JsonObject, Recorded
from ..records.record import Record, replace

LEAST_SECONDS = 1.0
"""The shortest interval: a task's id tells firings apart by the second."""

_LONGEST = 100 * 366 * 86_400.0
# Further on a float no longer tells microseconds apart, in which firings are counted.
_LAST_TIME = 7_258_118_400.0
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


class Schedule(Record, kw_only=True):
    """When to queue which task. One of ``cron`` and ``every`` is set.

    ``cron`` is five fields or a name like ``@daily``, in the time of ``zone`` (an IANA name); ``every`` is in seconds,
    counted from ``begins`` (seconds since the epoch), which is the first firing of an interval; nothing fires before
    it. ``request`` is a ``Submit`` as a JSON object. ``id`` is unique within its tenant.
    """

    id: str
    tenant: str
    begins: float
    request: JsonObject
    cron: str | None = None
    every: float | None = None
    zone: str = "UTC"
    paused: bool = False


def check(schedule: Schedule) -> None:
    """See that it can fire, and what.

    Raises:
        InvalidRequest: it cannot; the message names the value and the mend.
    """
    if not _ID.fullmatch(schedule.id):
        raise InvalidRequest(
            f"schedule id {schedule.id!r}: use up to 64 letters, digits, '.', '_' and '-', a letter or digit first"
        )
    if (schedule.cron is None) == (schedule.every is None):
        raise InvalidRequest("a schedule has either cron or every; name one of them")
    if not 0 <= schedule.begins <= _LAST_TIME:
        raise InvalidRequest(f"begins is {schedule.begins}; give seconds since the epoch, from 1970 to the year 2200")
    if schedule.every is not None and not LEAST_SECONDS <= schedule.every <= _LONGEST:
        raise InvalidRequest(f"every is {schedule.every}; give from {LEAST_SECONDS:g} to {_LONGEST:g} seconds")
    _zone(schedule.zone)
    if schedule.cron is not None:
        next_due(schedule, schedule.begins)
    _check_request(schedule.request)


def last_due(schedule: Schedule, now: float) -> float | None:
    """The newest firing that is not after ``now``: what is to be queued, if it has not been.

    ``None`` before the first one, and while the schedule is paused. All times are seconds since the epoch.
    """
    if schedule.paused:
        return None
    if schedule.every is not None:
        begins, every = _micros(schedule.begins), _micros(schedule.every)
        steps = (_micros(now) - begins) // every
        return (begins + steps * every) / 1e6 if steps >= 0 else None
    found = _last_match(schedule, now)
    return found if found is not None and found >= schedule.begins else None


def next_due(schedule: Schedule, after: float) -> float:
    """The first firing after a time; what it would be, for a schedule that is paused.

    Raises:
        InvalidRequest: the expression is wrong, or it never fires.
    """
    if schedule.every is not None:
        begins, every = _micros(schedule.begins), _micros(schedule.every)
        return (begins + max((_micros(after) - begins) // every + 1, 0) * every) / 1e6
    found = _following(schedule, max(after, math.ceil(schedule.begins) - 1))
    if found is None:
        raise InvalidRequest(f"cron {schedule.cron!r} does not fire within 50 years; mend its day or month")
    return found


def resumed(schedule: Schedule, now: float) -> Schedule:
    """The schedule, not paused, with nothing to make up for: it goes on with its first firing after ``now``."""
    return replace(schedule, paused=False, begins=next_due(schedule, now))


def task_id(schedule: Schedule, fire_time: float) -> str:
    """The id of the task that a firing queues: the same on every node, so that it is queued once.

    ``<id>@20261121T064500Z``, in UTC; behind ``<tenant>~`` for any other tenant than ``default``, since two of them may
    both have a schedule ``daily``, and a task's id is its own in the whole log.
    """
    fired = datetime.fromtimestamp(_micros(fire_time) // 1_000_000, UTC)
    whose = "" if schedule.tenant == "default" else f"{quote(schedule.tenant, safe='')}~"
    return f"{whose}{schedule.id}@{fired:%Y%m%dT%H%M%SZ}"


def fold_schedules(frames: Iterable[Recorded]) -> dict[str, Schedule]:
    """The schedules that stand after these frames, by id. One whose content was erased is gone."""
    schedules: dict[str, Schedule] = {}
    for frame in frames:
        for event in frame.events:
            if event.kind == "schedule.set" and event.payload is not None:
                schedules[event.header["schedule"]] = load(Schedule, event.payload)
            elif event.kind in {"schedule.set", "schedule.removed"}:
                schedules.pop(event.header["schedule"], None)
    return schedules


def _micros(seconds: float) -> int:
    """Whole microseconds, in which intervals add up without a rest."""
    return round(seconds * 1e6)


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:
        import difflib

        names = {each.casefold(): each for each in available_timezones()}
        nearest = difflib.get_close_matches(name.casefold(), names, 1)
        hint = f"did you mean {names[nearest[0]]!r}?" if nearest else "use an IANA name such as 'Europe/Berlin'"
        if not names:
            hint = "this machine has no time zones; install the package 'tzdata'"
        raise InvalidRequest(f"there is no time zone {name!r}; {hint}") from problem


def _matches(schedule: Schedule, start: float, *, back: bool = False) -> Iterator[datetime]:
    from cronsim import CronSim, CronSimError  # most schedules come every so often

    given = schedule.cron or ""
    words = _NICKNAMES.get(given.strip().lower(), given)
    if len(words) > 256 or len(words.split()) != 5:
        what = f"cron {given[:80]!r} has {len(words.split())} fields, not 5"
        raise InvalidRequest(f"{what}: minute, hour, day of month, month, day of week, such as '45 6 * * 1-5'")
    try:
        return CronSim(words, datetime.fromtimestamp(start, _zone(schedule.zone)), reverse=back)
    except CronSimError as problem:
        what = str(problem).removeprefix("Bad ")
        raise InvalidRequest(f"cron {given[:80]!r}: mend its {what}; '45 6 * * 1-5' is 6:45 on weekdays") from problem


def _last_match(schedule: Schedule, now: float) -> float | None:
    backwards = (found.timestamp() for found in _matches(schedule, now, back=True))
    last = next((found for found in backwards if found <= now), None)
    if last is None:
        return None
    # Backwards the library leaves out this very second, and passes over firings in an hour that is repeated.
    while (following := _following(schedule, last)) is not None and following <= now:
        last = following
    return last


def _following(schedule: Schedule, after: float) -> float | None:
    # In an hour that is repeated the library counts from the first of the two.
    return next((each for found in _matches(schedule, after) if (each := found.timestamp()) > after), None)


def _check_request(request: JsonObject) -> None:
    known = {field.name for field in fields(Submit)}
    strange = sorted(set(request) - known)
    if strange:
        import difflib

        nearest = difflib.get_close_matches(strange[0], known, 1)
        raise InvalidRequest(
            f"the request has no {strange[0]!r}; "
            + (f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(sorted(known))}")
        )
    try:
        load(Submit, dict(request))
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidRequest(f"the request's {where}: {first['msg'].lower()}; mend it there") from problem

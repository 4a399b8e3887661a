"""Operations on schedules: tasks that are submitted when their time comes."""

from __future__ import annotations

from ..errors import NotFound, UnknownName
from ..records.record import Record
from .bounds import More, Name
from .table import Operation
from .tasks import Submit


class SetSchedule(Record, kw_only=True):
    """Submits ``request`` by a cron expression, or every so many seconds; an ``id`` that exists is changed.

    ``zone`` is an IANA time zone, in which the expression is read.
    """

    id: str
    request: Submit
    cron: Name | None = None
    every: More | None = None
    zone: Name = "UTC"
    paused: bool = False


class ScheduleView(Record, kw_only=True):
    """A schedule, and when it fires next (seconds since the epoch), unless it is paused."""

    id: str
    request: Submit
    cron: str | None = None
    every: float | None = None
    zone: str = "UTC"
    paused: bool = False
    next: float | None = None


class Schedules(Record):
    """Every schedule of the tenant, by id."""

    schedules: tuple[ScheduleView, ...]


class ListSchedules(Record):
    """No question is needed."""


class ScheduleId(Record):
    """Names a schedule."""

    id: str


SET = Operation(
    id="schedules.set", summary="Submit a task again and again.", request=SetSchedule, response=ScheduleView,
    scope="tasks:write", errors=(UnknownName,),
    route="PUT /schedules/{id}", files=("request.inputs", "request.workspace"),
)  # fmt: skip
SCHEDULES = Operation(
    id="schedules.list",
    summary="Schedules, by id.",
    request=ListSchedules,
    response=Schedules,
    scope="tasks:read",
    route="GET /schedules",
)
REMOVE = Operation(
    id="schedules.remove", summary="Fire a schedule no more.", request=ScheduleId, response=Schedules,
    scope="tasks:write", errors=(NotFound,),
    route="DELETE /schedules/{id}",
)  # fmt: skip
GET = Operation(
    id="schedules.get", summary="One schedule.", request=ScheduleId, response=ScheduleView, scope="tasks:read",
    errors=(NotFound,), route="GET /schedules/{id}",
)  # fmt: skip
PAUSE = Operation(
    id="schedules.pause", summary="Let a schedule rest.", request=ScheduleId, response=ScheduleView,
    scope="tasks:write", errors=(NotFound,), route="POST /schedules/{id}/pause",
)  # fmt: skip
RESUME = Operation(
    id="schedules.resume", summary="Let a schedule that rests go on.", request=ScheduleId, response=ScheduleView,
    scope="tasks:write", errors=(NotFound,), route="POST /schedules/{id}/resume",
)  # fmt: skip

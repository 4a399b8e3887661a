"""Answers to operations on the log's events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ..._walk.journal import unstow_frame
from ...errors import InvalidRequest
from ...operations import events as op
from ...operations.bounds import check_limit
from ...protocols import Log
from ...records.event import Recorded, TaskQuery
from ...records.record import replace
from ...state import task_stream
from ..begin import beginning
from ..portion import PAGE_BYTES, Portion
from .house import House
from .tasks import find

_SCAN, _BREATH = 1000, 50
LONGEST_WAIT = 60.0
"""Seconds that an answer is held back at most, however long somebody wants to wait."""


async def _events(house: House, request: op.ListEvents, tenant: str) -> op.EventPage:
    log = await house.log()
    stream: str | None = None
    if request.task is not None:
        stream = task_stream((await find(log, request.task, tenant)).id)
    check_limit(request.limit)
    if request.after < 0 or request.wait < 0:
        raise InvalidRequest("after is a position of the log and wait a time: neither is below 0")
    limit = min(request.limit, _SCAN)
    after = request.after or (await beginning(log) if stream is None else 0)
    frames = await log.read(after, limit, stream)
    if not frames and request.wait > 0:
        await log.wait(after + 1, min(request.wait, LONGEST_WAIT))
        frames = await log.read(after, limit, stream)
    position = after if frames or stream is None else max(after, (await log.head()).position)
    shown, portion = list[Recorded](), Portion(log, PAGE_BYTES)
    for number, frame in enumerate(frames, 1):
        if await _owned(log, frame.stream, tenant):
            shown.append(await unstow_frame(portion, tenant, frame))
        position = frame.position
        if portion.full:
            break
        if not number % _BREATH:
            await asyncio.sleep(0)
    return op.EventPage(frames=tuple(shown), position=position)


async def _owned(log: Log, stream: str, tenant: str) -> bool:
    """Whether a stream belongs to a tenant: task streams by their task, others by all that follows on their kind."""
    if stream.startswith("task/"):
        ids = [stream.removeprefix("task/")]
        return bool(await log.select(TaskQuery(ids=ids, tenant=tenant, limit=1)))
    kind, _, owner = stream.partition("/")
    return owner == tenant and kind != "sink"


async def _follow(house: House, request: op.Follow, tenant: str) -> op.Feed:
    log = await house.log()
    task = None if request.task is None else (await find(log, request.task, tenant)).id
    root = None if request.root is None else (await find(log, request.root, tenant)).id
    return await (await house.feeds()).open(replace(request, task=task, root=root), tenant)


ANSWERS: Mapping[str, Any] = {
    op.EVENTS.id: _events,
    op.FOLLOW.id: _follow,
}

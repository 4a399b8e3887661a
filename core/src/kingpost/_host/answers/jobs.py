"""Answers to operations on jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import NotFound
from ...operations import jobs as op
from ...operations.system import Nothing, Rebuild
from .house import House
from .system import care


async def _verify(house: House, request: Nothing, tenant: str) -> op.Job:
    log = await care(house)
    return house.jobs().begin("verify", log.verify)


async def _rebuild(house: House, request: Rebuild, tenant: str) -> op.Job:
    log = await care(house)
    return house.jobs().begin("rebuild", lambda told: log.rebuild(told, request.since))


async def _get(house: House, request: op.JobId, tenant: str) -> op.Job:
    found = house.jobs().known.get(request.id)
    if found is None:
        raise NotFound("job", request.id, "a job is known while its process runs; begin it anew")
    return found


async def _list(house: House, request: Nothing, tenant: str) -> op.JobList:
    return op.JobList(tuple(reversed(house.jobs().known.values())))


ANSWERS: Mapping[str, Any] = {
    op.VERIFY.id: _verify,
    op.REBUILD.id: _rebuild,
    op.GET.id: _get,
    op.JOBS.id: _list,
}

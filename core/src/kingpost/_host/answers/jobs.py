"""Answers to operations on jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import NotFound
from ...operations import jobs as op
from ...operations.system import Backup, Nothing, Rebuild
from ...protocols.log import Told
from ...records.event import Report
from ..keep import backup, check_vacant
from .findings import report_to
from .house import House
from .system import care


async def _verify(house: House, request: Nothing, tenant: str) -> op.Job:
    log = await care(house)

    async def verify(told: Told) -> Report:
        return await report_to(tenant, await log.verify(told), await house.log())

    return await (await house.jobs()).begin(tenant, "verify", verify)


async def _rebuild(house: House, request: Rebuild, tenant: str) -> op.Job:
    log = await care(house)

    async def rebuild(told: Told) -> Report:
        return await report_to(tenant, await log.rebuild(told, request.since), await house.log())

    return await (await house.jobs()).begin(tenant, "rebuild", rebuild)


async def _backup(house: House, request: Backup, tenant: str) -> op.Job:
    """A target that cannot hold it is refused at once, and once more when it is its turn."""
    target, log = Path(request.target), await care(house)
    memory = await house.plugins.use("memory", house.config.memory)
    jobs = await house.jobs()
    if all((job.target, job.state) != (request.target, "running") for job in await jobs.all(tenant)):
        await asyncio.to_thread(check_vacant, target)
    return await jobs.begin(
        tenant,
        "backup",
        lambda told: backup(house.home, target, log, memory, lambda step, done, total: told(done, total)),
        request.target,
    )


async def _get(house: House, request: op.JobId, tenant: str) -> op.Job:
    for job in await (await house.jobs()).all(tenant):
        if job.id == request.id:
            return job
    raise NotFound("job", request.id, "the newest are known; jobs.list names them")


async def _list(house: House, request: Nothing, tenant: str) -> op.JobList:
    return op.JobList(tuple(await (await house.jobs()).all(tenant)))


ANSWERS: Mapping[str, Any] = {
    op.VERIFY.id: _verify,
    op.REBUILD.id: _rebuild,
    op.BACKUP.id: _backup,
    op.GET.id: _get,
    op.JOBS.id: _list,
}

"""Answers to operations on tenants."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...errors import InvalidRequest, NotFound
from ...operations import tenants as op
from ...operations.system import ERASE, Erase, Erasure
from ...records.event import Event, TaskQuery
from ...records.task import Status
from ..tenants import Tenant
from .house import House
from .system import ANSWERS as SYSTEM
from .tokens import check_tenant


def _check(request: op.SetTenant) -> None:
    check_tenant(request.id)
    if request.queue is not None and request.queue < 0:
        raise InvalidRequest(f"queue is {request.queue}; it must be 0 or more")
    if request.rate is not None and not 0 < request.rate < math.inf:
        raise InvalidRequest(f"rate is {request.rate}; it must be more than 0 requests per second")


async def _view(house: House, tenant: Tenant) -> op.TenantView:
    log = await house.log()
    queued = TaskQuery(tenant=tenant.id, statuses=[Status.QUEUED.value])
    return op.TenantView(
        id=tenant.id, created=tenant.created, queue=tenant.queue, rate=tenant.rate,
        tasks=await log.count(TaskQuery(tenant=tenant.id)), queued=await log.count(queued),
    )  # fmt: skip


async def _create(house: House, request: op.SetTenant, tenant: str) -> op.TenantView:
    _check(request)
    tenants = await house.tenants()
    if request.id in tenants.known:
        raise InvalidRequest(f"there is a tenant {request.id!r}; change its limits instead")
    return await _view(house, await tenants.set(request.id, request.queue, request.rate))


async def _limit(house: House, request: op.SetTenant, tenant: str) -> op.TenantView:
    _check(request)
    tenants = await house.tenants()
    _known(tenants.known, request.id)
    return await _view(house, await tenants.set(request.id, request.queue, request.rate))


def _known(known: Mapping[str, Tenant], id: str) -> Tenant:
    if id not in known:
        raise NotFound("tenant", id, "'tenants.list' lists them")
    return known[id]


async def _list(house: House, request: op.ListTenants, tenant: str) -> op.TenantList:
    tenants = await house.tenants()
    return op.TenantList(tuple([await _view(house, tenants.known[id]) for id in sorted(tenants.known)]))


async def _erase(house: House, request: op.TenantId, tenant: str) -> Erasure:
    _known((await house.tenants()).known, request.id)
    ring = await house.keyring()
    if ends := [Event("token.revoked", {"token": key.id}) for key in ring.of(request.id) if not key.revoked]:
        await ring.record(*ends)
    erasure: Erasure = await SYSTEM[ERASE.id](house, Erase(everything=True), request.id)
    return erasure


ANSWERS: Mapping[str, Any] = {
    op.CREATE.id: _create,
    op.TENANTS.id: _list,
    op.LIMIT.id: _limit,
    op.ERASE.id: _erase,
}

"""Operations on tenants: who shares a home, and how much each may ask of it."""

from __future__ import annotations

from ..errors import InvalidRequest, NotFound, Unavailable
from ..records.record import Record
from .bounds import More, Natural
from .system import Erasure
from .table import Operation


class SetTenant(Record, kw_only=True):
    """A tenant with its limits: tasks that may be queued, and requests per second; ``None`` is what all have."""

    id: str
    queue: Natural | None = None
    rate: More | None = None


class TenantView(Record, kw_only=True):
    """A tenant, its limits, and what it has: tasks in all, and those that are queued. ``created`` is in seconds."""

    id: str
    created: float
    queue: int | None = None
    rate: float | None = None
    tasks: int = 0
    queued: int = 0


class TenantList(Record):
    """Every tenant that was made, by id."""

    tenants: tuple[TenantView, ...]


class ListTenants(Record):
    """No question is needed."""


class TenantId(Record):
    """Names a tenant."""

    id: str


CREATE = Operation(
    id="tenants.create", summary="Make a tenant.", request=SetTenant, response=TenantView, scope="tenants:write",
    errors=(InvalidRequest,), route="POST /tenants", success=201,
)  # fmt: skip
TENANTS = Operation(
    id="tenants.list", summary="Tenants, by id.", request=ListTenants, response=TenantList, scope="tenants:read",
    route="GET /tenants",
)  # fmt: skip
LIMIT = Operation(
    id="tenants.limit", summary="Change what a tenant may ask for.", request=SetTenant, response=TenantView,
    scope="tenants:write", errors=(NotFound,), route="PUT /tenants/{id}/limits",
)  # fmt: skip
ERASE = Operation(
    id="tenants.erase", summary="Erase all content of a tenant, and revoke its tokens.", request=TenantId,
    response=Erasure, scope="tenants:write", errors=(NotFound, Unavailable), route="POST /tenants/{id}/erase",
)  # fmt: skip

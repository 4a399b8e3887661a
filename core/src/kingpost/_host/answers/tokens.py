"""Answers to operations on tokens."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ...errors import Conflict, Forbidden, InvalidRequest, KeyReused, NotFound
from ...operations import tokens as op
from ...records.access import EVERYTHING, HOST, OF_THE_HOUSE, Asked, Once
from ...records.event import Event
from ...records.record import replace
from ..intake import check_text
from ..keyring import STREAM, Key, Keyring, created
from .house import House

_SCOPE = re.compile(r"\*|[a-z]+:[a-z]+")
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MOST_DAYS = 3660.0
_MOST_NAME = 200


def check_tenant(tenant: str) -> None:
    """Refuse what cannot be the name of a tenant.

    Raises:
        InvalidRequest: it cannot.
    """
    if not _TENANT.fullmatch(tenant):
        raise InvalidRequest(
            f"tenant {tenant[:80]!r}: use up to 64 letters, digits, '.', '_' and '-', a letter or digit first"
        )


async def _create(house: House, request: op.CreateToken, tenant: str, asked: Asked) -> op.TokenCreated:
    ring, now, once = await house.keyring(), house.ports.clock.now(), asked.once
    owner = request.tenant or tenant
    check_tenant(owner)
    if owner != tenant and not asked.access.allows("tenants:write"):
        raise Forbidden("tenants:write")
    check_text("name", request.name)
    if len(request.name) > _MOST_NAME:
        raise InvalidRequest(f"the name has {len(request.name)} characters, more than {_MOST_NAME}; shorten it")
    if not 0 < request.days <= _MOST_DAYS or not math.isfinite(request.days):
        raise InvalidRequest(f"days is {request.days}; give more than 0 and at most {_MOST_DAYS:g}")
    for scope in request.scopes or ("",):
        if not _SCOPE.fullmatch(scope):
            raise InvalidRequest(f"{scope[:80]!r} is no scope; give names such as 'tasks:write', or '*'")
    _check_scopes(request.scopes, owner, asked)
    id, token = ring.mint(once, tenant)
    key = Key(
        id=id, tenant=owner, scopes=tuple(dict.fromkeys(request.scopes)), hash=sha256(token.encode()).hexdigest(),
        created=now, expires=now + request.days * 86_400, digest=once.digest if once else None,
    )  # fmt: skip
    if (known := ring.keys.get(id)) is not None:
        return _again(known, token, once, request.name)
    await ring.name(key, request.name)
    await ring.record(created(key))
    return op.TokenCreated(token=token, view=view(key, request.name))


def _check_scopes(scopes: Sequence[str], owner: str, asked: Asked) -> None:
    """Nobody gives away what they have not got.

    Raises:
        Forbidden: they would.
    """
    # In the hands of another tenant "*" may be more than it is in those of who gives it.
    wide = OF_THE_HOUSE if EVERYTHING in scopes and owner == HOST else ()
    for scope in (*scopes, *sorted(wide)):
        if not asked.access.allows(scope):
            raise Forbidden(scope)


def _again(known: Key, token: str, once: Once | None, name: str) -> op.TokenCreated:
    """The answer that an idempotency key got before.

    Raises:
        KeyReused: it was another request.
    """
    if once is None or known.digest != once.digest:
        raise KeyReused(once.key if once else "")
    return op.TokenCreated(token=token, view=view(replace(known, until=None, replaced_by=None, revoked=False), name))


def _find(ring: Keyring, id: str, tenant: str) -> Key:
    key = ring.keys.get(id)
    if key is None or key.tenant != tenant:
        raise NotFound("token", id, "'kingpost token list' lists them")
    return key


def view(key: Key, name: str) -> op.TokenView:
    """A token without its secret."""
    return op.TokenView(
        id=key.id, tenant=key.tenant, scopes=key.scopes, created=key.created, expires=key.expires, name=name,
        until=key.until, replaced_by=key.replaced_by, revoked=key.revoked,
    )  # fmt: skip


async def _list(house: House, request: op.ListTokens, tenant: str) -> op.TokenList:
    ring = await house.keyring()
    names = await ring.names(tenant)
    return op.TokenList(tuple(view(key, names.get(key.id, "")) for key in ring.of(tenant)))


async def _rotate(house: House, request: op.RotateToken, tenant: str, asked: Asked) -> op.TokenCreated:
    """Two rotations within one overlap would leave three tokens that hold, so the second one is refused."""
    ring, now, once = await house.keyring(), house.ports.clock.now(), asked.once
    old = _find(ring, request.id, tenant)
    if not 0 <= request.overlap_hours <= 24 * 30:
        raise InvalidRequest(f"overlap_hours is {request.overlap_hours}; give from 0 to {24 * 30}")
    _check_scopes(old.scopes, tenant, asked)
    name = (await ring.names(tenant)).get(old.id, "")
    id, token = ring.mint(once, tenant)
    if (known := ring.keys.get(id)) is not None:
        return _again(known, token, once, name)
    if old.replaced_by is not None:
        told = f"token {old.id!r} was rotated before; rotate {old.replaced_by!r}, which took its place"
        raise Conflict(STREAM, old.id, old.replaced_by, told)
    if old.ends <= now:
        raise InvalidRequest(f"token {old.id!r} holds no more; create a new one")
    key = Key(
        id=id, tenant=tenant, scopes=old.scopes, hash=sha256(token.encode()).hexdigest(), created=now,
        expires=now + (old.expires - old.created), digest=once.digest if once else None,
    )  # fmt: skip
    await ring.name(key, name)
    await ring.record(created(key, old.id, now + request.overlap_hours * 3600))
    return op.TokenCreated(token=token, view=view(key, name))


async def _revoke(house: House, request: op.TokenId, tenant: str) -> op.TokenView:
    ring = await house.keyring()
    key = _find(ring, request.id, tenant)
    if not key.revoked:
        await ring.record(Event("token.revoked", {"token": key.id}))
    return view(_find(ring, request.id, tenant), (await ring.names(tenant)).get(key.id, ""))


ANSWERS: Mapping[str, Any] = {
    op.TOKENS.id: _list,
    op.REVOKE.id: _revoke,
}
PERSONAL: Mapping[str, Any] = {
    op.CREATE.id: _create,
    op.ROTATE.id: _rotate,
}

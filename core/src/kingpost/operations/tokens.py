"""Operations on tokens: who may ask a kernel from outside, and for what."""

from __future__ import annotations

from ..errors import Conflict, Forbidden, NotFound
from ..records.record import Record
from .bounds import More, Name, Seconds
from .table import Operation

DAYS = 30.0


class CreateToken(Record, kw_only=True):
    """A new token for a tenant. ``scopes`` are at most those of whoever creates it; ``days`` until it expires."""

    name: str = ""
    scopes: tuple[Name, ...] = ("*",)
    days: More = DAYS
    tenant: Name | None = None


class TokenView(Record, kw_only=True):
    """A token, without its secret. Times are seconds since the epoch; ``until`` ends the overlap of a rotated one."""

    id: str
    tenant: str
    scopes: tuple[str, ...]
    created: float
    expires: float
    name: str = ""
    until: float | None = None
    replaced_by: str | None = None
    revoked: bool = False


class TokenCreated(Record, kw_only=True):
    """The token itself, said once: nothing keeps it, only its hash is stored."""

    token: str
    view: TokenView


class TokenList(Record):
    """Tokens of the tenant, oldest first."""

    tokens: tuple[TokenView, ...]


class ListTokens(Record):
    """No question is needed."""


class TokenId(Record):
    """Names a token by its id, the part between the first two underscores."""

    id: str


class RotateToken(Record, kw_only=True):
    """Gives a token a successor with the same scopes; the old one holds for ``overlap_hours`` more."""

    id: str
    overlap_hours: Seconds = 24.0


CREATE = Operation(
    id="tokens.create", summary="Make a token.", request=CreateToken, response=TokenCreated, scope="tokens:write",
    idempotent=False, errors=(Forbidden,), route="POST /tokens", success=201,
)  # fmt: skip
TOKENS = Operation(
    id="tokens.list", summary="Tokens, without their secrets.", request=ListTokens, response=TokenList,
    scope="tokens:read", route="GET /tokens",
)  # fmt: skip
ROTATE = Operation(
    id="tokens.rotate", summary="Replace a token, with an overlap.", request=RotateToken, response=TokenCreated,
    scope="tokens:write", idempotent=False, errors=(Conflict, Forbidden, NotFound), route="POST /tokens/{id}/rotate",
    success=201,
)  # fmt: skip
REVOKE = Operation(
    id="tokens.revoke", summary="End a token at once.", request=TokenId, response=TokenView, scope="tokens:write",
    errors=(NotFound,), route="DELETE /tokens/{id}",
)  # fmt: skip

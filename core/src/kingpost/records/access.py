"""Who asks, and what they may: what a token says once it was checked."""

from __future__ import annotations

from .record import Record

EVERYTHING = "*"

HOST = "default"
"""The tenant of whoever looks after the installation."""

OF_THE_HOUSE = frozenset({"tenants:read", "tenants:write", "log:write", "host:files"})
"""Scopes that reach beyond one tenant: the others, the log of all, files of the machine.

``*`` of any tenant but ``HOST`` is without them: they have to be named.
"""


class Access(Record, kw_only=True):
    """What whoever asks may do, in one tenant. ``expires`` is in seconds since the epoch, ``None`` for never.

    ``token`` is the id of the token, empty for who needs none. ``rate`` bounds requests per second, where somebody has.
    """

    tenant: str = HOST
    scopes: frozenset[str] = frozenset({EVERYTHING})
    token: str = ""
    expires: float | None = None
    rate: float | None = None

    def allows(self, scope: str) -> bool:
        """Whether a scope is among those of the token. Who needs no token is the house itself."""
        if not scope or scope in self.scopes:
            return True
        return EVERYTHING in self.scopes and (scope not in OF_THE_HOUSE or self.tenant == HOST or not self.token)


class Once(Record):
    """Makes a request one that is carried out once: the caller's key, and a digest of all that was asked with it."""

    key: str
    digest: str


class Asked(Record):
    """Who asks, and whether the same was asked before."""

    access: Access = Access()
    once: Once | None = None

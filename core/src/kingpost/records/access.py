"""Who asks, and what they may: what a token says once it was checked."""

from __future__ import annotations

from .record import Record

EVERYTHING = "*"


class Access(Record, kw_only=True):
    """What whoever asks may do, in one tenant. ``expires`` is in seconds since the epoch, ``None`` for never.

    ``token`` is the id of the token, empty for who needs none. ``rate`` bounds requests per second, where somebody has.
    """

    tenant: str = "default"
    scopes: frozenset[str] = frozenset({EVERYTHING})
    token: str = ""
    expires: float | None = None
    rate: float | None = None

    def allows(self, scope: str) -> bool:
        """Whether a scope is among those of the token."""
        return not scope or scope in self.scopes or EVERYTHING in self.scopes


class Once(Record):
    """Makes a request one that is carried out once: the caller's key, and a digest of all that was asked with it."""

    key: str
    digest: str


class Asked(Record):
    """Who asks, and whether the same was asked before."""

    access: Access = Access()
    once: Once | None = None

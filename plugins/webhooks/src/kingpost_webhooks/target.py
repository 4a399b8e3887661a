"""The address that an endpoint names, taken apart once and kept to.

Asked when an endpoint is set up and before each connection. Never resolves anything.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kingpost import InvalidRequest, Record

_WELL = re.compile(r"[!-\[\]-~]{1,2048}")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(/[^?#]*)?(\?[^#]*)?(#.*)?")
_PLACE = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{0,5}))?")
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?")
_FOUR = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}")
_MOST_PORT = 65_535


class Target(Record):
    """Where a delivery goes. ``host`` is a name or an address without brackets, ``path`` has the query."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


@lru_cache(16_384)
def target(url: str) -> Target:
    """A URL taken apart (RFC 3986).

    Raises:
        InvalidRequest: it is no http(s) URL of printable ASCII, names a user, no host, or an address in a spelling that
            resolvers read in several ways.
    """
    if not _WELL.fullmatch(url):
        raise InvalidRequest("the URL is empty, too long, or has characters that a URL writes as %XX")
    parts = _URL.fullmatch(url)
    scheme = parts[1].lower() if parts is not None else ""
    if parts is None or scheme not in {"http", "https"}:
        raise InvalidRequest(f"{url!r}: only https:// URLs can be delivered to")
    if (place := _PLACE.fullmatch(parts[2])) is None:
        raise InvalidRequest(f"{url!r}: name a plain host and at most a port, without a user")
    if _NUMBER.fullmatch(place[1]) and not _FOUR.fullmatch(place[1]):
        raise InvalidRequest(f"{url!r}: write an address as four decimal numbers without leading zeros, or as [IPv6]")
    secure, port = scheme == "https", int(place[2]) if place[2] else None
    if port == 0 or parts[5] is not None or (port is not None and port > _MOST_PORT):
        raise InvalidRequest(f"{url!r}: port 0, ports beyond {_MOST_PORT} and fragments cannot be delivered to")
    query = parts[4] if parts[4] != "?" else None
    return Target(
        secure, place[1].strip("[]").lower(), port or (443 if secure else 80), (parts[3] or "/") + (query or "")
    )

"""The address that an endpoint names, taken apart once and kept to.

Asked when an endpoint is set up and before each connection. Never resolves anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from kingpost import InvalidRequest

_PLACE = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{0,5})?")
_WELL = re.compile(r"[!-~]{1,2048}")


@dataclass(frozen=True, slots=True)
class Target:
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
        InvalidRequest: it is no http(s) URL of printable ASCII, names a user, or no host.
    """
    if not _WELL.fullmatch(url) or "\\" in url:
        raise InvalidRequest("the URL is empty, too long, or has characters that a URL writes as %XX")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise InvalidRequest(f"{url!r} is no URL ({problem})") from problem
    if parts.scheme not in {"http", "https"}:
        raise InvalidRequest(f"{url!r}: only https:// URLs can be delivered to")
    place = _PLACE.fullmatch(parts.netloc)
    if place is None:
        raise InvalidRequest(f"{url!r}: name a plain host and at most a port, without a user")
    if port == 0 or parts.fragment:
        raise InvalidRequest(f"{url!r}: port 0 and fragments cannot be delivered to")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, place[1].strip("[]").lower(), port or (443 if secure else 80), path)

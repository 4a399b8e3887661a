"""Headers of an answer as the lines that they become; joined once, by who knows them."""

from __future__ import annotations

Header = tuple[bytes, bytes]

Answer = tuple[int, bytes, bytes]
"""Status, body, and the lines of the headers that come with it."""


def lines(*headers: Header) -> bytes:
    """Headers as they stand in an answer."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])

"""A file as an answer: whole, a part of it, or the word that the caller has it already (RFC 9110, sections 13 and 14).

Called by the edge with what the kernel has found. The digest of the content is its strong entity tag, so that a
download that broke off goes on where it was, and never with another content. Knows no operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from .headers import Answer, Header, lines
from .problem import Refusal

_RANGE = re.compile(rb"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_TAG = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_DIGITS = 15


def delivered(file: Any, headers: Iterable[Header], method: str) -> Answer:
    """The answer that brings a file, or as much of it as the caller asks for.

    Raises:
        Refusal: 412, it is not what the caller wants it to be; 416, it has no such part.
    """
    tag = b'"%b"' % (file.digest or sha256(file.content).hexdigest()).encode()
    given = _given(headers)
    if (wanted := given.get(b"if-match")) is not None and not _names(wanted, tag, weak=False):
        raise Refusal(
            412, "http.changed", "the file is another one than If-Match names; ask without it", (b"etag", tag)
        )
    if (known := given.get(b"if-none-match")) is not None and _names(known, tag, weak=True):
        return 304, b"", lines((b"etag", tag), (b"accept-ranges", b"bytes"))
    # Whatever a task has made is never shown as a page of this server.
    name = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in file.name)[-100:]
    told = lines(
        (b"content-type", b"application/octet-stream"),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"etag", tag), (b"accept-ranges", b"bytes"),
    )  # fmt: skip
    part = given.get(b"range") if method == "GET" and given.get(b"if-range", tag) == tag else None
    if part is None or (ends := _ends(part, len(file.content), tag)) is None:
        return 200, file.content, told
    first, last = ends
    place = b"content-range: bytes %d-%d/%d\r\n" % (first, last, len(file.content))
    return 206, file.content[first : last + 1], told + place


def _given(headers: Iterable[Header]) -> dict[bytes, bytes]:
    """What was asked on conditions; of lists in several lines one list."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in {b"if-match", b"if-none-match"} and name in found:
            found[name] += b"," + value
        elif name in {b"if-match", b"if-none-match", b"if-range", b"range"}:
            found[name] = value.strip()
    return found


def _names(listed: bytes, tag: bytes, *, weak: bool) -> bool:
    """Whether a list of entity tags has this one; any file at all is ``*``."""
    if listed == b"*":
        return True
    found = _TAG.findall(listed)
    return tag in found or (weak and b"W/" + tag in found)


def _ends(wanted: bytes, size: int, tag: bytes) -> tuple[int, int] | None:
    """The first and last byte of the one part that is wanted; none where the whole is to be had.

    What is no range, of another unit, or several of them may be answered with the whole (RFC 9110, 14.2).

    Raises:
        Refusal: 416, nothing of it is there.
    """
    found = _RANGE.fullmatch(wanted)
    if found is None or not (found[1] or found[2]):
        return None
    first, last = (_number(digits) for digits in found.groups())
    if first is None:
        first, last = max(size - (last or 0), 0), size - 1
    elif last is None:
        last = size - 1
    elif last < first:
        return None
    if first >= size:
        told = (b"content-range", b"bytes */%d" % size), (b"etag", tag)
        raise Refusal(416, "http.range", f"the file has {size:,} bytes, and none of those", *told)
    return first, min(last, size - 1)


def _number(digits: bytes) -> int | None:
    """A number of bytes; one that is longer than any file says no more than that."""
    return int(digits.lstrip(b"0")[: _DIGITS + 1] or b"0") if digits else None

"""Which blobs are referred to: by frames, and by other blobs.

Called by ``erase``, ``seal`` and ``copies``. A reference is a blob's digest, 64 characters of hex, wherever it stands:
in a header, in a payload, in a blob that once was a payload. So nothing has to be known about the events of any kernel.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from kingpost import task_stream

from .frames import WITH_PAYLOADS
from .scan import Unreadable, pages

_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LENGTH = 66
_CHUNK_BYTES = 1024 * 1024

_NUMBER = "SELECT number FROM blob WHERE tenant = ? AND digest = ?"
_TENANT = "SELECT task.tenant, frames.stream FROM frames LEFT JOIN task USING (position) WHERE position = ?"


def tenant_in(stream: str) -> str | None:
    """Whose a stream is that is no task's: the second part of its name."""
    return None if stream.startswith(task_stream("")) else (*stream.split("/"), None)[1]


class Blobs:
    """The blobs of a log, and who holds them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tenants: dict[int, str | None] = {}

    def tenant(self, first: int) -> str | None:
        """Whose the stream is that begins at ``first``."""
        if first not in self._tenants:
            tenant, stream = self._connection.execute(_TENANT, (first,)).fetchone() or (None, None)
            self._tenants[first] = tenant or (tenant_in(stream) if stream else None)
        return self._tenants[first]

    def named(self, tenant: str, *contents: bytes | None) -> set[str]:
        """The tenant's blobs that are named in there, by their digests."""
        found = {digest.decode() for content in contents if content for digest in _DIGEST.findall(content)}
        return {digest for digest in found if self._number(tenant, digest) is not None}

    def reached(self, tenant: str, named: Iterable[str]) -> dict[str, int]:
        """The blobs that are named, and those that these name in turn, with their rows."""
        found: dict[str, int] = {}
        left = set(named)
        while left:
            digest = left.pop()
            if digest not in found and (number := self._number(tenant, digest)) is not None:
                found[digest] = number
                left |= {inner for window in self._windows(number) for inner in self.named(tenant, window)}
        return found

    def held(
        self, after: int, until: int, counts: Callable[[int, int], bool]
    ) -> tuple[defaultdict[str, set[str]], int]:
        """What the frames behind ``after``, to ``until``, name, tenant by tenant, and the last position read.

        ``counts`` says of a position, and of that where the stream begins, whether the frame counts.
        """
        named: defaultdict[str, set[str]] = defaultdict(set)
        for page in pages(self._connection, WITH_PAYLOADS, after):
            if isinstance(page, Unreadable):
                continue
            for position, _, first, _, body, payloads in page:
                if position > until:
                    return named, after
                after = position
                if counts(position, first) and (tenant := self.tenant(first)) is not None:
                    named[tenant] |= self.named(tenant, body, payloads)
        return named, after

    def _number(self, tenant: str, digest: str) -> int | None:
        row = self._connection.execute(_NUMBER, (tenant, digest)).fetchone()
        return int(row[0]) if row else None

    def _windows(self, number: int) -> Iterator[bytes]:
        """The content, piece by piece; each begins with the end of the one before, so that no digest is torn."""
        with self._connection.blobopen("blob", "content", number, readonly=True) as content:
            end = b""
            while piece := content.read(_CHUNK_BYTES):
                yield end + piece
                end = (end + piece)[-_LENGTH:]

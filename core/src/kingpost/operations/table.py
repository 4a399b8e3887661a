"""What an operation is.

``operations`` lists them all; HTTP, MCP and the command line are transports of that list and declare nothing
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import ClassVar, Generic, TypeVar

from ..errors import KingpostError
from ..records.event import HEX
from ..records.record import Record

Req = TypeVar("Req")
Res = TypeVar("Res")


class Raw(Record):
    """A request as it came: the parameters of its path, every header, every byte of its body."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = HEX

    parameters: tuple[str, ...]
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class RawAnswer(Record):
    """What is answered to a ``Raw``: the HTTP status, a body and its media type, and further headers."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = HEX

    status: int
    body: bytes
    media: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Operation(Record, Generic[Req, Res], kw_only=True):
    """One thing that can be asked of a kernel.

    ``id`` is ``noun.verb`` and never changes. ``scope`` is what a token needs. An ``idempotent`` operation may be
    repeated without a key. ``errors`` are those a caller can expect besides ``InvalidRequest``.

    ``route`` is method and path, ``{name}`` for a field of the request; what is not in the path comes as a query for
    GET and DELETE, else as the body. An operation without a route can be asked for in this process only. ``success`` is
    the HTTP status of an answer. ``files`` names fields that hold paths on this machine: who fills them needs the scope
    ``host:files`` as well; so do ``late_files``, of which the document says nothing, because a release has promised it
    without: they join ``files`` with the next major version. ``credential`` names the field for a token of its own: a
    request that shows one needs no scope, because whoever answers looks at it. With an ``item`` the response is a feed
    of such. An empty ``scope`` asks for no token.

    ``raw`` is a method and path in the place of ``route``, for requests that others have laid down, and signed as they
    are: whoever answers takes a ``Raw`` and gives a ``RawAnswer``. ``body_bytes`` is the largest body of the operation,
    where it is another one than that of all.
    """

    id: str
    summary: str
    request: type[Req]
    response: type[Res]
    scope: str
    idempotent: bool = True
    errors: tuple[type[KingpostError], ...] = ()
    route: str = ""
    success: int = 200
    files: tuple[str, ...] = ()
    late_files: tuple[str, ...] = ()
    credential: str = ""
    item: type | UnionType | None = None
    raw: str = ""
    body_bytes: int | None = None

    @property
    def method(self) -> str:
        """The HTTP method, empty without a route."""
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path below the version, empty without a route."""
        return self.route.partition(" ")[2]

"""What an operation is.

``operations`` lists them all; HTTP, MCP and the command line are transports of that list and declare nothing
themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from ..errors import KingpostError

Req = TypeVar("Req")
Res = TypeVar("Res")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Req, Res]):
    """One thing that can be asked of a kernel.

    ``id`` is ``noun.verb`` and never changes. ``scope`` is what a token needs. An ``idempotent`` operation may be
    repeated without a key. ``errors`` are those a caller can expect besides ``InvalidRequest``.
    """

    id: str
    summary: str
    request: type[Req]
    response: type[Res]
    scope: str
    idempotent: bool = True
    errors: tuple[type[KingpostError], ...] = ()

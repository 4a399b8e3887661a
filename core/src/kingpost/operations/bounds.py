"""Bounds of what a request may hold, as its fields are annotated with them.

Read by every transport that checks requests by their types, and by the OpenAPI document. Whoever asks in this process
is not checked by types: there the answers look at what would do harm. Each bound is there twice, for pydantic and for
msgspec, which knows only its own.
"""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Gt, MinLen
from msgspec import Meta

from ..errors import InvalidRequest

Name = Annotated[str, MinLen(1), Meta(min_length=1)]
"""A name, an id or a cursor. Who means none leaves it out."""

Limit = Annotated[int, Ge(1), Meta(ge=1)]
"""How many at most; who asks for more than there may be at once gets as many as there may be."""

FILES_BODY_BYTES = 20_000_000
"""The largest body of a request that may hold files: 15 MB of them, as base64."""

Natural = Annotated[int, Ge(0), Meta(ge=0)]

Positive = Annotated[int, Ge(1), Meta(ge=1)]

Seconds = Annotated[float, Ge(0), Meta(ge=0)]
"""A length of time, or a time since the epoch; hours where a field says so."""

More = Annotated[float, Gt(0), Meta(gt=0)]
"""A number that 0 would make no sense of."""


def check_limit(limit: int) -> None:
    """Refuse to look for less than one thing.

    Raises:
        InvalidRequest: saying so.
    """
    if limit < 1:
        raise InvalidRequest(f"limit is {limit}; it must be at least 1")

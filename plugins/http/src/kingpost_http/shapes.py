"""Codecs of the records as HTTP shows them: no null where a thing may be absent, nothing unknown in a request.

Called by ``endpoint`` for bytes and by ``openapi`` for schemas, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic import TypeAdapter


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    """The codec of a type, made once."""
    return TypeAdapter(shape)


def requests(shape: Any) -> TypeAdapter[Any]:
    """The codec of a request."""
    return adapter(shape)


def dumped(shape: Any) -> Callable[[Any], bytes]:
    """How an answer of this type is written."""
    dump = adapter(shape).dump_json
    return lambda value: dump(value, exclude_none=True)

"""Codecs of the records as HTTP shows them: no null where a thing may be absent, nothing unknown in a request.

Called by ``endpoint`` for bytes and by ``openapi`` for schemas, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.json import encode
from pydantic import TypeAdapter
from pydantic_core import CoreSchema, SchemaValidator

from .quick import plain

_MANY = frozenset(("list", "tuple", "set", "frozenset"))
_adapters: dict[Any, TypeAdapter[Any]] = {}


def adapter(shape: Any) -> TypeAdapter[Any]:
    """The codec of a type, made once."""
    if (made := _adapters.get(shape)) is None:
        made = _adapters[shape] = TypeAdapter(shape)
    return made


def absent(shape: Any) -> CoreSchema:
    """A type's schema in which what may be ``None`` by default is left out instead: one way to say nothing."""
    without: CoreSchema = _without_null(adapter(shape).core_schema)
    return without


def _without_null(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = schema.get("schema")
    if schema.get("type") == "default" and schema.get("default", ...) is None and isinstance(inner, dict):
        while inner["type"] == "nullable":
            inner = inner["schema"]
        schema = {**schema, "schema": inner}
    return {key: value if key in {"cls", "metadata"} else _without_null(value) for key, value in schema.items()}


def requests(shape: Any) -> SchemaValidator:
    """How a request is read."""
    return SchemaValidator(_until_wrong(absent(shape)))


def _until_wrong(schema: Any) -> Any:
    """The schema with lists that are read up to the first thing that is wrong in them.

    To tell of each of a million takes seconds, and whoever sends them knows that.
    """
    if isinstance(schema, list):
        return [_until_wrong(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value if key in {"cls", "metadata"} else _until_wrong(value) for key, value in schema.items()}
    return {**kept, "fail_fast": True} if kept.get("type") in _MANY else kept


def dumped(shape: Any) -> Callable[[Any], bytes]:
    """How an answer of this type is written."""
    if plain(shape):
        return encode
    # What TypeAdapter.dump_json does besides costs as much as a small answer.
    dump = adapter(shape).serializer.to_json
    return lambda value: dump(value, exclude_none=True)

"""Records to JSON and back, by pydantic.

Called at every edge: the walk when it writes and reads payloads, faces for requests and responses. The one place
where records meet a library that validates, so that they are plain values everywhere else.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


_made: dict[Any, TypeAdapter[Any]] = {}


def adapter(shape: Any) -> TypeAdapter[Any]:
    """The codec and JSON Schema of a record type; made once, since building one costs a millisecond."""
    if (made := _made.get(shape)) is None:
        made = _made[shape] = TypeAdapter(shape)
    return made


def dump(record: Any, shape: Any = None) -> Any:
    """A record as plain JSON values (dict, list, str, int, float, bool, None)."""
    return adapter(shape or type(record)).dump_python(record, mode="json")


def load(shape: type[T], value: Any) -> T:
    """A record out of plain JSON values.

    Raises:
        pydantic.ValidationError: the value does not have the shape.
    """
    result: T = adapter(shape).validate_python(value)
    return result

"""Requests out of values and answers into bytes, by msgspec, in an eighth of pydantic's time: what both make alike.

Asked by ``endpoint`` and ``shapes`` first. A request that this does not take is looked at by pydantic, which says in
words what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Gt, MinLen
from kingpost import Record
from msgspec import Meta, ValidationError, convert

_VALUES = frozenset((str, int, float, bool, Any))
_WRITTEN = frozenset((str, int, bool))
_BOUNDS = {Ge: "ge", Gt: "gt", MinLen: "min_length"}
"""What a bound that pydantic reads has in it, and what msgspec's own has under the same name."""


def taken(shape: Any, value: Any) -> Any:
    """The request that a JSON value is, or ``None``: it may still be one, and pydantic knows.

    ``shape`` is read alike, see ``alike``; the value holds no null.
    """
    try:
        return convert(value, shape)
    except ValidationError:
        return None


def alike(shape: Any) -> bool:
    """Whether msgspec takes no value for this type that pydantic would refuse, and makes the same of it."""
    try:
        return _alike(shape, set())
    except (TypeError, NameError):
        return False


def plain(shape: Any) -> bool:
    """Whether msgspec writes this type as pydantic does, whatever is in it.

    So there is nothing in it that may be left out, no number that JSON has not got, and nothing of any type.
    """
    origin, inner = get_origin(shape), get_args(shape)
    if origin is tuple:
        return all(plain(kind) for kind in inner if kind is not ...)
    if origin is not None or not isinstance(shape, type):
        return False
    if issubclass(shape, Record):
        return not _is_hooked(shape) and all(plain(one.type) for one in fields(shape))
    return shape in _WRITTEN or issubclass(shape, Enum)


def _alike(shape: Any, seen: set[Any]) -> bool:
    if shape in _VALUES or shape in seen:
        return True
    seen.add(shape)
    origin, inner = get_origin(shape), get_args(shape)
    if origin is Annotated:
        return _alike(inner[0], seen) and _bounded_alike(inner[1:])
    if origin is not None:
        return _composed_alike(origin, inner, seen)
    if issubclass(shape, Record):
        return not _is_hooked(shape) and all(_alike(one.type, seen) for one in fields(shape))
    return issubclass(shape, Enum)


def _composed_alike(origin: Any, inner: tuple[Any, ...], seen: set[Any]) -> bool:
    if origin in {Union, UnionType}:
        inner = tuple(kind for kind in inner if kind is not NoneType)
        return len(inner) == 1 and _alike(inner[0], seen)
    if origin is tuple:
        return all(_alike(kind, seen) for kind in inner if kind is not ...)
    return isinstance(origin, type) and issubclass(origin, Mapping) and inner[0] is str and _alike(inner[1], seen)


def _is_hooked(record: type[Record]) -> bool:
    """Whether pydantic is told more of it than its fields."""
    return any(name.startswith(("__get_pydantic", "__pydantic_config")) for name in dir(record))


def _bounded_alike(metadata: tuple[Any, ...]) -> bool:
    """Whether each bound is there twice: pydantic reads those of annotated_types, and msgspec its own."""
    own = [one for one in metadata if isinstance(one, Meta)]
    for one in metadata:
        if isinstance(one, Meta):
            continue
        name = _BOUNDS.get(type(one))
        if name is None or not any(getattr(meta, name) == getattr(one, name) for meta in own):
            return False
    return True

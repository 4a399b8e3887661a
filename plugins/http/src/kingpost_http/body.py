"""The bytes of a body as a request: strict JSON (RFC 8259, and what I-JSON, RFC 7493, adds), then the record's shape.

Called by ``endpoint``. Refuses what two readers could understand differently: doubled names, numbers that no double
holds, half a surrogate pair, NUL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jiter
from pydantic_core import SchemaValidator, ValidationError

from .problem import Refusal

_LARGEST = 2**53 - 1
_LARGE, _MOST_PARTS, _MARKS = 1_000_000, 250_000, (b",", b"[", b"{")
# What only then is looked at one by one: long numbers, exponents, escaped NULs. To make all digits one digit and look
# for a row of them takes half as long as a pattern.
_ALIKE = bytes.maketrans(b"123456789.E", b"0000000000e")
_LONG, _RAISED, _ESCAPED = b"0" * 15, b"0e", b"\\u0000"


def checked(body: bytes) -> Any:
    """What the bytes say, if they are JSON that means one thing.

    Raises:
        Refusal: 400, with the place; 413, it is of more parts than can be read at once.
    """
    if len(body) > _LARGE and sum(body.count(mark) for mark in _MARKS) > _MOST_PARTS + len(body) // 40:
        raise Refusal(
            413, "http.too_large", "a body this large may hold long texts, but not so many values; send fewer"
        )
    try:
        value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as problem:
        raise Refusal(400, "http.json", f"the body is no valid JSON: {problem}"[:300]) from None
    alike = body.translate(_ALIKE)
    # ``in`` first takes what it looks for as a number, and throws the error away.
    if alike.find(_LONG) >= 0 or alike.find(_RAISED) >= 0 or body.find(_ESCAPED) >= 0:
        _walk(value)
    return value


def _walk(value: Any) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            if "\0" in one:
                raise Refusal(400, "http.json", "a string of the body holds a NUL character; remove it")
        elif isinstance(one, int | float) and not -_LARGEST <= one <= _LARGEST:
            raise Refusal(400, "http.json", "a number of the body is beyond 2^53 - 1; send a smaller one")


def shaped(validator: SchemaValidator, body: bytes) -> Any:
    """A request out of JSON.

    Raises:
        Refusal: 422 with the field and what is wrong with it.
    """
    try:
        return validator.validate_json(body, strict=True, extra="forbid")
    except ValidationError as problem:
        raise misfit(problem.errors(include_url=False, include_context=False, include_input=False)) from None


def misfit(errors: Iterable[Mapping[str, Any]]) -> Refusal:
    """The first three things that are wrong with a request, in words."""
    told = []
    for error in list(errors)[:3]:
        place = ".".join(str(part) for part in error["loc"]) or "the request"
        told.append(f"{place}: {error['msg'].lower()}")
    return Refusal(422, "input.invalid", "; ".join(told)[:1000])

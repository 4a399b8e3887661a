"""Two readers of requests: what the quick one takes, the thorough one takes too, and both make the same of it."""

from __future__ import annotations

import json
from enum import Enum
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import pytest
from annotated_types import Ge, MaxLen
from kingpost import OPERATIONS, Operation, Record
from kingpost_http.body import shaped
from kingpost_http.problem import Refusal
from kingpost_http.quick import alike, plain, taken
from kingpost_http.shapes import adapter, dumped, requests
from msgspec import NODEFAULT, Meta, structs

READ = [each for each in OPERATIONS if each.method != "GET" and alike(each.request)]
ODD: tuple[Any, ...] = (
    0, -1, 1, 2**53, 2**80, 1.0, 0.5, -0.5, 1e300, True, False, "", "x", "queued", "2026-01-01T00:00:00Z", "MQ==", "1",
    [], [""], ["x"], [1], [[]], [{}], {}, {"a": 1}, {"text": "x", "source": "y"}, [{"text": 1, "source": ""}],
)  # fmt: skip


def fitting(kind: Any) -> Any:
    """A value that a field of this type takes."""
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        return {one.name: fitting(one.type) for one in parts(kind) if required(one)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if origin is Annotated:
        return fitting(inner[0])
    if origin is tuple:
        return [fitting(inner[0])]
    if NoneType in inner:
        return fitting(inner[0])
    return {str: "x", int: 1, float: 0.5, bool: True}.get(kind, {})


def parts(record: Any) -> tuple[structs.FieldInfo, ...]:
    return structs.fields(record)


def required(one: structs.FieldInfo) -> bool:
    return one.default is NODEFAULT and one.default_factory is NODEFAULT


def both(shape: Any, value: Any) -> tuple[Any, Any]:
    """What the quick reader makes of a value, and what the other makes of its JSON; ``None`` where one takes none."""
    try:
        thorough = shaped(requests(shape), json.dumps(value).encode())
    except Refusal:
        thorough = None
    return taken(shape, value), thorough


@pytest.mark.parametrize("operation", READ, ids=lambda one: one.id)
def test_what_the_quick_reader_takes_the_other_takes_alike(operation: Operation[Any, Any]) -> None:
    """Whatever stands in one field; and a request in which nothing is odd is taken by both."""
    whole = fitting(operation.request)
    names = [one.name for one in parts(operation.request)]
    tried = [{**whole, name: odd} for name in (*names, "unknown") for odd in ODD]

    found = [(value, *both(operation.request, value)) for value in tried]

    assert repr(taken(operation.request, whole)) == repr(
        shaped(requests(operation.request), json.dumps(whole).encode())
    )
    assert [value for value, quick, thorough in found if quick is not None and repr(quick) != repr(thorough)] == []


def test_most_operations_are_read_quickly() -> None:
    """Those that submit and those that workers ask often among them."""
    assert {"tasks.submit", "tasks.submit_all", "workers.claim"} <= {one.id for one in READ}


@pytest.mark.parametrize(
    "kind",
    [Annotated[str, MaxLen(3)], Annotated[int, Ge(1)], Annotated[int, Ge(1), Meta(ge=0)], int | str, set[str], bytes],
    ids=str,
)
def test_what_is_bounded_for_one_reader_only_is_read_by_the_other(kind: Any) -> None:
    """So are types that they read differently, or that only one knows."""

    class Asked(Record):
        field: kind

    assert not alike(Asked)


PLAIN = [each for each in OPERATIONS if each.item is None and plain(each.response)]


@pytest.mark.parametrize("operation", PLAIN, ids=lambda one: one.id)
def test_answers_are_written_alike(operation: Operation[Any, Any]) -> None:
    """Where one library writes them in place of the other; what has a number or may be absent is not among them."""
    answer = adapter(operation.response).validate_python(fitting(operation.response))

    assert dumped(operation.response)(answer) == adapter(operation.response).dump_json(answer, exclude_none=True)


def test_answers_to_submits_are_written_quickly() -> None:
    """And an answer that has a time in it, or leaves something out, is not."""
    assert {"tasks.submit", "tasks.submit_all"} <= {one.id for one in PLAIN}
    assert "tasks.get" not in {one.id for one in PLAIN}

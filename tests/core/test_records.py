"""Every record and every operation's request and response goes into JSON and back, and knows nobody above it."""

from __future__ import annotations

import ast
import dataclasses
import json
import math
import pkgutil
import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import kingpost.operations
import kingpost.records
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kingpost import (
    OPERATIONS,
    Action,
    Answer,
    Artefact,
    Call,
    Calls,
    Event,
    Head,
    Operation,
    Outcome,
    Pack,
    Passage,
    Record,
    Recorded,
    Source,
    Status,
    Usage,
    dump,
    load,
    replace,
)
from kingpost._walk.context import Stock
from kingpost._walk.ledger import NO_TURNS, packed
from kingpost._walk.replay import written
from kingpost.records.codec import adapter

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=4,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=9),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=32),
    type(None): st.none(),
    Any: json_values,
}


def modules(package: types.ModuleType) -> list[types.ModuleType]:
    return [import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]


def dataclasses_of(package: types.ModuleType) -> list[type]:
    return [
        each
        for module in modules(package)
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__ == module.__name__
    ]


RECORDS = dataclasses_of(kingpost.records)
SHAPES = [*RECORDS, *(each for each in dataclasses_of(kingpost.operations) if each is not Operation)]
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.__name__)
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)


def any_of(shape: Any) -> st.SearchStrategy[Any]:
    """Values of a type as the annotations of records spell it."""
    if shape in PLAIN:
        return PLAIN[shape]
    if isinstance(shape, type) and is_dataclass(shape):
        hints = get_type_hints(shape, include_extras=True)
        return st.builds(shape, **{each.name: any_of(hints[each.name]) for each in fields(shape)})
    if isinstance(shape, type) and issubclass(shape, StrEnum):
        return st.sampled_from(list(shape))
    if get_origin(shape) is Annotated:
        # Hypothesis knows the bounds that annotated-types names; JSON knows no infinity.
        bounded = st.from_type(shape)
        return bounded.filter(math.isfinite) if get_args(shape)[0] is float else bounded
    if get_origin(shape) is Literal:
        return st.sampled_from(get_args(shape))
    return _made_of(get_origin(shape), [each for each in get_args(shape) if each is not Ellipsis], get_args(shape))


def _made_of(origin: Any, parts: list[Any], words: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    inner = [any_of(part) for part in parts]
    if origin in {Union, types.UnionType}:
        return st.one_of(inner)
    if origin is tuple:
        return st.lists(inner[0], max_size=2).map(tuple) if Ellipsis in words else st.tuples(*inner)
    if origin is Sequence:
        return st.lists(inner[0], max_size=2)
    if origin is frozenset:
        return st.frozensets(inner[0], max_size=2)
    assert origin in {Mapping, dict}, f"a record is annotated with {origin!r}"
    return st.dictionaries(*inner, max_size=2)


@each_shape
@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_record_goes_into_json_and_back(shape: type, data: st.DataObject) -> None:
    """Through the text itself, not only through plain values."""
    record = data.draw(any_of(shape))

    text = json.dumps(dump(record))

    assert load(shape, json.loads(text)) == record


@each_shape
def test_a_record_is_frozen_and_slotted(shape: type) -> None:
    assert shape.__dataclass_params__.frozen  # type: ignore[attr-defined]  # every dataclass has them
    assert "__slots__" in vars(shape)
    assert shape.__doc__
    assert not shape.__doc__.startswith(f"{shape.__name__}(")


@each_shape
def test_a_record_is_the_same_by_hand_and_by_pydantic(shape: type) -> None:
    """And by the means of ``dataclasses``."""
    record = _smallest(shape)
    made = adapter(shape).validate_python({name: getattr(record, name) for name in record.__struct_fields__})

    assert made == record
    assert made == dataclasses.replace(record)
    assert repr(made) == repr(record)
    with pytest.raises(AttributeError):
        made.anything = 1


def test_a_record_below_another_has_the_fields_of_both() -> None:
    """Whichever is asked for first."""

    class Above(Record):
        first: int

    class Below(Above):
        second: str = "s"

    assert [one.name for one in fields(Above)] == ["first"]
    assert [one.name for one in fields(Below)] == ["first", "second"]
    assert dataclasses.asdict(Below(1)) == {"first": 1, "second": "s"}
    assert load(Below, {"first": 2}) == Below(2) == replace(Below(1), first=2)
    with pytest.raises(TypeError):
        replace(Below(1), third=3)


@each_shape
def test_a_record_of_tomorrow_can_be_read(shape: type) -> None:
    """Fields that a newer kernel added are left out."""
    value = dump(_smallest(shape))

    assert load(shape, {**value, "of_tomorrow": 1}) == load(shape, value)


@each_operation
def test_an_operation_has_a_schema_of_what_goes_in_and_what_comes_out(operation: Operation[Any, Any]) -> None:
    for schema in (
        adapter(operation.request).json_schema(mode="validation"),
        adapter(operation.item or operation.response).json_schema(mode="serialization"),
    ):
        # What a stream brings is one of several.
        named = [schema["$defs"][one["$ref"].rpartition("/")[2]] for one in schema.get("anyOf", ())]
        for shape in named or [schema]:
            assert shape["type"] == "object"
            assert shape["description"]
        json.dumps(schema)


def test_operations_are_told_apart_by_their_ids() -> None:
    ids = [operation.id for operation in OPERATIONS]

    assert len(set(ids)) == len(ids)
    assert all(id.count(".") == 1 and id == id.lower() for id in ids)


@pytest.mark.parametrize(
    "record",
    [
        Pack(budget=9, used=3, framing=0, counter="words", exact=True, kept=(Passage(id="1", text="a", source="b"),)),
        Outcome(
            status=Status.SUCCEEDED, answer="a", sources=(Source("1", "b"),), artefacts=(Artefact("c", "d", "e", 1),)
        ),
        Answer(text=type("Text", (str,), {})("a"), sources=(Source("1", "b"),), usage=Usage(money=2**70)),
        Calls(calls=(Call("1", "read", {"a": [1, {"b": None}]}),), opaque={"c": [True]}),
        Answer(text="half \ud800"),
    ],
    ids=["pack", "outcome", "answer", "calls", "surrogate"],
)
def test_what_is_written_down_at_once_reads_the_same(record: Record) -> None:
    """As what the codec makes of it, what only passes for a text too."""
    event = written("note", {}, {"it": record, "names": {"1": (("a", "b"),)}})

    assert event.payload == {"it": dump(record), "names": {"1": [["a", "b"]]}}


def test_a_score_that_is_no_number_is_kept_as_it_is() -> None:
    """JSON of the one library knows no such thing; the frame must be read again after a crash."""
    passage = Passage(id="1", text="a", source="b", score=math.nan)
    frame = Pack(budget=9, used=3, framing=0, counter="words", exact=True, kept=(passage,))

    payload = packed(1, frame, NO_TURNS, NO_TURNS, Stock((passage,))).payload

    assert payload is not None
    assert math.isnan(load(Pack, payload["frame"]).kept[0].score)


def test_an_action_is_told_by_its_kind() -> None:
    actions: list[Action] = [Answer(text="40"), Calls(calls=(Call("1", "read"),))]

    assert [adapter(Action).validate_python(dump(action)) for action in actions] == actions


def test_hashes_are_written_in_hex() -> None:
    """JSON has no bytes, and not every hash is UTF-8."""
    head = Head(3, bytes(range(224, 256)))

    assert dump(head) == {"position": 3, "hash": bytes(range(224, 256)).hex()}
    assert load(Recorded, dump(Recorded(1, "note/1", "1", 0, (Event("note"),), b"\xff"))).hash == b"\xff"


def test_records_import_only_one_another() -> None:
    """And the standard library; the codec alone meets pydantic, and what all of them are made of msgspec."""
    allowed = {"codec": {"pydantic"}, "record": {"msgspec"}}
    astray = {
        f"{module.__name__} imports {name}"
        for module in modules(kingpost.records)
        for name in _imported(Path(str(module.__file__)))
        if name not in {*sys.stdlib_module_names, *allowed.get(module.__name__.rpartition(".")[2], ())}
    }

    assert astray == set()


def _imported(path: Path) -> set[str]:
    """The outer packages that a file imports; what is imported from beside it is left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            found.add("." * node.level + (node.module or "").partition(".")[0])
    return found


def _smallest(shape: Any) -> Any:
    """A record with nothing but what it needs."""
    samples: dict[Any, Any] = {str: "a", int: 1, float: 1.0, bool: False, bytes: b"", Any: None}
    if shape in samples:
        return samples[shape]
    if isinstance(shape, type) and issubclass(shape, StrEnum):
        return next(iter(shape))
    if isinstance(shape, type) and is_dataclass(shape):
        hints = get_type_hints(shape)
        needed = [each for each in fields(shape) if each.default is each.default_factory]  # both are MISSING
        return shape(**{each.name: _smallest(hints[each.name]) for each in needed})
    origin, words = get_origin(shape), get_args(shape)
    if origin in {Union, types.UnionType}:
        return None if type(None) in words else _smallest(words[0])
    if origin is Literal:
        return words[0]
    return {} if origin in {Mapping, dict} else ()

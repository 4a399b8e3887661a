"""What a client of the last release may rely on: a change that takes it away is told, one that adds to it is not."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contracts import breaking, drivers
from tests.contracts.breaking import CONTRACTS, RELEASED, Break, Node, breaks, whole

pytestmark = pytest.mark.skipif(not drivers.GO.exists(), reason="`make contracts` installs what compares")
Change = Callable[[Node], None]


ONE, OTHER, UNKNOWN = ({"$ref": f"#/components/schemas/{name}"} for name in ("One", "Other", "UnknownOne"))


def like() -> Node:
    """An operation with some of everything."""
    asked = {
        "name": {"type": "string", "maxLength": 9},
        "kind": {"enum": ["a", "b"], "type": "string"},
        "many": {"type": "integer", "default": 3, "maximum": 10, "minimum": 1},
        "list": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
        "of": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    }
    answered = {
        "id": {"type": "string"}, "note": {"type": "string"}, "count": {"type": "integer", "maximum": 9},
        "state": {"enum": ["x", "y"], "type": "string"}, "part": {"anyOf": [ONE, UNKNOWN]},
        "word": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    }  # fmt: skip
    shape = {"type": "object", "properties": asked, "required": ["name"], "additionalProperties": False}
    answer = {"type": "object", "properties": answered, "required": ["id"]}
    plain = {"schema": {"type": "string"}}
    return {
        "operationId": "things_do", "tags": ["things"],
        "x-scope": "things:write", "x-plugin": "things", "x-idempotent": True, "x-files": ["name"],
        "parameters": [
            {"in": "query", "name": "limit", "required": False, "schema": {"type": "integer", "default": 5}},
            {"in": "header", "name": "Kingpost-Position", "required": False, "schema": {"type": "string"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": shape}, "text/plain": plain}, "required": False},
        "responses": {
            "200": {"description": "Done.", "content": {
                "application/json": {"schema": answer},
                "text/event-stream": plain | {"x-sse": {"terminal": "end"}},
            }},
            "409": {"description": "No.", "content": {"application/problem+json": plain}},
        },
    }  # fmt: skip


def asked(operation: Node) -> Any:
    return operation["requestBody"]["content"]["application/json"]["schema"]


def answered(operation: Node) -> Any:
    return operation["responses"]["200"]["content"]["application/json"]["schema"]


def asks(name: str, **more: Any) -> Change:
    """A field of the request, said otherwise."""
    return lambda operation: asked(operation)["properties"].setdefault(name, {}).update(more)


def answers(name: str, **more: Any) -> Change:
    """A field of the answer, said otherwise."""
    return lambda operation: answered(operation)["properties"].setdefault(name, {}).update(more)


def put(*way: Any, to: Any) -> Change:
    """What lies on a way through the operation, replaced."""

    def change(operation: Node) -> None:
        node: Any = operation
        for step in way[:-1]:
            node = node[step]
        node[way[-1]] = to

    return change


def out(*way: Any) -> Change:
    """What lies on a way through the operation, taken out."""

    def change(operation: Node) -> None:
        node: Any = operation
        for step in way[:-1]:
            node = node[step]
        del node[way[-1]]

    return change


def also(change: Callable[[Node], Any]) -> Change:
    return lambda operation: change(operation) and None


BODY = ("requestBody", "content")
MORE = {"in": "query", "name": "more", "schema": {"type": "string"}}
OK = ("responses", "200", "content")
TAKES_AWAY: dict[str, Change] = {
    "the operation is gone": lambda operation: operation.clear(),
    "the operation was deprecated and is gone": lambda operation: operation.clear(),
    "it has another name": put("operationId", to="things_make"),
    "it belongs to another noun": put("tags", to=["others"]),
    "it needs another scope": put("x-scope", to="things:admin"),
    "it needs a scope": put("x-scope", to="things:write"),
    "it belongs to another plugin": put("x-plugin", to="others"),
    "it belongs to no plugin": out("x-plugin"),
    "a repetition is not harmless": put("x-idempotent", to=False),
    "another field names files of the host": put("x-files", to=["name", "kind"]),
    "a stream ends with another event": put(*OK, "text/event-stream", "x-sse", "terminal", to="over"),
    "a query parameter is gone": out("parameters", 0),
    "a header is gone": out("parameters", 1),
    "a parameter is needed": put("parameters", 0, "required", to=True),
    "a parameter that is needed is new": also(lambda it: it["parameters"].append(MORE | {"required": True})),
    "a parameter has another type": put("parameters", 0, "schema", to={"type": "boolean"}),
    "a parameter has a bound": put("parameters", 0, "schema", "maximum", to=3),
    "a parameter has another default": put("parameters", 0, "schema", "default", to=50),
    "a body is needed": put("requestBody", "required", to=True),
    "a body is not taken in this form": out(*BODY, "text/plain"),
    "a field of the request is gone": lambda it: out("properties", "many")(asked(it)),
    "a field is needed": lambda it: put("required", to=["name", "kind"])(asked(it)),
    "a field that is needed is new": also(
        lambda it: (asks("new", type="string")(it), asked(it)["required"].append("new"))
    ),
    "a value of the request is gone": asks("kind", enum=["a"]),
    "a field is one of some values": asks("name", enum=["a"]),
    "a field has another type": asks("name", type="boolean"),
    "a field has a lower bound above": asks("many", maximum=5),
    "a field has a higher bound below": asks("many", minimum=2),
    "a text has to be shorter": asks("name", maxLength=3),
    "a text has to be longer": asks("name", minLength=3),
    "a text has to look like this": asks("name", pattern="^[a-z]+$"),
    "a list has to be shorter": asks("list", maxItems=2),
    "a list holds something else": asks("list", items={"type": "integer"}),
    "one of several types is not taken": asks("of", anyOf=[{"type": "string"}]),
    "a field has another default": asks("many", default=4),
    "a field has no default": lambda it: out("properties", "many", "default")(asked(it)),
    "a needed field of the answer is gone": also(
        lambda it: (out("properties", "id")(answered(it)), out("required")(answered(it)))
    ),
    "a field of the answer is gone": lambda it: out("properties", "note")(answered(it)),
    "a field of the answer may be absent": lambda it: out("required")(answered(it)),
    "a field of the answer has another type": answers("note", type="integer"),
    "a field of the answer may be null": answers("note", type=["string", "null"]),
    "a field of the answer has no bound": lambda it: out("properties", "count", "maximum")(answered(it)),
    "a field of the answer has a wider bound": answers("count", maximum=90),
    "a field of the answer may have another type": answers(
        "word", anyOf=[{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]
    ),
    "the answer has another status": lambda it: it["responses"].update({"201": it["responses"].pop("200")}),
    "the answer has another form": lambda it: it["responses"]["200"]["content"].update(
        {"text/html": it["responses"]["200"]["content"].pop("application/json")}
    ),
    "the answer is no stream": out(*OK, "text/event-stream"),
}  # fmt: skip
ADDS: dict[str, Change] = {
    "nothing has changed": lambda operation: None,
    "a parameter is new": also(lambda it: it["parameters"].append(MORE | {"required": False})),
    "a field of the request is new": asks("new", type="string"),
    "a value of the request is new": asks("kind", enum=["a", "b", "c"]),
    "a field need not be there": lambda it: out("required")(asked(it)),
    "a field takes more": asks("many", maximum=99),
    "a text may be longer": asks("name", maxLength=99),
    "another type is taken": asks("of", anyOf=[{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]),
    "another form of the body is taken": put(*BODY, "text/csv", to={"schema": {"type": "string"}}),
    "a field of the answer is new": answers("new", type="string"),
    "a field of the answer is always there": lambda it: put("required", to=["id", "note"])(answered(it)),
    "a value of the answer is new": answers("state", enum=["x", "y", "z"]),
    "a member of the answer's union is new": answers("part", anyOf=[ONE, OTHER, UNKNOWN]),
    "another failure": put("responses", "418", to={"description": "No."}),
    "one failure less": out("responses", "409"),
    "a repetition is harmless": put("x-idempotent", to=True),
    "a field names no files of the host": put("x-files", to=[]),
    "it belongs to a plugin": put("x-plugin", to="things"),
    "it is described otherwise": put("description", to="Does it."),
    "it is deprecated": put("deprecated", to=True),
}
BEFORE: dict[str, Change] = {
    "the operation was deprecated and is gone": put("deprecated", to=True),
    "it needs a scope": out("x-scope"),
    "a repetition is harmless": put("x-idempotent", to=False),
    "it belongs to a plugin": out("x-plugin"),
}
"""What was said before the change, where it is not what ``like`` says."""


@pytest.fixture(scope="module")
def told() -> dict[str, list[Break]]:
    """What is told of each change; every one has a path of its own, so that one comparison is enough for all."""
    before: Node = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}
    tagged = {
        name: {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": [name]}}}
        for name in ("One", "Other")
    }
    tagged["UnknownOne"] = {"type": "object", "properties": {"kind": {"type": "string"}}}
    before["components"] = {"schemas": tagged | {"Gone": {"type": "string"}}}
    after = copy.deepcopy(before)
    del after["components"]["schemas"]["Gone"]
    after["paths"]["/an operation is new"] = {"post": like()}
    for name, change in (TAKES_AWAY | ADDS).items():
        was = like()
        if name in BEFORE:
            BEFORE[name](was)
        became = copy.deepcopy(was)
        change(became)
        before["paths"][f"/{name}"] = {"post": was}
        if became:
            after["paths"][f"/{name}"] = {"post": became}
    found: dict[str, list[Break]] = {}
    for one in breaks(before, after):
        found.setdefault(one.place.removeprefix("POST /"), []).append(one)
    return found


@pytest.mark.parametrize("change", TAKES_AWAY)
def test_what_takes_something_away_from_a_client_is_told(told: dict[str, list[Break]], change: str) -> None:
    assert told.get(change)


@pytest.mark.parametrize("change", [*ADDS, "an operation is new"])
def test_what_only_adds_something_is_not_told(told: dict[str, list[Break]], change: str) -> None:
    assert not told.get(change)


def test_a_type_that_has_no_name_any_more_is_told(told: dict[str, list[Break]]) -> None:
    """The SDKs export the schemas by their names."""
    assert [one.rule for one in told["components"]] == ["api-schema-removed"]


def test_what_is_told_is_of_no_other_place(told: dict[str, list[Break]]) -> None:
    assert set(told) == {"components", *TAKES_AWAY}


def test_the_document_and_the_events_keep_what_the_last_release_promised() -> None:
    released = whole(RELEASED)

    assert [path for path in released["paths"] if path.startswith("/event/")]
    if not breaking.announced(breaking.next_release(), breaking.release()):
        assert not breaks(released, whole(CONTRACTS))


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_a_field_less_in_any_answer_is_told_of_every_operation_and_event() -> None:
    """The gate is proved on the released document itself: each operation whose answer has fields, and each event."""
    released = whole(RELEASED)
    now = copy.deepcopy(released)
    schemas = now["components"]["schemas"] = {
        name: _less(each) for name, each in released["components"]["schemas"].items()
    }
    with_fields = set()
    for place, operation in operations(now):
        answers = [each for status, each in operation["responses"].items() if status < "300"]
        for content in (each for answer in answers for each in answer.get("content", {}).values()):
            named = content["schema"].get("$ref", "").rpartition("/")[2]
            if schemas.get(named, content["schema"]).get("properties") is not None:
                with_fields.add(place)
            content["schema"] = _less(content["schema"])

    assert len(with_fields) > 80
    assert with_fields <= {one.place for one in breaks(released, now)}


def _less(schema: Any) -> Any:
    """A schema without its first field; references and everything else as they are."""
    if not isinstance(schema, dict) or not schema.get("properties"):
        return schema
    first = next(iter(schema["properties"]))
    properties = {name: each for name, each in schema["properties"].items() if name != first}
    required = [name for name in schema.get("required", ()) if name != first]
    return schema | {"properties": properties, "required": required}


def test_a_document_that_cannot_be_compared_is_no_green() -> None:
    with pytest.raises(RuntimeError, match="oasdiff"):
        breaks({"openapi": "3.1.0", "paths": {}}, {"openapi": "3.1.0", "paths": 7})


@pytest.mark.parametrize(
    ("version", "last", "told"),
    [("1.0.0", "0.1.0", True), ("0.2.0", "0.1.0", False), ("0.1.0", "0.1.0", False), ("2.0.0", "10.0.0", False)],
)
def test_only_a_higher_first_number_announces_that_something_breaks(version: str, last: str, told: bool) -> None:
    assert breaking.announced(version, last) is told

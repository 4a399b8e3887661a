"""What a request may hold: every bound that the document names is kept, and every number has one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[3] / "contracts/openapi.json").read_bytes())
SAFE = 2**53 - 1
"""The largest integer that every reader of JSON takes for itself; the bound of what has no other."""

UNBOUNDED = {
    ("tasks_submit", "priority"): "the queue takes any",
    ("memory_recall", "as_of"): "what was believed before 1970 may be asked for",
    ("memory_recall", "at"): "what was true before 1970 may be asked for",
    ("deliveries_list", "before"): "the plugin looks at it",
    ("deliveries_list", "limit"): "the plugin looks at it",
    ("sources_set", "tolerance"): "the plugin looks at it",
}
"""Numbers without a lower bound of their own, and why."""


def resolved(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema in the place of its name."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][name] if name else dict(schema)
    return found


def body_of(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of its body, empty without one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return resolved(content.get("schema", {}))


def fields() -> Iterator[tuple[str, str, Mapping[str, Any], str, dict[str, Any]]]:
    """Method, path, operation, name and schema of every parameter in a query and every field of a body."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            asked = {one["name"]: one["schema"] for one in operation["parameters"] if one["in"] == "query"}
            for name, schema in {**asked, **body_of(operation).get("properties", {})}.items():
                yield method, path, operation, name, resolved(schema)


def sample(schema: Mapping[str, Any]) -> Any:
    """The smallest value that a schema takes."""
    found = resolved(schema)
    if "anyOf" in found:
        return sample(found["anyOf"][0])
    if "enum" in found:
        return found["enum"][0]
    kind = found.get("type", "object")
    if kind in {"integer", "number"}:
        return max(1, found.get("minimum", 1))
    required = found.get("required", ())
    made: dict[str, Any] = {"string": "x", "boolean": True, "array": []}
    return made.get(kind, {name: sample(found["properties"][name]) for name in required})


def outside(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Values next to a bound that a schema names, on the wrong side of it."""
    if schema.get("type") == "array":
        yield from ([one] for one in outside(resolved(schema["items"])))
    if "enum" in schema:
        yield from ("godot", "")
    if schema.get("minLength"):
        yield ""
    if schema.get("minimum", -SAFE) > -SAFE:
        yield schema["minimum"] - 1
    if "exclusiveMinimum" in schema:
        yield from (schema["exclusiveMinimum"], schema["exclusiveMinimum"] - 1)
    if "maximum" in schema:
        yield schema["maximum"] + 1


def test_every_number_that_can_be_asked_for_has_a_bound_of_its_own() -> None:
    """Or it is said why not: nobody has meant a limit of -1."""
    without = {
        (operation["operationId"], name)
        for _, _, operation, name, schema in fields()
        if schema.get("type") in {"integer", "number"}
        if "exclusiveMinimum" not in schema and schema["minimum"] == -SAFE
    }

    assert without == UNBOUNDED.keys()


async def test_what_is_outside_of_a_bound_is_refused_and_named(serving: Any) -> None:
    """Made from the document: each parameter below and above, each unknown value, each empty name."""
    tried = 0
    async with serving(work=False) as (_, url), httpx.AsyncClient(base_url=url, timeout=30) as client:
        for method, path, operation, name, schema in fields():
            if operation.get("x-plugin") not in {None, "http"}:
                continue
            body = body_of(operation)
            where = path.format_map(dict.fromkeys(("id", "name", "call", "scope", "passage"), "x"))
            for value in outside(schema):
                asked: Any = {"params": {name: value}}
                if body:
                    asked = {"json": {**sample(body), name: value}}
                answer = await client.request(method, where, **asked)
                told = answer.json()
                assert 400 <= answer.status_code < 500, (method, path, name, value, answer.text)
                assert told["code"] in {"input.invalid", "http.json"}, (method, path, name, value, told)
                assert name in told["detail"] or told["code"] == "http.json", (method, path, value, told)
                tried += 1

    assert tried > 100


@pytest.mark.parametrize(
    "asked",
    [
        "/v1/calls?waits=godot", "/v1/events/stream?after=godot", "/v1/events/stream?after=1.x",
        "/v1/events/stream?after=-1", "/v1/tasks?limit=1.5", "/v1/tasks?limit=", "/v1/tasks?limit=0x10",
        "/v1/events?wait=nan", "/v1/events?wait=inf", "/v1/events/stream?live=yes", "/v1/tasks?statuses=",
    ],
)  # fmt: skip
async def test_what_only_its_meaning_forbids_is_refused_too(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.get(asked)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), answer.text

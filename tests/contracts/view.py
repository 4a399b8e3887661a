"""The OpenAPI document as the generators see it: what each of them stumbles over is put in words that it knows.

Called by ``ground``. The document itself stays exact; nothing here adds an operation or a field.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Node: TypeAlias = dict[str, Any]
_REFERENCE = "#/components/schemas/"


def python(document: Node) -> Node:
    """For openapi-python-client: unions as they are, the unknown member tried last."""
    return _plain(document)


def typescript(document: Node) -> Node:
    """For openapi-ts: types hold nothing at run time, and only a union without its unknown member can be narrowed."""
    seen = _plain(document)
    for _, schema in _unions(seen):
        schema["anyOf"] = [one for one in schema["anyOf"] if not one["$ref"].startswith(f"{_REFERENCE}Unknown")]
    return seen


def go(document: Node) -> Node:
    """For oapi-codegen: unions and files are left as bytes, so that the models need the standard library only."""
    seen = _plain(document)
    for name, schema in list(_unions(seen)):
        seen["components"]["schemas"][name] = {
            "type": "object", "x-go-type": "json.RawMessage", "description": schema.get("description", ""),
        }  # fmt: skip
    _each(seen, _as_strings)
    return seen


def _plain(document: Node) -> Node:
    """What holds for all three."""
    seen = copy.deepcopy(document)
    for path in seen["paths"].values():
        for operation in path.values():
            # The transport of each SDK carries headers and tells failures, for every operation alike.
            operation["parameters"] = [one for one in operation.get("parameters", ()) if one["in"] != "header"]
            operation["responses"] = {code: one for code, one in operation["responses"].items() if code < "300"}
    seen["components"].pop("responses", None)
    _each(seen, _tidy)
    # Bytes inside JSON are hex: text like any other.
    _each(seen["components"], _unfiled)
    return seen


def _tidy(node: Node) -> None:
    if isinstance(node.get("title"), str) and ("type" in node or "$ref" in node or "anyOf" in node):
        del node["title"]
    # What is not said is not sent: the server knows its defaults.
    if "default" in node and not isinstance(node["default"], dict):
        del node["default"]
    if "prefixItems" in node:
        first = node.pop("prefixItems")[0]
        node["items"] = {key: value for key, value in first.items() if key != "title"}


def _unions(document: Node) -> Iterator[tuple[str, Node]]:
    for name, schema in document["components"]["schemas"].items():
        members = schema.get("anyOf", ())
        if members and all("$ref" in one for one in members):
            yield name, schema


def _as_strings(node: Node) -> None:
    members = node.get("anyOf", ())
    if {"type": "string"} in members and len(members) == 2:
        del node["anyOf"]
        node.update(next(one for one in members if one != {"type": "string"}))
    _unfiled(node)
    # Without a format it takes 32 bits, which is too few for a time.
    if node.get("type") == "number":
        node["format"] = "double"


def _unfiled(node: Node) -> None:
    if node.get("format") == "binary":
        del node["format"]


def _each(node: Any, deed: Callable[[Node], None]) -> None:
    """Every object below, the inner ones first."""
    if isinstance(node, dict):
        for value in list(node.values()):
            _each(value, deed)
        deed(node)
    elif isinstance(node, list):
        for value in node:
            _each(value, deed)

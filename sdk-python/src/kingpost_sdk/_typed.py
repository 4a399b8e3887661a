"""Writes a module of types for the plugins that a server has installed, out of its OpenAPI document. Pure.

Called by ``kingpost-sdk sync``. What it writes needs this SDK only, and reaches the server through ``client.plugin``; a
value that it does not know, of a newer plugin, passes through as it is.
"""

from __future__ import annotations

import keyword
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]

_PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
}
_HEAD = '''\
"""Operations of plugins, typed: {plugins}.

Written by ``kingpost-sdk sync``; do not edit.
"""

# A program wrote these lines, with the names that a server gives: no rule on style is for them.
# ruff: noqa

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack, cast

from kingpost_sdk import AsyncClient as _AsyncClient
from kingpost_sdk import Client as _Client
from kingpost_sdk import Options as _Options
'''


def offered(document: Node) -> dict[str, list[Node]]:
    """The operations of each plugin, each with its method's name, its ``noun.verb`` and its place in the document."""
    found: dict[str, list[Node]] = {}
    for _, methods in sorted(document["paths"].items()):
        for _, one in sorted(methods.items()):
            if (plugin := one.get("x-plugin", "").partition("@")[0]) and one.get("tags"):
                found.setdefault(plugin, []).append(one)
    return {name: sorted(found[name], key=lambda one: str(one["operationId"])) for name in sorted(found)}


def written(document: Node, plugins: Sequence[str]) -> str:
    """The module for these plugins."""
    known = offered(document)
    versions = {name: known[name][0]["x-plugin"] for name in plugins}
    parts = [_HEAD.format(plugins=", ".join(versions[name].replace("@", " ") for name in plugins))]
    chosen = [one for name in plugins for one in known[name]]
    schemas = document["components"]["schemas"]
    parts += [_record(name, schemas[name]) for name in _reached(document, chosen)]
    for one in chosen:
        if properties := _arguments(document, one):
            parts.append(_record(_argument_name(one), properties))
    parts += [_class(document, name, known[name], waits) for name in plugins for waits in (False, True)]
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"


def _reached(document: Node, operations: Sequence[Node]) -> list[str]:
    """The schemas that answers and arguments name, directly or by what they name."""
    schemas = document["components"]["schemas"]
    waiting = [name for one in operations for name in _named([_answer(one), _arguments(document, one)])]
    found: set[str] = set()
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += _named(schemas[name])
    return sorted(found)


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.rpartition("/")[2]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _named(each)


def _arguments(document: Node, operation: Node) -> Node:
    """What ``call`` takes: what stands in the path, in the query and in the body, side by side."""
    given = [one for one in operation.get("parameters", ()) if one["in"] in {"path", "query"}]
    properties = {one["name"]: one["schema"] for one in given}
    required = [one["name"] for one in given if one.get("required")]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in body:
        body = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    properties |= body.get("properties", {})
    return {"properties": properties, "required": required + list(body.get("required", ()))} if properties else {}


def _answer(operation: Node) -> Node:
    """The schema of the answer; empty where it is no JSON."""
    answer: Node = next((one for status, one in sorted(operation["responses"].items()) if status < "300"), {})
    schema: Node = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _record(name: str, schema: Node) -> str:
    """A schema as a type of that name."""
    properties = schema.get("properties")
    if not properties:
        return f"{name}: TypeAlias = {_shape(schema)!r}"
    required = set(schema.get("required", ()))
    fields = {
        key: _shape(each) if key in required else f"NotRequired[{_shape(each)}]" for key, each in properties.items()
    }
    if not all(key.isidentifier() and not keyword.iskeyword(key) for key in fields):
        listed = ", ".join(f'"{key}": {shape!r}' for key, shape in fields.items())
        return f'{name} = TypedDict("{name}", {{{listed}}})'
    lines = [f"class {name}(TypedDict):"]
    if schema.get("description"):
        lines += [textwrap.indent(f'"""{_safe(schema["description"])}"""', "    "), ""]
    return "\n".join([*lines, *(f"    {key}: {shape}" for key, shape in fields.items())])


def _shape(schema: Node) -> str:
    """A schema as an annotation."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "const" in schema or "enum" in schema:
        return f"Literal[{', '.join(repr(one) for one in schema.get('enum', [schema.get('const')]))}]"
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_shape(one) for one in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        first = next(iter(schema.get("prefixItems", ())), schema.get("items") or {})
        return f"list[{_shape(first)}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"dict[str, {_shape(schema['additionalProperties'])}]"
    return _PLAIN.get(str(kind), "Any")


def _class(document: Node, plugin: str, operations: Sequence[Node], waits: bool) -> str:
    half = "Async" if waits else ""
    lines = [
        f"class {half}{_title(plugin)}Plugin:",
        f'    """What the plugin ``{plugin}`` offers, over a client."""',
        "",
        f"    def __init__(self, client: _{half}Client, /) -> None:",
        f'        self._plugin = client.plugin("{plugin}")',
    ]
    for one in operations:
        given, does = _arguments(document, one), one["operationId"]
        takes = f", **given: Unpack[{_argument_name(one)}]" if given else ""
        answer = _shape(_answer(one)) if _answer(one) else "bytes"
        noun, verb = one["tags"][0], does.removeprefix(f"{one['tags'][0]}_")
        called = f'self._plugin.call("{noun}.{verb}", {"dict(given)" if given else "{}"}, options)'
        lines += [
            "",
            f"    {'async ' * waits}def {does}(self, options: _Options | None = None, /{takes}) -> {answer}:",
            f'        """{_safe(one.get("summary", "")).rstrip(".")}."""',
            f'        return cast("{answer}", {"await " * waits}{called})',
        ]
    return "\n".join(lines)


def _argument_name(operation: Node) -> str:
    return f"{_title(operation['operationId'])}Arguments"


def _title(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))


def _safe(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''").strip()

"""One call of an operation in four tongues: curl, and the SDKs of Python, TypeScript and Go.

Called by ``page``. What each SDK asks for is read out of its facade, so that a page never shows what is not there.
"""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from kingpost_sdk._sync import resources

from tests.docs.operations.examples import Json, resolved
from tests.docs.pages import ROOT

_GO = ("sdk-go/services.go", "sdk-go/tasks.go", "sdk-go/internal/generated/models.gen.go")


@dataclass(frozen=True)
class Call:
    """What is asked in the example: of the path, of the query and in the body, and the schema of the body."""

    operation: str
    method: str
    path: str
    names: dict[str, str]
    query: Json
    body: Any
    schema: Json
    document: Json

    @property
    def noun(self) -> str:
        """The first half of the operation's id."""
        return self.operation.partition(".")[0]

    @property
    def verb(self) -> str:
        """The second half."""
        return self.operation.partition(".")[2]


def curl(call: Call, media: str) -> str:
    """As a command."""
    path = call.path.format_map({name: quote(value, safe="") for name, value in call.names.items()})
    query = f"?{urlencode(_query(call.query), doseq=True)}" if call.query else ""
    begin = {"text/event-stream": "curl -N", "application/octet-stream": "curl -o report.md"}.get(media, "curl")
    method = "" if call.method == "GET" else f" -X {call.method}"
    lines = [f'{begin}{method} "$KINGPOST_URL{path}{query}"', '-H "Authorization: Bearer $KINGPOST_TOKEN"']
    if call.method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if call.body is not None:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(call.body, ensure_ascii=False)}'"]
    return " \\\n  ".join(lines)


def _query(query: Json) -> Json:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}


def python(call: Call) -> str:
    """In Python, with the blocking client; ``AsyncClient`` has the same methods."""
    names = [json.dumps(value) for value in call.names.values()]
    signature = inspect.signature(getattr(getattr(resources, call.noun.capitalize()), call.verb))
    first = [name for name, one in signature.parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD]
    given = dict(call.query) if call.body is None else dict(call.body)
    fields = resolved(call.schema, call.document).get("properties", {})
    said = {name: _python(value, fields.get(name, {}), call.document) for name, value in given.items()}
    # What the method takes by its place stands in front.
    places = [said.pop(name) for name in first[1 + len(names) :] if name in said]
    return (
        f"client.{call.operation}({', '.join([*names, *places, *(f'{name}={text}' for name, text in said.items())])})"
    )


def _python(value: Any, schema: Json, document: Json) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    found = resolved(schema, document)
    if isinstance(value, list):
        return f"[{', '.join(_python(one, found.get('items', {}), document) for one in value)}]"
    if isinstance(value, dict) and name:
        fields = found.get("properties", {})
        inside = [f"{key}={_python(one, fields.get(key, {}), document)}" for key, one in value.items()]
        return f"models.{name}({', '.join(inside)})"
    if isinstance(value, dict):
        owner = _owner(schema, document)
        return f"models.{owner}.from_dict({value!r})" if owner else repr(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _owner(schema: Json, document: Json) -> str:
    """The class that the generator makes for an object without a name: of its owner's name and its own."""
    for name, one in document["components"]["schemas"].items():
        for field, part in one.get("properties", {}).items():
            if part is schema:
                return f"{name}{''.join(word.capitalize() for word in field.split('_'))}"
    return ""


def typescript(call: Call) -> str:
    """In TypeScript."""
    names = [_typescript(value) for value in call.names.values()]
    request = call.query if call.body is None else call.body
    verb = re.sub(r"_(\w)", lambda found: found[1].upper(), call.verb)
    said = [*names, *([_typescript(request)] if request else [])]
    begin = f"client.{call.noun}.{verb}({', '.join(said)})"
    return f"for await (const item of {begin}) console.log(item)" if verb == "stream" else f"await {begin}"


def _typescript(value: Any) -> str:
    if isinstance(value, dict):
        fields = (
            f"{name if name.isidentifier() else json.dumps(name)}: {_typescript(one)}" for name, one in value.items()
        )
        return f"{{ {', '.join(fields)} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_typescript, value))}]"
    if isinstance(value, str):
        return "'" + json.dumps(value, ensure_ascii=False)[1:-1].replace("'", "\\'") + "'"
    return json.dumps(value)


@cache
def _sources() -> str:
    return "\n".join((ROOT / path).read_text("utf-8") for path in _GO)


@cache
def _fields(shape: str) -> dict[str, tuple[str, str]]:
    """The fields of a struct, by their name in JSON or in a query: their name and their type."""
    body = re.search(rf"^type {shape} struct \{{\n(.*?)^\}}", _sources(), re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^\t(\w+) +(\S+) +`.*?(?:json|form):\"(\w+)", body[1], re.MULTILINE) if body else []
    return {said: (name, kind) for name, kind, said in lines}


def go(call: Call) -> str:
    """In Go; what may be absent is a pointer."""
    verb = "".join(word.capitalize() for word in call.verb.split("_"))
    found = re.search(rf"^func \(s \*{call.noun.capitalize()}Service\) {verb}\((.*?)\)", _sources(), re.MULTILINE)
    assert found is not None, f"sdk-go has no {call.operation}"
    shape = re.search(r"request (\w+)", found[1])
    said = ["ctx", *(json.dumps(value) for value in call.names.values())]
    if shape is not None:
        said.append(_go(call.query if call.body is None else call.body, shape[1]))
    begin = f"client.{call.noun.capitalize()}.{verb}({', '.join(said)})"
    if verb == "Stream":
        return f"for item, err := range {begin}.All() {{\n\tfmt.Println(item, err)\n}}"
    return f"answer, err := {begin}"


def _go(value: Any, kind: str) -> str:
    if kind.startswith("*"):
        return f"kingpost.Ptr({_go(value, kind[1:])})"
    if kind.startswith("[]"):
        inner = kind[2:]
        return f"[]{_named(inner)}{{{', '.join(_go(one, inner) for one in value)}}}"
    if isinstance(value, dict) and (fields := _fields(kind)):
        inside = (f"{fields[name][0]}: {_go(one, fields[name][1])}" for name, one in value.items())
        return f"kingpost.{kind}{{{', '.join(inside)}}}"
    if isinstance(value, dict):
        inside = (f"{json.dumps(name)}: {_go(one, 'any')}" for name, one in value.items())
        return f"{'kingpost.' + kind if kind[0].isupper() else 'map[string]any'}{{{', '.join(inside)}}}"
    text = json.dumps(value, ensure_ascii=False)
    if kind == "float64" and not isinstance(value, str):
        return f"float64({text})"
    return f"kingpost.{kind}({text})" if kind[:1].isupper() else text


def _named(kind: str) -> str:
    return f"kingpost.{kind}" if kind[:1].isupper() else kind

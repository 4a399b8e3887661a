"""The pages of ``docs/api``: one for each operation, and an index by noun.

Called by ``__main__`` and by the test that compares them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kingpost import KingpostError, Operation
from kingpost._host.kernel import Kernel
from kingpost.errors import Forbidden, InFlight, InvalidRequest, KeyReused, Unauthorized
from kingpost_http.problem import status_of

from tests.docs.operations import calls
from tests.docs.operations.examples import ASKED, OTHERS, SAID, Json, asked, example, resolved
from tests.docs.pages import ROOT, Page

DOCUMENT = ROOT / "contracts/openapi.json"
API = ROOT / "docs/api"
_BY = "<!-- Written by `make contracts`; do not edit. -->\n"
_INDEX = "README.md"
_PREFACE = """\
# The API, operation by operation

Every operation is below `/v1`. Who asks shows a token, `Authorization: Bearer kp_...`, with the scope that the page
names; without any token in a home only its own machine is let in. Answers carry `X-Request-Id`, `Kingpost-Position`
and, where there is a limit, `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. How they can fail stands in
[errors](../errors.md#over-http). `kingpost serve` shows the operations at `/docs`, where each can be tried;
[the document](../../contracts/openapi.json) is what the SDKs are made of.
"""
_STREAMED = """\
 Each message has the event's kind as `event`, and its `id` for `Last-Event-ID`; what is said live has none.
The last one is `event: end`, where one task is followed.
"""
_FAILURES = """
## Errors

Problem documents (RFC 9457); [errors](../errors.md#over-http) has those that every operation may answer with.

| status | code | when | the mend |
|---|---|---|---|
"""


def pages(home: Path) -> dict[str, str]:
    """Every page by its file's name; ``home`` is an empty folder."""
    document = json.loads(DOCUMENT.read_bytes())
    table = {operation.id: operation for operation, _ in Kernel.open(home=home, settings={}).offered()}
    mends = {row[0].strip("`"): (row[2], row[3]) for row in Page(ROOT / "docs/errors.md").rows if len(row) == 5}
    routes = sorted(
        (f"{one['tags'][0]}.{one['operationId'].removeprefix(one['tags'][0] + '_')}", method.upper(), path, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    )
    made = {
        f"{id}.md": "".join(_page(table[id], call_of(id, method, path, one, document), one, mends))
        for id, method, path, one in routes
    }
    return {_INDEX: _index(routes), **_formatted(made, home)}


def _formatted(made: Mapping[str, str], home: Path) -> dict[str, str]:
    """The same with its Python as ``make fmt`` would have it."""
    folder = home / "pages"
    folder.mkdir()
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")
    ruff = str(Path(sys.executable).with_name("ruff"))
    subprocess.run([ruff, "format", "--quiet", "--no-cache", "--config", ROOT / "pyproject.toml", folder], check=True)
    return {name: (folder / name).read_text("utf-8") for name in made}


def _index(routes: Sequence[tuple[str, str, str, Json]]) -> str:
    lines = [_BY, _PREFACE]
    for noun in dict.fromkeys(id.partition(".")[0] for id, *_ in routes):
        lines.append(f"\n## {noun}\n\n| operation | | what it does |\n|---|---|---|\n")
        lines += [
            f"| [{id}]({id}.md) | `{method} {path}` | {one['summary']} |\n"
            for id, method, path, one in routes
            if id.partition(".")[0] == noun
        ]
    return "".join(lines)


def call_of(id: str, method: str, path: str, operation: Json, document: Json) -> calls.Call:
    """The example of an operation."""
    words = OTHERS.get(id.partition(".")[0], {})
    parameters = operation["parameters"]
    names = {
        one["name"]: str(example(one["schema"], document, words, one["name"]))
        for one in parameters
        if one["in"] == "path"
    }
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    body = asked(id, schema, document)
    query = ASKED.get(id, {}) if schema is None else {}
    return calls.Call(id, method, path, names, query, body, schema or {}, document)


def _page(
    operation: Operation[Any, Any], call: calls.Call, one: Json, mends: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    plugin = f" Comes with the plugin `{one['x-plugin']}`." if "x-plugin" in one else ""
    again = (
        "may be repeated as it is"
        if one["x-idempotent"] or call.method != "POST"
        else "is repeated with an `Idempotency-Key` only"
    )
    yield f"{_BY}# {call.operation}\n\n{one['summary']}\n\n"
    yield f"`{call.method} {call.path}` needs the scope `{one['x-scope']}` and {again}.{plugin}\n"
    if "x-files" in one:
        fields = " or ".join(f"`{name}`" for name in one["x-files"])
        yield f"Who names files of the server's machine in {fields} needs the scope `host:files` as well.\n"
    if one["description"]:
        yield f"\n{_plain(one['description'])}\n"
    yield from _parameters(one)
    if call.schema:
        yield f"\n## Body\n\n{_fields(call.schema, call.document, 'needed')}```json\n{_json(call.body)}\n```\n"
    yield from _answer(one, call.document)
    yield from _errors(operation, call, mends)
    media = next(iter(_success(one)[1]["content"]))
    said = {
        "sh": calls.curl(call, media),
        "python": calls.python(call),
        "typescript": calls.typescript(call),
        "go": calls.go(call),
    }
    yield "\n## Calls\n\n" + "\n".join(f"```{language}\n{text}\n```\n" for language, text in said.items())


def _plain(text: str) -> str:
    return re.sub(r"``(.+?)``", r"`\1`", text)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _parameters(one: Json) -> Iterator[str]:
    if not one["parameters"]:
        return
    yield "\n## Parameters\n\n| name | in | type | |\n|---|---|---|---|\n"
    for each in one["parameters"]:
        about = each.get("description", "")
        about = "needed" if each["required"] and each["in"] != "path" else about
        yield f"| `{each['name']}` | {each['in']} | {_type(each['schema'])} | {about} |\n"


def _type(schema: Json) -> str:
    """A type in a word or two."""
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        inner = schema.get("prefixItems") or [schema.get("items", {})]
        return f"list of {' and '.join(dict.fromkeys(map(_type, inner)))}"
    return str(schema.get("type", "anything"))


def _fields(schema: Json, document: Json, there: str) -> str:
    found = resolved(schema, document)
    required = found.get("required", ())
    rows = [
        f"| `{name}` | {_type(part)} | {there if name in required else _default(part)} |\n"
        for name, part in found.get("properties", {}).items()
    ]
    return f"| field | type | |\n|---|---|---|\n{''.join(rows)}\n" if rows else ""


def _default(part: Json) -> str:
    return f"`{json.dumps(part['default'])}` by default" if "default" in part else ""


def _success(one: Json) -> tuple[str, Json]:
    """What is answered where nothing else is asked for by a header."""
    return [(status, answer) for status, answer in one["responses"].items() if status < "300"][-1]


def _answer(one: Json, document: Json) -> Iterator[str]:
    status, answer = _success(one)
    ((media, content),) = answer["content"].items()
    yield f"\n## Answer\n\n{status}, as `{media}`."
    if media == "application/octet-stream":
        yield " The bytes of the file.\n"
        return
    schema = content["schema"]
    if media == "text/event-stream":
        yield _STREAMED
        schema = resolved(schema, document)["anyOf"][0]
    about = resolved(schema, document).get("description", "")
    yield f"\n{_plain(about)}\n" if about else "\n"
    for other, each in one["responses"].items():
        if other < status:
            yield f"\n{other}: {each['description']} It is told as by [tasks.get](tasks.get.md).\n"
    words = {**OTHERS.get(one["tags"][0], {}), **SAID.get(one["operationId"], {})}
    yield f"\n{_fields(schema, document, 'always there')}```json\n{_json(example(schema, document, words))}\n```\n"


def _errors(operation: Operation[Any, Any], call: calls.Call, mends: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield _FAILURES
    for kind in errors_of(operation):
        when, mend = mends[kind.code]
        yield f"| {status_of(kind)} | `{kind.code}` | {when} | {mend} |\n"


def errors_of(operation: Operation[Any, Any]) -> list[type[KingpostError]]:
    """What an operation can fail with, by status."""
    found: set[type[KingpostError]] = {InvalidRequest, *operation.errors}
    if operation.scope:
        found |= {Unauthorized, Forbidden}
    if operation.method == "POST":
        found |= {KeyReused, InFlight}
    return sorted(found, key=lambda kind: (status_of(kind), kind.code))

"""What an agreement asks and what it is answered, as Pact writes it: in JSON that holds matchers and generators.

Called by ``agreements`` and ``messages``. The consumer tests of all three languages hand what is made here to the Pact
library as it stands, so they cannot differ in it.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from tests.contracts.agreements import NOBODY, filled, routes

KNOWN = {
    "task": "a-task", "job": "a-job", "token": "a-token", "folder": "/example", "worker": "a-worker", "call": "a-call",
}  # fmt: skip
PLUGIN = "joiner"
"""The one plugin that the provider itself brings; which others are installed is nobody's agreement."""
STREAM = r"retry: 1000\n\n(id: \d+\.\d+\nevent: [a-z.]+\ndata: \{.*\}\n\n)+event: end\ndata: \{\}\n\n"
# Times, numbers, ids and digests inside of a text.
_RECORDED = re.compile(r"[0-9a-f]{8}[0-9a-f-]*|[0-9]+(\.[0-9]+)?")


def mistaken(row: dict[str, Any]) -> str | None:
    """How the server's answer is not what the table says."""
    status, _, body = row["answer"]
    came = (status, body["code"] if status >= 300 else None)
    wanted = (row.get("status", "2xx"), row.get("code"))
    if came == wanted or (status < 300 and "status" not in row):
        return None
    return f"{row['operation']} in {row['state']!r}: wanted {wanted}, came {status} {body}"


def agreed(row: dict[str, Any]) -> dict[str, Any]:
    """An agreement as ``contracts/interactions.json`` holds it.

    ``call`` is what a caller gives to the method of an SDK, ``request`` and ``response`` are what goes over the wire.
    """
    status, kind, body = row["answer"]
    code = body["code"] if status >= 300 else None
    title = f"{row['operation']} answered with {status}" + (f" {code}" if code else "")
    call = {"path": filled(row["path"], KNOWN), "request": filled(row["request"], KNOWN)}
    return {
        "title": title, "operation": row["operation"], "state": row["state"], "status": status, "code": code,
        "call": call | {"token": "kp_example" if row["token"] else NOBODY},
        "request": _request(row), "response": _response(kind.partition(";")[0], status, _settled(row, harmless(body))),
    }  # fmt: skip


def _settled(row: dict[str, Any], body: Any) -> Any:
    """The answer without what depends on which plugins are installed: one of them stands for all."""
    if row["operation"] != "plugins.list" or "plugins" not in body:
        return body
    shown = next(each for each in body["plugins"] if each["id"] == PLUGIN)
    # Two plugins offer at different doors: any door's name goes, and each holds a list like the one that is shown.
    doors = {"pact:matcher:type": "values", "value": {"agents": _each_like(shown["provides"]["agents"][0])}}
    return {"plugins": _each_like(shown | {"provides": doors})}


def kept(fresh: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was just recorded, with the examples of before where they show the same shape.

    A diff of what is kept in the tree then says what has changed, and no new times and ids.
    """
    known = {one["title"]: one for one in before}
    return [old if _shape(old := known.get(one["title"], {})) == _shape(one) else one for one in fresh]


def _shape(value: Any) -> Any:
    if isinstance(value, dict) and "pact:matcher:type" in value:
        return value | {"value": _types(value["value"])}
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shape(each) for each in value]
    return _RECORDED.sub("0", value) if isinstance(value, str) else value


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return _shape(value) if "pact:matcher:type" in value else {name: _types(each) for name, each in value.items()}
    return [_types(each) for each in value] if isinstance(value, list) else type(value).__name__


def _request(row: dict[str, Any]) -> dict[str, Any]:
    method, path = routes()[row["operation"]]
    named = iter(each if each.startswith("${") else quote(each, safe="") for each in row["path"])
    path = re.sub(r"\{\w+\}", lambda _: next(named), path)
    bearer = _stated("Bearer ${credential}", {"credential": "kp_example"}) if row["token"] else f"Bearer {NOBODY}"
    made: dict[str, Any] = {"method": method, "path": _known(path), "headers": {"authorization": bearer}, "query": {}}
    if method == "POST":
        made["headers"]["idempotency-key"] = _stated("${key}", {"key": "key-1"})
    request = row["request"]
    if method in {"POST", "PUT"} and request is not None:
        made["body"] = _known(request)
    elif request:
        made["query"] = {name: _asked(value) for name, value in request.items()}
    return made


def _response(kind: str, status: int, body: Any) -> dict[str, Any]:
    if kind == "text/event-stream":
        rule = {"combine": "AND", "matchers": [{"match": "regex", "regex": STREAM}]}
        return {"type": kind, "body": body, "rules": {"body": {"$": rule}}}
    if "json" not in kind:
        return {"type": kind, "body": body}
    if status < 300:
        return {"type": kind, "body": like(body)}
    told = {name: body[name] for name in ("title", "detail", "type", "request_id")}
    exact = {"status": status, "code": exactly(body["code"])}
    return {"type": kind, "body": like(told | exact)}


def _known(value: Any) -> Any:
    """A value with an expression for what only the provider knows, and the example that the mock server takes."""
    if isinstance(value, str) and "${" in value:
        return _stated(value, KNOWN)
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items()}
    return [_known(each) for each in value] if isinstance(value, list) else value


def _asked(value: Any) -> Any:
    return regex(str(value), r"^-?[0-9.]+$") if isinstance(value, float | int) else _known(value)


def like(value: Any) -> dict[str, Any]:
    """A value of which type and names count, down to the innermost."""
    return {"pact:matcher:type": "type", "value": value}


def _each_like(value: Any) -> dict[str, Any]:
    return {"pact:matcher:type": "type", "min": 1, "value": [value]}


def regex(value: str, pattern: str) -> dict[str, Any]:
    """A text that has to fit as a whole."""
    return {"pact:matcher:type": "regex", "value": value, "regex": pattern}


def exactly(value: str) -> dict[str, Any]:
    """A text inside what is only ``like``, and yet no other."""
    return regex(value, f"^{re.escape(value)}$")


def _stated(expression: str, values: dict[str, str]) -> dict[str, Any]:
    generator = {"pact:generator:type": "ProviderState", "expression": expression}
    return like(filled(expression, values)) | generator


def harmless(value: Any) -> Any:
    """An example without secrets and without paths of the machine that it was recorded on."""
    if isinstance(value, list):
        return [harmless(each) for each in value]
    if isinstance(value, dict):
        return {name: harmless(each) for name, each in value.items()}
    if isinstance(value, str) and value.startswith("kp_"):
        return "kp_example"
    if isinstance(value, str) and not value.startswith("retry:") and re.search(r"(^|[ '])/\w", value):
        return "/example"
    return value

"""The OpenAPI document, version 3.1, out of the kernel's table of operations. Never written by hand.

Called by ``kingpost openapi``, by the page ``/openapi.json`` and by the test that compares it with ``contracts/``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kingpost import Kernel, KingpostError, operations
from pydantic.json_schema import GenerateJsonSchema

from .endpoint import Endpoint
from .problem import status_of
from .routes import VERSION, routes
from .shapes import absent

Json = dict[str, Any]

_REF = "#/components/schemas/"
_EVERYWHERE = (400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 422, 429, 431, 503)
_TITLES = {
    400: "It is no request that can be read.", 401: "No token, or none that holds.", 403: "The token may not do this.",
    404: "There is no such thing, for this tenant.", 405: "The path does not take this method.",
    408: "The request took too long.", 409: "It does not fit what is there.",
    412: "It is another one than If-Match names.", 413: "The body is too large.",
    415: "The body is not plain JSON.", 416: "It has no such part.",
    421: "This server has another name.", 422: "A value must be mended.",
    429: "Too much at once; ask again later.", 431: "The head of the request is too large.",
    503: "Something that is needed does not answer.",
}  # fmt: skip
_PROBLEM: Json = {
    "type": "object",
    "description": "A failure (RFC 9457). The code is stable, the detail is for people.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "code": {"type": "string"}, "detail": {"type": "string"}, "request_id": {"type": "string"},
    },
}  # fmt: skip
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "Carries the request out once: the same key with the same body gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}  # fmt: skip
_POSITION = {
    "name": "Kingpost-Position", "in": "header", "required": False,
    "description": "A position that an answer has given: reads are at least as new.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
}  # fmt: skip
_PREFER = {
    "name": "Prefer", "in": "header", "required": False,
    "description": (
        "`wait=N` (RFC 7240): answer when the task has ended or waits for somebody outside, with 200 and the task; "
        "after N seconds, at most 60, with 202 as without it. `Preference-Applied` tells how long was waited at most."
    ),
    "schema": {"type": "string"},
}  # fmt: skip
_LAST = {
    "name": "Last-Event-ID", "in": "header", "required": False,
    "description": "The id of the last event that was seen; empty begins anew.",
    "schema": {"type": "string", "pattern": "^([0-9]{1,15}(\\.[0-9]{1,9})?)?$"},
}  # fmt: skip
_CONDITIONS = """

The `ETag` is the digest of the content. A part comes for one `Range` of bytes, with `If-Range` only of the content
that was meant, and nothing for `If-None-Match` where it is still that; `HEAD` tells the size (RFC 9110, sections 13 and
14)."""
_BOUNDS = {"minimum": -(2**53) + 1, "maximum": 2**53 - 1}
_UNIONS: Mapping[tuple[str, ...], str] = {("Answer", "Calls"): "Action", ("EventView", "SpeechView"): "StreamItem"}
_HEX = "^([0-9a-f]{2})*$"


class _Schemas(GenerateJsonSchema):
    """Schemas as the SDKs want them: enums that are answered are open, for what a newer server may say."""

    def int_schema(self, schema: Any) -> Json:
        return {**_BOUNDS, **super().int_schema(schema)} if self.mode == "validation" else super().int_schema(schema)

    def float_schema(self, schema: Any) -> Json:
        made = super().float_schema(schema)
        if self.mode != "validation":
            return made
        return {name: bound for name, bound in _BOUNDS.items() if f"exclusive{name.title()}" not in made} | made

    def bytes_schema(self, schema: Any) -> Json:
        """Bytes inside JSON are hex, as the codecs of these records write them."""
        made = super().bytes_schema(schema)
        if made.get("format") == "binary":
            del made["format"]
            made["pattern"] = _HEX
        return made

    def enum_schema(self, schema: Any) -> Json:
        return self._open(super().enum_schema(schema))

    def literal_schema(self, schema: Any) -> Json:
        return self._open(super().literal_schema(schema))

    def default_schema(self, schema: Any) -> Json:
        """What is always said has no default, and nothing is null by default."""
        if self.mode == "serialization" or schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_is_required(self, field: Any, total: bool) -> bool:
        """An answer says everything but what is absent."""
        if self.mode != "serialization":
            return super().field_is_required(field, total)
        inner = field["schema"]
        return not (inner["type"] == "default" and inner.get("default", ...) is None)

    def _open(self, made: Json) -> Json:
        if self.mode != "serialization" or "enum" not in made:
            return made
        title = {"title": made.pop("title")} if "title" in made else {}
        description = {"description": made.pop("description")} if "description" in made else {}
        return {**title, **description, "anyOf": [made, {"type": "string"}]}


def described(kernel: Kernel) -> bytes:
    """The document as bytes: keys sorted, a newline at the end."""
    endpoints = routes(kernel).endpoints
    refs, schemas = _components(endpoints)
    paths: Json = {}
    for endpoint in endpoints:
        paths.setdefault(f"{VERSION}{endpoint.path}", {})[endpoint.method.lower()] = _operation(endpoint, refs, schemas)
    _prune(paths, schemas)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "kingpost", "version": "1",
            "description": "Run agent work durably and inside a token budget.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "security": [{"bearer": []}],
        "tags": [{"name": name} for name in sorted({endpoint.operation.id.split(".")[0] for endpoint in endpoints})],
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "responses": {str(status): _failure(text) for status, text in _TITLES.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip
    return (json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def _prune(paths: Json, schemas: Json) -> None:
    """Leave out what no path speaks of: requests that come as parameters."""
    waiting, met = [paths], set[str]()
    while waiting:
        for ref in re.findall(rf'"{_REF}([^"]+)"', json.dumps(waiting.pop())):
            if ref not in met:
                met.add(ref)
                waiting.append(schemas.get(ref, {}))
    for name in schemas.keys() - met:
        del schemas[name]


def _components(endpoints: tuple[Endpoint, ...]) -> tuple[Mapping[tuple[str, str], Json], Json]:
    """The schema of every request and answer, and of all that they hold, by name."""
    wanted: list[Any] = []
    for endpoint in endpoints:
        operation = endpoint.operation
        asked: Any = operation.request
        answered: Any = operation.item or operation.response
        wanted.append((f"{operation.id} request", "validation", absent(asked)))
        if not endpoint.is_file:
            wanted.append((f"{operation.id} answer", "serialization", absent(answered)))
    made, found = _Schemas(ref_template=_REF + "{model}").generate_definitions(wanted)
    definitions: Json = {str(name): schema for name, schema in found.items()}
    names = {name: _plain_name(name, definitions) for name in definitions}
    schemas = {names[name]: _renamed(schema, names) for name, schema in definitions.items()}
    refs = {(key, mode): _renamed(schema, names) for (key, mode), schema in made.items()}
    for schema in list(schemas.values()):
        _name_unions(schema, schemas)
    for key, schema in refs.items():
        if (union := _UNIONS.get(_members(schema))) is not None:
            # What a stream brings has open tags already: there is nothing that a newer server could add.
            schemas[union], refs[key] = schema, {"$ref": _REF + union}
    return refs, schemas  # type: ignore[return-value]  # pydantic's keys are of a type of its own


def _plain_name(name: str, definitions: Mapping[str, Any]) -> str:
    """``X`` for an answer and ``XInput`` for a request that differ."""
    if name.endswith("-Output") and (bare := name.removesuffix("-Output")) not in definitions:
        return bare
    return name.replace("-", "")


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _renamed(each, names) for key, each in value.items()}
    if isinstance(found.get("$ref"), str):
        name = found["$ref"].removeprefix(_REF)
        found["$ref"] = _REF + names.get(name, name)
    return found


def _members(schema: Json) -> tuple[str, ...]:
    """The names of what a schema is one of."""
    return tuple(one.get("$ref", "").removeprefix(_REF) for one in schema.get("anyOf", ()))


def _name_unions(schema: Any, schemas: Json) -> None:
    """Give every union of tagged records its name, and room for tags that a newer server may bring."""
    for key, part in schema.get("properties", {}).items():
        members = _members(part)
        if (name := _UNIONS.get(members)) is None:
            continue
        schemas_of = [{"$ref": _REF + member} for member in members]
        unknown = {
            "type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
            "description": "What a newer server may say.",
        }  # fmt: skip
        schemas[name] = {"anyOf": [*schemas_of, {"$ref": f"{_REF}Unknown{name}"}]}
        schemas[f"Unknown{name}"] = unknown
        schema["properties"][key] = {"$ref": _REF + name}


def _operation(endpoint: Endpoint, refs: Mapping[tuple[str, str], Json], schemas: Json) -> Json:
    operation = endpoint.operation
    request = schemas[refs[f"{operation.id} request", "validation"]["$ref"].removeprefix(_REF)]
    made: Json = {
        "operationId": operation.id.replace(".", "_"),
        "summary": operation.summary,
        "description": request.get("description", "") + (_CONDITIONS if endpoint.is_file else ""),
        "tags": [operation.id.split(".")[0]],
        "x-scope": operation.scope,
        "x-idempotent": operation.idempotent,
        "parameters": _parameters(endpoint, request),
        "responses": _responses(endpoint, refs),
    }
    if operation.files:
        made["x-files"] = list(operation.files)
    if endpoint.plugin is not None:
        made["x-plugin"] = endpoint.plugin
    if not operation.scope:
        made["security"] = []
    if endpoint.has_body and (body := _body(endpoint, request, schemas)) is not None:
        made["requestBody"] = {"required": endpoint.needs_body, "content": {"application/json": {"schema": body}}}
    return made


def _parameters(endpoint: Endpoint, request: Json) -> list[Json]:
    properties = request.get("properties", {})
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in endpoint.names
    ]
    if not endpoint.has_body:
        required = request.get("required", ())
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in properties.items()
            if name not in endpoint.names
        ]
    if endpoint.method == "POST":
        found.append(_KEY)
    if endpoint.waits:
        found.append(_PREFER)
    return [*found, _LAST if endpoint.streams else _POSITION]


def _body(endpoint: Endpoint, request: Json, schemas: Json) -> Json | None:
    """The request less what the path says."""
    name = endpoint.operation.request.__name__
    request["additionalProperties"] = False
    properties = {key: each for key, each in request.get("properties", {}).items() if key not in endpoint.names}
    if not properties:
        return None
    if not endpoint.names:
        return {"$ref": _REF + next(key for key, value in schemas.items() if value is request)}
    required = [key for key in request.get("required", ()) if key not in endpoint.names]
    body = {**request, "title": f"{name}Body", "properties": properties, "required": required}
    if not required:
        del body["required"]
    schemas[f"{name}Body"] = body
    return {"$ref": f"{_REF}{name}Body"}


def _responses(endpoint: Endpoint, refs: Mapping[tuple[str, str], Json]) -> Json:
    operation = endpoint.operation
    if endpoint.is_file:
        content: Json = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    elif endpoint.streams:
        content = {
            "text/event-stream": {
                "schema": refs[f"{operation.id} answer", "serialization"],
                "x-sse": {"event": "kind", "resume": "Last-Event-ID", "terminal": "end"},
            }
        }
    else:
        content = {"application/json": {"schema": refs[f"{operation.id} answer", "serialization"]}}
    answers = {str(operation.success): {"description": operation.summary, "content": content}}
    if endpoint.waits:
        task = {"application/json": {"schema": refs[f"{operations.tasks.GET.id} answer", "serialization"]}}
        answers["200"] = {
            "description": "With `Prefer: wait=N`: the task, once it has ended or waits for somebody outside.",
            "content": task,
        }
    if endpoint.is_file:
        answers |= {
            "206": {"description": "The part that `Range` asks for.", "content": content},
            "304": {"description": "It is what `If-None-Match` names."},
        }
    own = (412, 416) if endpoint.is_file else ()
    statuses = sorted({*_EVERYWHERE, *own, *map(_status, operation.errors)} & set(_TITLES))
    failures = {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}
    return {**answers, **failures}


def _status(error: type[KingpostError]) -> int:
    return status_of(error)


def _failure(text: str) -> Json:
    return {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": f"{_REF}Problem"}}},
    }

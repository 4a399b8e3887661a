"""One operation as HTTP: its request out of path, query and body, its answer as bytes.

Made once for each operation of the table by ``routes``. Knows nothing of connections.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cached_property
from typing import Any, get_type_hints
from urllib.parse import parse_qsl, unquote_to_bytes

from kingpost import Access, Kernel, Once, Operation, operations, replace
from pydantic_core import SchemaValidator, to_json

from .body import checked, shaped
from .headers import Answer
from .problem import Refusal
from .quick import alike, taken
from .shapes import dumped, requests

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_MOST_PARAMETERS = 200
LONGEST_WAIT = 60.0
"""Seconds that an answer is held back at most, however long somebody wants to wait."""
JSON = b"content-type: application/json\r\n"
_MOST_WRITTEN = 1024

WAITING: tuple[Operation[Any, Any], ...] = (
    operations.tasks.SUBMIT,
    operations.steering.MESSAGE,
    operations.steering.FORK,
    operations.steering.RETRY,
    operations.steering.REPLAY,
)
"""Those that begin a task or go on with one, and so hold their answer back for who likes to wait for it."""


PATIENT: tuple[Operation[Any, Any], ...] = (operations.tasks.WAIT, operations.events.EVENTS, operations.workers.CLAIM)
"""Those that are asked to wait for what they are asked for."""


class Written:
    """The last answers as bytes, for an operation that gives out the same object while nothing has changed."""

    def __init__(self, dump: Callable[[Any], bytes]) -> None:
        self._dump = dump
        self._kept: dict[int, tuple[Any, bytes]] = {}

    def of(self, value: Any) -> bytes:
        """The answer as bytes."""
        # What is kept here cannot go, so its number means no other.
        if (kept := self._kept.get(id(value))) is not None:
            return kept[1]
        if len(self._kept) >= _MOST_WRITTEN:
            self._kept.clear()
        body = self._dump(value)
        self._kept[id(value)] = value, body
        return body


class Endpoint:
    """An operation, ready to be asked."""

    def __init__(self, operation: Operation[Any, Any], plugin: str | None) -> None:
        self.operation, self.plugin = operation, plugin
        self.method, self.path = operation.method, operation.path
        self.names = tuple(re.findall(r"\{(\w+)\}", operation.path))
        self.has_body = self.method in {"POST", "PUT", "PATCH"}
        self._asks: Any = operation.request
        self.streams = operation.item is not None
        # Read out of memory or with one question: nearly always answered without waiting.
        self.at_once = operation.id == operations.tasks.GET.id
        self.is_file = operation.id == operations.tasks.FETCH.id
        self.waits = operation in WAITING
        self.is_patient = operation in PATIENT
        self.success, self.body_bytes = operation.success, operation.body_bytes or 0

    # What is known of a request is found out when it first comes: for all of them that takes as long as half a start.
    @cached_property
    def _known(self) -> tuple[Field[Any], ...]:
        return fields(self.operation.request) if is_dataclass(self.operation.request) else ()

    @cached_property
    def _kinds(self) -> dict[str, str]:
        hints = get_type_hints(self.operation.request)
        return {field.name: _kind(hints[field.name]) for field in self._known}

    @cached_property
    def only_path(self) -> bool:
        """Whether its path says all that it asks."""
        return not self.has_body and set(self.names) == {field.name for field in self._known}

    @cached_property
    def needs_body(self) -> bool:
        """Whether it cannot be asked without a body."""
        return self.has_body and any(_required(field) for field in self._known if field.name not in self.names)

    @cached_property
    def _alike(self) -> bool:
        return alike(self._asks)

    @cached_property
    def _adapter(self) -> SchemaValidator:
        return requests(self._asks)

    @cached_property
    def dump(self) -> Callable[[Any], bytes]:
        """How an answer becomes bytes."""
        made: Callable[[Any], bytes] = to_json
        if not (self.streams or self.is_file):
            made = dumped(self.operation.response)
        return Written(made).of if self.operation.id == operations.tasks.GET.id else made

    def request(self, parameters: Sequence[bytes], query: bytes, body: bytes) -> Any:
        """The request that a path's parameters, a query and a body make.

        Raises:
            Refusal: they make none.
        """
        if self.only_path:
            if query:
                raise Refusal(422, "input.invalid", f"this takes no query; {query[:40]!r} came")
            return self._asks(**dict(zip(self.names, map(_text, parameters), strict=True)))
        if not self.has_body:
            values = dict(zip(self.names, map(_text, parameters), strict=True)) | self._asked(query)
            return shaped(self._adapter, to_json(values))
        if query:
            raise Refusal(422, "input.invalid", f"this takes no query; {query[:40]!r} came")
        if not body:
            if self.needs_body:
                raise Refusal(400, "http.json", "a body is needed, as application/json")
            body = b"{}"
        value = checked(body)
        if self.names:
            body = self._with_path(parameters, body)
            value = checked(body)
        # A null is refused, and only pydantic was told so.
        if self._alike and body.find(b"null") < 0 and (asked := taken(self._asks, value)) is not None:
            return asked
        return shaped(self._adapter, body)

    def _with_path(self, parameters: Sequence[bytes], body: bytes) -> bytes:
        """The body as if it named what the path does; one that names it too is refused as doubled."""
        bare = body.strip()
        if not bare.startswith(b"{"):
            raise Refusal(422, "input.invalid", "the request: must be an object")
        inside = bare[1:].lstrip()
        before = to_json(dict(zip(self.names, map(_text, parameters), strict=True)))[:-1]
        return before + (inside if inside.startswith(b"}") else b"," + inside)

    def _asked(self, query: bytes) -> dict[str, Any]:
        values: dict[str, Any] = {}
        try:
            pairs = parse_qsl(
                query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query), errors="strict",
                max_num_fields=_MOST_PARAMETERS,
            )  # fmt: skip
        except ValueError:
            raise Refusal(400, "http.query", "the query is no list of name=value pairs in UTF-8") from None
        for name, text in pairs:
            kind = self._kinds.get(name)
            if kind is None or name in self.names:
                raise Refusal(422, "input.invalid", f"{name[:40]}: there is no such parameter")
            value = _value(name, kind.removeprefix("many "), text)
            if kind.startswith("many "):
                values.setdefault(name, []).append(value)
            elif name in values:
                raise Refusal(422, "input.invalid", f"{name}: came twice")
            else:
                values[name] = value
        return values

    def answer(self, kernel: Kernel, request: Any, access: Access, once: Once | None) -> Awaitable[Any]:
        """Ask the kernel."""
        if self.operation is operations.tasks.WAIT and request.seconds > LONGEST_WAIT:
            request = replace(request, seconds=LONGEST_WAIT)
        return kernel.ask(self.operation, request, access, once)

    def written(self, value: Any) -> Answer:
        """An answer as bytes, with the headers that say what they are."""
        return self.success, self.dump(value), JSON


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _kind(hint: Any) -> str:
    """How a parameter of this type is read: int, float, bool or str; ``many`` where it may come several times."""
    text = str(hint)
    many = "many " if text.startswith("tuple[") else ""
    for kind in (int, float, bool):
        if hint is kind or f"{kind.__name__} |" in text or f"[{kind.__name__}" in text:
            return many + kind.__name__
    return f"{many}str"


def _value(name: str, kind: str, text: str) -> Any:
    if "\0" in text:
        raise Refusal(400, "http.query", f"{name}: holds a NUL character")
    if kind == "str":
        return text
    if kind == "bool" and text in {"true", "false"}:
        return text == "true"
    if kind == "int" and _INTEGER.fullmatch(text) and abs(int(text)) < 2**53:
        return int(text)
    if kind == "float" and _NUMBER.fullmatch(text) and abs(float(text)) < 2**53:
        return float(text)
    noun = {"bool": "true or false", "int": "an integer", "float": "a number"}[kind]
    raise Refusal(422, "input.invalid", f"{name}: give {noun}")


def _text(raw: bytes) -> str:
    """A segment of a path.

    Raises:
        Refusal: it is no text.
    """
    if raw.find(b"%") < 0:
        text = raw.decode("ascii", "replace")
    else:
        try:
            text = unquote_to_bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            raise Refusal(400, "http.path", "a segment of the path is no UTF-8") from None
    if "\0" in text:
        raise Refusal(400, "http.path", "a segment of the path holds a NUL character")
    return text

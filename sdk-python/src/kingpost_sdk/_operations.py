"""The operations of a document, as ``plugin`` checks arguments against. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._errors import UnknownOperation


@dataclass(frozen=True, slots=True)
class Described:
    """One operation of the live document."""

    name: str
    method: str
    path: str
    in_path: tuple[str, ...]
    in_query: tuple[str, ...]
    in_body: tuple[str, ...] | None
    required: frozenset[str]
    answers_json: bool

    def check(self, arguments: dict[str, Any]) -> None:
        """Refuse what the operation does not take.

        Raises:
            UnknownOperation: a name is missing, or is none.
        """
        known = {*self.in_path, *self.in_query, *(self.in_body or ())}
        wrong = sorted(set(arguments) - known)
        missing = sorted(self.required - set(arguments))
        if wrong or missing:
            said = [
                *(f"{name} is none of its arguments" for name in wrong),
                *(f"{name} is missing" for name in missing),
            ]
            raise UnknownOperation(f"{self.name}: {'; '.join(said)}")


def described(document: dict[str, Any], plugin: str) -> dict[str, Described]:
    """What a plugin offers, by the operation's name (``noun.verb``)."""
    found = {}
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            if operation.get("x-plugin", "").partition("@")[0] == plugin:
                one = _described(document, method, path, operation)
                found[one.name] = one
    return found


def chosen(document: dict[str, Any], plugin: str, operation: str, given: dict[str, Any]) -> Described:
    """The operation of a plugin that takes these arguments.

    Raises:
        UnknownOperation: the plugin has none of this name, or not with these arguments.
    """
    known = described(document, plugin)
    found = known.get(operation) or known.get(f"{plugin}.{operation}")
    if found is None:
        offers = ", ".join(sorted(known)) or "nothing; is it installed?"
        raise UnknownOperation(f"plugin {plugin!r} has no operation {operation!r}; it offers {offers}")
    found.check(given)
    return found


def _described(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Described:
    noun = operation["tags"][0]
    parameters = operation.get("parameters", ())
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body is not None and "$ref" in body:
        body = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    answer: dict[str, Any] = next((one for status, one in operation.get("responses", {}).items() if status < "300"), {})
    required = {one["name"] for one in parameters if one.get("required")} | set((body or {}).get("required", ()))
    return Described(
        name=f"{noun}.{operation['operationId'].removeprefix(noun + '_')}",
        method=method,
        path=path,
        in_path=tuple(one["name"] for one in parameters if one["in"] == "path"),
        in_query=tuple(one["name"] for one in parameters if one["in"] == "query"),
        in_body=None if body is None else tuple(body.get("properties", ())),
        required=frozenset(required),
        answers_json="application/json" in answer.get("content", {}),
    )

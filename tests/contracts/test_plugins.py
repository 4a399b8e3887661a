"""``client.plugin(...).call(...)``: each SDK reaches every operation of an installed plugin, and refuses any other.

What is refused is refused before anything but the live document was asked for, and says what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.contracts import agreements
from tests.contracts.agreements import DOCUMENT, SUCCESSES, filled, routes
from tests.contracts.drivers import Driver
from tests.contracts.provider import Provider
from tests.contracts.scripted import Asked, Scripted, answer

BYTES = DOCUMENT.read_bytes()
ROWS = {operation: (path, request) for operation, _, path, request in SUCCESSES}


def of_plugins() -> dict[str, str]:
    """The plugin of each operation that one brings."""
    found = {}
    for path, methods in json.loads(BYTES)["paths"].items():
        for method, operation in methods.items():
            named = [name for name, route in routes().items() if route == (method.upper(), path)]
            if owner := operation.get("x-plugin"):
                found[named[0]] = owner.partition("@")[0]
    return found


OF_PLUGINS = of_plugins()


def arguments(operation: str) -> dict[str, Any]:
    """What the agreements give to an operation, by name: what stands in the path is an argument like any other."""
    path, request = filled(ROWS[operation], dict.fromkeys(agreements.NONE, "a b/c"))
    return dict(zip(re.findall(r"\{(\w+)\}", routes()[operation][1]), path, strict=True)) | (request or {})


def said(asked: Asked) -> bytes:
    return answer(200, BYTES if asked.path == "/openapi.json" else {"done": [asked.path]})


@pytest.fixture
def server() -> Iterator[Scripted]:
    """It has the document, and answers everything else with where it was asked."""
    with Scripted(said) as server:
        yield server


def call(driver: Driver, server: Scripted, plugin: str, operation: str, given: dict[str, Any]) -> dict[str, Any]:
    calls = [{"operation": operation, "request": given}]
    return driver.do("plugin", client={"url": server.url}, plugin=plugin, calls=calls)


def test_more_than_one_plugin_brings_operations_and_the_agreements_have_them_all() -> None:
    assert {"webhooks", "http"} <= set(OF_PLUGINS.values())
    assert OF_PLUGINS.keys() <= ROWS.keys()


def test_every_operation_of_a_plugin_goes_where_the_document_says(driver: Driver, server: Scripted) -> None:
    for operation, plugin in OF_PLUGINS.items():
        method, path = routes()[operation]
        given = arguments(operation)
        named = re.findall(r"\{(\w+)\}", path)
        target = path.format(**{name: quote(str(given[name]), safe="") for name in named})
        rest = {name: value for name, value in given.items() if name not in named}
        answered = call(driver, server, plugin, operation, given)

        last = server.seen[-1]
        assert answered == {"value": {"done": [target]}}, operation
        assert (last.method, last.path) == (method, target)
        if method in {"POST", "PUT"} and last.body:
            assert json.loads(last.body) == rest
        else:
            assert last.query == {name: [str(value)] for name, value in rest.items()}
        assert ("idempotency-key" in last.headers) is (method == "POST")


REFUSED: dict[str, tuple[str, str, dict[str, Any], list[str]]] = {
    "no such plugin": ("webhook", "endpoints.list", {}, ["'webhook'", "installed"]),
    "no such operation": ("webhooks", "endpoints.lists", {}, ["endpoints.lists", "endpoints.list", "sources.set"]),
    "an operation of the kernel": ("webhooks", "tasks.get", {"id": "t"}, ["tasks.get"]),
    "an operation of another plugin": ("http", "endpoints.list", {}, ["endpoints.list", "http.status"]),
    "a name that is none": ("webhooks", "endpoints.disable", {"id": "hook", "why": "rest"}, ["why is none"]),
    "a name too few": ("webhooks", "endpoints.set", {"id": "hook"}, ["url is missing"]),
    "nothing for the path": ("webhooks", "endpoints.rotate", {}, ["id is missing"]),
    "two at once": ("webhooks", "sources.set", {"id": "ci", "shape": "x"}, ["shape is none", "scheme is missing"]),
}
"""Plugin, operation, arguments, and what the error has to say."""


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_the_document_does_not_have_is_refused_before_the_wire(
    driver: Driver, server: Scripted, wrong: str
) -> None:
    plugin, operation, given, words = REFUSED[wrong]
    error = call(driver, server, plugin, operation, given)["error"]

    assert error["kind"] == "UnknownOperation"
    assert all(word in error["message"].replace('"', "'") for word in words), error["message"]
    assert [asked.path for asked in server.seen] == ["/openapi.json"]


def without(*ids: str) -> bytes:
    """The document of a server that has these operations not yet."""
    document = json.loads(BYTES)
    for path, methods in list(document["paths"].items()):
        document["paths"][path] = {verb: one for verb, one in methods.items() if one["operationId"] not in ids}
    return json.dumps(document).encode()


def test_what_a_plugin_brings_later_is_found(driver: Driver) -> None:
    """One client reads the document once, and again before it refuses: the plugin may have been installed since."""
    documents = iter([without("endpoints_enable"), BYTES])
    with Scripted(
        lambda asked: answer(200, next(documents)) if asked.path == "/openapi.json" else said(asked)
    ) as server:
        calls: list[dict[str, Any]] = [
            {"operation": name, "request": {}} for name in ("endpoints.list", "sources.list", "endpoints.list")
        ]
        later = [{"operation": "endpoints.enable", "request": {"id": "hook"}}, *calls]
        answered = driver.do("plugin", client={"url": server.url}, plugin="webhooks", calls=[*calls, *later])

    assert answered == {"value": {"done": ["/v1/webhooks/endpoints"]}}
    places = ["/v1/webhooks/endpoints", "/v1/webhooks/sources", "/v1/webhooks/endpoints"]
    assert [asked.path for asked in server.seen] == [
        "/openapi.json", *places, "/openapi.json", "/v1/webhooks/endpoints/hook/enable", *places,
    ]  # fmt: skip


def test_a_document_that_is_a_page_is_told_and_read_again(driver: Driver) -> None:
    answers = iter([answer(200, b"<html>", {"content-type": "text/html"})])
    with Scripted(lambda asked: next(answers, b"") or said(asked)) as server:
        first = call(driver, server, "webhooks", "endpoints.list", {})
        again = call(driver, server, "webhooks", "endpoints.list", {})

    assert first["error"]["kind"] == "AnswerInvalid"
    assert f"GET {server.url}/openapi.json" in first["error"]["message"]
    assert again == {"value": {"done": ["/v1/webhooks/endpoints"]}}


@pytest.fixture(scope="module")
def provider(_built: None) -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def test_a_real_server_answers_for_the_plugins_that_it_has_installed(driver: Driver, provider: Provider) -> None:
    """An endpoint is set, listed and removed, over the document that the server itself gives."""

    def call(verb: str, **given: str) -> list[str]:
        client = {"url": provider.url, "token": provider.token}
        calls = [{"operation": f"endpoints.{verb}", "request": given}]
        answered = driver.do("plugin", client=client, plugin="webhooks", calls=calls)
        return [one["id"] for one in answered["value"].get("endpoints", ())]

    call("set", id=driver.sdk, url="https://example.org/hook")
    assert call("list") == [driver.sdk]
    call("remove", id=driver.sdk)
    assert call("list") == []

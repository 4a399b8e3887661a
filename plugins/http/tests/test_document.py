"""The OpenAPI document against the table, and the server against the document."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from kingpost import OPERATIONS
from kingpost.testing import open_kernel
from kingpost_http.openapi import described
from kingpost_http.status import FaceStatus, Standing

CONTRACT = Path(__file__).parents[3] / "contracts/openapi.json"
DOCUMENT: dict[str, Any] = json.loads(CONTRACT.read_bytes())
EXAMPLES = int(os.environ.get("KINGPOST_FUZZ") or 6)
"""Requests for each operation; ``make fuzz`` sends many more."""

SEED = os.environ.get("KINGPOST_FUZZ_SEED")
"""Without one the same requests are sent every time."""

METHODS = [
    (path, method, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]


async def test_the_contract_is_what_the_table_makes() -> None:
    """``make contracts`` writes it anew; what other plugins bring stands beside what the kernel and this face have."""
    async with open_kernel(operations=[FaceStatus(Standing())]) as opened:
        made = json.loads(described(opened.kernel).replace(b'"x-plugin": "test-kernel"', b'"x-plugin": "http"'))

    for path, methods in made["paths"].items():
        assert DOCUMENT["paths"][path] == methods
    for name, schema in made["components"]["schemas"].items():
        assert DOCUMENT["components"]["schemas"][name] == schema


def test_every_operation_with_a_route_is_there_once() -> None:
    """Besides those that plugins bring, which say so."""
    own = [operation["operationId"] for _, _, operation in METHODS if operation.get("x-plugin") in {None, "http"}]
    ids = [operation["operationId"] for _, _, operation in METHODS]

    assert sorted(own) == sorted([*(one.id.replace(".", "_") for one in OPERATIONS if one.route), "http_status"])
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", id) for id in ids)


@pytest.mark.parametrize(("path", "method", "operation"), METHODS)
def test_every_operation_declares_its_problems_and_its_scope(path: str, method: str, operation: dict[str, Any]) -> None:
    """Problem documents everywhere, headers that are strings, an idempotency key for every POST."""
    assert {"401", "403", "404", "409", "422", "429"} <= operation["responses"].keys()
    assert operation["x-scope"] or operation["security"] == []
    headers = {one["name"]: one["schema"]["type"] for one in operation["parameters"] if one["in"] == "header"}
    assert set(headers.values()) == {"string"}
    assert ("Idempotency-Key" in headers) is (method == "post")


def _schemas() -> list[tuple[str, dict[str, Any]]]:
    return list(DOCUMENT["components"]["schemas"].items())


@pytest.mark.parametrize(("name", "schema"), _schemas())
def test_schemas_are_what_generators_of_sdks_can_take(name: str, schema: dict[str, Any]) -> None:
    """No union without a name, no null by default, tags that are required and have no default."""
    for field, part in schema.get("properties", {}).items():
        members = [one for one in part.get("anyOf", ()) if "$ref" in one]
        assert len(members) < 2, field
        assert part.get("default", "") is not None, field
        if "const" in part:
            assert "default" not in part
            assert field in schema["required"]


def test_bytes_inside_json_are_hex_and_a_stream_brings_what_is_said_too() -> None:
    """The document says what stands on the wire."""
    schemas = DOCUMENT["components"]["schemas"]
    stream = DOCUMENT["paths"]["/v1/events/stream"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    members = schemas[stream["schema"]["$ref"].rpartition("/")[2]]["anyOf"]

    assert '"binary"' not in json.dumps(schemas)
    assert re.fullmatch(schemas["Head"]["properties"]["hash"]["pattern"], bytes(32).hex())
    assert {one["$ref"].rpartition("/")[2] for one in members} == {"EventView", "SpeechView"}


@pytest.mark.timeout(900 + 10 * EXAMPLES)
async def test_the_server_keeps_what_the_document_says(serving: Any, token: Any, tmp_path: Path) -> None:
    """Schemathesis with all its checks, in a thread beside the server, against every operation.

    What is valid by its shape may still be refused by what it means (422), or have come before (409).
    """
    async with serving({"body_bytes": 100_000, "drain_seconds": 1.0}) as (opened, url):
        headers = await token(opened)
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
            ended = (await client.post("/v1/tasks", json={"description": "count the lions"})).json()["id"]
            assert (await client.get(f"/v1/tasks/{ended}/wait?seconds=60")).json()["status"] == "succeeded"
        tame = _Tame(tmp_path / "files", ended)
        found, _ = await asyncio.to_thread(_attacked, url, headers, tame, lambda operation: True)

    assert found == []


@pytest.mark.timeout(900 + 10 * EXAMPLES)
def test_the_server_keeps_what_the_document_says_of_the_operations_of_plugins(
    run: Any, serve: Any, tmp_path: Path
) -> None:
    """Of every plugin that is installed and brings some, in a server as it is run."""
    made = json.loads(run("-m", "kingpost", "token", "create", "--json").communicate()[0])
    process, url = serve()
    headers = {"Authorization": f"Bearer {made['token']}"}
    found, asked = _attacked(url, headers, _Tame(tmp_path / "files", ""), _is_of_a_plugin)
    process.terminate()
    process.communicate()

    assert found == []
    assert asked == {operation["operationId"] for _, _, operation in METHODS if _is_of_a_plugin(operation)}


def _is_of_a_plugin(operation: dict[str, Any]) -> bool:
    return operation.get("x-plugin") not in {None, "http"}


class _Tame:
    """What a generated request must not do: write where it likes, or wait for ever."""

    def __init__(self, folder: Path, ended: str) -> None:
        self._folder, self._ended = folder, ended
        folder.mkdir()

    def __call__(self, case: Any) -> None:
        position = (case.headers or {}).get("Kingpost-Position")
        if isinstance(position, str) and re.fullmatch("[0-9]{1,15}", position):
            # The log has come so far; of one that it has not, every answer would be waited for.
            case.headers["Kingpost-Position"] = str(int(position) % 4)
        if isinstance(case.body, dict) and isinstance(case.body.get("target"), str) and case.body["target"]:
            case.body["target"] = str(self._folder / sha256(case.body["target"].encode("utf-8", "replace")).hexdigest())
        if case.path.endswith("/events") and isinstance(case.query.get("wait"), int | float):
            case.query["wait"] = min(case.query["wait"], 0.1)
        if case.path.endswith("/stream") and case.meta.generation.mode.is_positive:
            # The stream of a task that has ended is told to its end, whatever else is asked of it.
            case.query = {**{name: case.query[name] for name in ("kinds", "live") if name in case.query},
                          "task": self._ended}  # fmt: skip


def _attacked(
    url: str, headers: dict[str, str], tame: _Tame, chosen: Callable[[dict[str, Any]], bool]
) -> tuple[list[str], set[str]]:
    """What was wrong, and the operations that were asked for: those of the document that are chosen."""
    accepted = ["2xx", "400", "403", "404", "409", "422", "429"]
    config = schemathesis.Config.from_dict(
        {"seed": int(SEED or 1), "checks": {"positive_data_acceptance": {"expected-statuses": accepted}}}
    )
    schema: Any = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)
    wrong: list[str] = []
    asked: set[str] = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        if not chosen(operation.definition.raw):
            continue
        asked.add(operation.definition.raw["operationId"])

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def attack(case: Any) -> None:
            tame(case)
            # What it takes for the schema of a message, which it is in OpenAPI 3.2, is that of the data inside.
            without = ["response_schema_conformance"] if case.path.endswith("/stream") else []
            excluded = schemathesis.checks.CHECKS.get_by_names(without)
            try:
                case.call_and_validate(headers=headers, timeout=30, excluded_checks=excluded)
            except (AssertionError, BaseExceptionGroup) as problem:
                wrong.append(f"{case.method} {case.path}: {problem!r}"[:600])

        (attack if SEED is None else seed(int(SEED))(attack))()
    return wrong, asked

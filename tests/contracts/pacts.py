"""The agreements as pacts (specification 4), made by driving an SDK against a mock server of Pact.

Called by the consumer tests. The SDKs of TypeScript and Go have consumer tests of their own, in their own languages.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pact_ffi
from pact import Pact

from tests.contracts.agreements import EXAMPLES
from tests.contracts.drivers import GO_CONSUMER, NODE, ROOT, Driver

PACTS = ROOT / "contracts/pacts"
CONSUMERS = {
    "python": "kingpost-sdk-python", "typescript": "kingpost-sdk-ts", "go": "kingpost-sdk-go",
}  # fmt: skip
NATIVE: dict[str, Sequence[str | Path]] = {
    "typescript": [NODE, ROOT / "sdk-ts/test/pact.mjs"], "go": [GO_CONSUMER, "-test.run", "TestConsumer"],
}  # fmt: skip
"""Consumer tests that write the pact into the folder that is their last word, and ``said.json`` beside it."""


def rows() -> list[dict[str, Any]]:
    """Every agreement with its answer."""
    found: list[dict[str, Any]] = json.loads(EXAMPLES.read_text("utf-8"))
    return found


def written(sdk: str, folder: Path) -> tuple[Path, dict[str, Any]]:
    """The pact of an SDK, as a file in a folder, and what the SDK made of each answer, by the interaction's title."""
    name = f"{CONSUMERS[sdk]}-kingpost.json"
    if sdk in NATIVE:
        environment = os.environ | {"PACT_DO_NOT_TRACK": "true", "PACT_FFI_LIBRARY": str(library())}
        told = subprocess.run(
            [*NATIVE[sdk], folder], cwd=ROOT, env=environment, timeout=300, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
        return folder / name, json.loads((folder / "said.json").read_text("utf-8"))
    driver, agreements = Driver(sdk), rows()
    folders = [folder / str(number) for number in range(len(agreements))]
    said = {row["title"]: agreed(driver, row, each) for row, each in zip(agreements, folders, strict=True)}
    driver.close()
    (folder / name).write_text(together(folders, name), "utf-8")
    return folder / name, said


def library() -> Path:
    """The Pact library that Pact for Python brings: Go has none of its own."""
    (found,) = (Path(pact_ffi.__file__).parents[1] / "pact_python_ffi.libs").glob("libpact_ffi*")
    return found


def agreed(driver: Driver, row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Drive one operation against the mock server, keep the pact, and give what the SDK made of the answer."""
    pact = Pact(CONSUMERS[driver.sdk], "kingpost").with_specification("V4")
    asked, answered, call = row["request"], row["response"], row["call"]
    made = pact.upon_receiving(row["title"]).given(row["state"]).with_request(asked["method"], _text(asked["path"]))
    for name, value in asked["headers"].items():
        made.with_header(name, _text(value))
    for name, value in asked["query"].items():
        made.with_query_parameter(name, _text(value))
    if "body" in asked:
        made.with_body(_text(asked["body"]), "application/json")
    made.will_respond_with(row["status"]).with_body(_text(answered["body"]), answered["type"])
    if "rules" in answered:
        made.with_matching_rules(answered["rules"])
    with pact.serve(addr="127.0.0.1", raises=True) as server:
        client = {"url": str(server.url).rstrip("/"), "token": call["token"], "retries": 0}
        said = driver.do(
            "call", client=client, operation=row["operation"], path=call["path"], request=call["request"]
        )  # fmt: skip
    pact.write_file(folder)
    return said


def together(folders: Sequence[Path], name: str) -> str:
    """One pact out of those with one interaction each: the library reads the whole file again for each it adds."""
    parts = [json.loads((folder / name).read_text("utf-8")) for folder in folders]
    found = sorted((part["interactions"][0] for part in parts), key=lambda one: str(one["description"]))
    return json.dumps(parts[0] | {"interactions": found}, indent=2, ensure_ascii=False) + "\n"


def _text(value: Any) -> str:
    """A value as the library takes it: what is no text holds matchers."""
    return value if isinstance(value, str) else json.dumps(value)

"""The agreements as pacts (specification 4), made by driving an SDK against Pact's mock server, and the messages too.

Called by the consumer tests. The SDKs of TypeScript and Go have consumer tests of their own, in their own languages.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pact_ffi
from kingpost_sdk import Client, models, verify_webhook
from pact import Pact

from tests.contracts import messages
from tests.contracts.agreements import EXAMPLES
from tests.contracts.drivers import GO_CONSUMER, NODE, ROOT, Driver
from tests.contracts.scripted import Scripted, answer
from tests.contracts.story import title

PACTS = ROOT / "contracts/pacts"
CONSUMERS = {
    "python": "kingpost-sdk-python", "typescript": "kingpost-sdk-ts", "go": "kingpost-sdk-go",
}  # fmt: skip
NATIVE: dict[str, Sequence[str | Path]] = {
    "typescript": [NODE, ROOT / "sdk-ts/test/pact.mjs"], "go": [GO_CONSUMER, "-test.run", "TestConsumer"],
}  # fmt: skip
"""Consumer tests that are told a provider and a folder, and write the pact there, and ``said.json`` beside it."""
SERVER, EVENTS = "kingpost", messages.PROVIDER
"""The providers: what the server answers, and what it says by itself."""
SECRET = "whsec_" + base64.b64encode(b"a key of whoever receives").decode()


def rows(root: Path = ROOT) -> list[dict[str, Any]]:
    """Every agreement with its answer."""
    found: list[dict[str, Any]] = json.loads((root / "contracts" / EXAMPLES.name).read_text("utf-8"))
    return found


def file_of(sdk: str, provider: str) -> str:
    """The name of a pact's file, as the library gives it."""
    return f"{CONSUMERS[sdk]}-{provider}.json"


def written(sdk: str, provider: str, folder: Path, root: Path = ROOT) -> tuple[Path, dict[str, Any]]:
    """The pact of an SDK, as a file in a folder, and what the SDK made of each interaction, by its title.

    The agreements are those below ``root``. An SDK that asks otherwise fails, in the words of its language's Pact.
    """
    name = file_of(sdk, provider)
    if sdk in NATIVE:
        environment = os.environ | {"PACT_DO_NOT_TRACK": "true", "PACT_FFI_LIBRARY": str(library())}
        told = subprocess.run(
            [*NATIVE[sdk], provider, folder],
            cwd=root, env=environment, timeout=300, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
        return folder / name, json.loads((folder / "said.json").read_text("utf-8"))
    if provider == EVENTS:
        return folder / name, understood(sdk, folder)
    agreements = rows(root)
    folders = [folder / str(number) for number in range(len(agreements))]
    with closing(Driver(sdk)) as driver:
        said = {row["title"]: agreed(driver, row, each) for row, each in zip(agreements, folders, strict=True)}
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
        # A client of its own: the port may be that of a mock server before.
        client = {"url": str(server.url).rstrip("/"), "token": call["token"], "retries": 0, "for": row["title"]}
        said = driver.do(
            "call", client=client, operation=row["operation"], path=call["path"], request=call["request"]
        )  # fmt: skip
    pact.write_file(folder)
    return said


def understood(sdk: str, folder: Path) -> dict[str, Any]:
    """Hand each message to the SDK, keep the pact, and give what the SDK made of them."""
    pact = Pact(CONSUMERS[sdk], EVENTS).with_specification("V4")
    said: dict[str, Any] = {}
    for row in sorted(messages.rows(), key=lambda row: str(row["title"])):
        made = pact.upon_receiving(row["title"], "Async")
        made.with_body(_text(row["contents"]), "application/json").with_metadata(row["metadata"])

    def take(body: str | bytes | None, beside: dict[str, object]) -> None:
        content = body.encode() if isinstance(body, str) else body or b""
        if "event" in beside:
            made = _followed(content, beside)
            said[title(made["kind"], "stream")] = made
        else:
            made = _delivered(content, beside)
            said[title(made["data"]["type"], "webhook")] = made

    pact.verify(take, "Async")
    pact.write_file(folder)
    return said


def _followed(content: bytes, beside: dict[str, object]) -> dict[str, Any]:
    id = json.loads(content)["id"].encode()
    kind = str(beside["event"]).encode()
    frames = b"id: " + id + b"\nevent: " + kind + b"\ndata: " + content + b"\n\nevent: end\ndata: {}\n\n"
    headers = {"content-type": "text/event-stream"}
    with Scripted(lambda asked: answer(200, frames, headers)) as server, Client(server.url, "kp_example") as client:
        (event,) = client.events.stream()
    assert isinstance(event, models.EventView)
    found: dict[str, Any] = event.to_dict()
    return found


def _delivered(content: bytes, beside: dict[str, object]) -> dict[str, Any]:
    """The example is signed with a key that nobody keeps, so it is signed again with ours."""
    headers = {name: str(value) for name, value in beside.items()}
    id, stamp = headers["webhook-id"], headers["webhook-timestamp"]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{id}.{stamp}.".encode() + content, "sha256")
    headers["webhook-signature"] = f"v1,{base64.b64encode(signature).decode()}"
    delivery = verify_webhook(content, headers, SECRET, now=float(stamp))
    return {"id": delivery.id, "timestamp": delivery.timestamp, "data": delivery.data}


def together(folders: Sequence[Path], name: str) -> str:
    """One pact out of those with one interaction each: the library reads the whole file again for each it adds."""
    parts = [json.loads((folder / name).read_text("utf-8")) for folder in folders]
    found = sorted((part["interactions"][0] for part in parts), key=lambda one: str(one["description"]))
    return json.dumps(parts[0] | {"interactions": found}, indent=2, ensure_ascii=False) + "\n"


def _text(value: Any) -> str:
    """A value as the library takes it: what is no text holds matchers."""
    return value if isinstance(value, str) else json.dumps(value)

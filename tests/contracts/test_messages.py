"""Each SDK understands what the kernel says by itself, its pact says so, and the real kernel keeps every message."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from kingpost_webhooks.notice import SHAPES

from tests.contracts import drivers, messages, pacts
from tests.contracts.drivers import Driver
from tests.contracts.messages import verified
from tests.contracts.pacts import CONSUMERS, EVENTS, PACTS, file_of
from tests.contracts.story import MORE, Spoken, Told, told

os.environ["PACT_DO_NOT_TRACK"] = "true"
ROWS = messages.rows()
RELEASED = sorted((drivers.ROOT / "contracts/released/messages").glob("*.json"))


@pytest.fixture(scope="session", params=sorted(CONSUMERS))
def written(
    request: pytest.FixtureRequest, _built: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, dict[str, Any]]:
    """The message pact of one SDK, and what it made of each message."""
    sdk: str = request.param
    path, said = pacts.written(sdk, EVENTS, tmp_path_factory.mktemp(sdk))
    if os.environ.get("KINGPOST_WRITE_PACTS"):
        PACTS.mkdir(exist_ok=True)
        (PACTS / path.name).write_bytes(path.read_bytes())
    return sdk, path, said


@pytest.fixture(scope="session")
def real() -> Told:
    """What a real server says."""
    if not drivers.NODE.exists():
        pytest.skip("`make contracts` installs what the consumers need")
    return told()


def test_every_kind_of_event_that_anybody_is_told_is_agreed_on() -> None:
    agreed = {(row["channel"], row["kind"]) for row in ROWS}

    assert agreed == {("webhook", kind) for kind in SHAPES} | {("stream", kind) for kind in (*SHAPES, *MORE)}


def test_an_sdk_makes_of_a_message_what_it_says(written: tuple[str, Path, dict[str, Any]]) -> None:
    """An event of a stream is a record with all its fields; a delivery is verified and has the document."""
    _, path, said = written
    handed = {
        one["description"]: one["contents"]["content"] for one in json.loads(path.read_text("utf-8"))["interactions"]
    }

    assert set(said) == set(handed) == {row["title"] for row in ROWS}
    for row in ROWS:
        one, document = said[row["title"]], handed[row["title"]]
        if row["channel"] == "stream":
            assert one == document
        else:
            assert one["data"] == document
            assert one["id"] == row["metadata"]["webhook-id"]["value"]
            assert one["timestamp"] == int(row["metadata"]["webhook-timestamp"]["value"])


def test_the_committed_message_pact_is_what_the_sdk_writes(written: tuple[str, Path, dict[str, Any]]) -> None:
    sdk, path, _ = written

    assert path.read_bytes() == (PACTS / path.name).read_bytes(), f"{sdk}: run `make pacts`"


def test_the_message_pacts_of_all_languages_say_the_same() -> None:
    python, *others = (_interactions(sdk) for sdk in CONSUMERS)

    assert len(python) == len(ROWS)
    assert not [one for one in python if one["pending"]]
    for other in others:
        assert other == python


def _interactions(sdk: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((PACTS / file_of(sdk, EVENTS)).read_text("utf-8"))["interactions"]
    return found


@pytest.mark.parametrize("sdk", sorted(CONSUMERS))
def test_the_real_kernel_says_what_the_message_pacts_say(real: Told, sdk: str) -> None:
    kept, output = verified(PACTS / file_of(sdk, EVENTS), real.by_title())

    assert kept, output[output.find("Failures:") :][:6000]
    # A file that the verifier passes over would be green as well.
    for row in ROWS:
        assert f"{row['title']} (" in output


@pytest.mark.parametrize("pact", RELEASED, ids=lambda pact: pact.stem)
def test_the_real_kernel_says_what_every_release_was_told(real: Told, pact: Path) -> None:
    kept, output = verified(pact, real.by_title())

    assert kept, output[output.find("Failures:") :][:6000]


def test_a_field_that_a_message_lacks_breaks_its_pact(real: Told) -> None:
    """The gate is proved to turn red: without its first field no message is what was agreed."""
    less = {name: Spoken(_less(one.body), one.beside) for name, one in real.by_title().items()}
    kept, output = verified(PACTS / file_of("python", EVENTS), less)

    assert not kept
    assert f"There were {len(ROWS)} pact failures" in output


def _less(body: bytes) -> bytes:
    document = json.loads(body)
    return json.dumps({name: each for name, each in document.items() if name != min(document)}).encode()


def test_every_sdk_verifies_what_is_really_delivered(driver: Driver, real: Told) -> None:
    """The bytes as they came, with the signature that they came with; and not with one byte changed."""
    for one in real.webhook.values():
        now = int(one.beside["webhook-timestamp"])
        asked = {"headers": one.beside, "secret": real.secret, "now": now}
        said = driver.do("webhook", hex=one.body.hex(), **asked)

        assert said["value"]["data"] == json.loads(one.body)
        changed = one.body[:-1] + b" }"
        assert driver.do("webhook", hex=changed.hex(), **asked)["error"]["kind"] == "WebhookInvalid"

"""A release of the contracts holds what its clients rely on, and is refused where it breaks those of the last one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import drivers, release
from tests.contracts.breaking import CONTRACTS, next_release, whole
from tests.contracts.release import Refused, current, make, released
from tests.contracts.verification import expects

pytestmark = pytest.mark.skipif(not drivers.GO.exists(), reason="`make contracts` installs what compares")


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """Contracts of which a first release was made."""
    for name in ("pacts", "events"):
        shutil.copytree(CONTRACTS / name, tmp_path / name)
    shutil.copy(CONTRACTS / "openapi.json", tmp_path)
    make(tmp_path, "0.1.0")
    return tmp_path


def edited(path: Path, change: Callable[[Any], object]) -> None:
    """A JSON file, changed."""
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def without_cancel(document: Any) -> None:
    del document["paths"]["/v1/tasks/{id}/cancel"]


def test_a_release_holds_the_document_the_events_and_each_expectation_once(contracts: Path) -> None:
    expected = {expects(one) for said in current(contracts).values() for one in said}
    kept = [expects(one) for one in released(contracts)["0.1.0"]]

    assert whole(contracts / "released") == whole(contracts)
    assert sorted(kept) == sorted(expected)


def test_a_break_is_refused_and_told_until_the_first_number_is_higher(contracts: Path) -> None:
    edited(contracts / "openapi.json", without_cancel)
    with pytest.raises(Refused, match=r"POST /v1/tasks/\{id\}/cancel"):
        make(contracts, "0.2.0")
    assert "/v1/tasks/{id}/cancel" in whole(contracts / "released")["paths"]

    make(contracts, "1.0.0")
    assert "/v1/tasks/{id}/cancel" not in whole(contracts / "released")["paths"]
    assert released(contracts).keys() == {"1.0.0"}


def test_an_event_that_loses_a_field_is_a_break(contracts: Path) -> None:
    edited(contracts / "events/task.queued.json", lambda event: event["properties"]["data"]["properties"].pop("agent"))

    with pytest.raises(Refused, match=r"task\.queued: .*agent"):
        make(contracts, "0.2.0")


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9"])
def test_a_version_is_released_once(contracts: Path, version: str) -> None:
    with pytest.raises(Refused, match="raise the version"):
        make(contracts, version)


def test_what_an_older_release_expects_is_kept_where_the_new_one_does_not_say_it(contracts: Path) -> None:
    """So that a client of any release of this major version finds the server that it knows."""
    for path in (contracts / "pacts").glob("*-kingpost.json"):
        edited(path, lambda pact: pact["interactions"][0]["request"].update(path="/v1/agents/another"))
    make(contracts, "0.2.0")
    edited(contracts / "pacts/kingpost-sdk-go-kingpost.json", lambda pact: pact["interactions"].pop(0))
    make(contracts, "0.10.0")

    found = released(contracts)
    assert list(found) == ["0.10.0", "0.1.0"]
    assert [one["request"]["path"] for one in found["0.1.0"]] == ["/v1/agents/scribe"]


def test_what_a_release_was_told_is_kept_until_the_first_number_is_higher(contracts: Path) -> None:
    """Once where it stayed the same: of two releases that were told alike, the newer one has it."""

    def kept() -> list[str]:
        return sorted(path.stem for path in (contracts / "released/messages").glob("*.json"))

    make(contracts, "0.2.0")
    assert kept() == ["0.2.0"]

    edited(contracts / release.MESSAGES, lambda pact: pact["interactions"].pop(0))
    make(contracts, "0.3.0")
    assert kept() == ["0.2.0", "0.3.0"]

    make(contracts, "1.0.0")
    assert kept() == ["1.0.0"]


def test_all_that_is_released_together_has_one_version() -> None:
    assert set(release.versions().values()) == {next_release()}


def test_the_release_that_is_committed_is_the_last_one() -> None:
    versions = list(released())

    assert (CONTRACTS / f"released/messages/{versions[0]}.json").exists()
    assert versions[0] == json.loads((CONTRACTS / "released/release.json").read_text("utf-8"))["version"]

"""The gates of the contracts on what is there, and each of them turned red by what it is there to see."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pact.error import MismatchesError

from tests.contracts import drivers, gates, ground, pacts
from tests.contracts.agreements import routes
from tests.contracts.broken import renamed
from tests.contracts.drivers import Driver
from tests.contracts.pacts import CONSUMERS, rows
from tests.contracts.release import current
from tests.contracts.states import STATES
from tests.contracts.test_pacts import common
from tests.contracts.verification import Node

DOCUMENT = routes()
SAID = current()[f"{CONSUMERS['python']}-kingpost"]


def test_each_sdk_has_the_operations_of_the_document_and_no_other(driver: Driver) -> None:
    assert gates.on_the_facade(DOCUMENT, driver.do("operations")["value"]) == []


@pytest.mark.parametrize("operation", DOCUMENT)
def test_an_operation_that_one_side_lacks_is_told(operation: str) -> None:
    less = [one for one in DOCUMENT if one != operation]

    assert gates.on_the_facade(DOCUMENT, less) == [f"{operation} is on no facade"]
    assert gates.on_the_facade(less, DOCUMENT) == [f"{operation} is on the facade and not in the document"]
    assert gates.on_the_facade(DOCUMENT, [*DOCUMENT, operation]) == [f"{operation} is on the facade twice"]


def test_what_went_over_the_wire_of_each_sdk_is_in_its_pact() -> None:
    declared = [(row["operation"], row["status"]) for row in rows()]
    for consumer in CONSUMERS.values():
        wire = gates.asked(current()[f"{consumer}-kingpost"], DOCUMENT)

        assert gates.under_contract(DOCUMENT, declared, wire) == []


@pytest.mark.parametrize("operation", DOCUMENT)
def test_an_operation_that_no_pact_has_is_told(operation: str) -> None:
    wire = gates.asked(SAID, DOCUMENT)
    agreed = [pair for pair in wire if pair[0] != operation]
    refused = [pair for pair in wire if pair[0] != operation or pair[1] >= 300]

    assert (operation, 401) in wire
    assert f"{(operation, 401)} went over the wire and is in no pact" in gates.under_contract(DOCUMENT, agreed, wire)
    assert f"{(operation, 401)} is in the pacts and never went over the wire" in (
        gates.under_contract(DOCUMENT, wire, agreed)
    )
    assert f"{operation} is never seen to succeed" in gates.under_contract(DOCUMENT, refused, refused)


def test_a_request_that_reaches_nothing_is_told() -> None:
    with pytest.raises(ValueError, match="/v2/tasks"):
        gates.asked([{"request": {"method": "GET", "path": "/v2/tasks"}, "response": {"status": 200}}], DOCUMENT)


UNVERIFIED: dict[str, Callable[[list[Node]], object]] = {
    "the pact is empty": lambda said: said.clear(),
    f"{SAID[0]['description']} is pending": lambda said: said[0].update(pending=True),
    f"{SAID[0]['description']} is there twice": lambda said: said.append(said[0]),
    "nobody knows the state 'a dream'": lambda said: said[0]["providerStates"].append({"name": "a dream"}),
}


@pytest.mark.parametrize("problem", UNVERIFIED)
def test_a_pact_that_would_be_green_unverified_is_told(problem: str) -> None:
    said = copy.deepcopy(SAID)
    assert gates.whole(said, STATES) == []
    UNVERIFIED[problem](said)

    assert gates.whole(said, STATES) == [problem]


def languages() -> dict[str, dict[str, Any]]:
    """What the pact of each language says, by the title of the interaction."""
    said = {sdk: current()[f"{consumer}-kingpost"] for sdk, consumer in CONSUMERS.items()}
    return {sdk: {one["description"]: common(one) for one in each} for sdk, each in said.items()}


SAYS_OTHERWISE: dict[str, Callable[[dict[str, Any]], object]] = {
    "one less": lambda said: said.pop(SAID[0]["description"]),
    "one more": lambda said: said.update({"tasks.dream answered with 200": said[SAID[0]["description"]]}),
    "another path": lambda said: said[SAID[0]["description"]]["request"].update(path="/v1/other"),
    "no headers": lambda said: said[SAID[0]["description"]]["request"].update(headers={}),
    "another status": lambda said: said[SAID[0]["description"]]["response"].update(status=204),
}


@pytest.mark.parametrize("otherwise", SAYS_OTHERWISE)
@pytest.mark.parametrize("sdk", sorted(CONSUMERS))
def test_an_sdk_that_says_something_else_than_the_others_is_told(sdk: str, otherwise: str) -> None:
    said = languages()
    assert gates.alike(said) == []
    SAYS_OTHERWISE[otherwise](said[sdk])

    assert gates.alike(said)


SENDS_OTHERWISE: dict[str, tuple[str, Callable[[Node], object]]] = {
    "another path": ("tasks.get", lambda asked: asked.update(path="/v1/others/a-task")),
    "another method": ("tasks.get", lambda asked: asked.update(method="HEAD")),
    "another token": ("tasks.get", lambda asked: asked["headers"].update(authorization="Bearer kp_another")),
    "no key": ("tasks.submit", lambda asked: asked["headers"].update({"idempotency-key": "key-of-somebody-else"})),
    "another body": ("tasks.submit", lambda asked: asked["body"].update(description="Something else.")),
    "a field less": ("tasks.submit", lambda asked: asked["body"].update(deadline=1.5)),
    "another query": ("tasks.list", lambda asked: asked["query"].update(limit="none")),
    "a query less": ("tasks.list", lambda asked: asked["query"].update(after="t-1")),
}
"""What an SDK sends, seen from an agreement that asks for something else."""


@pytest.mark.parametrize("driver", sorted(CONSUMERS), indirect=True)
@pytest.mark.parametrize("otherwise", SENDS_OTHERWISE)
def test_an_sdk_that_sends_something_else_than_agreed_writes_no_pact(
    driver: Driver, otherwise: str, tmp_path: Path
) -> None:
    operation, change = SENDS_OTHERWISE[otherwise]
    row = copy.deepcopy(next(one for one in rows() if one["operation"] == operation and one["status"] < 300))
    change(row["request"])

    with pytest.raises(MismatchesError):
        pacts.agreed(driver, row, tmp_path)
    assert not list(tmp_path.glob("*.json"))


FLOORS = sorted((name, kept) for name, (_, kept) in ground.FLOORS.items())


@pytest.mark.parametrize(("name", "kept"), FLOORS, ids=[name for name, _ in FLOORS])
def test_a_ground_floor_that_was_touched_is_told(name: str, kept: Path, tmp_path: Path) -> None:
    """A byte, a file less, one more, and nothing at all."""
    touched = tmp_path / "floor"
    shutil.copytree(kept, touched, ignore=shutil.ignore_patterns("__pycache__"))
    first, last, *_ = sorted(path for path in touched.rglob("*.*") if path.is_file()) * 2
    assert ground.differing(kept, touched) == []

    first.write_bytes(first.read_bytes().replace(b"e", b"E", 1))
    assert ground.differing(kept, touched) == [str(first.relative_to(touched))]
    (touched / "more.txt").write_text("more", "utf-8")
    last.unlink()
    assert {"more.txt", str(last.relative_to(touched))} <= set(ground.differing(kept, touched))
    assert ground.differing(kept, tmp_path / "nothing")


@pytest.mark.skipif(not drivers.GO.exists(), reason="`make contracts` installs the generators")
def test_a_document_that_has_changed_makes_another_ground_floor(tmp_path: Path) -> None:
    """For Go here, the quickest of them; `make mutants` generates all of them."""
    made, kept = ground.FLOORS["go"]
    document = json.loads(ground.DOCUMENT.read_text("utf-8"))
    made(renamed(document), tmp_path / "changed")

    assert ground.differing(tmp_path / "changed", kept)

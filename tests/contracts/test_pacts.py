"""Each SDK writes its pact, the committed pacts are those, and the real server keeps every one of them."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from kingpost import Operation
from kingpost.operations import OPERATIONS
from kingpost_http.problem import status_of
from kingpost_webhooks import asked
from pact.error import MismatchesError

from tests.contracts import agreements, pacts
from tests.contracts.pacts import CONSUMERS, PACTS, SERVER, file_of, rows
from tests.contracts.states import STATES, described

os.environ["PACT_DO_NOT_TRACK"] = "true"
ROWS = rows()
# Of bytes: what they look like, and that they are these.
IMPLIED = {"contentType", "equality"}
EMPTY = {"pact:matcher:type": "type", "value": {}}


def offered() -> list[Operation[Any, Any]]:
    """Every operation that has a route, as the kernel and the plugins of the standard set declare it."""
    others = [one for one in vars(asked).values() if isinstance(one, Operation)]
    return [one for one in (*OPERATIONS, *others) if one.route]


@pytest.fixture(scope="session", params=sorted(CONSUMERS))
def written(
    request: pytest.FixtureRequest, _built: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, dict[str, Any]]:
    """The pact of one SDK, and what it made of each answer."""
    sdk: str = request.param
    path, said = pacts.written(sdk, SERVER, tmp_path_factory.mktemp(sdk))
    if os.environ.get("KINGPOST_WRITE_PACTS"):
        PACTS.mkdir(exist_ok=True)
        (PACTS / path.name).write_bytes(path.read_bytes())
    return sdk, path, said


def test_an_sdk_understands_every_answer(written: tuple[str, Path, dict[str, Any]]) -> None:
    """A success is a value, a failure an error with the code of the problem document."""
    _, _, said = written
    for row in ROWS:
        one = said[row["title"]]
        if row["status"] < 300:
            assert "value" in one, (row["operation"], one)
        else:
            assert one["error"]["code"] == row["code"], (row["title"], one)
            assert one["error"]["status"] == row["status"]
            assert one["error"]["request_id"]


def test_the_committed_pact_is_what_the_sdk_writes(written: tuple[str, Path, dict[str, Any]]) -> None:
    sdk, path, _ = written

    assert path.read_bytes() == (PACTS / path.name).read_bytes(), f"{sdk}: run `make pacts`"


@pytest.mark.usefixtures("_built")
@pytest.mark.parametrize("sdk", sorted(CONSUMERS))
def test_an_sdk_that_asks_otherwise_than_was_agreed_writes_no_pact(sdk: str, tmp_path: Path) -> None:
    """The mock server of each language tells what is not as it was agreed."""
    row = next(row for row in ROWS if row["operation"] == "tasks.submit" and row["status"] == 202)
    otherwise = row["request"] | {"body": row["request"]["body"] | {"description": "Something else."}}
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/interactions.json").write_text(json.dumps([row | {"request": otherwise}]), "utf-8")

    with pytest.raises((AssertionError, MismatchesError), match=r"Something else\."):
        pacts.written(sdk, SERVER, tmp_path / sdk, tmp_path)
    assert not (tmp_path / sdk / file_of(sdk, SERVER)).exists()


def interactions(sdk: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((PACTS / file_of(sdk, SERVER)).read_text("utf-8"))["interactions"]
    return found


def test_the_pacts_of_all_languages_say_the_same() -> None:
    python, *others = ({one["description"]: common(one) for one in interactions(sdk)} for sdk in CONSUMERS)

    for other in others:
        assert other == python


def common(one: dict[str, Any]) -> dict[str, Any]:
    """An interaction without what each language's Pact says in words of its own: how the body lies in the file."""
    response = dict(one["response"])
    body, rules = response.pop("body", {}), response.pop("matchingRules", {}).get("body", {})
    content = body.get("content")
    content = base64.b64decode(content).decode() if body.get("encoded") == "base64" else content
    kept = {path: [each for each in rule["matchers"] if each["match"] not in IMPLIED] for path, rule in rules.items()}
    return one | {
        "response": response | {"content": content, "rules": {path: each for path, each in kept.items() if each}}
    }


def test_every_state_is_described() -> None:
    assert sorted(STATES) == sorted(described())


def test_every_operation_is_agreed_with_success_and_with_whom_it_refuses() -> None:
    document = set(agreements.routes())

    assert {row["operation"] for row in ROWS if row["status"] < 300} == document
    assert {row["operation"] for row in ROWS if row["status"] == 401} == document


@pytest.mark.parametrize("status", [403, 429])
def test_every_family_of_operations_is_agreed_with_what_the_edge_refuses(status: int) -> None:
    families = {operation.partition(".")[0] for operation in agreements.routes()}

    assert {row["operation"].partition(".")[0] for row in ROWS if row["status"] == status} == families


def test_every_failure_that_an_operation_declares_is_agreed() -> None:
    """Whatever is the caller's affair; what is the server's own (5xx) cannot be brought about through the API."""
    agreed_on = {(row["operation"], row["status"]) for row in ROWS}
    declared = {(operation.id, status_of(problem)) for operation in offered() for problem in operation.errors}

    assert {pair for pair in declared if pair[1] < 500} - agreed_on == set()


def test_no_two_interactions_have_one_name() -> None:
    assert len({row["title"] for row in ROWS}) == len(ROWS)

"""The real server keeps the pacts of today and of every release, and a server that does not is seen."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator

import pytest

from tests.contracts import drivers, gates
from tests.contracts.agreements import routes
from tests.contracts.breaking import RELEASED, release
from tests.contracts.broken import BREAKS, Broken, reach
from tests.contracts.pacts import CONSUMERS, rows
from tests.contracts.provider import Provider
from tests.contracts.release import current, released
from tests.contracts.states import STATES
from tests.contracts.verification import Node, Verdict, distinct, expects, verified

pytestmark = pytest.mark.skipif(not drivers.NODE.exists(), reason="`make contracts` installs what the consumers need")
ALL = distinct(current() | released())
"""What is expected of the server, each once: most of what a release expected is what is expected today."""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def test_the_real_server_keeps_every_pact_of_today_and_of_every_release(provider: Provider) -> None:
    """What was on the wire of each SDK, by operation and status, is what its pact holds, and all of it is verified."""
    before = len(provider.entered)
    verdict = verified(provider, ALL)

    assert verdict.problems(ALL) == []
    assert len(provider.entered) - before == len(ALL)
    kept = {expects(one) for one in ALL if one["description"] in verdict.kept}
    declared = [(row["operation"], row["status"]) for row in rows()]
    for pact, said in current().items():
        proved = gates.asked([one for one in said if expects(one) in kept], routes())
        assert gates.under_contract(routes(), gates.asked(said, routes()), proved) == [], pact
        assert gates.under_contract(routes(), declared, proved) == [], pact


def test_no_pact_that_is_verified_is_empty_or_pending_or_in_a_state_that_nobody_knows() -> None:
    assert {f"{consumer}-kingpost" for consumer in CONSUMERS.values()} <= current().keys()
    for pact, said in (current() | released()).items():
        assert gates.whole(said, STATES) == [], pact


def test_a_release_agrees_on_every_operation_of_its_document() -> None:
    of_the_release = routes(RELEASED / "openapi.json")
    agreed = gates.asked(released()[release()], of_the_release)

    assert gates.under_contract(of_the_release, agreed, agreed) == []


def few(said: list[Node], number: int) -> list[Node]:
    """Some of many, spread over all of them."""
    return said[:: len(said) // number or 1][:number]


@pytest.mark.parametrize("deed", BREAKS)
def test_a_server_that_breaks_its_promises_is_seen(provider: Provider, deed: str) -> None:
    """A few interactions for each way of breaking them; `make mutants` asks them all."""
    concerned = few(reach(deed, ALL), 3)
    with Broken(provider.url, BREAKS[deed]) as broken:
        verdict = verified(provider, concerned, broken.url)

    assert concerned
    assert verdict.broken.keys() == {one["description"] for one in concerned}
    assert not verdict.unreached


ONE = {"description": "one"}


@pytest.mark.parametrize(
    ("verdict", "problem"),
    [
        (Verdict(frozenset(), {"one": "status 500"}), "one: status 500"),
        (Verdict(frozenset(), {}), "one: nobody has verified it"),
        (Verdict(frozenset({"one"}), {}, ("a task: it failed",)), "state a task: it failed"),
        (Verdict(frozenset({"one"}), {"two": "pending"}), "two: pending"),
    ],
)
def test_what_is_broken_passed_over_or_in_no_state_is_not_green(verdict: Verdict, problem: str) -> None:
    assert verdict.problems([ONE]) == [problem]


def test_nothing_is_not_green() -> None:
    assert Verdict(frozenset(), {}).problems([]) == ["nothing was verified"]


def test_a_pending_interaction_and_a_state_that_fails_are_not_green(provider: Provider) -> None:
    """What the verifier itself would let pass."""
    pending, stateless, kept = few([one for one in ALL if one["response"]["status"] == 401], 3)
    pending = pending | {"pending": True, "response": pending["response"] | {"status": 299}}
    stateless = stateless | {"providerStates": [{"name": "a state that nobody knows"}]}
    verdict = verified(provider, [pending, stateless, kept])

    assert pending["description"] in verdict.broken
    assert [one.partition(":")[0] for one in verdict.unreached] == ["a state that nobody knows"]
    assert kept["description"] in verdict.kept


def test_a_pattern_that_fits_a_part_of_an_answer_is_not_green(provider: Provider) -> None:
    """The mock server of a consumer does not look; the verifier wants the whole of it to fit."""
    stream = copy.deepcopy(next(one for one in ALL if "text/event-stream" in json.dumps(one["response"])))
    for rule in stream["response"]["matchingRules"]["body"].values():
        for matcher in rule["matchers"]:
            if matcher["match"] == "regex":
                matcher["regex"] = matcher["regex"].partition("event: end")[0]

    assert verified(provider, [stream]).broken.keys() == {stream["description"]}


def test_what_is_asked_once_for_several_pacts_is_whatever_the_verifier_looks_at() -> None:
    """Only the title, and recorded values where a rule compares types, make no other expectation."""
    one = few([one for one in ALL if one["response"]["status"] == 404], 1)[0]
    changes: dict[str, Callable[[Node], object]] = {
        "title": lambda it: it.update(description="another"),
        "value": lambda it: it["response"]["body"]["content"].update(detail="another"),
        "type": lambda it: it["response"]["body"]["content"].update(detail=7),
        "field": lambda it: it["response"]["body"]["content"].update(another="field"),
        "rule": lambda it: it["response"]["matchingRules"]["body"].pop("$.code"),
        "status": lambda it: it["response"].update(status=410),
        "header": lambda it: it["response"]["headers"].update(another=["header"]),
        "path": lambda it: it["request"].update(path="/v1/another"),
        "state": lambda it: it["providerStates"][0].update(name="another"),
    }
    alike = set()
    for name, change in changes.items():
        other = copy.deepcopy(one)
        change(other)
        if expects(other) == expects(one):
            alike.add(name)

    assert alike == {"title", "value"}

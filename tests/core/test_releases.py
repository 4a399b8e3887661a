"""A log of every release is read by the newest code: its chain holds, and it folds to what it folded to then."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from kingpost import GENESIS, Recorded, TaskState, damaged, decode, fold, frame_hash, from_row, to_row, upcast

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.jsonl"))


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def lines(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """What ``releases/record.py`` wrote down: frames, then states."""
    return [json.loads(line) for line in request.param.read_text("utf-8").splitlines()]


def frames(lines: list[dict[str, Any]]) -> list[Recorded]:
    """Every frame, its bytes checked as ``verify`` checks them."""
    found, hash = [], GENESIS
    for line in lines:
        if "body" not in line:
            continue
        body, payloads = line["body"].encode(), line["payloads"] and bytes.fromhex(line["payloads"])
        hash = frame_hash(hash, body)
        assert hash.hex() == line["hash"]
        assert damaged(body, payloads) == []
        found.append(decode(line["position"], body, payloads, hash))
    return found


def test_a_release_is_recorded() -> None:
    assert [path.stem for path in RELEASES][:1] == ["0.1.0"]


def test_its_log_folds_to_the_same_states(lines: list[dict[str, Any]]) -> None:
    """What the release knew is as it was; what it did not know yet says that there was none of it."""
    states: dict[str, TaskState] = {}
    for frame in frames(lines):
        events = [upcast(event) for event in frame.events]
        state = fold(states.get(frame.stream), frame.stream, frame.version, frame.at, events)
        if state is not None:
            states[frame.stream] = state

    expected = [line["state"] for line in lines if "state" in line]
    assert len(expected) == len(states) > 10
    unknown = {field.name for field in fields(TaskState)} - expected[0].keys()
    for state, then in zip(states.values(), expected, strict=True):
        now = to_row(state)
        assert {name: now[name] for name in then} == then
        assert {name: now[name] for name in unknown} == {name: to_row(from_row(then))[name] for name in unknown}


def test_its_states_are_read_from_rows(lines: list[dict[str, Any]]) -> None:
    """A row that lacks the newer fields is a state all the same."""
    for line in lines:
        if "state" in line:
            assert line["state"].items() <= to_row(from_row(line["state"])).items()

"""A log of every release is read by the newest code: its chain holds, and it folds to what it folded to then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    GENESIS,
    Event,
    Recorded,
    TaskQuery,
    TaskState,
    damaged,
    decode,
    fold,
    frame_hash,
    from_row,
    task_stream,
    to_row,
    upcast,
)
from kingpost.state import UPCASTERS
from kingpost.testing import MemoryLog, facts, seeded_ports
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

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
    unknown = set(TaskState.__struct_fields__) - expected[0].keys()
    for state, then in zip(states.values(), expected, strict=True):
        now = to_row(state)
        assert {name: now[name] for name in then} == then
        assert {name: now[name] for name in unknown} == {name: to_row(from_row(then))[name] for name in unknown}


@pytest.mark.parametrize("engine", ["memory", "sqlite"])
async def test_old_shapes_are_folded_as_new_ones(tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By every log that rebuilds, however it goes about it; what is new beside them is left as it is."""
    ports = seeded_ports(1, tmp_path)
    log: Any = MemoryLog(ports) if engine == "memory" else SqliteLog(Settings(), ports)
    await log.start()
    for number in range(20):
        task, version = f"t-{number}", number % 2 + 1
        queued = Event("task.queued", {"task": task, "tenant": "t", "agent": "old"}, v=version)
        await log.append(task_stream(task), "", [queued, facts.started()])
        await log.append(task_stream(task), None, [facts.succeeded()])

    def renamed(event: Event) -> Event:
        return Event(event.kind, {**event.header, "agent": "new"}, event.payload, 2)

    monkeypatch.setitem(UPCASTERS, ("task.queued", 1), renamed)
    assert not (await log.verify()).sound
    assert (await log.rebuild()).sound

    agents = [state.agent for state in await log.select(TaskQuery(oldest_first=True))]
    assert agents == ["new", "old"] * 10
    assert (await log.verify()).sound
    await log.stop()


def test_its_states_are_read_from_rows(lines: list[dict[str, Any]]) -> None:
    """A row that lacks the newer fields is a state all the same."""
    for line in lines:
        if "state" in line:
            assert line["state"].items() <= to_row(from_row(line["state"])).items()

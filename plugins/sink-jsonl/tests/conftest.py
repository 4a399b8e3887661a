"""A log's frames, sinks on one file, and what stands in it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from kingpost import Event, Ports, Recorded, task_stream
from kingpost.testing import MemoryLog, facts, seeded_ports
from kingpost_sink_jsonl.settings import Settings
from kingpost_sink_jsonl.sink import JsonlSink

Frames = Callable[..., Awaitable[list[Recorded]]]
Sinks = Callable[..., JsonlSink]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def ports(home: Path) -> Ports:
    return seeded_ports(0, home)


@pytest.fixture
def frames(ports: Ports) -> Frames:
    """So many frames of one task, chained; ``seed`` makes another log of the same tasks."""

    async def frames(count: int, seed: int = 0, size: int = 10) -> list[Recorded]:
        log = MemoryLog(seeded_ports(seed, ports.home))
        await log.append(task_stream("t"), "", [facts.queued("t", agent=f"writer-{seed}")])
        for number in range(1, count):
            note = Event("note", {"number": number}, {"text": "sand " * size, "seed": seed})
            await log.append(task_stream("t"), None, [note])
        return list(await log.read(0, count))

    return frames


@pytest.fixture
def sink(home: Path) -> Sinks:
    """Another instance on the same file, as each process opens it."""

    def sink(**settings: Any) -> JsonlSink:
        return JsonlSink(Settings(**settings), home)

    return sink


@pytest.fixture
def lines(home: Path) -> Callable[[], list[dict[str, Any]]]:
    """Every line, in the order of the frames: those that were set aside first."""

    def lines() -> list[dict[str, Any]]:
        files = [*sorted(home.glob("audit-*.jsonl")), home / "audit.jsonl"]
        text = "".join(path.read_text("ascii") for path in files if path.exists())
        assert not text or text.endswith("\n")
        return [json.loads(line) for line in text.splitlines()]

    return lines

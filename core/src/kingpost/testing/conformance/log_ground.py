"""What the tests of a log stand on: the logs they need, and how they read all of one.

Called by the modules of ``LogConformance`` only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from ...errors import Conflict
from ...protocols import Care, Log
from ...records.event import Event, Receipt, Recorded
from ...state import task_stream
from .. import facts
from .ground import Ground, missing

Spoil = Callable[[int, Literal["body", "payload", "task"]], Awaitable[None]]
"""Changes one byte of a stored frame, by its position: of its ``"body"`` or of its ``"payload"``. With ``"task"`` it
changes the folded task that the frame belongs to."""


class LogGround(Ground):
    """The fixtures of every test of a log."""

    door = "log"

    @pytest.fixture
    def subject(self) -> Log:
        """The log that is tested, started and empty."""
        missing("subject", "yield a started, empty log")

    @pytest.fixture
    def twin(self, subject: Log) -> Log:
        """A second instance on the same store."""
        missing("twin", "yield a second started instance on the store of `subject`, as another process opens it")

    @pytest.fixture
    def care(self, subject: Log) -> Care:
        """The subject, where it has what this protocol asks for."""
        if not isinstance(subject, Care):
            pytest.skip("a log without Care")
        return subject

    @pytest.fixture
    def departed(self, subject: Log) -> str:
        """A worker whose process has ended."""
        missing("departed", "let another process enlist a worker, kill that process, and return the worker's name")

    @pytest.fixture
    def empty(self) -> Log:
        """A log of its own with nothing in it, to restore into."""
        missing("empty", "yield a started, empty log that shares nothing with `subject`")

    @pytest.fixture
    def full(self) -> Log | None:
        """A started, empty log with room for 1 MB at most; ``None`` where that cannot be had."""
        return None

    @pytest.fixture
    def spoil(self, subject: Log) -> Spoil:
        """Damages what ``subject`` has stored."""
        missing("spoil", "return an async function (position, 'body', 'payload' or 'task') that changes what is stored")


def note(number: int = 0, payload: Any = None) -> Event:
    """An event of a stream that is no task's."""
    return Event("note.made", {"number": number}, payload)


async def everything(log: Log, stream: str | None = None, page: int = 1000) -> list[Recorded]:
    """All frames, page by page."""
    frames: list[Recorded] = []
    while found := await log.read(frames[-1].position if frames else 0, page, stream):
        assert not frames or found[0].position > frames[-1].position
        frames += found
    return frames


async def version_of(log: Log, stream: str) -> str:
    """The stream's version as it is read."""
    frames = await everything(log, stream)
    return frames[-1].version if frames else ""


async def insist(log: Log, stream: str, events: Sequence[Event]) -> Receipt:
    """Append behind whatever others append meanwhile, as everybody does who meets a conflict."""
    expected = ""
    while True:
        try:
            return await log.append(stream, expected, events)
        except Conflict as conflict:
            expected = conflict.found
            await asyncio.sleep(0)


async def work(log: Log) -> None:
    """Twelve frames of three tasks, each with a payload."""
    for task in ("t-0", "t-1", "t-2"):
        stream = task_stream(task)
        await log.append(stream, "", [facts.queued(task), load(task, 1)])
        await log.append(stream, None, [facts.started(), facts.inputs_read(), load(task, 2)])
        await log.append(stream, None, [facts.decided(1, {"a": "lift"}), load(task, 3)])
        await log.append(stream, None, [facts.observed("a", {"text": f"{task} lifted the grain"})])


def load(task: str, number: int) -> Event:
    """An event that says nothing to the fold, with a payload."""
    return Event("thing.of.tomorrow", {"number": number}, {"text": f"{task} lifts load {number} of grain"})


async def restored(log: Log, source: Path) -> int:
    """The position that the log has after it has taken the state of a backup."""
    assert isinstance(log, Care)
    return (await log.restore(source)).position

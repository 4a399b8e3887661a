"""What the tests of a log stand on: the logs they need, and how they read all of one.

Called by the modules of ``LogConformance`` only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from ...errors import Conflict
from ...protocols import Log
from ...records.event import Event, Receipt, Recorded
from .ground import Ground, missing

Spoil = Callable[[int, str], Awaitable[None]]
"""Changes one byte of a stored frame, by its position: of its ``"body"`` or of its ``"payload"``."""


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
        missing("spoil", "return an async function (position, 'body' or 'payload') that changes one stored byte")


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

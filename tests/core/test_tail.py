"""What this process appends is told to it, in the order of the log, and before it stops."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import pytest
from kingpost import Event, Ports, Recorded
from kingpost._host.echo import EchoLog
from kingpost._host.tail import Tail
from kingpost._walk.journal import stow
from kingpost.records.codec import dump
from kingpost.testing import MemoryLog


class Late(MemoryLog):
    """A log whose readers are never woken, as on a machine that has no time for them."""

    async def wait(self, position: int, timeout: float) -> bool:
        await asyncio.Event().wait()
        return False


@pytest.mark.parametrize("log", [MemoryLog, Late])
async def test_what_is_in_the_log_is_told_before_the_end(tmp_path: Path, log: type[MemoryLog]) -> None:
    """A worker that is stopped while others write still says what it has ended, by no clock.

    Also what an append has left that was given up when it was on disk.
    """
    ports, heard = Ports(home=tmp_path), list[Recorded]()
    shared = log(ports)
    tail = Tail(shared, ports, lambda problem: None)
    here = EchoLog(shared, tail)
    silence = await tail.listen(None, heard.append)
    await shared.append("other", None, [Event("note.made")])
    await here.append("own", None, [Event("note.made")])
    await shared.append("given up", None, [Event("note.made")])

    await tail.settle()
    silence()

    assert [frame.stream for frame in heard] == ["other", "own", "given up"]


async def test_what_is_told_at_once_is_what_would_be_read(tmp_path: Path) -> None:
    """Of an event that is on its way to the log as JSON, whoever listens sees what will be read, however they look."""
    ports, heard = Ports(home=tmp_path), list[Recorded]()
    tail = Tail(log := MemoryLog(ports), ports, lambda problem: None)
    here = EchoLog(log, tail)
    silence = await tail.listen(None, heard.append)
    event = await stow(log, "default", Event("note.made", {"by": "us"}, {"text": "größe", "half": "\ud800"}, 2))
    await here.append("own", None, [event, Event("note.made")])
    silence()

    told, read = heard[0].events, (await log.read())[0].events
    assert told == read
    assert read == told
    assert [asdict(one) for one in told] == [asdict(one) for one in read]
    assert [dump(one, Event) for one in told] == [dump(one, Event) for one in read]
    assert told[0] != Event("note.made", {"by": "us"}, {"text": "another"}, 2)

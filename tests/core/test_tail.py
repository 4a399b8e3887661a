"""What this process appends is told to it, in the order of the log, and before it stops."""

from __future__ import annotations

from pathlib import Path

from kingpost import Event, Ports, Recorded
from kingpost._host.echo import EchoLog
from kingpost._host.tail import Tail
from kingpost.testing import MemoryLog


async def test_what_was_appended_behind_frames_of_others_is_told_before_the_end(tmp_path: Path) -> None:
    """A worker that is stopped while another process writes still says what it has ended."""
    ports, heard = Ports(home=tmp_path), list[Recorded]()
    shared = MemoryLog(ports)
    tail = Tail(shared, ports, lambda problem: None)
    here = EchoLog(shared, tail)
    silence = await tail.listen(None, heard.append)
    await shared.append("other", None, [Event("note.made")])
    await here.append("own", None, [Event("note.made")])

    await tail.settle()
    silence()

    assert [frame.stream for frame in heard] == ["other", "own"]

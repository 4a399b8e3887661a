"""Whether there is room for more tasks, where nobody holds all that are queued in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from kingpost import Overloaded, TaskQuery, task_stream
from kingpost._host.room import Room
from kingpost._host.settings import KernelSettings
from kingpost.testing import MemoryLog, SeededClock, facts, seeded_ports

SECONDS = 0.125
"""What a count takes here."""


class LargeLog(MemoryLog):
    """One in which it takes long to count."""

    counts = 0

    async def count(self, query: TaskQuery) -> int:
        self.counts += 1
        await self.clock.advance(SECONDS)
        return await super().count(query)

    clock: SeededClock


async def test_a_queue_that_takes_long_to_count_is_counted_seldom_while_there_is_much_room(tmp_path: Path) -> None:
    """What is accepted here is added meanwhile; from half of the bound on it is counted as often as a short one."""
    clock = SeededClock()
    ports = seeded_ports(0, tmp_path, clock=clock)
    log = LargeLog(ports)
    log.clock = clock
    room = Room(log, KernelSettings(queue=8), ports, lambda: None, lambda _: None)

    async def counted(seconds: float) -> int:
        before = log.counts
        await clock.advance(seconds)
        await room.check("t")
        return log.counts - before

    assert await counted(0) == 1
    assert [await counted(1.75), await counted(1.75), await counted(0.5)] == [0, 0, 1]
    for number in range(4):
        await log.append(task_stream(str(number)), "", [facts.queued(str(number))])
        room.taken("t")
    assert [await counted(0.25), await counted(0.5), await counted(0.5)] == [0, 1, 1]
    for number in range(4, 8):
        await log.append(task_stream(str(number)), "", [facts.queued(str(number))])
        room.taken("t")
    with pytest.raises(Overloaded):
        await room.check("t")

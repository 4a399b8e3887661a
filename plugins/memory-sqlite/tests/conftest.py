from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kingpost import Ports
from kingpost.testing import Points, SeededClock, seeded_ports
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings


@pytest.fixture
def clock() -> SeededClock:
    return SeededClock()


@pytest.fixture
def points() -> Points:
    return Points()


@pytest.fixture
def ports(tmp_path: Path, clock: SeededClock, points: Points) -> Ports:
    return seeded_ports(0, tmp_path, clock=clock, point=points)


@pytest.fixture
async def memory(ports: Ports) -> AsyncIterator[SqliteMemory]:
    """A started memory in an empty home."""
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    yield memory
    await memory.stop()

"""A log with tasks in it, a far side, and a sink between them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kingpost import Ports
from kingpost.testing import MemoryLog, SeededClock, seeded_ports

sys.path.insert(0, str(Path(__file__).parent))

from far_side import FarSide
from post import Post


@pytest.fixture
def clock() -> SeededClock:
    return SeededClock()


@pytest.fixture
def ports(tmp_path: Path, clock: SeededClock) -> Ports:
    return seeded_ports(0, tmp_path, clock=clock)


@pytest.fixture
async def far() -> AsyncIterator[FarSide]:
    side = FarSide()
    await side.start()
    yield side
    await side.stop()


@pytest.fixture
async def post(ports: Ports) -> AsyncIterator[Post]:
    made = Post(MemoryLog(ports), ports)
    yield made
    await made.close()

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from kingpost import MemoryBackend, Ports
from kingpost.testing import MemoryConformance
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings


class TestSqliteMemory(MemoryConformance):
    @pytest.fixture
    async def subject(self, ports: Ports) -> AsyncIterator[MemoryBackend]:
        memory = SqliteMemory(Settings(), ports)
        await memory.start()
        yield memory
        await memory.stop()

    @pytest.fixture
    async def twin(self, subject: MemoryBackend, ports: Ports) -> AsyncIterator[MemoryBackend]:
        memory = SqliteMemory(Settings(), ports)
        await memory.start()
        yield memory
        await memory.stop()

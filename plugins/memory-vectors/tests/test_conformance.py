from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from kingpost import MemoryBackend
from kingpost.testing import DictMemory, MemoryConformance
from kingpost_memory_vectors.memory import VectorMemory

Open = Callable[..., AbstractAsyncContextManager[VectorMemory]]


class TestVectorMemory(MemoryConformance):
    """Every promise of a memory holds through it, while it embeds in the background."""

    @pytest.fixture
    async def subject(self, open_memory: Open, below: DictMemory) -> AsyncIterator[MemoryBackend]:
        async with open_memory(below, weight=0.0) as memory:
            yield memory

    @pytest.fixture
    async def twin(self, subject: MemoryBackend, open_memory: Open, below: DictMemory) -> AsyncIterator[MemoryBackend]:
        async with open_memory(below, weight=0.0) as memory:
            yield memory

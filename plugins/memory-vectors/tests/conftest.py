from __future__ import annotations

import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from kingpost import Embedder, MemoryBackend, Ports
from kingpost.testing import DictMemory
from kingpost_memory_vectors import file
from kingpost_memory_vectors.memory import VectorMemory
from kingpost_memory_vectors.settings import Settings

# What embeds here is no plugin, so it stands beside the tests.
sys.path.insert(0, str(Path(__file__).parent))

from embedders import Concepts

Open = Callable[..., AbstractAsyncContextManager[VectorMemory]]


@pytest.fixture
def open_memory(tmp_path: Path) -> Open:
    """Opens the memory over another one, with an embedder; the same file each time."""

    @asynccontextmanager
    async def opened(
        below: MemoryBackend, embedder: Embedder | None = None, **settings: object
    ) -> AsyncIterator[VectorMemory]:
        memory = VectorMemory(Settings.model_validate({"seconds": 5.0, **settings}), Ports(tmp_path))
        memory.lend("memory", "sqlite", below)
        memory.lend("embedders", "ollama", embedder or Concepts())
        await memory.start()
        try:
            yield memory
        finally:
            await memory.stop()

    return opened


@pytest.fixture
def extensible(monkeypatch: pytest.MonkeyPatch) -> None:
    """sqlite-vec in an SQLite that can load it: the interpreter's own, or that of pysqlite3."""
    pytest.importorskip("sqlite_vec", reason="sqlite-vec is not installed")
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        reason = "this interpreter's SQLite can load no extension, and pysqlite3 is not installed"
        monkeypatch.setattr(file, "sqlite3", pytest.importorskip("pysqlite3.dbapi2", reason=reason))


@pytest.fixture
def below() -> DictMemory:
    """The memory that keeps what is remembered."""
    return DictMemory()

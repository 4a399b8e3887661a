"""Memory in one SQLite file, searched by words.

Settings (section ``memory-sqlite``): ``path``, default ``memory.db`` in the home; the README lists the others.
"""

from __future__ import annotations

from kingpost import MemoryBackend, Ports, hookimpl

from .memory import SqliteMemory
from .settings import Settings


@hookimpl
def provide_memory(settings: Settings | None, ports: Ports) -> list[MemoryBackend]:
    """The memory named ``sqlite``."""
    return [SqliteMemory(settings or Settings(), ports)]

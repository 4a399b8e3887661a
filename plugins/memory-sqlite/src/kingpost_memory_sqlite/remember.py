"""Stores memories: one transaction a call, all or nothing.

Called by ``memory``. The terms are made before the transaction begins, so that other processes wait for the disk only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite
from kingpost import Memory

from .file import MemoryFile
from .index import count, entries, put
from .rows import INSERT, parameters, stored

_CHUNK = 400
_SCOPE = ("scope", "tenant", "name")
_SOURCE = ("source", "scope", "path")
Key = tuple[Any, Any]


async def remember(file: MemoryFile, memories: Sequence[Memory], short: float) -> int:
    """Store what is not there yet; returns how many that were. ``short`` is how long the short term is, in seconds."""
    made = await entries(memories)
    async with file.transaction() as writer:
        owners = [(stored(memory.tenant), stored(memory.scope)) for memory in memories]
        numbers = await _numbers(writer, _SCOPE, owners)
        scopes = [numbers[owner] for owner in owners]
        paths = [(scope, stored(memory.source)) for scope, memory in zip(scopes, memories, strict=True)]
        sources = await _numbers(writer, _SOURCE, (path for path in paths if path[1]))
        first = await _next(writer)
        await writer.executemany(
            INSERT,
            (
                parameters(first + n, scopes[n], sources.get(paths[n]), memory, made[n].words, short)
                for n, memory in enumerate(memories)
            ),
        )
        # What was there already kept its number, so the new ones are those that have theirs.
        new = await writer.execute_fetchall("SELECT seq FROM memory WHERE seq >= ?", (first,))
        rows = [(seq, scopes[seq - first], made[seq - first]) for (seq,) in new]
        await put(writer, rows)
        await count(writer, rows, 1)
    return len(rows)


async def _next(writer: aiosqlite.Connection) -> int:
    last = list(await writer.execute_fetchall("SELECT seq FROM sqlite_sequence WHERE name = 'memory'"))
    return int(last[0][0]) + 1 if last else 1


async def _numbers(writer: aiosqlite.Connection, table: tuple[str, str, str], keys: Iterable[Key]) -> dict[Key, int]:
    """The numbers of scopes or sources; those that are not there yet are made."""
    wanted = list(dict.fromkeys(keys))
    found = await _known(writer, table, wanted)
    if missing := [key for key in wanted if key not in found]:
        name, owner, key = table
        await writer.executemany(f"INSERT INTO {name} ({owner}, {key}) VALUES (?, ?)", missing)  # noqa: S608 - our names
        found |= await _known(writer, table, missing)
    return found


async def _known(writer: aiosqlite.Connection, table: tuple[str, str, str], keys: list[Key]) -> dict[Key, int]:
    name, owner, key = table
    found: dict[Key, int] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        sql = (
            f"WITH asked (owner, key) AS (VALUES {', '.join(['(?, ?)'] * len(chunk))}) "  # noqa: S608 - our names
            f"SELECT t.{owner}, t.{key}, t.id FROM asked a JOIN {name} t ON t.{owner} = a.owner AND t.{key} = a.key"
        )
        rows = await writer.execute_fetchall(sql, [value for pair in chunk for value in pair])
        found |= {(row[0], row[1]): row[2] for row in rows}
    return found

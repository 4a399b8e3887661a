"""Stores memories: one transaction a call, all or nothing.

Called by ``memory``. The terms are made before the transaction begins, so that other processes wait for the disk only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite
from kingpost import Memory

from .file import MemoryFile
from .index import count, entries, put, sliced
from .rows import INSERT, Owners, parameters, stored, stored_id, voice

_CHUNK = 400
_SCOPE = ("scope", "tenant", "name")
_SOURCE = ("source", "scope", "path")
_SPEAKER = ("speaker", "scope", "name")
_SESSION = ("session", "scope", "name")
_SLICE = 50
"""After so many rows the event loop gets its turn: less than a millisecond of work."""

Key = tuple[Any, Any]


async def remember(file: MemoryFile, memories: Sequence[Memory], short: float) -> int:
    """Store what is not there yet; returns how many that were. ``short`` is how long the short term is, in seconds."""
    made = await entries(memories)
    async with file.transaction() as writer:
        owners = await _owners(writer, memories)
        first = await _next(writer)
        values = await sliced(
            (parameters(first + n, owners[n], memory, made[n].words, short) for n, memory in enumerate(memories)),
            _SLICE,
        )
        await writer.executemany(INSERT, values)
        # What was there already kept its number, so the new ones are those that have theirs.
        new = await writer.execute_fetchall("SELECT seq FROM memory WHERE seq >= ?", (first,))
        rows = [(seq, owners[seq - first].scope, made[seq - first]) for (seq,) in new]
        await put(writer, rows)
        await count(writer, rows, 1)
    return len(rows)


async def use(file: MemoryFile, owner: tuple[str, str], ids: Sequence[str], at: float) -> int:
    """Count one use more of each memory of a tenant's scope; returns how many there are."""
    wanted = [stored_id(id) for id in dict.fromkeys(ids)]
    async with file.transaction() as writer:
        before = writer.total_changes
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            sql = (
                "UPDATE memory SET uses = uses + 1, used = max(coalesce(used, ?), ?) "  # noqa: S608 - question marks
                "WHERE scope = (SELECT id FROM scope WHERE tenant = ? AND name = ?) "
                f"AND id IN ({', '.join('?' * len(chunk))})"
            )
            await writer.execute_fetchall(sql, (at, at, *map(stored, owner), *chunk))
        return writer.total_changes - before


async def _owners(writer: aiosqlite.Connection, memories: Sequence[Memory]) -> list[Owners]:
    """The numbers of what each memory belongs to; names that are not there yet are made."""
    names = await sliced(((stored(memory.tenant), stored(memory.scope)) for memory in memories), 4 * _SLICE)
    scopes = await _numbers(writer, _SCOPE, names)
    numbers = [scopes[name] for name in names]
    voices = await sliced((voice(memory) for memory in memories), _SLICE)
    paths = [(scope, stored(memory.source)) for scope, memory in zip(numbers, memories, strict=True)]
    said = [(scope, stored(name)) for scope, (name, _) in zip(numbers, voices, strict=True)]
    # A conversation without a name is one too: whatever somebody says has neighbours.
    talks = [
        (scope, stored(memory.session)) if memory.session or name[1] else (scope, None)
        for scope, memory, name in zip(numbers, memories, said, strict=True)
    ]
    sources = await _numbers(writer, _SOURCE, (key for key in paths if key[1]))
    speakers = await _numbers(writer, _SPEAKER, (key for key in said if key[1]))
    sessions = await _numbers(writer, _SESSION, (key for key in talks if key[1] is not None))
    owned = (
        Owners(scope, sources.get(path), _signed(speakers.get(who), read), sessions.get(talk))
        for scope, path, who, (_, read), talk in zip(numbers, paths, said, voices, talks, strict=True)
    )
    return await sliced(owned, 4 * _SLICE)


def _signed(speaker: int | None, read: bool) -> int | None:
    return -speaker if speaker is not None and read else speaker


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

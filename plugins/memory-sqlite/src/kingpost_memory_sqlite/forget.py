"""Removes memories: bodies, terms, and the names that nothing needs any more.

Called by ``memory``. What is freed is overwritten at once (``secure_delete``). The index writes deletions behind what
it deletes, so it is folded into one afterwards, and the write-ahead log is cut. SQLite leaves copies of rows that it
once moved in the unused parts of pages; after a whole scope was forgotten, and when a file is closed that anything was
forgotten in, the file is written anew. Then no trace is left in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import aiosqlite
from kingpost import Selection, Unavailable

from .choose import BODIES, Key, bodies, keys_of, scopes
from .file import MemoryFile
from .index import counted, entries, taken
from .remember import COUNTED_SECONDS
from .rows import memory_of

_STEP = 512
"""Memories that one transaction takes out."""

_PAGES = 500
"""Pages of the index that one step of folding writes: some ten milliseconds, then others may write."""

_REWRITTEN_BYTES = 128 * 1024 * 1024
"""The largest file that is written anew: that takes its size in memory, and half a second."""

_GROWN = 1.3
"""A file that is closed is folded, and written anew, once it is so much larger than the last time."""

_UNTIDY = "INSERT INTO about VALUES ('untidy', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"

_EXPIRED = """
    SELECT seq FROM memory
    WHERE until <= ? AND (expires <= ? OR expires IS NULL AND tier = 0 AND created + ? <= ?) ORDER BY until LIMIT ?
"""

_UNUSED_SOURCE = "DELETE FROM source WHERE id = ? AND NOT EXISTS (SELECT 1 FROM memory WHERE source = ?)"
_UNUSED_SESSION = "DELETE FROM session WHERE id = ? AND NOT EXISTS (SELECT 1 FROM memory WHERE session = ?)"
_UNUSED_SPEAKERS = """
    DELETE FROM speaker WHERE scope = ? AND NOT EXISTS (
        SELECT 1 FROM memory WHERE memory.scope = speaker.scope AND abs(memory.speaker) = speaker.id
    )
"""
_SILENT = "DELETE FROM speaker WHERE scope = ? AND NOT EXISTS (SELECT 1 FROM memory WHERE scope = ?)"
_UNCOUNTED = "DELETE FROM counted WHERE scope = ? AND NOT EXISTS (SELECT 1 FROM memory WHERE scope = ?)"
_UNUSED_SCOPE = "DELETE FROM scope WHERE id = ? AND NOT EXISTS (SELECT 1 FROM memory WHERE scope = ?)"


async def forget(file: MemoryFile, selection: Selection) -> int:
    """Remove what is selected; returns how many memories that were.

    One transaction takes a page of them, so that others can write in between. What a crash leaves is forgotten by
    forgetting again.
    """
    removed = 0
    for scope in await scopes(file.read, selection):
        # Most files that are read in are new, and no write is needed to see that there is nothing to forget.
        async for keys in keys_of(file.read, scope, selection):
            for start in range(0, len(keys), _STEP):
                removed += await _step(file, keys[start : start + _STEP])
        if removed:
            # A look at all that somebody said, so once for a scope and not for each page.
            await file.step(_UNUSED_SPEAKERS, (scope,))
    if removed and selection.source is None and selection.kind is None:
        await tidy(file, anew=selection.ids is None)
    return removed


async def purge(file: MemoryFile, before: float, short: float) -> int:
    """Remove what expired before a time; returns how many that were. ``short`` is the short term, in seconds."""
    old = before - COUNTED_SECONDS
    if await file.read("SELECT 1 FROM counted WHERE at < ? LIMIT 1", (old,)):
        await file.step("DELETE FROM counted WHERE at < ?", (old,))
    removed = 0
    while found := await file.read(_EXPIRED, (before, before, short, before, _STEP)):
        removed += await _step(file, [(0.0, seq) for (seq,) in found])
    return removed


async def _step(file: MemoryFile, keys: Sequence[Key]) -> int:
    removed = 0
    async with file.transaction() as writer:
        for start in range(0, len(keys), BODIES):
            removed += await _remove(writer, keys[start : start + BODIES])
        if removed:
            await writer.execute_fetchall(_UNTIDY)
    return removed


async def tidy(file: MemoryFile, *, anew: bool) -> None:
    """Fold the index into one and cut the write-ahead log; with ``anew`` write the whole file, unless it is large.

    Whoever is in the way, the next time will do.
    """
    with suppress(Unavailable):
        removals = await _about(file, "untidy")
        pages = -_PAGES
        # Less than two changes mean that there was nothing to fold.
        while await file.step("INSERT INTO term (term, rank) VALUES ('merge', ?)", (pages,)) >= 2:
            pages = _PAGES
        if anew:
            if await file.size() <= _REWRITTEN_BYTES:
                await file.step("VACUUM")
            # Not before, as it may fail; of a large file too, or each stop would fold all of its index once more.
            await file.step("DELETE FROM about WHERE key = 'untidy' AND value = ?", (removals,))
            await file.step("INSERT OR REPLACE INTO about VALUES ('size', ?)", (await file.size(),))
        await file.step("PRAGMA wal_checkpoint (TRUNCATE)")


async def rest(file: MemoryFile) -> None:
    """Before the file is closed: tidy it if anything was forgotten since, or if it has grown much."""
    with suppress(Unavailable):
        await file.step("PRAGMA busy_timeout = 200")
        if await _about(file, "untidy") or await file.size() > _GROWN * await _about(file, "size"):
            await tidy(file, anew=True)


async def _about(file: MemoryFile, key: str) -> int:
    rows = await file.read("SELECT value FROM about WHERE key = ?", (key,))
    return int(rows[0][0]) if rows else 0


async def _remove(writer: aiosqlite.Connection, keys: Sequence[Key]) -> int:
    """Take memories out, and the names of sources and scopes that were theirs alone."""
    rows = await bodies(writer.execute_fetchall, keys)
    made = await entries([memory_of(row) for row in rows])
    placed = [(row[0], row[1], each) for row, each in zip(rows, made, strict=True)]
    await writer.executemany(*taken(placed))
    await writer.executemany(*counted(placed, -1))
    seqs: list[Any] = [row[0] for row in rows]
    chosen = f"FROM memory WHERE seq IN ({', '.join('?' * len(seqs))})"
    sources = await writer.execute_fetchall(f"SELECT DISTINCT source {chosen} AND source IS NOT NULL", seqs)
    sessions = await writer.execute_fetchall(f"SELECT DISTINCT session {chosen} AND session IS NOT NULL", seqs)
    await writer.execute_fetchall(f"DELETE {chosen}", seqs)
    await writer.executemany(_UNUSED_SOURCE, [(source, source) for (source,) in sources])
    await writer.executemany(_UNUSED_SESSION, [(session, session) for (session,) in sessions])
    for unused in (_UNUSED_SCOPE, _SILENT, _UNCOUNTED):
        await writer.executemany(unused, [(scope, scope) for scope in {row[1] for row in rows}])
    return len(rows)

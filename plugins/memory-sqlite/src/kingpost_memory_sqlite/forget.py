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
from .remember import COUNTED_SECONDS, UNTIDY
from .rows import HAS_EXPIRED, memory_of

_STEP = 512
"""Memories that one transaction takes out."""

_PAGES = 500
"""Pages of the index that one step of folding writes: some ten milliseconds, then others may write."""

_IN_MEMORY_BYTES = 128 * 1024 * 1024
"""The largest file that is written anew in memory, which takes half a second; a larger one goes over the disk."""

_FOLDED_BYTES = 24 * 1024 * 1024
"""In a larger file the index is not folded before whoever forgets single memories is answered, but behind the work."""

_GROWN = 1.3
"""A file that is closed is folded, and written anew, once it is so much larger than the last time."""

_EXPIRED = f"SELECT seq FROM memory WHERE until <= ? AND {HAS_EXPIRED} ORDER BY until LIMIT ?"  # noqa: S608 - our own words

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


async def forget(file: MemoryFile, selection: Selection, rewritten: int) -> tuple[int, bool]:
    """Remove what is selected; returns how many memories that were, and whether the file has yet to be tidied.

    A file of up to ``rewritten`` bytes is written anew where a whole scope goes.
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
    # Reading in forgets file by file, and folding for each of them would take as long as the reading.
    behind = selection.source is not None or selection.kind is not None
    # Whoever forgets a scope once more, after a crash or what was locked, still wants no trace of it.
    if not removed and (behind or selection.ids is not None or not await is_untidy(file)):
        return 0, False
    if selection.ids is not None:
        behind = behind or await file.size() > _FOLDED_BYTES
    if not behind:
        await tidy(file, rewritten if selection.ids is None else None)
    return removed, behind


async def purge(file: MemoryFile, before: float, short: float) -> int:
    """Remove what expired before a time; returns how many that were. ``short`` is the short term, in seconds."""
    old = before - COUNTED_SECONDS
    if await file.read("SELECT 1 FROM counted WHERE at < ? LIMIT 1", (old,)):
        await file.step("DELETE FROM counted WHERE at < ?", (old,))
    removed = 0
    while found := await file.read(_EXPIRED, (before, short, before, _STEP)):
        removed += await _step(file, [(0.0, seq) for (seq,) in found])
    return removed


async def _step(file: MemoryFile, keys: Sequence[Key]) -> int:
    removed = 0
    async with file.transaction() as writer:
        for start in range(0, len(keys), BODIES):
            removed += await _remove(writer, keys[start : start + BODIES])
        if removed:
            await writer.execute_fetchall(UNTIDY)
    return removed


async def tidy(file: MemoryFile, rewritten: int | None) -> None:
    """Fold the index into one and cut the write-ahead log; write a file of up to ``rewritten`` bytes anew.

    Whoever is in the way, the next time will do.
    """
    with suppress(Unavailable):
        mark = await _about(file, "untidy")
        pages = -_PAGES
        # Less than two changes mean that there was nothing to fold.
        while await file.step("INSERT INTO term (term, rank) VALUES ('merge', ?)", (pages,)) >= 2:
            pages = _PAGES
        if rewritten is not None:
            if await file.size() <= rewritten:
                await _write_anew(file)
            # Not before, as it may fail; of a large file too, or each stop would fold all of its index once more.
            await file.step("DELETE FROM about WHERE key = 'untidy' AND value = ?", (mark,))
            await file.step("INSERT OR REPLACE INTO about VALUES ('size', ?)", (await file.size(),))
        await file.step("PRAGMA wal_checkpoint (TRUNCATE)")


async def _write_anew(file: MemoryFile) -> None:
    if await file.size() <= _IN_MEMORY_BYTES:
        await file.step("VACUUM")
        return
    await file.step("PRAGMA temp_store = FILE")
    try:
        await file.step("VACUUM")
    finally:
        await file.step("PRAGMA temp_store = MEMORY")


async def rest(file: MemoryFile, rewritten: int) -> None:
    """Before the file is closed: tidy it if anything was forgotten since, or if it has grown much."""
    with suppress(Unavailable):
        await file.step("PRAGMA busy_timeout = 200")
        if await is_untidy(file) or await file.size() > _GROWN * await _about(file, "size"):
            await tidy(file, rewritten)


async def is_untidy(file: MemoryFile) -> bool:
    """Whether something was forgotten since the file was tidied."""
    return await _about(file, "untidy") != 0


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

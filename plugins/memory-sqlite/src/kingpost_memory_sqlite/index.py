"""The index of terms: what it holds of a memory, and how it is filled, emptied and made anew.

Called by ``remember``, ``forget`` and ``memory``, and asked by ``look`` and what it calls who holds a term. The index
keeps no text, so a memory is taken out by the very terms it was put in with: they are made by ``entry`` and by nothing
else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import aiosqlite
from kingpost import Memory, Unavailable

from .file import MemoryFile, Read
from .rows import SELECT, memory_of, voice
from .rows import title as titled
from .words import VERSION, spaced

T = TypeVar("T")

SLICE_CHARS = 4000
"""After so much text the event loop gets its turn: less than a millisecond of work."""

_LONG_CHARS = 16_000
"""What is longer is read beside the event loop: a single text of 1 MB takes the better part of a second."""

_PAGE = 200
_PUT = "INSERT INTO term (rowid, words) VALUES (?, ?)"
_TAKE = "INSERT INTO term (term, rowid, words) VALUES ('delete', ?, ?)"


class Entry(NamedTuple):
    """What the index holds of one memory: terms with a space before each, and how many words its body has."""

    terms: str
    words: int

    def __bool__(self) -> bool:
        """Whether there is anything to be found by."""
        return bool(self.terms)

    def row(self, seq: int, scope: int) -> tuple[int, str]:
        """The index's row: every term carries its scope, so that no search of another one can meet it."""
        return seq, self.terms.replace(" ", f" {scope}_")


def entry(memory: Memory) -> Entry:
    """The terms of a memory: of its body, of the parts of identifiers, of its title. A file's marker has none."""
    if memory.kind == "source":
        return Entry("", 0)
    body, parts = spaced(memory.body)
    return Entry(body + parts + _titled(title(memory)), body.count(" "))


@lru_cache(4096)
def _titled(title: str) -> str:
    """The terms of a title: thousands of memories share one."""
    return "".join(spaced(title))


def title(memory: Memory) -> str:
    """What a memory stands under: its source, its headings and who said it."""
    return titled(memory.source, memory.meta.get("heading", ""), voice(memory)[0])


async def entries(memories: Iterable[Memory]) -> list[Entry]:
    """The entries of many memories; other work of the event loop goes on meanwhile."""
    made = []
    chars = 0
    for memory in memories:
        long = len(memory.body) > _LONG_CHARS
        made.append(await asyncio.to_thread(entry, memory) if long else entry(memory))
        chars += len(memory.body)
        if chars > SLICE_CHARS:
            chars = 0
            await asyncio.sleep(0)
    return made


async def sliced(rows: Iterable[T], size: int) -> list[T]:
    """All of an iteration; after each ``size`` the event loop gets its turn.

    A thread that makes rows while it writes them would hold the interpreter for as long as it is let.
    """
    made: list[T] = []
    for row in rows:
        made.append(row)
        if len(made) % size == 0:
            await asyncio.sleep(0)
    return made


Placed = tuple[int, int, Entry]
"""An entry with the number of its memory and of its scope."""

Many = tuple[str, list[tuple[Any, ...]]]
"""A statement and what it is done with, for ``executemany``."""


def put(rows: Iterable[Placed]) -> Many:
    """How entries are put in."""
    return _PUT, [made.row(seq, scope) for seq, scope, made in rows if made]


def taken(rows: Iterable[Placed]) -> Many:
    """How what was put in with the same rows is taken out."""
    return _TAKE, [made.row(seq, scope) for seq, scope, made in rows if made]


def counted(rows: Iterable[Placed], sign: int) -> Many:
    """How rows are added to the statistics of each scope, or taken from them."""
    sums: dict[int, list[int]] = {}
    for _, scope, made in rows:
        if made:
            known = sums.setdefault(scope, [0, 0])
            known[0] += sign
            known[1] += sign * made.words
    update = "UPDATE scope SET size = size + ?, words = words + ? WHERE id = ?"
    return update, [(size, words, scope) for scope, (size, words) in sums.items()]


def held(read: Read, scope: int, terms: Sequence[str]) -> dict[str, int]:
    """Those of the terms that any memory of a scope holds, with how many do."""
    if not terms:
        return {}
    prefix = f"{scope}_"
    sql = f"SELECT term, doc FROM vocabulary WHERE term IN ({', '.join('?' * len(terms))})"  # noqa: S608 - question marks
    return {term.removeprefix(prefix): count for term, count in read(sql, [prefix + term for term in terms])}


async def renew(file: MemoryFile) -> None:
    """Make the index anew if it was made by a version that read words differently.

    Raises:
        Unavailable: it was made by a newer version.
    """
    if await _made_with(await file.read("SELECT value FROM about WHERE key = 'words'"), file) == VERSION:
        return
    async with file.transaction() as writer:
        await writer.execute_fetchall("INSERT INTO term (term) VALUES ('delete-all')")
        await writer.execute_fetchall("UPDATE scope SET size = 0, words = 0")
        last = 0
        while page := await _page(writer, last):
            memories = [memory_of(row) for row in page]
            made = [(row[0], row[1], each) for row, each in zip(page, await entries(memories), strict=True)]
            await writer.executemany(*put(made))
            await writer.executemany(*counted(made, 1))
            last = page[-1][0]
        await writer.execute_fetchall("INSERT OR REPLACE INTO about VALUES ('words', ?)", (VERSION,))
        # It was written in many parts: whoever closes the file next makes one of them.
        await writer.execute_fetchall("DELETE FROM about WHERE key = 'size'")


async def _page(writer: aiosqlite.Connection, last: int) -> list[Any]:
    return list(await writer.execute_fetchall(f"{SELECT} WHERE m.seq > ? ORDER BY m.seq LIMIT ?", (last, _PAGE)))


async def _made_with(rows: Sequence[Any], file: MemoryFile) -> int:
    version = int(rows[0][0]) if rows else 0
    if version > VERSION:
        raise Unavailable(
            f"the memory {str(file.path)!r} was indexed by a newer memory-sqlite; upgrade kingpost-memory-sqlite"
        )
    return version

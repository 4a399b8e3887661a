"""Stores memories: one transaction a call, all or nothing.

Called by ``memory``. What can be made before the transaction is made on the event loop, in slices; the transaction is
one piece of work on the writer's thread, so that others wait for the disk only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from kingpost import Memory

from .file import MemoryFile
from .index import Entry, counted, entries, entry, put, sliced, taken
from .rows import HAS_EXPIRED, ID, INSERT, SELECT, Stored, memory_of, stored, stored_id, values, voice

_CHUNK = 400
_SCOPE = ("scope", "tenant", "name")
_SOURCE = ("source", "scope", "path")
_SPEAKER = ("speaker", "scope", "name")
_SESSION = ("session", "scope", "name")
_SLICE = 50
"""After so many rows the event loop gets its turn: less than a millisecond of work."""

_KEY_BYTES = 12
COUNTED_SECONDS = 30 * 86_400.0
"""How long a name that uses were counted under is known: a log hands over again what is some seconds old."""

_OUTLIVED = "SELECT scope, key FROM counted WHERE at < ? ORDER BY at LIMIT 2"
_UNKNOWN = "DELETE FROM counted WHERE scope = ? AND key = ?"
_COUNTED = """
    INSERT INTO counted (scope, key, at) SELECT id, ?, ? FROM scope WHERE tenant = ? AND name = ? ON CONFLICT DO NOTHING
"""

# Another one each time: whoever tidies takes away the mark that was there before, and none that came meanwhile.
UNTIDY = "INSERT OR REPLACE INTO about VALUES ('untidy', 1 + (random() & 4611686018427387903))"

_EXPIRED = f"{SELECT} WHERE m.scope = ? AND m.id = ? AND {HAS_EXPIRED}"

Key = tuple[Any, Any]


class Draft(NamedTuple):
    """A memory on its way: what it belongs to by name, its row from ``tier`` on, and what the index holds of it.

    ``reads`` says that the body itself tells who speaks. ``session`` is ``None`` where it is no turn of a conversation.
    ``created`` is when it was made (seconds).
    """

    owner: tuple[Stored, Stored]
    source: Stored
    speaker: Stored
    reads: bool
    session: Stored | None
    row: tuple[Any, ...]
    entry: Entry
    created: float


async def remember(file: MemoryFile, memories: Sequence[Memory], short: float) -> int:
    """Store what is not there yet; returns how many that were. ``short`` is how long the short term is, in seconds."""
    made = await entries(memories)
    pairs = zip(memories, made, strict=True)
    drafts = await sliced((_draft(memory, entry, short) for memory, entry in pairs), _SLICE)
    return await file.write(lambda db: _store(db, drafts, short))


def _draft(memory: Memory, entry: Entry, short: float) -> Draft:
    speaker, reads = voice(memory)
    # A conversation without a name is one too: whatever somebody says has neighbours.
    session = stored(memory.session) if memory.session or speaker else None
    return Draft(
        (stored(memory.tenant), stored(memory.scope)), stored(memory.source), stored(speaker), reads, session,
        values(memory, entry.words, short), entry, memory.created,
    )  # fmt: skip


def _store(db: sqlite3.Connection, drafts: Sequence[Draft], short: float) -> int:
    """On the writer's thread, in a transaction."""
    owners = _owners(db, drafts)
    last = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'memory'").fetchone()
    first = last[0] + 1 if last else 1
    rows = [(first + n, *owners[n], *draft.row) for n, draft in enumerate(drafts)]
    db.executemany(INSERT, rows)
    # What was there already kept its number, so the new ones are those that have theirs.
    new = {seq for (seq,) in db.execute("SELECT seq FROM memory WHERE seq >= ?", (first,))}
    if len(new) < len(drafts):
        old = [n for n in range(len(drafts)) if first + n not in new]
        again = [n for n in old if _outlived(db, owners[n][0], drafts[n], short)]
        db.executemany(INSERT, [rows[n] for n in again])
        new |= {first + n for n in again}
    placed = [(seq, owners[seq - first][0], drafts[seq - first].entry) for seq in sorted(new)]
    db.executemany(*put(placed))
    db.executemany(*counted(placed, 1))
    return len(placed)


def _outlived(db: sqlite3.Connection, scope: int, draft: Draft, short: float) -> bool:
    """Whether what has the draft's id had expired before the draft was made; it is taken out then."""
    rows = db.execute(_EXPIRED, (scope, draft.row[ID], short, draft.created)).fetchall()
    placed = [(row[0], scope, entry(memory_of(row))) for row in rows]
    if placed:
        db.executemany(*taken(placed))
        db.executemany(*counted(placed, -1))
        db.executemany("DELETE FROM memory WHERE seq = ?", [(seq,) for seq, *_ in placed])
        db.execute(UNTIDY)
    return bool(placed)


async def use(file: MemoryFile, owner: tuple[str, str], ids: Sequence[str], at: float, once: str) -> int:
    """Count one use more of each memory of a tenant's scope, under a name only once; returns how many there are."""
    wanted = [stored_id(id) for id in dict.fromkeys(ids)]
    named = tuple(map(stored, owner))
    key = blake2b(once.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest() if once else None

    def used(db: sqlite3.Connection) -> int:
        # With the uses in one transaction, so that a crash leaves both or neither.
        if key is not None and not db.execute(_COUNTED, (key, at, *named)).rowcount:
            return 0
        if key is not None:
            # Two go for one that comes: a server may run for a year before a start clears them.
            db.executemany(_UNKNOWN, db.execute(_OUTLIVED, (at - COUNTED_SECONDS,)).fetchall())
        before = db.total_changes
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            sql = (
                "UPDATE memory SET uses = uses + 1, used = max(coalesce(used, ?), ?) "  # noqa: S608 - question marks
                "WHERE scope = (SELECT id FROM scope WHERE tenant = ? AND name = ?) "
                f"AND id IN ({', '.join('?' * len(chunk))})"
            )
            db.execute(sql, (at, at, *named, *chunk))
        return db.total_changes - before

    return await file.write(used)


def _owners(db: sqlite3.Connection, drafts: Sequence[Draft]) -> list[tuple[int, int | None, int | None, int | None]]:
    """The numbers of scope, source, speaker and session; names that are not there yet are made.

    The speaker's is negative where the body itself says who speaks.
    """
    scopes = _numbers(db, _SCOPE, (draft.owner for draft in drafts))
    numbers = [scopes[draft.owner] for draft in drafts]
    pairs = list(zip(numbers, drafts, strict=True))
    sources = _numbers(db, _SOURCE, ((scope, draft.source) for scope, draft in pairs if draft.source))
    speakers = _numbers(db, _SPEAKER, ((scope, draft.speaker) for scope, draft in pairs if draft.speaker))
    sessions = _numbers(db, _SESSION, ((scope, draft.session) for scope, draft in pairs if draft.session is not None))
    owners = []
    for scope, draft in pairs:
        speaker = speakers.get((scope, draft.speaker))
        signed = -speaker if speaker is not None and draft.reads else speaker
        owners.append((scope, sources.get((scope, draft.source)), signed, sessions.get((scope, draft.session))))
    return owners


def _numbers(db: sqlite3.Connection, table: tuple[str, str, str], keys: Iterable[Key]) -> dict[Key, int]:
    """The numbers of scopes or sources; those that are not there yet are made."""
    wanted = list(dict.fromkeys(keys))
    found = _known(db, table, wanted)
    if missing := [key for key in wanted if key not in found]:
        name, owner, key = table
        db.executemany(f"INSERT INTO {name} ({owner}, {key}) VALUES (?, ?)", missing)  # noqa: S608 - our names
        found |= _known(db, table, missing)
    return found


def _known(db: sqlite3.Connection, table: tuple[str, str, str], keys: list[Key]) -> dict[Key, int]:
    name, owner, key = table
    found: dict[Key, int] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        sql = (
            f"WITH asked (owner, key) AS (VALUES {', '.join(['(?, ?)'] * len(chunk))}) "  # noqa: S608 - our names
            f"SELECT t.{owner}, t.{key}, t.id FROM asked a JOIN {name} t ON t.{owner} = a.owner AND t.{key} = a.key"
        )
        for row in db.execute(sql, [value for pair in chunk for value in pair]):
            found[row[0], row[1]] = row[2]
    return found

"""The state of all tasks as of some frame, kept so that a fold can begin there.

Taken by the writer every so many frames, by ``rebuild`` and by ``seal``. A snapshot holds the rows of the tasks that
were touched since the one before it; with all earlier ones it is complete. So what is kept grows with the log and not
with its square, and a log that only has ended tasks behind it costs nothing more.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from pydantic_core import from_json, to_json

from .cuts import Mark
from .rows import COLUMNS, unpacked
from .scan import DAMAGE

STRIDE = 10_000
"""Frames between two snapshots: a few thousand tasks, some 20 milliseconds."""

_MOST_FRAMES = 100_000
_PART = 5_000
_LEVEL = 1
_WIDTH = 1 + len(COLUMNS.split(", "))

_ADD = "INSERT INTO snapshot (position, at, hash, parts, digest, tasks) VALUES (?, ?, ?, ?, ?, ?)"
_LAST = "SELECT coalesce(max(position), 0) FROM snapshot"
_MARKS = "SELECT DISTINCT position, hash, at FROM snapshot WHERE position > ? ORDER BY position LIMIT 1"
_PARTS = "SELECT parts, digest, tasks FROM snapshot WHERE position = ? ORDER BY number"
_TOUCHED = f"""
    SELECT position, {COLUMNS} FROM task
    WHERE position IN (SELECT first FROM frames WHERE position > ?) ORDER BY position
"""  # noqa: S608 - the columns are our own

Row = tuple[Any, ...]


def last(connection: sqlite3.Connection) -> int:
    """The position of the newest snapshot, 0 when there is none."""
    (position,) = connection.execute(_LAST).fetchone()
    return int(position)


def take_live(connection: sqlite3.Connection, mark: Mark, known: Mapping[int, Row] | None) -> bool:
    """A snapshot of the live rows as of ``mark``, the newest frame, unless there is one of late; whether it was taken.

    ``known`` are the rows that were touched since the newest one, by position, where all of them are at hand: to read
    them back is two thirds of the work. Call it inside a transaction that holds the write lock. A file that has none,
    of long ago, is left to ``rebuild``: its first one would keep everybody waiting.
    """
    before = last(connection)
    if not STRIDE <= mark.position - before <= _MOST_FRAMES:
        return False
    if known is None:
        rows = connection.execute(_TOUCHED, (before,)).fetchall()
    else:
        rows = [known[first] for first in sorted(known)]
    add(connection, mark, rows)
    return True


def add(connection: sqlite3.Connection, mark: Mark, rows: Sequence[Row]) -> None:
    """Store the rows of the tasks that were touched since the newest snapshot, as one as of ``mark``."""
    packed = [zlib.compress(to_json(page), _LEVEL) for page in _pages(rows)]
    connection.executemany(_ADD, [(*_columns(mark), len(packed), sha256(part).digest(), part) for part in packed])


def remove(connection: sqlite3.Connection, position: int) -> None:
    """Take away the snapshot at ``position``."""
    connection.execute("DELETE FROM snapshot WHERE position = ?", (position,))


def shorten(connection: sqlite3.Connection, position: int) -> None:
    """There is a snapshot at ``position`` now: leave out of the next one what was not touched since."""
    mark = following(connection, position)
    if mark is not None and (rows := rows_at(connection, mark.position)) is not None:
        remove(connection, mark.position)
        add(connection, mark, [row for row in rows if int(unpacked(row[1:]).version) > position])


def following(connection: sqlite3.Connection, position: int) -> Mark | None:
    """The first snapshot behind ``position``."""
    try:
        row = connection.execute(_MARKS, (position,)).fetchone()
    except DAMAGE:
        return None
    return Mark(*row) if row else None


def rows_at(connection: sqlite3.Connection, position: int) -> list[Row] | None:
    """The rows of the snapshot at ``position``; ``None`` when it is not what was stored."""
    parts = _parts(connection, position)
    try:
        rows = [tuple(row) for part in parts for row in from_json(part)]
    except (TypeError, ValueError):
        return None
    return rows if parts and {len(row) for row in rows} <= {_WIDTH} else None


def holds(connection: sqlite3.Connection, position: int, rows: Sequence[Row]) -> bool:
    """True when the snapshot at ``position`` is of these rows."""
    # Bytes against bytes: nothing need be read in where all is as it should be.
    if _parts(connection, position) == [to_json(page) for page in _pages(rows)]:
        return True
    return rows_at(connection, position) == list(rows)


def _parts(connection: sqlite3.Connection, position: int) -> list[bytes]:
    """The JSON of a snapshot; empty when it is not what was stored."""
    try:
        found = connection.execute(_PARTS, (position,)).fetchall()
        if all(count == len(found) and sha256(part).digest() == digest for count, digest, part in found):
            return [zlib.decompress(part) for *_, part in found]
    except (*DAMAGE, TypeError, zlib.error):
        pass
    return []


def _pages(rows: Sequence[Row]) -> list[Sequence[Row]]:
    return [rows[start : start + _PART] for start in range(0, len(rows), _PART)] or [[]]


def _columns(mark: Mark) -> tuple[int, int, bytes]:
    return mark.position, mark.at, mark.hash

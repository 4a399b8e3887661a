"""Removes what was sealed, bit by bit, once the cut is recorded.

Called by ``seal``, and by every care that comes after one which was killed. Readers look at the cut, so what is not yet
removed is gone for them all the same.
"""

from __future__ import annotations

import sqlite3

from . import scrub
from .cuts import newest_cut
from .tables import begin

_AT_ONCE = 500

# A task's first row keeps its name; what other streams have is theirs.
_FRAMES = """
    DELETE FROM frames WHERE position IN (
        SELECT position FROM frames WHERE position <= ? AND stream IS NULL
        AND position NOT IN (SELECT position FROM kept) LIMIT ?)
"""
_NAMES = """
    UPDATE frames SET body = x'', payloads = NULL WHERE position IN (
        SELECT position FROM frames WHERE position <= ? AND length(body) > 0
        AND position NOT IN (SELECT position FROM kept) LIMIT ?)
"""
_BLOBS = "SELECT work, CAST(substr(work, 6) AS INTEGER) FROM due WHERE work LIKE 'blob %' LIMIT ?"
_BLOB_DONE = "DELETE FROM due WHERE work = ?"

# The row stays, with nothing in it: were it deleted, SQLite would join pages and leave copies of other blobs on them.
WIPE_BLOB = "UPDATE blob SET tenant = '', digest = 'erased ' || number, content = x'' WHERE number = ?"


def clear(connection: sqlite3.Connection, patience: float) -> None:
    """Remove the frames before the newest cut, and the blobs that went with them."""
    position = newest_cut(connection).position
    while position and (_removed(connection, patience, position) or _blobs_removed(connection, patience)):
        pass


def _removed(connection: sqlite3.Connection, patience: float, position: int) -> bool:
    begin(connection, patience)
    done = sum(connection.execute(statement, (position, _AT_ONCE)).rowcount for statement in (_FRAMES, _NAMES))
    if done:
        scrub.vacuum_later(connection)
    connection.execute("COMMIT")
    return done > 0


def _blobs_removed(connection: sqlite3.Connection, patience: float) -> bool:
    begin(connection, patience)
    found = connection.execute(_BLOBS, (_AT_ONCE // 10,)).fetchall()
    connection.executemany(WIPE_BLOB, [(number,) for _, number in found])
    connection.executemany(_BLOB_DONE, [(work,) for work, _ in found])
    connection.execute("COMMIT")
    return bool(found)

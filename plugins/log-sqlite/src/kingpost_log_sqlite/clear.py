"""Removes what was sealed, bit by bit, once the cut is recorded.

Called by ``seal``, and by every care that comes after one which was killed. Readers look at the cut, so what is not yet
removed is gone for them all the same.
"""

from __future__ import annotations

import sqlite3

from . import scrub
from .cuts import newest_cut
from .tables import begin

_AT_ONCE = 1000

# A task's first row keeps its name; what other streams have is theirs.
_FRAMES = """
    DELETE FROM frames WHERE position > ? AND position <= ? AND stream IS NULL
    AND position NOT IN (SELECT position FROM kept)
"""
_NAMES = """
    UPDATE frames SET body = x'', payloads = NULL WHERE position > ? AND position <= ? AND length(body) > 0
    AND position NOT IN (SELECT position FROM kept)
"""
_TO_CLEAR = "SELECT work, CAST(substr(work, 7) AS INTEGER) FROM due WHERE work LIKE 'clear %'"
_BLOBS = "SELECT work, CAST(substr(work, 6) AS INTEGER) FROM due WHERE work LIKE 'blob %' LIMIT 50"
_DONE = "DELETE FROM due WHERE work = ?"

# The row stays, with nothing in it: were it deleted, SQLite would join pages and leave copies of other blobs on them.
WIPE_BLOB = "UPDATE blob SET tenant = '', digest = 'erased ' || number, content = x'' WHERE number = ?"
CLEAR_LATER = "INSERT OR IGNORE INTO due VALUES ('clear ' || ?)"
WIPE_BLOB_LATER = "INSERT OR IGNORE INTO due VALUES ('blob ' || ?)"


def clear(connection: sqlite3.Connection, patience: float) -> None:
    """Remove the frames before the newest cut, and the blobs that went with them."""
    end = newest_cut(connection).position
    for work, position in connection.execute(_TO_CLEAR).fetchall():
        for start in range(position, end, _AT_ONCE):
            _remove(connection, patience, start, min(start + _AT_ONCE, end))
        begin(connection, patience)
        connection.execute(_DONE, (work,))
        connection.execute("COMMIT")
    while _blobs_removed(connection, patience):
        pass


def _remove(connection: sqlite3.Connection, patience: float, start: int, end: int) -> None:
    begin(connection, patience)
    if sum(connection.execute(statement, (start, end)).rowcount for statement in (_FRAMES, _NAMES)):
        # Deleting rows makes SQLite join pages, and leave copies of the rows beside them.
        scrub.vacuum_later(connection)
    connection.execute("COMMIT")


def _blobs_removed(connection: sqlite3.Connection, patience: float) -> bool:
    begin(connection, patience)
    found = connection.execute(_BLOBS).fetchall()
    connection.executemany(WIPE_BLOB, [(number,) for _, number in found])
    connection.executemany(_DONE, [(work,) for work, _ in found])
    connection.execute("COMMIT")
    return bool(found)

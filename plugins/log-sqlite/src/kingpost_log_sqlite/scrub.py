"""Sees to it that what was taken away leaves no bytes behind in the file and its write-ahead log.

Called when something was erased, sealed or overwritten. Rows are wiped as they go (SQLite's ``secure_delete``); what
is left then are old pages in the write-ahead log, and, in files that were begun without wiping or whose pages were
joined, remains on pages that are in use. The latter are only got rid of by writing the file anew.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kingpost import Unavailable

from .failures import is_busy
from .tables import retried

_DUE = "SELECT 1 FROM due WHERE work = 'vacuum'"
_DONE = "DELETE FROM due WHERE work = 'vacuum'"


def vacuum_later(connection: sqlite3.Connection) -> None:
    """Pages were joined or rows were moved: the next erasure has to write the file anew."""
    connection.execute("INSERT OR IGNORE INTO due VALUES ('vacuum')")


def vacuum(connection: sqlite3.Connection, patience: float) -> None:
    """Write the file anew, whether that is due or not. Nobody else writes meanwhile."""
    retried(lambda: connection.execute("VACUUM"), patience)
    retried(lambda: connection.execute(_DONE), patience)


def scrub(connection: sqlite3.Connection, path: Path, patience: float) -> None:
    """Leave nothing behind of what was taken away before.

    Raises:
        Unavailable: somebody reads what was there before and does not end.
    """
    if connection.execute(_DUE).fetchone() is not None:
        vacuum(connection, patience)
    try:
        retried(lambda: _truncate(connection), patience)
    except sqlite3.Error as problem:
        if not is_busy(problem):
            raise
        raise Unavailable(
            f"it is taken away, but somebody still reads the log {str(path)!r} as it was, and some bytes stay in "
            "its write-ahead log: try again when backups and verifications have ended"
        ) from problem


def _truncate(connection: sqlite3.Connection) -> None:
    """Everything out of the write-ahead log, and that to no length."""
    # To take this checkpoint SQLite holds the write lock itself, see ``checkpoint`` why that must be, if it gets it in
    # this time.
    connection.execute("PRAGMA busy_timeout = 2000")
    try:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute("PRAGMA busy_timeout = 0")
    if busy:
        raise _still_read()


def _still_read() -> sqlite3.OperationalError:
    problem = sqlite3.OperationalError("the write-ahead log is still being read")
    problem.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return problem

"""Moves what was committed from the write-ahead log into the database, so that neither grows without bound.

Called by the writer between two groups, when everybody is answered.

SQLite up to 3.51.2 (but 3.50.7 and 3.44.6) may lose a commit that restarts the write-ahead log while a checkpoint runs
on another connection (https://sqlite.org/wal.html#walresetbug). So a checkpoint here runs only while a second
connection holds the write lock, and SQLite's own automatic ones, which do not, are off.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable

from .failures import is_busy

DUE_BYTES = 2 * 1024 * 1024
"""Often, and so quickly done: everybody waits for it, and longer for one of 16 MB than for eight of these apart."""
_COMMIT_BYTES = 24 * 1024
"""What a commit adds besides its rows: every page that it touches is written whole."""

log = logging.getLogger("kingpost.log_sqlite")


class Checkpoint:
    """Takes a checkpoint when enough was written."""

    def __init__(self, writing: sqlite3.Connection, opened: Callable[[], sqlite3.Connection]) -> None:
        """``opened`` gives a second connection, which is not wanted by those who write little."""
        self._writing, self._opened = writing, opened
        self._guard: sqlite3.Connection | None = None
        self._bytes = 0

    def wrote(self, size: int) -> None:
        """A group of about ``size`` bytes was committed."""
        self._bytes += size + _COMMIT_BYTES

    def take_if_due(self) -> None:
        """Do it now if it is time. Trouble is left to the next time: nothing is lost, the file only grows."""
        if self._bytes < DUE_BYTES:
            return
        try:
            self._take()
        except sqlite3.Error as problem:
            if not is_busy(problem):
                log.warning("no checkpoint of the log now (%s); it is tried again after the next appends", problem)
            self._bytes -= DUE_BYTES // 8
        else:
            self._bytes = 0

    def close(self) -> None:
        """Close the second connection."""
        if self._guard is not None:
            self._guard.close()

    def _take(self) -> None:
        guard = self._guard = self._guard or self._opened()
        guard.execute("BEGIN IMMEDIATE")
        try:
            self._writing.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            guard.execute("ROLLBACK")

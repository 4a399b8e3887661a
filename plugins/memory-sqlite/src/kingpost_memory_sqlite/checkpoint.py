"""Moves what was committed from the write-ahead log into the file, so that neither grows without bound.

Called by ``file`` after commits, when whoever waited is answered.

SQLite up to 3.51.2 (but 3.50.7 and 3.44.6) may lose a commit that restarts the write-ahead log while a checkpoint runs
on another connection (https://sqlite.org/wal.html#walresetbug). So a checkpoint here runs only while a second
connection holds the write lock, and SQLite's own automatic ones, which do not, are off.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

DUE_BYTES = 4 * 1024 * 1024
_COMMIT_BYTES = 24 * 1024
"""What a commit adds besides its rows: every page that it touches is written whole."""

_CHANGE_BYTES = 600


class Checkpoint:
    """Knows when enough was written. ``busy`` is how long to wait for the write lock (seconds)."""

    def __init__(self, path: Path, busy: float) -> None:
        self._path, self._busy = path, busy
        self._bytes = 0

    def wrote(self, changes: int) -> bool:
        """A transaction with so many changes was committed; whether a checkpoint is due."""
        self._bytes += changes * _CHANGE_BYTES + _COMMIT_BYTES
        return self._bytes >= DUE_BYTES

    def take(self, writing: sqlite3.Connection) -> None:
        """Do it now, on the writer's thread. Trouble is left to the next time: nothing is lost, the file only grows."""
        try:
            guard = sqlite3.connect(self._path, timeout=self._busy, isolation_level=None)
            try:
                guard.execute("BEGIN IMMEDIATE")
                writing.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            finally:
                guard.close()
        except sqlite3.Error:
            self._bytes -= DUE_BYTES // 8
        else:
            self._bytes = 0

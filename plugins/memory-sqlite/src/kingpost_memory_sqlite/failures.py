"""Turns what SQLite reports into kingpost's own errors, with the file and the mend.

Called around everything that touches the file. A memory that fails is unavailable and nothing worse: the task goes on
without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kingpost import Unavailable

_PRIMARY = 0xFF
"""The lower byte of SQLite's extended result codes says what went wrong, the rest where."""

_DAMAGED = "it is damaged or no SQLite file; move it away, so that a new one is made, and import a backup"
_MENDS = {
    sqlite3.SQLITE_BUSY: "another process keeps it locked; try again, or end that process",
    sqlite3.SQLITE_LOCKED: "another connection keeps it locked; try again",
    sqlite3.SQLITE_FULL: "its disk is full; free some space and try again",
    sqlite3.SQLITE_READONLY: "it cannot be written; check the permissions of the file and of its folder",
    sqlite3.SQLITE_PERM: "it cannot be opened; check the permissions of the file and of its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_IOERR: "the disk refuses; check its space, its limits and its health, then try again",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}


def code(problem: BaseException) -> int:
    """SQLite's primary result code, 0 when the problem is not SQLite's."""
    return getattr(problem, "sqlite_errorcode", 0) & _PRIMARY


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Whatever SQLite or the disk refuses inside becomes ``Unavailable``."""
    try:
        yield
    except sqlite3.Error as problem:
        mend = _MENDS.get(code(problem), "try again")
        raise Unavailable(f"the memory {str(path)!r} cannot be used ({problem}): {mend}") from problem
    except OSError as problem:
        raise Unavailable(
            f"the memory {str(path)!r} cannot be used ({problem.strerror or problem}): check its folder"
        ) from problem

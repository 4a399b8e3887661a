"""Turns what SQLite reports into kingpost's own errors, with the file and the mend.

Called wherever SQLite is: the writer, the readers, start-up and the copies.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kingpost import Corrupted, InvalidRequest, KingpostError, Unavailable

_PRIMARY = 0xFF
"""The lower byte of SQLite's extended result codes says what went wrong, the rest where."""

_MENDS = {
    sqlite3.SQLITE_FULL: "its disk is full; free some space and try again",
    sqlite3.SQLITE_READONLY: "it cannot be written; check the permissions of the file and of its folder",
    sqlite3.SQLITE_PERM: "it cannot be opened; check the permissions of the file and of its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_IOERR: "the disk refuses; check its space, its limits and its health, then try again",
    sqlite3.SQLITE_BUSY: "another process keeps it locked; try again, or find out who holds it",
    sqlite3.SQLITE_LOCKED: "another connection keeps it locked; try again",
    sqlite3.SQLITE_NOMEM: "there is no memory left; free some and try again",
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""The last is what SQLite says when a table is not there."""


class FileLost(Exception):
    """The file that was opened is no longer the one at its path."""


def code(problem: BaseException) -> int:
    """SQLite's primary result code, 0 when the problem is not SQLite's."""
    return getattr(problem, "sqlite_errorcode", 0) & _PRIMARY


def is_busy(problem: BaseException) -> bool:
    """True when another connection is in the way and will soon be gone."""
    return code(problem) == sqlite3.SQLITE_BUSY


def concerns_file(problem: BaseException) -> bool:
    """True when the file or its disk is at fault, so that no append would have gone better."""
    return isinstance(problem, FileLost | UnicodeDecodeError) or code(problem) in {*_MENDS, *_DAMAGED}


def is_damage(problem: BaseException) -> bool:
    """True when the pages of the file are not what SQLite once wrote, or contradict one another."""
    return isinstance(problem, UnicodeDecodeError) or code(problem) in {*_DAMAGED, sqlite3.SQLITE_CONSTRAINT}


def closed(path: Path) -> Unavailable:
    """The error of whoever comes too early or too late."""
    return Unavailable(f"the log {str(path)!r} is not open; nothing was accepted; start it first")


def explained(problem: Exception, path: Path) -> KingpostError:
    """The error that a caller is told. A new one each time, since several callers may raise it at once."""
    if isinstance(problem, KingpostError):
        return problem
    log = f"the log {str(path)!r}"
    if isinstance(problem, FileLost):
        return Unavailable(
            f"{log} was moved, replaced or deleted while it was open; nothing was accepted; "
            "put it back, or restore a backup, and start again"
        )
    if isinstance(problem, OSError):
        return Unavailable(f"{log} cannot be used ({problem}); check its folder and its disk, then try again")
    if mend := _MENDS.get(code(problem)):
        return Unavailable(f"{log} cannot be used ({problem}): {mend}")
    # Python cannot read SQLite's message where that quotes the damage.
    if code(problem) in _DAMAGED or isinstance(problem, UnicodeDecodeError):
        return Corrupted(
            f"{log} is damaged ({problem}); 'kingpost rebuild' saves what can be read; or restore a backup"
        )
    return InvalidRequest(f"this cannot be recorded: {type(problem).__name__}: {problem}")

"""Opens the file: for writing, with its tables brought to the newest shape, or for reading only.

Called by the writer, the readers and the copies. No one else opens the file, and nothing in this process may open
and close it outside SQLite: that would drop the locks which SQLite holds on it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path

from kingpost import ConfigurationError, Record

from .failures import is_busy

MIGRATIONS = Path(__file__).with_name("migrations")
APPLICATION = int.from_bytes(b"kplg", "big")
RETRY_SECONDS = 0.001
"""Often enough to find the gap between two groups of a busy process; SQLite's own waits grow to 100 ms and starve."""

_WAL_LEFT_BYTES = 64 * 1024 * 1024


def open_for_writing(path: Path, cache_mb: int, patience: float) -> sqlite3.Connection:
    """A connection whose commits are on disk when they return.

    Raises:
        ConfigurationError: the file is another program's, or was written by a newer kingpost.
        sqlite3.Error: the file cannot be opened, or is no database.
    """
    # What it holds is its owner's alone, in a home that others may enter too; SQLite gives its other files the same.
    # One that is there is left alone: to close it would take away the locks that this process has on it.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rwc", uri=True, isolation_level=None, timeout=0, check_same_thread=False
    )
    try:
        retried(lambda: _prepare(connection, path, cache_mb), patience)
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_care(path: Path, patience: float) -> sqlite3.Connection:
    """A connection that writes beside the log's own, to a file that is there: what it does last is made durable by it.

    Raises:
        ConfigurationError: the file is another program's, or was written by a newer kingpost.
        sqlite3.Error: the file cannot be opened, or is no database.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0, check_same_thread=False
    )
    try:
        retried(lambda: _care(connection, path), patience)
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_overwrite(path: Path) -> sqlite3.Connection:
    """A connection to a file that may be damaged anywhere, to write all of its pages anew."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0)
    # SQLite opens a file that was cut only for those who say that they know what they do.
    connection.execute("PRAGMA writable_schema = ON")
    _safely(connection)
    return connection


def open_for_reading(path: Path, patience: float = 5.0) -> sqlite3.Connection:
    """A connection that cannot write. It may be used from any one thread at a time."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=patience,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def begin(connection: sqlite3.Connection, patience: float) -> None:
    """Take the write lock, waiting for other processes."""
    retried(lambda: connection.execute("BEGIN IMMEDIATE"), patience)


@contextmanager
def transaction(connection: sqlite3.Connection, patience: float) -> Iterator[None]:
    """All that is written inside, or nothing of it."""
    begin(connection, patience)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def retried(attempt: Callable[[], object], patience: float) -> None:
    """Do it, again and again while others hold the lock, for at most ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            attempt()
        except sqlite3.OperationalError as problem:
            if not is_busy(problem) or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def migrate(connection: sqlite3.Connection, path: Path, folder: Path = MIGRATIONS) -> None:
    """Bring the tables to the newest shape, all steps or none.

    Each step is a numbered file; each statement in it ends its line.

    Raises:
        ConfigurationError: the file is another program's, or was written by a newer kingpost.
    """
    steps = {int(step.name.split("_")[0]): step for step in sorted(folder.glob("*.sql"))}
    newest = max(steps)
    if _shape(connection, path, newest) == newest:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it between the look and the lock.
        found = _shape(connection, path, newest)
        for step in (steps[number] for number in sorted(steps) if number > found):
            for statement in _statements(step.read_text("utf-8")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {newest:d}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


class Piece(Record):
    """A table or an index as the newest shape has it. ``rebuild`` gives the indexes of ``task`` two names in turn."""

    kind: str
    table: str
    names: tuple[str, str]
    sql: str


@cache
def pieces() -> tuple[Piece, ...]:
    """All that a log's file consists of, tables first."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, Path("memory"))
        rows = connection.execute(
            "SELECT type, tbl_name, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, rowid"
        )
        return tuple(Piece(kind, table, (name, f"{name}_2"), sql) for kind, table, name, sql in rows)


def _safely(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    # macOS needs more than fsync before a write survives a power cut; elsewhere these say nothing.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA synchronous = FULL")
    # What is erased must not be left on a page, nor what SQLite moves from one page to another.
    connection.execute("PRAGMA secure_delete = ON")
    # Checkpoints are taken between groups, when nobody waits, and never beside a commit: see ``checkpoint``.
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_LEFT_BYTES}")


def _care(connection: sqlite3.Connection, path: Path) -> None:
    _safely(connection)
    migrate(connection, path)


def _prepare(connection: sqlite3.Connection, path: Path, cache_mb: int) -> None:
    _safely(connection)
    connection.execute(f"PRAGMA cache_size = {-1024 * cache_mb:d}")
    migrate(connection, path)
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise ConfigurationError(
            f"the file system of {str(path)!r} cannot hold the log (SQLite's journal stays {mode!r}); "
            "name a path on a local disk in [log-sqlite]"
        )
    # The first read makes the write-ahead log, so that both files stand when ``place`` looks at them.
    connection.execute("SELECT 1 FROM frames LIMIT 1").fetchone()


def _shape(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """Which migration the tables have seen; 0 for a new file."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION and (application or found or tables):
        raise ConfigurationError(f"{str(path)!r} is a database of another program; name another path in [log-sqlite]")
    if found > newest:
        raise ConfigurationError(
            f"the log {str(path)!r} has tables of shape {found}, and this kingpost knows shapes up to {newest}; "
            "upgrade kingpost, or use another home"
        )
    return int(found)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

"""Copies the log into a file, and takes such a file in again.

Called by ``Care.backup`` and ``Care.restore``, on a thread of its own but for ``taken_in``, which is the writer's. A
copy is an ordinary log in one file, with no write-ahead log beside it. To restore is to append: the copy is checked
whole, and then the frames that this log lacks go in as they stand, in one transaction, so that what was erased here
since stays erased, and whoever reads meanwhile sees the log before or the log behind.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kingpost import GENESIS, Corrupted, Head, InvalidRequest, UnreadableInput

from .failures import explained
from .frames import Listener
from .references import Blobs
from .rows import COLUMNS
from .scan import DAMAGE, END
from .tables import APPLICATION, begin, migrate, open_for_reading
from .verify import verified

_HEAD = "SELECT position, hash FROM frames ORDER BY position DESC LIMIT 1"
_HASH = "SELECT hash FROM copy.frames WHERE position = ?"
_CUT = "SELECT coalesce(max(position), 0) FROM copy.cut"
_FRAMES = (
    "INSERT INTO frames (position, stream, first, hash, body, payloads) "
    "SELECT position, stream, first, hash, body, payloads FROM copy.frames WHERE position > ? ORDER BY position"
)
_TASKS = f"REPLACE INTO task (position, {COLUMNS}) SELECT position, {COLUMNS} FROM copy.task ORDER BY position"  # noqa: S608 - our own columns
_BLOBS = (
    "INSERT INTO blob (tenant, digest, content) SELECT tenant, digest, content FROM copy.blob "
    "WHERE digest NOT GLOB 'erased *' ORDER BY number"
)
_BLOB = (
    "INSERT INTO blob (tenant, digest, content) SELECT tenant, digest, content FROM copy.blob WHERE number = ? "
    "ON CONFLICT (tenant, digest) DO NOTHING"
)
_PAGES = 1024
"""Copied in one step, between two looks at who waits: 4 MB."""

# What only a log that was empty takes over: the snapshots of two logs do not join.
_WHOLE = (
    "INSERT INTO snapshot SELECT * FROM copy.snapshot",
    "INSERT INTO cut SELECT * FROM copy.cut",
    "INSERT INTO kept SELECT * FROM copy.kept",
)


def copied(path: Path, target: Path, listener: Listener) -> Head:
    """A copy of the log at ``target``, as of one moment, on disk when this returns.

    Raises:
        InvalidRequest: there is something at ``target``, or no folder to hold it.
        Unavailable: the disk is full, or one of the files cannot be used.
    """
    if target.exists() or not target.parent.is_dir():
        raise InvalidRequest(f"{str(target)!r} cannot hold a backup; name a new file in a folder that exists")
    with beside(target) as partial:
        try:
            _copy(path, partial, listener)
            head = _head_of(partial)
            sync(partial)
            partial.replace(target)
            sync(target.parent)
        except (sqlite3.Error, OSError) as problem:
            raise explained(problem, target) from problem
    return head


@contextmanager
def sound_copy(source: Path, log: Path) -> Iterator[Path]:
    """A copy of a backup beside the log, with tables of the newest shape, checked whole; removed afterwards.

    Raises:
        UnreadableInput: there is no such file.
        Corrupted: it is no backup, or not a sound one.
        ConfigurationError: a newer kingpost has made it.
    """
    if not source.is_file():
        raise UnreadableInput(str(source), "there is no such file", "name a backup")
    with beside(log) as copy:
        try:
            _copy(source, copy, Listener())
            with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
                if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
                    raise Corrupted(f"{str(source)!r} is no backup of a log; take another one")
                migrate(connection, source)
        except DAMAGE as problem:
            raise Corrupted(f"the backup {str(source)!r} cannot be read ({problem}); take another one") from problem
        report = verified(copy)
        if not report.sound:
            first = report.findings[0]
            where = f" at frame {first.position}" if first.position else ""
            raise Corrupted(f"the backup {str(source)!r} is not sound{where}: {first.what}; take another one")
        yield copy


def taken_in(copy: Path, patience: float) -> Callable[[sqlite3.Connection], Head]:
    """What the writer is to do: append all that the copy has and the log has not."""

    def take_in(connection: sqlite3.Connection) -> Head:
        connection.execute("ATTACH ? AS copy", (str(copy),))
        try:
            begin(connection, patience)
            position = _common(connection)
            connection.execute(_FRAMES, (position,))
            connection.execute(_TASKS)
            if position:
                connection.executemany(_BLOB, [(number,) for number in _named_behind(copy, position)])
            else:
                for statement in (_BLOBS, *_WHOLE):
                    connection.execute(statement)
            head = Head(*(connection.execute(_HEAD).fetchone() or (0, GENESIS)))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute("DETACH copy")
        return head

    return take_in


def _common(connection: sqlite3.Connection) -> int:
    """The head of the log, which must stand in the copy too."""
    position, hash = connection.execute(_HEAD).fetchone() or (0, GENESIS)
    (cut,) = connection.execute(_CUT).fetchone()
    if position and (position <= cut or connection.execute(_HASH, (position,)).fetchone() != (hash,)):
        raise InvalidRequest("the log holds what the backup does not; restore it into an empty home")
    return int(position)


def _named_behind(copy: Path, position: int) -> Iterator[int]:
    """The blobs that the copy's later frames hold. Others were there, and may have been erased since."""
    with closing(open_for_reading(copy)) as connection:
        blobs = Blobs(connection)
        named, _ = blobs.held(position, END, lambda position, first: True)
        for tenant, digests in named.items():
            yield from blobs.reached(tenant, digests).values()


def _copy(source: Path, target: Path, listener: Listener) -> None:
    def step(status: int, left: int, all_: int) -> None:
        listener.check()
        listener.told(all_ - left, all_)

    with closing(open_for_reading(source)) as here, closing(sqlite3.connect(target, isolation_level=None)) as there:
        # One reading for all steps: else whoever writes meanwhile would have SQLite begin anew each time.
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        here.backup(there, pages=_PAGES, progress=step)
        # As it was copied it would want a write-ahead log beside it, and a folder that may be written.
        there.execute("PRAGMA journal_mode = DELETE")


def _head_of(path: Path) -> Head:
    with closing(open_for_reading(path)) as connection:
        return Head(*(connection.execute(_HEAD).fetchone() or (0, GENESIS)))


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A new file in the same folder, so that it can take the place of ``path``; removed if it is still there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".partial")
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a closed file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

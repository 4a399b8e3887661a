"""The file: opening it, its shape, its two connections and its transactions.

Called by ``memory``. One connection writes, one only reads, each on a thread of its own, so that a question never
waits for a write. Several processes may have the file open.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from kingpost import Unavailable

from .checkpoint import Checkpoint
from .failures import code, explained
from .line import Line, connected

T = TypeVar("T")
Read = Callable[..., list[Any]]
"""How a SELECT with its parameters is read on the reader's thread: all rows at once."""

APPLICATION = 0x6B70_6D31
"""Marks the file as ours (``kpm1``)."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_WRITER = """
    PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -8000;
    PRAGMA journal_size_limit = 4194304; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0
"""
_TRIES = 100
_PAUSE = 0.05


class MemoryFile:
    """One SQLite file, open. ``busy`` is how long a write waits for another process (seconds)."""

    def __init__(self, path: Path, busy: float, point: Callable[[str], None]) -> None:
        self.path, self._busy, self._point = path, busy, point
        self._writer: Line | None = None
        self._reader: Line | None = None
        self._turn = asyncio.Lock()
        self._checkpoint = Checkpoint(path, busy)
        self._taking: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Make the file if need be, bring it to the newest shape, and open both connections.

        Raises:
            Unavailable: it cannot be opened, is no memory, or is of a newer version.
        """
        with explained(self.path):
            try:
                await asyncio.to_thread(_make, self.path)
                self._writer = await connected(self.path, self._busy)
                await self._shape(self._writer.connection)
                self._reader = await connected(f"{self.path.absolute().as_uri()}?mode=ro", self._busy)
                await self._reader.connection.execute_fetchall("PRAGMA cache_size = -32000")
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        """Close both connections; what is being written is finished first. Closing twice is no error."""
        if self._taking is not None:
            await asyncio.wait([self._taking])
        async with self._turn:
            reader, self._reader = self._reader, None
            writer, self._writer = self._writer, None
            # The writer goes last: it can fold the write-ahead log into the file, a reader cannot.
            for line in (reader, writer):
                if line is not None:
                    await line.close()

    async def look(self, look: Callable[[Read], T]) -> T:
        """Several SELECTs that depend on each other, in one go on the reader's thread: each way there costs."""

        def looked(bare: sqlite3.Connection) -> T:
            return look(lambda sql, parameters=(): bare.execute(sql, parameters).fetchall())

        with explained(self.path):
            return await self._open(self._reader).run(looked)

    async def read(self, sql: str, parameters: Any = ()) -> list[Any]:
        """All rows of one SELECT, as of now."""
        with explained(self.path):
            return list(await self._open(self._reader).connection.execute_fetchall(sql, parameters))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """One transaction, alone: durable at the end of the block, or nothing of it when the block raises."""
        async with self._turn:
            writer = self._open(self._writer).connection
            with explained(self.path):
                await writer.execute("BEGIN IMMEDIATE")
                before = writer.total_changes
                try:
                    yield writer
                    self._point("memory.before_commit")
                    await writer.execute("COMMIT")
                    self._wrote(writer.total_changes - before)
                except BaseException:
                    if writer.in_transaction:
                        await writer.execute("ROLLBACK")
                    raise

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction, alone, in one go on the writer's thread: what ``work`` does there is durable, or nothing."""

        def written(bare: sqlite3.Connection) -> tuple[T, int]:
            bare.execute("BEGIN IMMEDIATE")
            before = bare.total_changes
            try:
                made = work(bare)
                self._point("memory.before_commit")
                bare.execute("COMMIT")
            except BaseException:
                if bare.in_transaction:
                    bare.execute("ROLLBACK")
                raise
            return made, bare.total_changes - before

        async with self._turn:
            with explained(self.path):
                made, changes = await self._open(self._writer).run(written)
            self._wrote(changes)
            return made

    async def size(self) -> int:
        """Bytes of the file, without its write-ahead log."""
        pages, page = await self.read("PRAGMA page_count"), await self.read("PRAGMA page_size")
        return int(pages[0][0]) * int(page[0][0])

    async def step(self, sql: str, parameters: Any = ()) -> int:
        """One statement that is a transaction of its own; returns how many changes it made."""
        async with self._turn:
            writer = self._open(self._writer).connection
            with explained(self.path):
                before = writer.total_changes
                await writer.execute_fetchall(sql, parameters)
                self._wrote(writer.total_changes - before)
                return writer.total_changes - before

    def _wrote(self, changes: int) -> None:
        if self._checkpoint.wrote(changes) and (self._taking is None or self._taking.done()):
            # Not before whoever waits for this commit is answered.
            self._taking = asyncio.ensure_future(self._take())

    async def _take(self) -> None:
        async with self._turn:
            if self._writer is not None:
                await self._writer.run(self._checkpoint.take)

    def _open(self, line: Line | None) -> Line:
        if line is None:
            raise Unavailable(f"the memory {str(self.path)!r} is not open; start the kernel that it belongs to")
        return line

    async def _shape(self, writer: aiosqlite.Connection) -> None:
        for pragma in _WRITER.split(";"):
            await writer.execute_fetchall(pragma)
        migrations = sorted(_MIGRATIONS.glob("*.sql"))
        # Looked at before anything is written: the file may be somebody else's.
        current = await self._check(writer, len(migrations)) == len(migrations)
        await _write_ahead(writer)
        if current:
            return
        await writer.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been quicker.
            done = await self._check(writer, len(migrations))
            for migration in migrations[done:]:
                for statement in _statements(migration.read_text("utf-8")):
                    await writer.execute_fetchall(statement)
            await writer.execute_fetchall(f"PRAGMA application_id = {APPLICATION}")
            await writer.execute_fetchall(f"PRAGMA user_version = {len(migrations)}")
            await writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                await writer.execute("ROLLBACK")
            raise

    async def _check(self, writer: aiosqlite.Connection, newest: int) -> int:
        """The version of the file's shape, if the file is a memory that this version can use."""
        version = await _number(writer, "user_version")
        tables = await writer.execute_fetchall("SELECT count(*) FROM sqlite_schema")
        if next(iter(tables))[0] and await _number(writer, "application_id") != APPLICATION:
            raise Unavailable(
                f"{str(self.path)!r} is no memory but another SQLite file; set another path under [memory-sqlite]"
            )
        if version > newest:
            raise Unavailable(
                f"the memory {str(self.path)!r} was written by a newer memory-sqlite (shape {version}, known are "
                f"{newest}); upgrade kingpost-memory-sqlite"
            )
        return version


def _make(path: Path) -> None:
    """An empty file that only its owner can read. A file that exists is left alone, so that no lock on it is lost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


async def _write_ahead(writer: aiosqlite.Connection) -> None:
    """Processes that start at once on a new file get in one another's way here, and SQLite does not wait."""
    for attempt in range(_TRIES):
        try:
            await writer.execute_fetchall("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if code(problem) != sqlite3.SQLITE_BUSY or attempt == _TRIES - 1:
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return


async def _number(connection: aiosqlite.Connection, pragma: str) -> int:
    rows = await connection.execute_fetchall(f"PRAGMA {pragma}")
    return int(next(iter(rows))[0])


def _statements(script: str) -> list[str]:
    """The statements of a migration: none holds a semicolon at a line's end."""
    return [statement for statement in script.split(";\n") if statement.strip()]

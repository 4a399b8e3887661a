"""A connection does whole pieces of work on its thread, in one go."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kingpost_memory_sqlite.line import Line, connected


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    line = await connected(tmp_path / "some.db", 1.0)
    await line.connection.execute_fetchall("CREATE TABLE word (word)")
    yield line
    await line.close()


def _words(db: sqlite3.Connection) -> list[str]:
    return [word for (word,) in db.execute("SELECT word FROM word ORDER BY rowid")]


async def test_work_is_done_on_one_thread_that_no_program_waits_for(line: Line) -> None:
    threads = [await line.run(lambda _: threading.current_thread()) for _ in range(2)]

    assert threads[0] is threads[1] is not threading.current_thread()
    assert threads[0].daemon


async def test_what_work_raises_is_raised_where_it_was_asked_for(line: Line) -> None:
    """SQLite tells of a function that failed in words of its own; the error itself arrives."""

    def fail(_: sqlite3.Connection) -> None:
        raise LookupError("no crane")

    with pytest.raises(LookupError, match="no crane"):
        await line.run(fail)
    with pytest.raises(sqlite3.OperationalError, match="no such table") as caught:
        await line.run(lambda db: db.execute("SELECT word FROM sentence"))

    assert caught.value.sqlite_errorcode == sqlite3.SQLITE_ERROR


async def test_work_begins_and_ends_transactions(line: Line) -> None:
    """What was rolled back is gone, what was committed is there, though a statement stands around the work."""

    def rolled_back(db: sqlite3.Connection) -> list[str]:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO word VALUES ('crane')")
        held = _words(db)
        db.execute("ROLLBACK")
        return held

    def committed(db: sqlite3.Connection) -> bool:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO word VALUES ('harbour')")
        db.execute("COMMIT")
        return db.in_transaction

    assert await line.run(rolled_back) == ["crane"]
    assert await line.run(committed) is False
    assert await line.run(_words) == ["harbour"]


async def test_work_is_done_though_nobody_waits_for_it_any_more(line: Line) -> None:
    begun, go = threading.Event(), threading.Event()

    def add(db: sqlite3.Connection) -> None:
        begun.set()
        go.wait(30)
        db.execute("INSERT INTO word VALUES ('crane')")

    waiting = asyncio.ensure_future(line.run(add))
    await asyncio.to_thread(begun.wait, 30)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go.set()

    assert await line.run(_words) == ["crane"]

"""Backups, and what it takes to come back from one. The conformance suite has the promises of the protocol."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    ConfigurationError,
    Corrupted,
    Event,
    InvalidRequest,
    Log,
    Ports,
    TaskQuery,
    Unavailable,
    UnreadableInput,
)
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

Fill = Callable[[Log, int], Awaitable[None]]
Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
async def other(ports: Ports, tmp_path: Path) -> AsyncIterator[SqliteLog]:
    """A log in another home, started and empty."""
    log = SqliteLog(Settings(), replace(ports, home=tmp_path / "other"))
    await log.start()
    yield log
    await log.stop()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def at(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


async def test_a_backup_is_one_file(log: SqliteLog, tmp_path: Path, fill: Fill) -> None:
    """It can be carried anywhere, read by SQLite's own shell, and needs no file beside it."""
    await fill(log, 3)

    head = await log.backup(tmp_path / "copy.db")

    assert head == await log.head()
    assert names(tmp_path) == ["copy.db"]
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT max(position) FROM frames").fetchone() == (head.position,)


async def test_a_backup_takes_no_place_that_is_taken(log: SqliteLog, tmp_path: Path) -> None:
    await log.backup(tmp_path / "copy.db")

    for target in (tmp_path / "copy.db", tmp_path, tmp_path / "nowhere" / "copy.db"):
        with pytest.raises(InvalidRequest, match="a new file in a folder that exists"):
            await log.backup(target)
    assert names(tmp_path) == ["copy.db"]


async def test_what_was_erased_since_stays_erased(
    log: SqliteLog, other: SqliteLog, tmp_path: Path, sql: Sql, fill: Fill
) -> None:
    """To restore is to append what is missing, not to bring back what was there."""
    await fill(other, 4)
    await other.backup(tmp_path / "older.db")
    await log.restore(tmp_path / "older.db")
    await other.append("note/1", "", [Event("note.made", {}, {"text": "later"})])
    await other.backup(tmp_path / "newer.db")
    sql("UPDATE frames SET payloads = NULL WHERE position = 2")

    head = await log.restore(tmp_path / "newer.db")

    assert head == await other.head()
    assert sql("SELECT payloads FROM frames WHERE position = 2") == [(None,)]
    report = await log.verify()
    assert (report.findings, report.erased) == ((), 1)


async def test_a_log_that_is_ahead_of_the_backup_keeps_what_it_has(log: SqliteLog, tmp_path: Path, fill: Fill) -> None:
    await fill(log, 2)
    await log.backup(tmp_path / "copy.db")
    assert await log.restore(tmp_path / "copy.db") == await log.head()
    await log.append("note/1", "", [Event("note.made")])
    before = await log.read()

    with pytest.raises(InvalidRequest, match="restore it into an empty home"):
        await log.restore(tmp_path / "copy.db")

    assert await log.read() == before
    assert (await log.append("note/1", None, [Event("note.made")])).position == before[-1].position + 1


async def test_nobody_else_may_be_at_work(log: SqliteLog, other: SqliteLog, tmp_path: Path, ports: Ports) -> None:
    await other.backup(tmp_path / "copy.db")
    twin = SqliteLog(Settings(), ports)
    await log.enlist("mine")
    await twin.enlist("theirs")

    with pytest.raises(Unavailable, match="1 other worker"):
        await log.restore(tmp_path / "copy.db")

    await twin.stop()
    await log.restore(tmp_path / "copy.db")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (Path.unlink, UnreadableInput),
        (lambda path: path.write_bytes(b"something else" * 1000), Corrupted),
        (lambda path: at(path, "PRAGMA application_id = 5"), Corrupted),
        (lambda path: at(path, "PRAGMA user_version = 99"), ConfigurationError),
        (lambda path: at(path, "UPDATE task SET status = 'failed'"), Corrupted),
        (lambda path: at(path, "DELETE FROM frames WHERE position = 3"), Corrupted),
        (lambda path: at(path, "UPDATE blob SET content = x'00'"), Corrupted),
    ],
    ids=["gone", "no database", "another program's", "newer", "fold", "frame", "blob"],
)
async def test_what_is_no_sound_backup_changes_nothing(
    log: SqliteLog,
    other: SqliteLog,
    tmp_path: Path,
    fill: Fill,
    spoil: Callable[[Path], object],
    error: type[Exception],
) -> None:
    await fill(other, 3)
    await other.put("default", b"a blob")
    await other.backup(tmp_path / "copy.db")
    spoil(tmp_path / "copy.db")

    with pytest.raises(error, match=r"copy\.db"):
        await log.restore(tmp_path / "copy.db")

    assert await log.read() == []
    assert names(tmp_path / "home") == ["log.db", "log.db-shm", "log.db-wal"]


async def test_who_waits_is_told_of_a_restore(log: SqliteLog, other: SqliteLog, tmp_path: Path, fill: Fill) -> None:
    await fill(other, 3)
    await other.backup(tmp_path / "copy.db")
    waiting = asyncio.ensure_future(log.wait(7, timeout=30))

    await log.restore(tmp_path / "copy.db")

    assert await waiting
    assert await log.select(TaskQuery()) == await other.select(TaskQuery())

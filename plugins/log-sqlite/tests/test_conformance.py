from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kingpost import Log, Ports
from kingpost.testing import LogConformance, full_disk
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

Spoil = Callable[[int, str], Awaitable[None]]


class TestSqliteLog(LogConformance):
    @pytest.fixture
    async def subject(self, ports: Ports) -> AsyncIterator[Log]:
        log = SqliteLog(Settings(), ports)
        await log.start()
        yield log
        await log.stop()

    @pytest.fixture
    async def twin(self, subject: Log, ports: Ports) -> AsyncIterator[Log]:
        log = SqliteLog(Settings(), ports)
        await log.start()
        yield log
        await log.stop()

    @pytest.fixture
    async def empty(self, ports: Ports, tmp_path: Path) -> AsyncIterator[Log]:
        log = SqliteLog(Settings(), replace(ports, home=tmp_path / "another"))
        await log.start()
        yield log
        await log.stop()

    @pytest.fixture
    async def full(self, ports: Ports) -> AsyncIterator[Log | None]:
        log = SqliteLog(Settings(), ports)
        await log.start()
        with full_disk(1_000_000):
            yield log
        await log.stop()

    @pytest.fixture
    async def departed(self, subject: Log, appender: Callable[..., Awaitable[Any]]) -> str:
        process = await appender("departed")
        assert await subject.alive("departed")
        await process.kill()
        return "departed"

    @pytest.fixture
    def spoil(self, ports: Ports) -> Spoil:
        async def spoil(position: int, part: str) -> None:
            column = {"body": "body", "payload": "payloads", "task": ""}[part]
            with closing(sqlite3.connect(ports.home / "log.db", isolation_level=None)) as connection:
                if part == "task":
                    first = "SELECT first FROM frames WHERE position = ?"
                    connection.execute(f"UPDATE task SET agent = 'wrong' WHERE position = ({first})", (position,))
                    return
                (stored,) = connection.execute(
                    f"SELECT {column} FROM frames WHERE position = ?", (position,)
                ).fetchone()
                middle = len(stored) // 2
                changed = stored[:middle] + bytes([stored[middle] ^ 1]) + stored[middle + 1 :]
                connection.execute(f"UPDATE frames SET {column} = ? WHERE position = ?", (changed, position))

        return spoil

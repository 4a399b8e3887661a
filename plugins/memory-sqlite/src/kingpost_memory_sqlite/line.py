"""A connection of aiosqlite, and whole pieces of work that run on its thread in one go.

Called by ``file``. Each way to the thread and back costs up to half a millisecond on a busy machine, so what takes
several statements goes there once: behind a function of SQL (``create_function``) that an ordinary statement calls.
SQLite lets such a function use the connection (https://sqlite.org/appfunc.html).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

T = TypeVar("T")

_ROWS = 64
_NAME = "kingpost_work"


Works = dict[int, Callable[[], None]]


class Line:
    """One open connection: ``connection`` for single statements, ``run`` for work of several."""

    def __init__(self, connection: aiosqlite.Connection, bare: sqlite3.Connection, works: Works) -> None:
        self.connection, self._bare, self._works = connection, bare, works
        self._last = 0

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do it on the connection's thread. It is done to its end even when the caller is cancelled."""
        made: list[T] = []
        problems: list[BaseException] = []

        def do() -> None:
            try:
                made.append(work(self._bare))
            except BaseException as problem:  # noqa: BLE001 - SQLite would make another one of it
                problems.append(problem)

        self._last += 1
        self._works[self._last] = do
        await self.connection.execute_fetchall(f"SELECT {_NAME}(?)", (self._last,))
        if problems:
            raise problems.pop()
        return made.pop()

    async def close(self) -> None:
        """Close it, once what was asked of it is done."""
        await self.connection.close()


async def connected(address: Path | str, busy: float) -> Line:
    """A connection to a file or to a ``file:`` address. ``busy`` is how long it waits for a lock (seconds).

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    bare: list[sqlite3.Connection] = []
    works: Works = {}
    refused: list[sqlite3.Error] = []

    def connect() -> sqlite3.Connection:
        try:
            made = sqlite3.connect(address, uri=isinstance(address, str), isolation_level=None, timeout=busy)
        except sqlite3.Error as problem:
            # aiosqlite does not wait for the thread of a connection that cannot be made: it would speak to a loop
            # that is closed by then. So it gets one, which is closed below.
            refused.append(problem)
            made = sqlite3.connect(":memory:")
        # It holds no connection: a ring through SQLite would never be collected.
        made.create_function(_NAME, 1, lambda number: works.pop(number)())
        bare.append(made)
        return made

    made: list[aiosqlite.Connection] = []
    # A program that ends by an exception must not hang on a thread that nobody stops: the file bears kill -9. And a
    # thread is what the one was that made it.
    maker = threading.Thread(target=lambda: made.append(aiosqlite.Connection(connect, _ROWS)), daemon=True)
    maker.start()
    maker.join()
    line = Line(await made[0], bare[0], works)
    if refused:
        await line.close()
        raise refused[0]
    return line

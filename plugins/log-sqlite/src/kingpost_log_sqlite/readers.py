"""Short questions to the file over connections that cannot write.

Called on whatever thread the caller is on: a short read there costs a fifth of handing it to another thread. As many
connections are opened as were ever in use at once, which is one for one event loop.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .failures import closed, explained
from .tables import open_for_reading


class Readers:
    """The idle connections. Each answer is as of the newest commit at the time of the question."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._open = False

    def open(self) -> None:
        """Answer from now on."""
        self._open = True

    def close(self) -> None:
        """Answer no more."""
        self._open = False
        while self._idle:
            self._idle.pop().close()

    def mark(self) -> object:
        """Another one after every commit, in whatever process: a connection, and its ``data_version`` (SQLite).

        Raises:
            Unavailable, Corrupted: the file cannot be read, with the mend.
        """
        connection, rows = self._asked("PRAGMA data_version")
        return connection, rows[0][0]

    def ask(self, question: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of the answer.

        Raises:
            Unavailable, Corrupted: the file cannot be read, with the mend.
        """
        return self._asked(question, values)[1]

    def _asked(self, question: str, values: Sequence[object] = ()) -> tuple[sqlite3.Connection, list[tuple[Any, ...]]]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connected()
        try:
            rows = connection.execute(question, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            connection.close()
            raise explained(problem, self._path) from problem
        except (UnicodeEncodeError, OverflowError):
            # Half a pair of characters, or a number beyond 64 bits: nothing of the kind was ever stored.
            rows = []
        self._idle.append(connection)
        if not self._open:
            self.close()
        return connection, rows

    def _connected(self) -> sqlite3.Connection:
        if not self._open:
            raise closed(self._path)
        try:
            return open_for_reading(self._path)
        except sqlite3.Error as problem:
            raise explained(problem, self._path) from problem

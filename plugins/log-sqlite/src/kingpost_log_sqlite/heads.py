"""Where the log and each of its streams stand: what the next frame is chained to, and checked against.

Owned by the writer, and true while it holds the write lock. Remembers streams in use; forgets them all as soon as
another process has written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kingpost import GENESIS, TaskState, decode
from pydantic_core import to_json

from .rows import COLUMNS, unpacked

_HEAD = "SELECT position, body, hash FROM frames ORDER BY position DESC LIMIT 1"
_STREAMS = f"""
    SELECT stream, head.position, (SELECT max(position) FROM frames WHERE first = head.position), {COLUMNS}
    FROM frames AS head LEFT JOIN task USING (position)
    WHERE stream IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - the columns are our own


@dataclass(slots=True)
class Held:
    """One stream: its version ("" when there is none), and the folded task if it is one's.

    ``first`` is the position of its first frame, 0 when there is none; ``stored`` says that the task has its row.
    """

    version: str = ""
    state: TaskState | None = None
    first: int = 0
    stored: bool = False


class Heads:
    """The end of the log, and the streams that are being written to, as far as they were looked up."""

    def __init__(self, connection: sqlite3.Connection, limit: int) -> None:
        self._connection, self._limit = connection, limit
        self._seen: int | None = None
        self.streams: dict[str, Held] = {}
        self.position, self.hash, self.at = 0, GENESIS, 0

    def refresh(self) -> bool:
        """Learn what others wrote; false when nobody has. Call it inside a transaction that holds the write lock."""
        (seen,) = self._connection.execute("PRAGMA data_version").fetchone()
        if seen == self._seen:
            return False
        self.streams.clear()
        row = self._connection.execute(_HEAD).fetchone()
        if row is None:
            self.position, self.hash, self.at = 0, GENESIS, 0
        else:
            self.position, body, self.hash = row
            self.at = decode(self.position, body, None).at
        self._seen = seen
        return True

    def forget(self) -> None:
        """Believe nothing until the next ``refresh``."""
        self._seen = None

    def look_up(self, names: Iterable[str]) -> None:
        """Have these ``streams`` ready: one question for all is a third of the price of one each.

        Raises:
            Corrupted: the row of one of these tasks cannot be read.
        """
        if (more := len(self.streams) - self._limit) > 0:
            for name in list(islice(self.streams, more)):
                del self.streams[name]
        missing = [name for name in names if name not in self.streams]
        if missing:
            self._look_up(missing)

    def _look_up(self, missing: Sequence[str]) -> None:
        for stream, first, newest, *row in self._connection.execute(_STREAMS, (to_json(missing).decode(),)):
            state = None if row[0] is None else unpacked(row)
            # Of a task that was sealed only the row knows its version.
            version = str(newest) if state is None else max(str(newest), state.version, key=_number)
            self.streams[stream] = Held(version, state, first, state is not None)
        for name in missing:
            self.streams.setdefault(name, Held())

    def advance(self, position: int, hash: bytes, at: int, touched: Mapping[str, Held]) -> None:
        """Take over what was committed. Of tasks only those that can still change are kept."""
        self.position, self.hash, self.at = position, hash, at
        for name, held in touched.items():
            # Taken out and put back, it is the last to be forgotten.
            self.streams.pop(name, None)
            if held.state is None or not held.state.final:
                self.streams[name] = held


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0

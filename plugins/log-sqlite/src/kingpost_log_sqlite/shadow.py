"""The fold once more: every task's row as it should be, made out of the frames alone.

Called by ``verify``. Works beside the live tables, in a database of its own that SQLite keeps in a temporary file and
removes, so that a log of millions of tasks takes no more memory than a small one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kingpost import Recorded, TaskState, fold, upcast

from .rows import COLUMNS, columns, unpacked

_IN_MEMORY = 20_000

_MAKE = f"CREATE TABLE stream (name TEXT PRIMARY KEY, first INTEGER, {COLUMNS})"
_KEEP = f"REPLACE INTO stream (name, first, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - as below
_FIND = f"SELECT first, {COLUMNS} FROM stream WHERE name = ?"  # noqa: S608 - the columns are our own
_TASKS = f"SELECT first, {COLUMNS} FROM stream WHERE id IS NOT NULL ORDER BY first"  # noqa: S608 - as above
_NO_TASK = (None,) * len(COLUMNS.split(","))


@dataclass(slots=True)
class _Known:
    """A stream: the position of its first frame, and the task folded so far if it is one's."""

    first: int
    state: TaskState | None = None


class Shadow:
    """What the streams add up to. Close it after use."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._rest = sqlite3.connect("", isolation_level=None)
        self._rest.execute("PRAGMA journal_mode = OFF")
        self._rest.execute(_MAKE)

    def first(self, frame: Recorded) -> int:
        """The position of the first frame of this frame's stream."""
        return self._stream(frame).first

    def fold(self, frame: Recorded) -> None:
        """Take one more frame, old shapes as new ones.

        Raises:
            Exception: whatever the fold has against it; the stream stays as it was.
        """
        known = self._stream(frame)
        events = [upcast(event) for event in frame.events]
        known.state = fold(known.state, frame.stream, frame.version, frame.at, events)

    def tasks(self) -> Iterator[tuple[Any, ...]]:
        """The position of each task's first frame and its row, in order."""
        self._put_aside(len(self._known))
        yield from self._rest.execute(_TASKS)

    def close(self) -> None:
        """Let go of everything."""
        self._rest.close()

    def _stream(self, frame: Recorded) -> _Known:
        if (known := self._known.get(frame.stream)) is not None:
            return known
        if len(self._known) >= _IN_MEMORY:
            self._put_aside(_IN_MEMORY // 2)
        row = self._rest.execute(_FIND, (frame.stream,)).fetchone()
        first, *task = row or (frame.position, None)
        known = self._known[frame.stream] = _Known(first, None if task[0] is None else unpacked(task))
        return known

    def _put_aside(self, count: int) -> None:
        """The oldest into the temporary file."""
        oldest = [(name, self._known.pop(name)) for name in list(self._known)[:count]]
        rows = [(name, known.first, *(columns(known.state) if known.state else _NO_TASK)) for name, known in oldest]
        self._rest.execute("BEGIN")
        self._rest.executemany(_KEEP, rows)
        self._rest.execute("COMMIT")

"""The fold once more: every task's row as it should be, made out of the frames alone.

Fed by ``Frames``, for ``verify``, ``rebuild`` and ``seal``. Rows go into a table of its own, a temporary one or the one
that is to take the place of the live one; only tasks that have not ended stay in memory, and of these so many. All
frames of a stream that stand on one page are folded at once: the fold copies the state each time it is called.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from kingpost import Corrupted, Event, TaskState, fold, replace, task_stream, upcast

from .rows import COLUMNS, columns, unpacked
from .scan import DAMAGE
from .tables import begin

_IN_MEMORY = 20_000
_ENDED_IN_MEMORY = 16_000
_MOST_TOUCHED = 100_000
_PATIENCE_SECONDS = 60.0

_TASK = task_stream("")
_SHAPE = itemgetter(0, 1)
_EVENTS = itemgetter(3)
_TEXT_OR_NONE = frozenset({str, type(None)})
_NAME = "SELECT stream FROM frames WHERE position = ?"
_NAMED = "SELECT position FROM frames WHERE stream = ?"

Row = tuple[Any, ...]
"""The position of a task's first frame and its ``COLUMNS``."""

Parsed = tuple[str, str, int, list[list[Any]]]
"""A frame's body: stream, version, time, events."""


class Fact(NamedTuple):
    """An event as it stands in a body. A fifth of the price of an ``Event``; the fold asks for kind and header only."""

    kind: str
    v: int
    header: dict[str, Any]
    digest: str | None


_fact: Callable[[list[Any]], Fact] = partial(tuple.__new__, Fact)
"""As ``Fact._make`` does it, in half the time; a list of another length is noticed by the fold."""


class Shadow:
    """What the streams add up to. ``store`` holds ``table``, ``reading`` the frames that name their streams."""

    def __init__(self, reading: sqlite3.Connection, store: sqlite3.Connection, table: str = "task") -> None:
        self._reading, self._store = reading, store
        # The table's name is our own, here as below.
        self._keep = f"REPLACE INTO {table} (position, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - see above
        self._find = f"SELECT {COLUMNS} FROM {table} WHERE position = ?"  # noqa: S608 - as above
        self._all = f"SELECT position, {COLUMNS} FROM {table} ORDER BY position"  # noqa: S608 - as above
        self._known: dict[int, TaskState] = {}
        self._ended: dict[int, Row] = {}
        self._touched: set[int] = set()
        self._all_touched = True
        self._names: dict[int, str | None] = {}
        self._current: set[tuple[str, int]] = set()

    def name(self, first: int) -> str | None:
        """The name of the stream that begins at ``first``, as the row of that frame says; ``None`` if it says none."""
        if (state := self._known.get(first)) is not None:
            return _TASK + state.id
        if first not in self._names:
            if len(self._names) >= _IN_MEMORY:
                self._names.clear()
            try:
                row = self._reading.execute(_NAME, (first,)).fetchone()
            except DAMAGE:
                row = None
            self._names[first] = row[0] if row and isinstance(row[0], str) else None
        return self._names[first]

    def find(self, name: str) -> int | None:
        """Where the stream of this name begins, as the index of names says; ``None`` if it knows none."""
        try:
            row = self._reading.execute(_NAMED, (name,)).fetchone()
        except (*DAMAGE, UnicodeEncodeError):
            return None
        return row[0] if row else None

    def fold(self, first: int, frames: Sequence[Parsed], born: bool) -> None:
        """Take more frames of the stream that begins at ``first``, in order; with ``born`` its very first among them.

        Raises:
            Exception: whatever the fold has against one of them; the stream stays as it was.
        """
        stream, _, began, _ = frames[0]
        if not stream.startswith(_TASK):
            return
        facts = list(map(_fact, chain.from_iterable(map(_EVENTS, frames))))
        events: Sequence[Any] = facts if self._current.issuperset(map(_SHAPE, facts)) else self._newest(facts)
        before = None if born else self._state(first)
        # Of the times only the first can matter to a fold, for a task that begins, and the last.
        state = fold(before, stream, frames[-1][1], began, events)
        if state is None:
            return
        if before is None:
            _check_names(state, stream)
        state.updated = frames[-1][2]
        self._take(first, state)

    def pass_by(self, first: int, version: str) -> None:
        """A frame could not be folded: its stream is at its version all the same, so that work can go on behind it."""
        if (state := self._state(first)) is not None:
            self._take(first, replace(state, version=version))

    def load(self, rows: Sequence[Row]) -> None:
        """Rows out of a snapshot: what was folded of these tasks so far is forgotten."""
        for row in rows:
            self._known.pop(row[0], None)
            self._ended.pop(row[0], None)
        self._write(rows)

    def touched(self) -> list[Row] | None:
        """The rows of all tasks that were folded into since this was asked last, in order; ``None``: too many."""
        rows = self.rows(sorted(self._touched)) if self._all_touched else None
        self._touched.clear()
        self._all_touched = True
        return rows

    def rows(self, firsts: Sequence[int]) -> list[Row]:
        """The rows of the tasks that begin there."""
        return [row for first in firsts if (row := self._row(first)) is not None]

    def settle(self) -> None:
        """A page is over: put aside what need not stay in memory."""
        if len(self._touched) > _MOST_TOUCHED:
            self._touched.clear()
            self._all_touched = False
        if len(self._ended) >= (_ENDED_IN_MEMORY if self._touched else _ENDED_IN_MEMORY // 4):
            self._write([self._ended[first] for first in sorted(self._ended)])
            self._ended.clear()
        if len(self._known) > _IN_MEMORY:
            self._put_aside(len(self._known) // 2)

    def tasks(self) -> Iterator[Row]:
        """The row of every task, in order."""
        self.finish()
        yield from self._store.execute(self._all)

    def finish(self) -> None:
        """Put everything into the table."""
        self._write([self._ended[first] for first in sorted(self._ended)])
        self._ended.clear()
        self._put_aside(len(self._known))

    def _take(self, first: int, state: TaskState) -> None:
        self._touched.add(first)
        if state.final:
            self._known.pop(first, None)
            self._ended[first] = (first, *columns(state))
        else:
            self._ended.pop(first, None)
            self._known[first] = state

    def _state(self, first: int) -> TaskState | None:
        if (state := self._known.get(first)) is not None:
            return state
        row = self._ended[first][1:] if first in self._ended else self._store.execute(self._find, (first,)).fetchone()
        return None if row is None else unpacked(row)

    def _row(self, first: int) -> Row | None:
        if (state := self._known.get(first)) is not None:
            return (first, *columns(state))
        if first in self._ended:
            return self._ended[first]
        row = self._store.execute(self._find, (first,)).fetchone()
        return None if row is None else (first, *row)

    def _newest(self, facts: Sequence[Fact]) -> list[Event]:
        """Old shapes as new ones; learns which shapes are new."""
        events = [Event(fact.kind, fact.header, None, fact.v) for fact in facts]
        newest = [upcast(event) for event in events]
        self._current |= {(e.kind, e.v) for e, n in zip(events, newest, strict=True) if e is n}
        return newest

    def _put_aside(self, count: int) -> None:
        """The oldest into the table."""
        oldest = sorted(list(self._known)[:count])
        self._write([(first, *columns(self._known.pop(first))) for first in oldest])

    def _write(self, rows: Sequence[Row]) -> None:
        if self._store.in_transaction:
            self._store.executemany(self._keep, rows)
        elif rows:
            begin(self._store, _PATIENCE_SECONDS)
            self._store.executemany(self._keep, rows)
            self._store.execute("COMMIT")


def _check_names(state: TaskState, stream: str) -> None:
    # What stands in a header may be of any type, whatever the class says.
    if (
        _TASK + state.id != stream
        or not type(state.tenant) is type(state.agent) is type(state.root) is str
        or type(state.parent) not in _TEXT_OR_NONE
        or type(state.thread) not in _TEXT_OR_NONE
    ):
        raise Corrupted(f"its names are not those of a task in stream {stream!r}")

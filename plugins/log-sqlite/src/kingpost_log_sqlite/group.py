"""One transaction's worth of appends and blobs: each is checked by itself, all are written together.

Called by the writer, which holds the write lock. Knows nothing of threads and futures, and never commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from kingpost import (
    SALT_BYTES,
    Conflict,
    Event,
    Folded,
    Frame,
    InvalidRequest,
    Receipt,
    TaskState,
    fold,
    seal,
    task_stream,
)

from . import snapshots
from .heads import Heads, Held
from .jobs import Put
from .rows import COLUMNS, columns

# To bind NULL, or bytes that are no bytearray, Python makes an error and throws it away: so 0 stands for NULL.
_FRAME = "INSERT INTO frames (position, stream, first, hash, body, payloads) VALUES "
_FRAME_ROW = "(?, nullif(?, 0), ?, ?, ?, nullif(?, 0))"
_BORN = f"INSERT INTO task (position, {COLUMNS}) VALUES "  # noqa: S608 - the columns are our own
_BORN_ROW = "(?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0), nullif(?, 0), ?)"
# Of what has a column of its own, these change: another agent may take a task over.
_MOVED = "UPDATE task SET agent = ?, status = ?, state = ? WHERE position = ?"
_ENDED = "UPDATE task SET agent = ?, status = ?, state = ?, open = NULL WHERE position = ?"
# A blob that was to go with sealed frames stays, now that somebody holds it again.
_NOT_DUE = "DELETE FROM due WHERE work = (SELECT 'blob ' || number FROM blob WHERE tenant = ? AND digest = ?)"
_BLOB = "INSERT INTO blob (tenant, digest, content) VALUES (?, ?, ?) ON CONFLICT (tenant, digest) DO NOTHING"

_changing = itemgetter(3, 4, 9, 0)
"""Agent, status and state of a row, and its position."""

_TEXT_OR_NONE = frozenset({str, type(None)})

_MOST_ROWS = 64
"""With one statement; SQLite takes at least 999 values (32,766 since 3.32)."""

_ROW_BYTES = 1500
"""What a frame adds beside itself: its share of the pages of its task and of the indexes."""


class Group:
    """What goes into one transaction."""

    def __init__(self, heads: Heads, at: int, max_frame: int, salts: bytes) -> None:
        """``salts`` holds ``SALT_BYTES`` for each event that is to come."""
        self._heads, self._at, self._max_frame, self._salts = heads, at, max_frame, salts
        self._used = 0
        self._position, self._hash = heads.position, heads.hash
        self._touched: dict[str, Held] = {}
        # The values of their rows, one behind the other.
        self._frames: list[object] = []
        self._blobs: list[tuple[str, str, bytes]] = []
        self._bytes = 0
        self.rows: dict[int, snapshots.Row] = {}
        """Of each task that is touched, by the position of its first frame: that, and its ``COLUMNS``, once written."""

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not self._frames and not self._blobs

    @property
    def has_blobs(self) -> bool:
        """True when a blob is among it."""
        return bool(self._blobs)

    @property
    def size(self) -> int:
        """About how many bytes this adds to the write-ahead log."""
        return self._bytes

    def append(self, frames: Sequence[Frame]) -> list[Receipt]:
        """Frames behind those before them, in this group as in the log: all of them or none.

        Raises:
            Conflict, Fenced, Refused, Corrupted, InvalidRequest: one may not be; the group goes on without them.
        """
        known = self._heads.streams
        before = len(self._frames), self._position, self._hash, self._bytes
        changed: list[tuple[Held, str, TaskState | None, int]] = []
        receipts: list[Receipt] = []
        try:
            for stream, expected, events in frames:
                # Who is said to be new is believed to be: the index of streams has the last word when it is written.
                held = self._touched.get(stream) or known.get(stream) or Held()
                changed.append((held, held.version, held.state, held.first))
                receipts.append(self._append(held, stream, expected, events))
        except Exception:
            # What is touched and as it was is written once more as it was, or not at all.
            del self._frames[before[0] :]
            _, self._position, self._hash, self._bytes = before
            for held, version, state, first in reversed(changed):
                held.version, held.state, held.first = version, state, first
            raise
        return receipts

    def _append(self, held: Held, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        if expected is not None and expected != held.version:
            raise Conflict(stream, expected, held.version)
        position = self._position + 1
        version = str(position)
        state = fold(held.state, stream, version, self._at, events)
        if state is not None and held.state is None:
            _check_names(state, stream)
        start, self._used = self._used, self._used + SALT_BYTES * len(events)
        body, payloads, hash = seal(self._hash, stream, version, self._at, events, self._salts[start : self._used])
        size = len(body) + (0 if payloads is None else len(payloads))
        if size > self._max_frame:
            raise InvalidRequest(
                f"a frame for stream {stream!r} is larger than {self._max_frame} bytes; put its content into blobs"
            )
        named = 0 if held.first else stream
        held.version, held.state, held.first = version, state, held.first or position
        self._touched[stream] = held
        content = 0 if payloads is None else bytearray(payloads)
        self._frames += position, named, held.first, bytearray(hash), bytearray(body), content
        self._position, self._hash = position, hash
        self._bytes += size + _ROW_BYTES
        return Folded(position, version, self._at, hash, state)

    def put(self, job: Put) -> str:
        """One blob, unless the tenant has it already."""
        self._blobs.append((job.tenant, job.digest, job.content))
        self._bytes += len(job.content)
        return job.digest

    def write(self, connection: sqlite3.Connection) -> None:
        """Everything into the transaction: frames, one row for each task that they touch, blobs."""
        born: list[snapshots.Row] = []
        moved: list[tuple[Any, ...]] = []
        ended: list[tuple[Any, ...]] = []
        for held in self._touched.values():
            state = held.state
            if state is None:
                continue
            row = (held.first, *columns(state))
            self.rows[held.first] = row
            if held.stored:
                (ended if state.final else moved).append(_changing(row))
            else:
                born.append(row)
                held.stored = True
        _insert(connection, _FRAME, _FRAME_ROW, self._frames)
        _insert(connection, _BORN, _BORN_ROW, [0 if value is None else value for row in born for value in row])
        for statement, rows in (
            (_MOVED, moved),
            (_ENDED, ended),
            (_BLOB, self._blobs),
            (_NOT_DUE, [(tenant, digest) for tenant, digest, _ in self._blobs]),
        ):
            if rows:
                connection.executemany(statement, rows)

    def advance(self) -> None:
        """Tell the heads that all this is committed."""
        # A group of blobs only has no frame with its time.
        at = self._at if self._frames else self._heads.at
        self._heads.advance(self._position, self._hash, at, self._touched)


def _insert(connection: sqlite3.Connection, statement: str, row: str, values: Sequence[object]) -> None:
    """Insert rows, many with each statement: between two statements another thread may take the interpreter."""
    width, start = row.count("?"), 0
    while (left := (len(values) - start) // width) > 0:
        # Few lengths, powers of two, so that SQLite's statements are prepared once.
        together = min(1 << left.bit_length() - 1, _MOST_ROWS)
        end = start + together * width
        connection.execute(_for_many(statement, row, together), values[start:end])
        start = end


@cache
def _for_many(statement: str, row: str, together: int) -> str:
    return statement + ", ".join([row] * together)


def _check_names(state: TaskState, stream: str) -> None:
    """A new task is named as its stream is, and its names are texts: a row that SQLite refuses would stop the group."""
    if (
        not type(state.id) is type(state.tenant) is type(state.agent) is type(state.root) is str
        or type(state.parent) not in _TEXT_OR_NONE
        or type(state.thread) not in _TEXT_OR_NONE
    ):
        raise InvalidRequest(f"the task in stream {stream!r} has names that are no texts")
    if task_stream(state.id) != stream:
        raise InvalidRequest(f"stream {stream!r} cannot hold the events of task {state.id!r}")

"""Reads the whole log and names what is wrong with it; changes nothing.

Called by ``Care.verify``, and before a backup is restored, on a thread and over a connection of its own. Four passes:
SQLite's own check of its pages and indexes; every frame, against the one before it, its payloads and the fold; the
rows of the tasks, against what the frames fold to; the blobs, against their digests. Nothing that the file holds makes
it raise: what cannot be read is a finding, and what lies behind it is read all the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from kingpost import GENESIS, Corrupted, Head, Recorded, Report, damaged, decode, frame_hash, task_stream, to_row

from .findings import Findings
from .rows import COLUMNS, unpacked
from .scan import DAMAGE, Unreadable, scanned
from .shadow import Shadow
from .tables import open_for_reading

_FRAMES = (
    "SELECT position, stream, first, hash, body, payloads FROM frames WHERE position > ? ORDER BY position LIMIT ?"
)
_TASKS = f"SELECT position, {COLUMNS} FROM task WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 - our own columns
_BLOBS = "SELECT number, tenant, digest FROM blob WHERE number > ? ORDER BY number LIMIT ?"
_CHUNK_BYTES = 1024 * 1024
_TELL_EVERY = 1000

Told = Callable[[int, int], object]


class Stopped(Exception):
    """Nobody waits for the report any more."""


def verified(path: Path, told: Told = lambda read, all_: None, stopped: Callable[[], bool] = lambda: False) -> Report:
    """What the file holds, and what is wrong with it. ``stopped`` is asked now and then whether to give up.

    Raises:
        Stopped: it was told so.
    """
    findings = Findings()
    try:
        connection = open_for_reading(path)
    except sqlite3.Error as problem:
        findings.add(f"the file cannot be opened: {problem}")
        return Report(frames=0, events=0, head=Head(0, GENESIS), findings=findings.told())
    # Damaged text must not raise where it is read.
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    with closing(connection), closing(Shadow()) as shadow:
        check_pages(connection, findings)
        frames = Frames(connection, shadow, findings, told, stopped)
        # Page by page, so that the writer can start its write-ahead log anew meanwhile; only the end is read, and
        # compared with the tasks, as of one moment.
        frames.check()
        connection.execute("BEGIN")
        frames.check()
        check_tasks(connection, shadow, findings, frames.whole)
        connection.execute("ROLLBACK")
        check_blobs(connection, findings, stopped)
    return frames.report()


def check_pages(connection: sqlite3.Connection, findings: Findings) -> None:
    """SQLite's own check."""
    try:
        for (text,) in connection.execute("PRAGMA integrity_check(100)"):
            if text != "ok":
                findings.add(f"SQLite: {text}")
    except DAMAGE as problem:
        findings.add(f"SQLite: {problem}")


class Frames:
    """The second pass. ``check`` goes on where it ended."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        shadow: Shadow,
        findings: Findings,
        told: Told,
        stopped: Callable[[], bool],
    ) -> None:
        self._connection, self._shadow, self._findings = connection, shadow, findings
        self._told, self._stopped = told, stopped
        self._frames = self._events = self._erased = self._at = 0
        self._position, self._all = 0, 0
        self.whole = True
        # What the next frame may be chained to: more than one after a frame that is wrong, none after a gap.
        self._before: tuple[bytes, ...] = (GENESIS,)
        self._head = Head(0, GENESIS)

    def check(self) -> None:
        """Every frame that is there by now."""
        self._all = max(self._all, self._newest())
        for row in scanned(self._connection, _FRAMES, self._position):
            if self._stopped():
                raise Stopped
            if isinstance(row, Unreadable):
                self._findings.hidden("frame", row)
                self._position, self._before, self.whole = row.last, (), False
                continue
            self._frame(*row)
            self._frames += 1
            if self._frames % _TELL_EVERY == 0:
                self._told(self._frames, max(self._all, self._frames))
        if self._frames:
            self._told(self._frames, max(self._all, self._frames))

    def report(self) -> Report:
        """What was read."""
        return Report(
            frames=self._frames,
            events=self._events,
            head=self._head,
            findings=self._findings.told(),
            erased=self._erased,
        )

    def _newest(self) -> int:
        try:
            return self._connection.execute("SELECT max(position) FROM frames").fetchone()[0] or 0
        except DAMAGE:
            return 0

    def _frame(self, position: int, stream: Any, first: Any, hash: Any, body: Any, payloads: Any) -> None:
        if position != self._position + 1:
            missing = f"frames {self._position + 1} to {position - 1} are missing"
            self._findings.add(missing, self._position + 1)
            self._before = ()
        self._position = position
        if not isinstance(hash, bytes) or not isinstance(body, bytes) or not isinstance(payloads, bytes | None):
            self._findings.add("the row of the frame is damaged", position)
            self._before = ()
            return
        self._head = Head(position, hash)
        frame = self._decoded(position, body, payloads)
        self._link(position, hash, body, frame)
        if frame is not None:
            self._filed(frame, stream, first)

    def _decoded(self, position: int, body: bytes, payloads: bytes | None) -> Recorded | None:
        """The frame, with its payloads if they are sound."""
        try:
            wrong = damaged(body, payloads)
            frame = decode(position, body, None if wrong else payloads)
        except Exception as problem:  # noqa: BLE001 - a damaged file may hold anything
            return self._headers(position, body, problem)
        self._events += len(frame.events)
        if not wrong:
            self._erased += sum(event.erased for event in frame.events)
        for number in wrong:
            self._findings.event("the payload is not what was written", position, frame, number)
        return frame

    def _headers(self, position: int, body: bytes, problem: Exception) -> Recorded | None:
        """What is left of a frame that cannot be read whole."""
        try:
            frame = decode(position, body, None)
        except Corrupted:
            self._findings.add(f"the frame cannot be read ({problem})", position)
            return None
        self._findings.frame(f"the payloads cannot be read ({problem})", position, frame)
        self._events += len(frame.events)
        return frame

    def _link(self, position: int, hash: bytes, body: bytes, frame: Recorded | None) -> None:
        computed = tuple(frame_hash(before, body) for before in self._before)
        if not computed or hash in computed:
            self._before = (hash,)
            return
        # Either the bytes were changed, and the next frame fits the hash that stands here, or the hash was.
        self._before = (hash, *computed)
        what = "the frame is not the one that was written here"
        if frame is None:
            self._findings.add(what, position)
        else:
            self._findings.frame(what, position, frame)

    def _filed(self, frame: Recorded, stream: Any, first: Any) -> None:
        """Whether it stands where its body says, and what it adds to the fold."""
        try:
            if frame.version != str(frame.position) or frame.at < self._at:
                self._findings.frame("its version or its time does not fit its place", frame.position, frame)
            self._at = frame.at
            begun = self._shadow.first(frame)
            if (stream, first) != (frame.stream if begun == frame.position else None, begun):
                self._findings.frame("it is filed under another stream", frame.position, frame)
            self._shadow.fold(frame)
        except sqlite3.Error:
            raise
        except Exception as problem:  # noqa: BLE001 - a damaged file may hold anything
            self._findings.frame(f"the fold does not allow it ({problem})", frame.position, frame)


def check_tasks(connection: sqlite3.Connection, shadow: Shadow, findings: Findings, whole: bool) -> None:
    """Every task's row against what its frames fold to; both come in the order of their first frames.

    Unless every frame was read (``whole``), a row whose frames were not met proves nothing.
    """
    rows = shadow.tasks()
    wanted = next(rows, None)
    for row in scanned(connection, _TASKS):
        first, last = (row.first, row.last) if isinstance(row, Unreadable) else (row[0], row[0])
        while wanted is not None and wanted[0] < first:
            _missing(wanted, findings)
            wanted = next(rows, None)
        if isinstance(row, Unreadable):
            findings.hidden("task row", row)
        elif (wanted is None or wanted[0] != first) and whole:
            findings.add("there is a row for a task that no frame begins", first, f"{task_stream('')}{row[1]}")
        elif wanted is not None and wanted[0] == first and wanted != row:
            _compare(row, wanted, findings)
        while wanted is not None and wanted[0] <= last:
            wanted = next(rows, None)
    while wanted is not None:
        _missing(wanted, findings)
        wanted = next(rows, None)


def _missing(wanted: tuple[Any, ...], findings: Findings) -> None:
    findings.add("the folded task has no row", wanted[0], task_stream(wanted[1]))


def _compare(row: tuple[Any, ...], wanted: tuple[Any, ...], findings: Findings) -> None:
    again = unpacked(wanted[1:])
    position, stream = int(again.version), task_stream(again.id)
    try:
        live = to_row(unpacked(row[1:]))
    except Corrupted as problem:
        findings.add(str(problem), position, stream)
        return
    pairs = {name: (live[name], value) for name, value in to_row(again).items() if live[name] != value}
    is_open = COLUMNS.split(", ").index("open") + 1
    if row[is_open] != wanted[is_open]:
        pairs["open"] = (row[is_open], wanted[is_open])
    for name, (stands, should) in pairs.items():
        findings.add(f"the folded task has {name} {stands!r} where its frames say {should!r}", position, stream)


def check_blobs(connection: sqlite3.Connection, findings: Findings, stopped: Callable[[], bool]) -> None:
    """Every blob against its digest, a piece at a time."""
    for row in scanned(connection, _BLOBS):
        if stopped():
            raise Stopped
        if isinstance(row, Unreadable):
            findings.hidden("blob", row)
            continue
        number, tenant, digest = row
        found = sha256()
        try:
            with connection.blobopen("blob", "content", number, readonly=True) as content:
                while piece := content.read(_CHUNK_BYTES):
                    found.update(piece)
        except DAMAGE as problem:
            findings.add(f"blob {digest} of tenant {tenant!r} cannot be read ({problem})")
            continue
        if found.hexdigest() != digest:
            findings.add(f"blob {digest} of tenant {tenant!r} is not what was stored")

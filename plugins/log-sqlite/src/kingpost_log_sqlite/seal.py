"""Moves the oldest frames out of the log into a segment: a file of its own that is a log like any other.

Called by ``Care.seal`` on a thread and over connections of its own. The frames are folded once more on the way, so what
is moved is known to be sound; the segment is verified whole before anything leaves the log. What the log keeps is in
``cuts``. The cut is recorded in one short transaction; the rows go afterwards, bit by bit.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kingpost import Corrupted, Head, InvalidRequest, Record, Report, Segment, decode, replace, task_stream

from . import scrub, snapshots
from .clear import CLEAR_LATER, WIPE_BLOB_LATER, clear
from .copies import beside, sync
from .cuts import Mark, newest_cut
from .findings import Findings
from .frames import Frames, Listener
from .marks import Marks
from .references import Blobs
from .rows import COLUMNS
from .scan import END
from .shadow import Row, Shadow
from .tables import migrate, open_for_care, open_for_reading, transaction
from .verify import load, verified

_HEAD = "SELECT coalesce(max(position), 0) FROM frames"
_FIRST_OPEN = "SELECT min(position) FROM task WHERE open = 1"
_BODY = "SELECT body FROM frames WHERE position = ?"
_HAS_TASKS = """
    SELECT 1 FROM frames JOIN frames AS head ON head.position = frames.first
    WHERE frames.position > ? AND frames.position <= ? AND substr(head.stream, 1, ?) = ? LIMIT 1
"""
_EARLIER = "SELECT DISTINCT first FROM frames WHERE position > ? AND position <= ? AND first <= ?"
_FIRSTS = "SELECT DISTINCT first FROM frames WHERE position > ? AND position <= ?"

_MOVE = """
    INSERT INTO frames SELECT position, stream, first, hash, body, payloads FROM log.frames
    WHERE position > ? AND position <= ? ORDER BY position
"""
_NAMES = """
    INSERT INTO frames SELECT position, stream, first, hash, x'', NULL FROM log.frames
    WHERE position IN (SELECT first FROM main.frames WHERE first <= ?) ORDER BY position
"""
_CUTS = "INSERT INTO cut SELECT position, hash, at, frames, segment FROM log.cut"
_TASK = f"INSERT INTO task (position, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own columns
_BLOB = "INSERT INTO blob (tenant, digest, content) SELECT tenant, digest, content FROM log.blob WHERE number = ?"

_CUT = "INSERT INTO cut (position, hash, at, frames, segment) VALUES (?, ?, ?, ?, ?)"
_KEEP = """
    INSERT INTO kept SELECT frames.position,
        coalesce((SELECT hash FROM frames AS before WHERE before.position = frames.position - 1), ?)
    FROM frames JOIN frames AS head ON head.position = frames.first
    WHERE frames.position > ? AND frames.position <= ? AND substr(head.stream, 1, ?) <> ?
"""
_STREAM = "SELECT stream FROM frames WHERE position = ?"

_SMALL_BYTES = 256 * 1024 * 1024
"""What is left of a log is written anew at once, to give the space back, when that takes about a second."""

log = logging.getLogger("kingpost.log_sqlite")

_TASK_STREAM = (len(task_stream("")), task_stream(""))


class Sealing(Record):
    """What to seal: the file, how long to wait for others, the time before which, the segment; who waits."""

    path: Path
    patience: float
    before: float
    target: Path
    listener: Listener
    point: Callable[[str], None] = lambda name: None


def sealed_away(order: Sealing) -> Segment | None:
    """Seal what can be sealed.

    Raises:
        InvalidRequest: there is something at the target, or no folder for it.
        Corrupted: what would be moved is not sound; nothing has moved.
        sqlite3.Error, OSError: the segment cannot be written; nothing has moved.
        Stopped: nobody waits for it any more; nothing has moved.
    """
    shown = str(order.target)[:200]
    try:
        if order.target.exists():
            raise InvalidRequest(f"there is something at {shown!r}; name a new file")
        if not order.target.parent.is_dir():
            raise InvalidRequest(f"there is no folder for {shown!r}; nothing has moved; make it, and try again")
    except OSError as problem:
        raise InvalidRequest(f"{shown!r} cannot hold a segment: {problem.strerror}; name another file") from problem
    with (
        closing(open_for_reading(order.path)) as reading,
        closing(open_for_care(order.path, order.patience)) as writing,
        closing(sqlite3.connect("", isolation_level=None)) as store,
    ):
        clear(writing, order.patience)
        store.execute("PRAGMA journal_mode = OFF")
        store.execute(f"CREATE TABLE task (position INTEGER PRIMARY KEY, {COLUMNS})")
        return _Seal(order, reading, writing, Shadow(reading, store)).segment()


class _Seal:
    def __init__(
        self, order: Sealing, reading: sqlite3.Connection, writing: sqlite3.Connection, shadow: Shadow
    ) -> None:
        self._order, self._reading, self._writing, self._shadow = order, reading, writing, shadow
        self._cut = newest_cut(reading)
        self._findings = Findings()
        self._marks = Marks(reading, self._findings, self._cut.position, writing)
        self._tasks: dict[int, bool] = {}

    def segment(self) -> Segment | None:
        """Write it, check it, record the cut, remove what was moved."""
        end = self._end()
        if not self._reading.execute(_HAS_TASKS, (self._cut.position, end, *_TASK_STREAM)).fetchone():
            return None
        load(self._reading, self._shadow, self._cut.position, self._findings)
        earlier = self._earlier(end)
        mark = self._folded(end)
        with beside(self._order.target) as partial:
            blobs = self._write(partial, mark, earlier)
            self._check(verified(partial, self._order.listener), mark)
            sync(partial)
            partial.replace(self._order.target)
            sync(self._order.target.parent)
        self._record(mark, blobs)
        self._remove()
        count = mark.position - self._cut.position
        return Segment(path=str(self._order.target), frames=count, head=Head(mark.position, mark.hash))

    def _end(self) -> int:
        """The last frame that may move: before the time, before every task that has not ended, never the newest."""
        (newest,) = self._reading.execute(_HEAD).fetchone()
        (open_,) = self._reading.execute(_FIRST_OPEN).fetchone()
        low, high = self._cut.position, min(newest, open_ or END) - 1
        while low < high:
            middle = (low + high + 1) // 2
            (body,) = self._reading.execute(_BODY, (middle,)).fetchone() or (b"",)
            is_before = decode(middle, body, None).at < self._order.before * 1_000_000
            low, high = (middle, high) if is_before else (low, middle - 1)
        return low

    def _earlier(self, end: int) -> list[Row]:
        """The rows as of the cut before of the tasks that go on behind it."""
        firsts = self._reading.execute(_EARLIER, (self._cut.position, end, self._cut.position)).fetchall()
        return self._shadow.rows(sorted(first for (first,) in firsts))

    def _folded(self, end: int) -> Mark:
        """Fold what is to move."""
        frames = Frames(
            self._reading,
            self._shadow,
            self._marks,
            self._findings,
            listener=self._order.listener,
            start=self._cut,
            payloads=False,
        )
        frames.check(end)
        self._check(replace(frames.report(), findings=self._findings.told()), frames.mark)
        return frames.mark

    def _check(self, report: Report, mark: Mark) -> None:
        if not report.sound or report.head != Head(mark.position, mark.hash):
            what = report.findings[0].what if report.findings else "it does not end as it should"
            raise Corrupted(
                f"what would be sealed is not sound: {what}; nothing has moved; 'kingpost verify' says more, and "
                "'kingpost rebuild' or a backup mends it"
            )

    def _write(self, partial: Path, mark: Mark, earlier: list[Row]) -> dict[str, dict[str, int]]:
        """Fill the segment. Gives the blobs that it has, tenant by tenant, with their rows in the log."""
        with closing(sqlite3.connect(partial, isolation_level=None, uri=True)) as segment:
            segment.execute("PRAGMA secure_delete = ON")
            migrate(segment, partial)
            segment.execute("ATTACH ? AS log", (f"{self._order.path.absolute().as_uri()}?mode=ro",))
            segment.execute("BEGIN")
            segment.execute(_MOVE, (self._cut.position, mark.position))
            segment.execute(_NAMES, (self._cut.position,))
            segment.execute(_CUTS)
            if earlier:
                snapshots.add(segment, self._cut, earlier)
            firsts = {first for (first,) in segment.execute(_FIRSTS, (self._cut.position, mark.position))}
            segment.executemany(_TASK, (row for row in self._shadow.tasks() if row[0] in firsts))
            blobs = self._named(self._cut.position, mark.position, lambda position, first: True)
            segment.executemany(_BLOB, [(number,) for found in blobs.values() for number in found.values()])
            segment.execute("COMMIT")
        return blobs

    def _named(self, after: int, until: int, counts: Callable[[int, int], bool]) -> dict[str, dict[str, int]]:
        """The blobs that frames hold, tenant by tenant, with their rows."""
        blobs = Blobs(self._reading)
        named, _ = blobs.held(after, until, counts)
        return {tenant: blobs.reached(tenant, digests) for tenant, digests in named.items() if digests}

    def _record(self, mark: Mark, blobs: dict[str, dict[str, int]]) -> None:
        """From here on the frames are gone, in one moment; and the blobs that nothing holds any more."""

        def stays(position: int, first: int) -> bool:
            return position > mark.position or not self._is_task(first)

        left = Blobs(self._reading)
        named, position = left.held(0, END, stays) if blobs else ({}, 0)
        with transaction(self._writing, self._order.patience):
            late, _ = left.held(position, END, stays) if blobs else ({}, 0)
            for tenant, found in blobs.items():
                held = left.reached(tenant, named.get(tenant, set()) | late.get(tenant, set()))
                self._writing.executemany(
                    WIPE_BLOB_LATER, [(number,) for digest, number in found.items() if digest not in held]
                )
            self._marks.take(mark, self._shadow, ended=True)
            snapshots.shorten(self._writing, mark.position)
            self._writing.execute(_KEEP, (self._cut.hash, self._cut.position, mark.position, *_TASK_STREAM))
            count, target = mark.position - self._cut.position, str(self._order.target.absolute())
            self._writing.execute(CLEAR_LATER, (self._cut.position,))
            self._writing.execute(_CUT, (mark.position, mark.hash, mark.at, count, target))
            self._order.point("seal.before_commit")
        self._order.point("seal.after_commit")

    def _is_task(self, first: int) -> bool:
        if first not in self._tasks:
            (stream,) = self._reading.execute(_STREAM, (first,)).fetchone() or ("",)
            self._tasks[first] = str(stream).startswith(task_stream(""))
        return self._tasks[first]

    def _remove(self) -> None:
        """Give the space back, as far as that is quick. Whatever becomes of this has moved; the rest is done later."""
        try:
            clear(self._writing, self._order.patience)
            names = ("page_count", "freelist_count", "page_size")
            pages, free, size = (self._writing.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
            if (pages - free) * size <= _SMALL_BYTES:
                scrub.vacuum(self._writing, self._order.patience)
        except sqlite3.Error as problem:
            log.warning("not all that was sealed is removed from the log yet (%s); the next care goes on", problem)

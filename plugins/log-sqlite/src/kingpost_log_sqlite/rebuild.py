"""Folds the frames into a fresh table of tasks and puts it in the place of the live one, all at once.

Called by ``Care.rebuild``, on a thread and over connections of its own, whether the log is open or not. Appends go on
meanwhile, here and in other processes: most frames are folded without a lock, and the last few under it. Snapshots are
checked on the way, mended, and taken where they are missing. Where the file is damaged so that SQLite refuses to write
it, ``salvage`` takes over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kingpost import Record, Report, field, replace

from . import fresh, snapshots
from .checkpoint import Checkpoint
from .cuts import Mark, newest_cut
from .findings import Findings
from .frames import Frames, Listener
from .indexes import Sums
from .marks import Marks
from .rows import COLUMNS
from .shadow import Shadow
from .tables import open_for_care, open_for_reading, transaction

_FEW_FRAMES = 2_000
_MOST_ROUNDS = 5
_WAL_BYTES = 64 * 1024 * 1024
_LOOK_EVERY = 50

_LIVE = f"""
    INSERT OR REPLACE INTO {fresh.TABLE} (position, {COLUMNS}) SELECT position, {COLUMNS} FROM task WHERE position <= ?
"""  # noqa: S608 - the names are our own
_BEYOND = "DELETE FROM snapshot WHERE position > ?"
_REFILE = "UPDATE frames SET stream = ?, first = ? WHERE position = ?"


class Order(Record):
    """What to rebuild: the file, how long to wait for others, from when on, who waits, and where it may crash."""

    path: Path
    patience: float
    since: float | None = None
    listener: Listener = field(default_factory=Listener)
    point: Callable[[str], None] = lambda name: None


def folded_anew(order: Order) -> Report:
    """Rebuild the tables of a file whose pages SQLite can read and write.

    Raises:
        sqlite3.Error: it cannot; nothing has changed.
        Corrupted: the frames are gone.
        Stopped: nobody waits for it any more; nothing has changed.
    """
    with (
        closing(open_for_reading(order.path)) as reading,
        closing(open_for_care(order.path, order.patience)) as writing,
    ):
        # Rows of tasks hold no content, so nothing of them need be wiped; only the last commit has to be waited for.
        writing.execute("PRAGMA secure_delete = OFF")
        writing.execute("PRAGMA synchronous = NORMAL")
        return _Rebuild(order, reading, writing).report()


class _Rebuild:
    def __init__(self, order: Order, reading: sqlite3.Connection, writing: sqlite3.Connection) -> None:
        self._order, self._reading, self._writing = order, reading, writing
        self._findings = Findings()
        self._shadow = Shadow(reading, writing, fresh.TABLE)
        self._checkpoint = Checkpoint(writing, lambda: open_for_care(order.path, order.patience))
        self._wal = order.path.with_name(order.path.name + "-wal")
        self._asked = 0
        self._listener = Listener(self._told, order.listener.stopped)

    def report(self) -> Report:
        """Do it."""
        try:
            return self._work()
        finally:
            self._checkpoint.close()

    def _work(self) -> Report:
        with transaction(self._writing, self._order.patience):
            fresh.mend_pieces(self._writing, self._findings)
            fresh.make(self._writing)
        start = self._start()
        marks = Marks(self._reading, self._findings, start.position, self._writing)
        sums = Sums()
        frames = Frames(
            self._reading,
            self._shadow,
            marks,
            self._findings,
            listener=self._listener,
            start=start,
            payloads=False,
            seen=sums.add,
        )
        frames.check()
        for piece in fresh.indexes():
            with transaction(self._writing, self._order.patience):
                fresh.index(self._writing, piece)
        broken = sums.broken(self._reading, start.position, frames.mark.position)
        for name in broken:
            self._findings.add(f"the index {name!r} did not fit its table; it was made anew")
        for _ in range(_MOST_ROUNDS):
            before = frames.mark.position
            frames.check()
            if frames.mark.position - before < _FEW_FRAMES:
                break
        self._swap(frames, marks, broken)
        return replace(frames.report(), findings=self._findings.told())

    def _swap(self, frames: Frames, marks: Marks, broken: list[str]) -> None:
        """The last frames and the change of tables, while nobody else may append."""
        self._writing.execute("PRAGMA synchronous = FULL")
        with transaction(self._writing, self._order.patience):
            frames.check()
            marks.take(frames.mark, self._shadow, ended=True)
            self._writing.execute(_BEYOND, (frames.mark.position,))
            self._shadow.finish()
            fresh.swap(self._writing)
            for name in broken:
                self._writing.execute(f"REINDEX {name}")
            self._refile(frames)
            self._order.point("rebuild.before_swap")

    def _refile(self, frames: Frames) -> None:
        """Put frames that stood under another stream back under theirs."""
        if not frames.misfiled:
            return
        self._writing.executemany(_REFILE, [(None, first, position) for _, first, position in frames.misfiled])
        self._writing.executemany(_REFILE, frames.misfiled)
        # Rows have moved, and what they left on their pages is only overwritten by and by.
        self._writing.execute("INSERT OR IGNORE INTO due VALUES ('vacuum')")

    def _start(self) -> Mark:
        """Load what the fold begins with: what was sealed, and the newest snapshot before the time."""
        cut = start = newest_cut(self._reading)
        until = cut.at if self._order.since is None else self._order.since * 1_000_000
        position = 0
        while (mark := snapshots.following(self._reading, position)) is not None:
            position = mark.position
            if position > cut.position and mark.at >= until:
                break
            if (rows := snapshots.rows_at(self._reading, position)) is None:
                self._unreadable(position, cut)
                if position > cut.position:
                    break
                continue
            self._shadow.load(rows)
            start = max(start, mark)
        return start

    def _unreadable(self, position: int, cut: Mark) -> None:
        self._findings.add(f"the snapshot at frame {position} cannot be read", position)
        if position <= cut.position:
            # The frames are elsewhere: the live rows are all that is left to say how these tasks ended.
            with transaction(self._writing, self._order.patience):
                self._writing.execute(_LIVE, (cut.position,))

    def _told(self, read: int, all_: int) -> None:
        """Pass it on, and see to the write-ahead log now and then."""
        self._asked += 1
        if self._asked % _LOOK_EVERY == 0 and self._wal.exists() and (size := self._wal.stat().st_size) > _WAL_BYTES:
            self._checkpoint.wrote(size)
            self._checkpoint.take_if_due()
        self._order.listener.told(read, all_)

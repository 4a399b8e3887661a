"""The one thread of this process that writes, with group commit.

Called by ``SqliteLog``, which hands it jobs from any event loop. Each round takes everything that waits into one
transaction and answers after the commit; it waits for a group to grow only where others are seen to come, see
``_gather``. A bad job fails alone. When the file or its disk is at fault the whole round is told so, nothing of it was
written, and the next round tries afresh.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from time import sleep

from kingpost import SALT_BYTES, Ports, Unavailable

from . import snapshots
from .arrivals import Arrivals
from .checkpoint import Checkpoint
from .cuts import Mark
from .failures import closed, concerns_file, explained
from .group import Group
from .heads import Heads
from .jobs import Alone, Append, Job, Put, deliver
from .place import Place
from .settings import MEGABYTE, Settings
from .tables import begin, open_for_writing

MOST_AT_ONCE = 1024
"""Jobs in one transaction. A larger group gains little, and the first one in it waits for the last."""

GATHER_SECONDS = 0.002
"""How long a small group waits for others."""

SMALL = 8
"""A commit costs as much as eight of the jobs in it: from so many on it is shared well enough."""

log = logging.getLogger("kingpost.log_sqlite")


class Writer:
    """Opened by ``start``, ended by ``stop``; both block."""

    def __init__(self, path: Path, settings: Settings, ports: Ports, arrivals: Arrivals) -> None:
        self._path, self._settings, self._ports, self._arrivals = path, settings, ports, arrivals
        self._gathered: dict[asyncio.AbstractEventLoop, list[Job]] = {}
        self._handed_over: SimpleQueue[list[Job]] = SimpleQueue()
        self._gate = threading.Lock()
        self._accepts = False
        self._connection = self._opened()
        self._checkpoint = Checkpoint(self._connection, self._opened)
        self._heads = Heads(self._connection, settings.streams_in_memory)
        self._place = Place(path)
        self._snapshot = 0
        # What was touched since the newest snapshot, while that is this thread's and nobody else writes.
        self._touched: dict[int, snapshots.Row] | None = None
        self._gathers = False
        self._thread = threading.Thread(target=self._run, name="kingpost-log", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._accepts = True
        self._thread.start()

    def stop(self) -> None:
        """Write what was handed over, then close the file."""
        with self._gate:
            if self._accepts:
                self._accepts = False
                self._handed_over.put([])
        self._thread.join()

    def submit(self, job: Job) -> None:
        """Take a job; its future is told how it went. Call it on the job's own loop.

        What is submitted in one pass of a loop is handed over at the end of that pass: the thread is woken once, and
        does not fight the loop for the interpreter while more is coming.
        """
        gathered = self._gathered.get(job.loop)
        if gathered is None:
            self._gathered[job.loop] = [job]
            job.loop.call_soon(self._hand_over, job.loop)
        else:
            gathered.append(job)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        jobs = self._gathered.pop(loop)
        with self._gate:
            if self._accepts:
                self._handed_over.put(jobs)
                return
        for job in jobs:
            job.error = closed(self._path)
        deliver(jobs)

    def _opened(self) -> sqlite3.Connection:
        return open_for_writing(self._path, self._settings.cache_mb, self._settings.busy_seconds)

    def _run(self) -> None:
        jobs: list[Job] = []
        crash: BaseException | None = None
        try:
            while jobs := self._next():
                self._round(jobs)
                # Who came during the commit had others beside it, and so will who comes next.
                self._gathers = self._gathers or not self._handed_over.empty()
                self._answer(jobs)
                jobs = []
                self._checkpoint.take_if_due()
                self._snapshot_if_due()
        except BaseException as problem:  # noqa: BLE001 - whoever waits is told, whatever it was
            crash = problem
        finally:
            self._end(jobs, crash)

    def _next(self) -> list[Job]:
        """Everything that waits, and at least one job; none when it is time to end."""
        jobs = self._handed_over.get()
        self._take_more(jobs)
        if self._gathers and 0 < len(jobs) < SMALL:
            self._gather(jobs)
        return jobs

    def _gather(self, jobs: list[Job]) -> None:
        """Wait a moment for company: a sync for each of several who come one by one costs more than all their jobs.

        Not where somebody is alone, or where all come together: then nobody comes while a group is committed.
        """
        before = len(jobs)
        sleep(GATHER_SECONDS)
        self._take_more(jobs)
        self._gathers = len(jobs) > before

    def _take_more(self, jobs: list[Job]) -> None:
        """What waits by now, up to a full group."""
        while jobs and len(jobs) < MOST_AT_ONCE and not self._handed_over.empty():
            more = self._handed_over.get()
            if not more:
                self._handed_over.put(more)
                break
            jobs += more

    def _round(self, jobs: Sequence[Job]) -> None:
        together = [job for job in jobs if not isinstance(job, Alone)]
        for start in range(0, len(together), MOST_AT_ONCE):
            self._together(together[start : start + MOST_AT_ONCE])
        for job in jobs:
            if isinstance(job, Alone):
                self._alone(job)

    def _together(self, jobs: Sequence[Job], *, trusting: bool = True) -> None:
        """``trusting``: a stream that somebody says is new need not be looked up first."""
        try:
            begin(self._connection, self._settings.busy_seconds)
            self._refresh()
            group = self._group(jobs, trusting=trusting)
            self._commit(group)
        except Exception as problem:  # noqa: BLE001 - the writer survives, whatever it was
            self._undo()
            if trusting and isinstance(problem, sqlite3.IntegrityError):
                # One of the new streams is there: all are looked up, and whose it is gets told.
                self._together(jobs, trusting=False)
                return
            if len(jobs) > 1 and not concerns_file(problem):
                # One of them cannot be written, and SQLite does not say which.
                for job in jobs:
                    self._together([job], trusting=False)
                return
            for job in jobs:
                job.error = explained(problem, self._path)
        else:
            if not group.empty:
                self._ports.point("log.after_commit")

    def _group(self, jobs: Sequence[Job], *, trusting: bool) -> Group:
        now = int(self._ports.clock.now() * 1_000_000)
        frames = [frame for job in jobs if isinstance(job, Append) for frame in job.frames]
        self._heads.look_up([stream for stream, expected, _ in frames if not trusting or expected != ""])
        salts = self._ports.entropy(SALT_BYTES * sum([len(events) for _, _, events in frames]))
        # A clock that is set back does not take the log back.
        group = Group(self._heads, max(now, self._heads.at), self._settings.max_frame_mb * MEGABYTE, salts)
        for job in jobs:
            try:
                if isinstance(job, Append):
                    job.value = group.append(job.frames)
                elif isinstance(job, Put):
                    job.value = group.put(job)
                job.error = None
            except Exception as problem:  # noqa: BLE001 - whatever is wrong with one is told to that one
                job.error = explained(problem, self._path)
        return group

    def _commit(self, group: Group) -> None:
        if group.empty:
            self._connection.execute("ROLLBACK")
            return
        group.write(self._connection)
        self._place.check()
        self._ports.point("log.before_commit")
        if group.has_blobs:
            self._ports.point("blob.before_commit")
        self._connection.execute("COMMIT")
        group.advance()
        if self._touched is not None:
            self._touched.update(group.rows)
        self._checkpoint.wrote(group.size)

    def _snapshot_if_due(self) -> None:
        """Some milliseconds for the sake of a later rebuild, when everybody is answered, the sooner if nobody waits."""
        since = self._heads.position - self._snapshot
        if since < snapshots.STRIDE or (since < 2 * snapshots.STRIDE and not self._handed_over.empty()):
            return
        try:
            begin(self._connection, self._settings.busy_seconds)
            self._refresh()
            mark = Mark(self._heads.position, self._heads.hash, self._heads.at)
            taken = snapshots.take_live(self._connection, mark, self._touched)
            self._connection.execute("COMMIT")
            self._touched = {} if taken else None
        except Exception as problem:  # noqa: BLE001 - nothing depends on it
            log.warning("no snapshot of the log now (%s); one is taken later", explained(problem, self._path))
            self._undo()
        self._snapshot = self._heads.position

    def _refresh(self) -> None:
        if self._heads.refresh():
            self._touched = None

    def _alone(self, job: Alone) -> None:
        try:
            job.value = job.work(self._connection)
        except Exception as problem:  # noqa: BLE001 - as above
            job.error = explained(problem, self._path)
        finally:
            self._undo()

    def _undo(self) -> None:
        self._heads.forget()
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _answer(self, jobs: Iterable[Job]) -> None:
        """One call to each event loop on which somebody waits, for an answer or for a position."""
        position = self._heads.position
        for loop in {job.loop for job in jobs}.union(self._arrivals.loops()):
            theirs = [job for job in jobs if job.loop is loop]
            # A loop that was closed has nobody left to tell.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._tell, theirs, position)

    def _tell(self, jobs: Sequence[Job], position: int) -> None:
        deliver(jobs)
        self._arrivals.arrived(position)

    def _end(self, jobs: list[Job], crash: BaseException | None) -> None:
        with self._gate:
            self._accepts = False
        while not self._handed_over.empty():
            jobs += self._handed_over.get()
        for job in jobs:
            job.error = _ended(crash)
        self._answer(jobs)
        self._checkpoint.close()
        self._connection.close()


def _ended(crash: BaseException | None) -> BaseException:
    if crash is not None and not isinstance(crash, Exception):
        return crash
    return Unavailable(f"the log's writer has ended ({crash!r}); whether this was written is unknown; start again")

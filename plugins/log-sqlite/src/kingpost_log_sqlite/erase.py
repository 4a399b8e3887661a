"""Takes the content of a task or of a tenant out of the log, for good.

Called by ``Care.erase`` on a thread and over a connection of its own. Payloads go with their salts, so that nobody can
guess what their digests were of; bodies and hashes stay, and with them the chain and the fold. What was sealed is
erased in its segment too. A task goes in one transaction; a tenant goes in many, so that others get their turn, and an
erasure that was killed is completed by the next one.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kingpost import Corrupted, Erased, Record, decode, task_stream

from . import scrub
from .clear import WIPE_BLOB, clear
from .references import Blobs, tenant_in
from .rows import COLUMNS, unpacked
from .scan import END
from .tables import begin, open_for_care

_TREE = """
    WITH RECURSIVE tree (id) AS (SELECT ? UNION SELECT task.id FROM task JOIN tree ON task.parent = tree.id)
    SELECT position, task.id FROM frames JOIN task USING (position)
    WHERE stream IN (SELECT ? || id FROM tree) AND tenant = ?
"""
_TASKS = "SELECT position, id FROM task WHERE tenant = ?"
_STREAMS = "SELECT position, stream FROM frames WHERE stream IS NOT NULL AND substr(stream, 1, ?) <> ?"
_FRAMES = "SELECT position, body, payloads FROM frames WHERE first = ? AND payloads IS NOT NULL"
_ALL_FRAMES = "SELECT body, payloads FROM frames WHERE first = ?"
_WIPE = "UPDATE frames SET payloads = NULL WHERE first = ? AND payloads IS NOT NULL"
_BLOBS = "SELECT number FROM blob WHERE tenant = ? AND digest NOT GLOB 'erased *' LIMIT ?"
_SEGMENTS = "SELECT position, segment FROM cut ORDER BY position"
_TASK = f"SELECT {COLUMNS} FROM task WHERE position = ?"  # noqa: S608 - the columns are our own

_AT_ONCE = 200

log = logging.getLogger("kingpost.log_sqlite")


class Erasure(Record):
    """What to erase, where, how long to wait for others, and where it may crash."""

    path: Path
    patience: float
    tenant: str
    task: str | None = None
    point: Callable[[str], None] = lambda name: None


def erased(order: Erasure) -> Erased:
    """Erase it from the log and from its segments.

    Raises:
        Unavailable: somebody reads what was there before and does not end; erase again.
    """
    with closing(open_for_care(order.path, order.patience)) as connection:
        clear(connection, order.patience)
        streams = dict(_streams(connection, order))
        gone = [_Gone(connection, order, streams).take_away()]
        segments = list(_segments(connection, streams))
        scrub.scrub(connection, order.path, order.patience)
    for segment in segments:
        if not segment.exists():
            log.warning("what was sealed into %s is not erased: the segment is not there", segment)
            continue
        with closing(open_for_care(segment, order.patience)) as connection:
            gone.append(_Gone(connection, order, streams).take_away())
            scrub.vacuum(connection, order.patience)
    return Erased(
        tasks=len({task for each in gone for task in each.tasks}),
        payloads=sum(each.payloads for each in gone),
        blobs=sum(each.blobs for each in gone),
    )


@dataclass(slots=True)
class _Count:
    tasks: set[str]
    payloads: int = 0
    blobs: int = 0


class _Gone:
    """Takes the content of some streams, each known by its first frame, out of one file."""

    def __init__(self, connection: sqlite3.Connection, order: Erasure, streams: Mapping[int, str]) -> None:
        self._connection, self._order, self._streams = connection, order, streams
        self._count = _Count(set())

    def take_away(self) -> _Count:
        """Do it, all at once for a task."""
        if self._order.task is None:
            self._tenant()
        else:
            self._task()
        return self._count

    def _tenant(self) -> None:
        while numbers := self._connection.execute(_BLOBS, (self._order.tenant, _AT_ONCE)).fetchall():
            with self._transaction():
                self._wipe_blobs([number for (number,) in numbers])
        rest = iter(self._streams)
        while some := list(islice(rest, _AT_ONCE)):
            with self._transaction():
                self._wipe(some)

    def _task(self) -> None:
        blobs, tenant = Blobs(self._connection), self._order.tenant
        rows = (row for first in self._streams for row in self._connection.execute(_ALL_FRAMES, (first,)))
        own = blobs.reached(tenant, {digest for row in rows for digest in blobs.named(tenant, *row)})
        named, position = blobs.held(0, END, self._is_anothers(blobs)) if own else ({}, 0)
        with self._transaction():
            if own:
                late, _ = blobs.held(position, END, self._is_anothers(blobs))
                held = blobs.reached(tenant, named.get(tenant, set()) | late[tenant])
                self._wipe_blobs([number for digest, number in own.items() if digest not in held])
            self._wipe(self._streams)

    def _is_anothers(self, blobs: Blobs) -> Callable[[int, int], bool]:
        return lambda _, first: first not in self._streams and blobs.tenant(first) == self._order.tenant

    def _wipe(self, firsts: Iterable[int]) -> None:
        for first in firsts:
            rows = self._connection.execute(_FRAMES, (first,)).fetchall()
            if rows:
                self._connection.execute(_WIPE, (first,))
                self._count.payloads += sum(_payloads(*row) for row in rows)
                if stream := self._streams[first]:
                    self._count.tasks.add(stream)

    def _wipe_blobs(self, numbers: Sequence[int]) -> None:
        self._connection.executemany(WIPE_BLOB, [(number,) for number in numbers])
        self._count.blobs += len(numbers)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        begin(self._connection, self._order.patience)
        try:
            yield
            self._order.point("erase.before_commit")
            self._connection.execute("COMMIT")
            self._order.point("erase.after_commit")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _streams(connection: sqlite3.Connection, order: Erasure) -> Iterator[tuple[int, str]]:
    """The first frames of what is to be erased, each with its task, or "" for other streams."""
    if order.task is not None:
        # What a task has handed along stands in the tasks that it began.
        yield from connection.execute(_TREE, (order.task, task_stream(""), order.tenant))
        return
    yield from connection.execute(_TASKS, (order.tenant,))
    for position, stream in connection.execute(_STREAMS, (len(task_stream("")), task_stream(""))):
        if tenant_in(stream) == order.tenant:
            yield position, ""


def _segments(connection: sqlite3.Connection, streams: Mapping[int, str]) -> Iterator[Path]:
    """The segments that hold some of their frames."""
    begin_ = 0
    for end, segment in connection.execute(_SEGMENTS).fetchall():
        if any(first <= end and _last(connection, first, task) > begin_ for first, task in streams.items()):
            yield Path(segment)
        begin_ = end


def _last(connection: sqlite3.Connection, first: int, task: str) -> int:
    """The newest frame of a stream, as far as it matters where that is."""
    row = connection.execute(_TASK, (first,)).fetchone() if task else None
    try:
        return int(unpacked(row).version) if row else 2**63
    except (Corrupted, ValueError):
        return 2**63


def _payloads(position: int, body: bytes, payloads: bytes) -> int:
    try:
        return sum(event.payload is not None for event in decode(position, body, payloads).events)
    except Corrupted:
        return 1

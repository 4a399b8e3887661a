"""Reads the whole log and names what is wrong with it; changes nothing.

Called by ``Care.verify``, before a backup is restored and before frames are sealed, on a thread and over a connection
of its own. Its passes: SQLite's own check of its pages and indexes; every frame, against the one before it, its
payloads, the fold and the snapshots; the rows of the tasks, against what the frames fold to; the blobs, against their
digests; a head that was written down elsewhere. Nothing that the file holds makes it raise.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from kingpost import GENESIS, Corrupted, Head, Report, damaged, frame_hash, replace, task_stream, to_row

from . import snapshots
from .cuts import BEGINNING, Mark, newest_cut, segment_of
from .findings import Findings
from .frames import Frames, Listener
from .marks import Marks
from .rows import COLUMNS, unpacked
from .scan import DAMAGE, Row, Unreadable, scanned
from .shadow import Shadow
from .tables import open_for_reading, pieces

_TASKS = f"SELECT position, {COLUMNS} FROM task WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 - our own columns
_BLOBS = """
    SELECT number, tenant, digest FROM blob
    WHERE number > ? AND digest NOT GLOB 'erased *' ORDER BY number LIMIT ?
"""
_THERE = "SELECT 1 FROM blob WHERE number = ? AND digest NOT GLOB 'erased *'"
_KEPT = """
    SELECT position, before, hash, body, payloads FROM kept LEFT JOIN frames USING (position)
    WHERE position > ? ORDER BY position LIMIT ?
"""
_NAMELESS = """
    SELECT task.position, id FROM task LEFT JOIN frames USING (position)
    WHERE task.position <= ? AND frames.stream IS NOT ? || id LIMIT 10
"""
_HASH = "SELECT hash FROM frames WHERE position = ?"
_CHUNK_BYTES = 1024 * 1024


class _CutMeanwhile(Exception):
    """Frames were sealed while they were read."""


def verified(path: Path, listener: Listener | None = None, head: Head | None = None) -> Report:
    """What the file holds, and what is wrong with it; with ``head``, whether that frame is still what it was.

    Raises:
        Stopped: nobody waits for it any more.
    """
    findings = Findings()
    try:
        connection = open_for_reading(path)
    except sqlite3.Error as problem:
        findings.add(f"the file cannot be opened: {problem}")
        return Report(frames=0, events=0, head=Head(0, GENESIS), findings=findings.told())
    with closing(connection):
        while True:
            try:
                return _checked(connection, listener or Listener(), head)
            except _CutMeanwhile:
                continue


def _checked(connection: sqlite3.Connection, listener: Listener, head: Head | None) -> Report:
    findings = Findings()
    check_pages(connection, findings)
    check_pieces(connection, findings)
    with closing(sqlite3.connect("", isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode = OFF")
        store.execute(f"CREATE TABLE task (position INTEGER PRIMARY KEY, {COLUMNS})")
        shadow = Shadow(connection, store)
        cut = _cut(connection)
        whole = load(connection, shadow, cut.position, findings)
        frames = Frames(
            connection, shadow, Marks(connection, findings, cut.position), findings, listener=listener, start=cut
        )
        # Page by page, so that the writer can start its write-ahead log anew meanwhile; only the end is read, and
        # compared with the tasks, as of one moment.
        frames.check()
        connection.execute("BEGIN")
        try:
            if _cut(connection) != cut:
                raise _CutMeanwhile
            frames.check()
            frames.check_end()
            check_tasks(connection, shadow, findings, frames.whole and whole)
            check_kept(connection, cut, findings)
            if head is not None:
                check_head(connection, head, cut, frames.mark.position, findings)
        finally:
            connection.execute("ROLLBACK")
        check_blobs(connection, findings, listener)
    return replace(frames.report(), findings=findings.told())


def load(connection: sqlite3.Connection, shadow: Shadow, until: int, findings: Findings) -> bool:
    """Give the shadow all snapshots up to ``until``. False when one of them cannot be read."""
    position = 0
    while (mark := snapshots.following(connection, position)) is not None and mark.position <= until:
        position = mark.position
        rows = snapshots.rows_at(connection, position)
        if rows is None:
            findings.add(f"the snapshot at frame {position}, with what was sealed, cannot be read", position)
            return False
        shadow.load(rows)
    return True


def _cut(connection: sqlite3.Connection) -> Mark:
    try:
        return newest_cut(connection)
    except DAMAGE:
        return BEGINNING


def check_pages(connection: sqlite3.Connection, findings: Findings) -> None:
    """SQLite's own check."""
    try:
        for (text,) in connection.execute("PRAGMA integrity_check(100)"):
            if text != "ok":
                findings.add(f"SQLite: {text}")
    except DAMAGE as problem:
        findings.add(f"SQLite: {problem}")


def check_pieces(connection: sqlite3.Connection, findings: Findings) -> None:
    """Every table and index that a log has."""
    try:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    except DAMAGE:
        return
    for piece in pieces():
        if not there.intersection(piece.names):
            findings.add(f"the {piece.kind} {piece.names[0]!r} is not there")


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


def _missing(wanted: Row, findings: Findings) -> None:
    findings.add("the folded task has no row", wanted[0], task_stream(wanted[1]))


def _compare(row: Row, wanted: Row, findings: Findings) -> None:
    again = unpacked(wanted[1:])
    position, stream = int(again.version), task_stream(again.id)
    try:
        live = to_row(unpacked(row[1:]))
    except Corrupted as problem:
        findings.add(str(problem), position, stream)
        return
    pairs = {name: (live[name], value) for name, value in to_row(again).items() if live[name] != value}
    for name in ("open", "thread"):
        place = COLUMNS.split(", ").index(name) + 1
        if row[place] != wanted[place]:
            pairs[f"column {name}"] = (row[place], wanted[place])
    for name, (stands, should) in pairs.items():
        findings.add(f"the folded task has {name} {stands!r} where its frames say {should!r}", position, stream)


def check_kept(connection: sqlite3.Connection, cut: Mark, findings: Findings) -> None:
    """What stays of the frames before the cut: those that still count, and the names of the tasks."""
    for row in scanned(connection, _KEPT):
        if isinstance(row, Unreadable):
            findings.hidden("kept frame", row)
            continue
        position, before, hash, body, payloads = row
        try:
            if frame_hash(before, body) != hash or damaged(body, payloads):
                findings.add("the frame is not the one that was written here", position)
        except Exception as problem:  # noqa: BLE001 - a damaged file may hold anything
            findings.add(f"the frame cannot be read ({problem})", position)
    try:
        nameless = connection.execute(_NAMELESS, (cut.position, task_stream(""))).fetchall()
    except DAMAGE:
        return
    for position, id in nameless:
        findings.add("the sealed task cannot be found by its name", position, task_stream(id))


def check_head(connection: sqlite3.Connection, head: Head, cut: Mark, newest: int, findings: Findings) -> None:
    """Whether the log still leads to a head that was written down."""
    position = head.position
    if position > newest:
        what = f"the log ends at frame {newest}, and frame {position} was written down"
        findings.add(f"{what}: its end was cut off", position)
        return
    if position < cut.position:
        segment = segment_of(connection, position)
        findings.add(f"frame {position} was sealed into {segment!r}; verify that segment against this head", position)
        return
    try:
        row = connection.execute(_HASH, (position,)).fetchone()
    except DAMAGE:
        row = None
    there = cut.hash if position == cut.position else row and row[0]
    if there != head.hash:
        findings.add("the frame is not the one that was written down: the log was written anew", position)


def check_blobs(connection: sqlite3.Connection, findings: Findings, listener: Listener) -> None:
    """Every blob against its digest, a piece at a time."""
    for row in scanned(connection, _BLOBS):
        listener.check()
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
            if _is_there(connection, number):
                findings.add(f"blob {digest} of tenant {tenant!r} cannot be read ({problem})")
            continue
        if found.hexdigest() != digest and _is_there(connection, number):
            findings.add(f"blob {digest} of tenant {tenant!r} is not what was stored")


def _is_there(connection: sqlite3.Connection, number: int) -> bool:
    """False when the blob was erased while it was read."""
    try:
        return connection.execute(_THERE, (number,)).fetchone() is not None
    except DAMAGE:
        return True

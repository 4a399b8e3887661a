"""Saves what can be read of a file that SQLite refuses to write, and puts it in the place of the damaged pages.

Called by ``rebuild`` when that fails because of damage. Every row that can be read goes into a new file beside the
log, the tasks are folded there, and then all of its pages are copied over the live ones in one transaction: whoever
has the log open sees the old pages or the new ones, and goes on.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from kingpost import Corrupted, Report, Unavailable, replace

from .copies import beside
from .failures import explained
from .findings import Findings
from .rebuild import Order, folded_anew
from .scan import DAMAGE, Row, Unreadable, scanned
from .tables import migrate, open_for_reading, open_to_overwrite

_ROUNDS = 5

_COLUMNS = {
    "frames": "position, stream, first, hash, body, payloads",
    "snapshot": "number, position, at, hash, parts, digest, tasks",
    "cut": "position, hash, at, frames, segment",
    "kept": "position, before",
    "blob": "number, tenant, digest",
}
_DUE = "SELECT work FROM due WHERE work <> 'vacuum'"
_CONTENT = "SELECT content FROM blob WHERE number = ?"


class _MovedOn(Exception):
    """Somebody has written to the log meanwhile."""


def salvaged(order: Order) -> Report:
    """Rebuild a damaged file out of all that can be read of it. What cannot is in the report.

    Raises:
        Corrupted: nothing can be read; nothing was changed.
        Unavailable: others keep on writing, or there is no room; nothing was changed.
    """
    for _ in range(_ROUNDS):
        with (
            beside(order.path) as copy,
            closing(_opened(order.path)) as damaged,
            # Damage makes SQLite believe that something has changed; this one does not meet any.
            closing(_opened(order.path)) as watching,
        ):
            before = _version(watching)
            findings = _saved(damaged, copy, order)
            report = folded_anew(replace(order, path=copy, since=None))
            if _taken_over(copy, order, watching, before):
                findings.add("the file was damaged; what could be read of it stands on fresh pages now")
                return replace(report, findings=(*findings.told(), *report.findings))
    raise Unavailable(f"the log {str(order.path)!r} is damaged, and others keep on writing; end them and rebuild again")


def _opened(path: Path) -> sqlite3.Connection:
    connection = open_for_reading(path)
    # SQLite opens a file that was cut only for those who say that they know what they do.
    connection.execute("PRAGMA writable_schema = ON")
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return int(version)


def _saved(damaged: sqlite3.Connection, copy: Path, order: Order) -> Findings:
    """Every readable row into a new file at ``copy``; what could not be read."""
    findings = Findings()
    with closing(sqlite3.connect(copy, isolation_level=None)) as fresh:
        (size,) = damaged.execute("PRAGMA page_size").fetchone()
        fresh.execute(f"PRAGMA page_size = {size:d}")
        fresh.execute("PRAGMA secure_delete = ON")
        fresh.execute("PRAGMA synchronous = OFF")
        migrate(fresh, copy)
        fresh.execute("BEGIN")
        for table in _COLUMNS:
            _save(damaged, fresh, table, findings, order)
        with suppress(*DAMAGE):
            fresh.executemany("INSERT INTO due VALUES (?)", damaged.execute(_DUE).fetchall())
        fresh.execute("COMMIT")
        if not fresh.execute("SELECT count(*) FROM frames").fetchone()[0]:
            raise Corrupted(
                f"nothing can be read of the log {str(order.path)!r}; nothing was changed; restore a backup"
            )
    return findings


def _save(damaged: sqlite3.Connection, fresh: sqlite3.Connection, table: str, findings: Findings, order: Order) -> None:
    columns = _COLUMNS[table]
    key, *others = columns.split(", ")
    # Every word of these is ours.
    question = f"SELECT {columns} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT ?"  # noqa: S608 - see above
    places = ", ".join("?" * (1 + len(others)))
    insert = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - as above
    if table == "blob":
        insert = "INSERT OR IGNORE INTO blob (number, tenant, digest, content) VALUES (?, ?, ?, ?)"
    for row in scanned(damaged, question):
        order.listener.check()
        if isinstance(row, Unreadable):
            findings.hidden(f"{table} row", row)
            continue
        try:
            whole: Row = row if table != "blob" else (*row, *damaged.execute(_CONTENT, (row[0],)).fetchone())
            saved = fresh.execute(insert, whole).rowcount > 0
        except (*DAMAGE, TypeError):
            saved = False
        if not saved:
            findings.add(f"the {table} row {row[0]} is damaged")


def _taken_over(copy: Path, order: Order, watching: sqlite3.Connection, before: int) -> bool:
    """Copy all pages over the live ones. False when somebody has written meanwhile; then nothing has changed."""
    deadline = time.monotonic() + order.patience

    def check(status: int, remaining: int, total: int) -> None:
        # From the first page on nobody else can write, so looking then is early enough; and one page is not yet all.
        if status == sqlite3.SQLITE_DONE:
            return
        if _version(watching) != before or (status == sqlite3.SQLITE_BUSY and time.monotonic() > deadline):
            raise _MovedOn
        if remaining == total - 1:
            order.point("rebuild.before_swap")

    with closing(sqlite3.connect(copy, isolation_level=None)) as fresh, closing(open_to_overwrite(order.path)) as live:
        try:
            fresh.backup(live, pages=1, progress=check, sleep=0.01)
        except _MovedOn:
            return False
        except sqlite3.Error as problem:
            raise explained(problem, order.path) from problem
    return True

"""The table that is to take the place of ``task``, and the other pieces of the file that may be missing.

Called by ``rebuild``, over a connection of its own.
"""

from __future__ import annotations

import sqlite3

from kingpost import Corrupted

from .findings import Findings
from .tables import Piece, pieces

TABLE = "task_fresh"
_THERE = "SELECT name FROM sqlite_schema"


def mend_pieces(connection: sqlite3.Connection, findings: Findings) -> None:
    """Make what is missing, but for ``task``, which is made anew in any case.

    Raises:
        Corrupted: the frames themselves are gone.
    """
    there = _names(connection)
    for piece in pieces():
        if piece.table == "task" or piece.names[0] in there:
            continue
        if piece.names[0] == "frames":
            raise Corrupted("the log has lost the table of its frames; restore a backup")
        findings.add(f"the {piece.kind} {piece.names[0]!r} was not there; it was made anew")
        connection.execute(piece.sql)


def make(connection: sqlite3.Connection) -> None:
    """An empty table without indexes; what a rebuild that was killed has left behind is removed."""
    connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    (task,) = [piece for piece in pieces() if piece.names[0] == "task"]
    connection.execute(task.sql.replace("CREATE TABLE task", f"CREATE TABLE {TABLE}", 1))


def index(connection: sqlite3.Connection, piece: Piece) -> None:
    """One index of it, under whichever of its names the live table does not use."""
    first, second = piece.names
    name = second if first in _names(connection) else first
    connection.execute(
        piece.sql.replace(f"INDEX {first} ON task", f"INDEX {name} ON {TABLE}", 1)  # the name and the table are our own
    )


def indexes() -> list[Piece]:
    """The indexes that it needs."""
    return [piece for piece in pieces() if piece.table == "task" and piece.kind == "index"]


def swap(connection: sqlite3.Connection) -> None:
    """Let it take the place of ``task``."""
    connection.execute("DROP TABLE IF EXISTS task")
    connection.execute(f"ALTER TABLE {TABLE} RENAME TO task")


def _names(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute(_THERE)}

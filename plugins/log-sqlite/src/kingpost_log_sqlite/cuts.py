"""Where the log begins: behind its last cut, or with its first frame.

Called by whoever reads frames. What lies before a cut was moved into a segment, see ``seal``.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from kingpost import GENESIS, NotFound

_NEWEST = "SELECT position, hash, at, segment FROM cut ORDER BY position DESC LIMIT 1"
_HOLDING = "SELECT position, segment FROM cut WHERE position >= ? ORDER BY position LIMIT 1"


class Mark(NamedTuple):
    """A frame that something goes on behind: its position, its hash, its time in microseconds since the epoch."""

    position: int
    hash: bytes
    at: int


BEGINNING = Mark(0, GENESIS, 0)


def newest_cut(connection: sqlite3.Connection) -> Mark:
    """The last frame that is no longer in the log; ``BEGINNING`` when all are."""
    row = connection.execute(_NEWEST).fetchone()
    return Mark(*row[:3]) if row else BEGINNING


def segment_of(connection: sqlite3.Connection, position: int) -> str:
    """The file that the frame at ``position`` was moved into."""
    row = connection.execute(_HOLDING, (position,)).fetchone()
    return str(row[1]) if row else "nobody knows where"


def moved_away(position: int, end: int, segment: str) -> NotFound:
    """The error of whoever asks for a frame that was moved away."""
    return NotFound(
        "frame",
        str(position),
        f"it was sealed, with all up to frame {end}, into the segment {segment!r}: read that file, or go on from {end}",
    )

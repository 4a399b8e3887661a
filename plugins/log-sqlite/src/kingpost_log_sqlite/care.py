"""What the log's care is made of, in turns, each with its errors explained.

Called by ``SqliteLog`` on threads of their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kingpost import Erased, Report, Segment

from .erase import Erasure, erased
from .failures import explained, is_damage
from .rebuild import Order, folded_anew
from .salvage import salvaged
from .seal import Sealing, sealed_away
from .turns import turn


def rebuilt(order: Order) -> Report:
    """Fold the frames into fresh tables; where the file itself is damaged, onto fresh pages.

    Raises:
        Corrupted: nothing of the frames can be read.
        Unavailable: somebody else cares for the log just now, or its disk is full or gone.
        Stopped: nobody waits for it any more.
    """
    with _turn(order.path):
        try:
            return folded_anew(order)
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            if not is_damage(problem):
                raise
        return salvaged(order)


def erased_for_good(order: Erasure) -> Erased:
    """Take content out of the log and its segments.

    Raises:
        Unavailable: somebody else cares for the log just now, reads what was there, or its disk is full or gone.
    """
    with _turn(order.path):
        return erased(order)


def sealed(order: Sealing) -> Segment | None:
    """Move the oldest frames into a segment.

    Raises:
        InvalidRequest: there is something at the target.
        Corrupted: what would be moved is not sound.
        Unavailable: somebody else cares for the log just now, or a disk is full or gone.
        Stopped: nobody waits for it any more.
    """
    with _turn(order.path):
        return sealed_away(order)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    with turn(path):
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError, OSError) as problem:
            raise explained(problem, path) from problem

"""The snapshots that a fold comes past: compared with it, mended where that is the work, and its way out of a gap.

Called by ``Frames``. Behind frames that are lost the fold knows too little; the next snapshot knows what they said.
"""

from __future__ import annotations

import sqlite3

from . import snapshots
from .cuts import Mark
from .findings import Findings
from .shadow import Shadow
from .tables import begin

_PATIENCE_SECONDS = 60.0


class Marks:
    """The snapshots behind ``reached``. With ``mending``, a connection that writes, wrong ones are replaced."""

    def __init__(
        self, reading: sqlite3.Connection, findings: Findings, reached: int, mending: sqlite3.Connection | None = None
    ) -> None:
        self._reading, self._findings, self._mending = reading, findings, mending
        self._reached = reached
        self._next: Mark | None = None
        self._complete, self._between = True, False

    def ahead(self) -> Mark | None:
        """The next snapshot. Others are taken meanwhile, but only ever at the end of the log."""
        if self._next is None:
            self._next = snapshots.following(self._reading, self._reached)
        return self._next

    def reach(self, found: Mark, shadow: Shadow, whole: bool) -> bool:
        """The fold has come to the next snapshot and stands at ``found``. True when it is ``whole`` from here on."""
        mark, self._next = self._next or found, None
        before, self._reached = self._reached, mark.position
        folded = shadow.touched()
        between, self._between = self._between, whole and mark.position < found.position
        if whole and (between or self._between):
            # One that was taken while frames behind it were folded already, or the one after such: the fold never
            # stood where it was taken, so there is nothing to compare it with.
            return True
        if whole and (folded is None or (mark == found and snapshots.holds(self._reading, mark.position, folded))):
            return True
        if whole and snapshots.following(self._reading, before) != mark:
            # Somebody has put another one before it meanwhile, and left out of this one what that holds.
            return True
        stored = snapshots.rows_at(self._reading, mark.position)
        if not whole and stored is not None and self._complete:
            shadow.load(stored)
            return True
        if stored is None:
            self._complete = whole
            self._findings.add(f"the snapshot at frame {mark.position} cannot be read", mark.position)
        elif whole:
            self._findings.add(f"the snapshot at frame {mark.position} is not what the frames say", mark.position)
        if self._mending is not None and folded is not None:
            self._replace(self._mending, found if found.position == mark.position else mark, folded)
        return whole

    def take(self, found: Mark, shadow: Shadow, *, ended: bool = False) -> None:
        """Take one as of ``found``, when that is due, or the fold has ``ended``."""
        if self._mending is None or found.position <= self._reached:
            return
        # One before another that is there already would leave that with too much in it.
        due = found.position - self._reached >= snapshots.STRIDE and self.ahead() is None
        if (due or ended) and (folded := shadow.touched()) is not None:
            self._replace(self._mending, found, folded)
            self._reached, self._next = found.position, None

    def _replace(self, mending: sqlite3.Connection, mark: Mark, folded: list[snapshots.Row]) -> None:
        inside = mending.in_transaction
        if not inside:
            begin(mending, _PATIENCE_SECONDS)
        snapshots.remove(mending, mark.position)
        snapshots.add(mending, mark, folded)
        if not inside:
            mending.execute("COMMIT")

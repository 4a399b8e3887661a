"""One piece of care at a time: rebuild, erase, seal and restore take turns, over all processes.

Called by ``Care``. The turn is a lock on a file beside the log that the system drops with the process, so that a care
that was killed is in nobody's way. Appends and reads never wait for it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kingpost import Unavailable

from .failures import explained


@contextmanager
def turn(log: Path) -> Iterator[None]:
    """Nobody else cares for this log meanwhile.

    Raises:
        Unavailable: somebody else does, or the folder cannot be written.
    """
    path = log.with_name(log.name + "-care")
    try:
        file = _locked(path)
    except OSError as problem:
        raise explained(problem, log) from problem
    if file is None:
        raise Unavailable(f"the log {str(log)!r} is being rebuilt, erased from, sealed or restored just now; try again")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(file)


def _locked(path: Path) -> int | None:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it may have removed the file that was opened here.
            if os.fstat(file).st_ino == path.stat().st_ino:
                return file
        except BlockingIOError:
            os.close(file)
            return None
        except FileNotFoundError:
            pass
        os.close(file)

"""What happens to a real process on a real machine: it dies by SIGKILL, and its disk is full.

Called by tests; ``KillAt`` goes into a process of its own as ``Ports.point``. What a seed replays stands in ``world``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class KillAt:
    """Ends this process by SIGKILL when ``name``, or any point where that is ``None``, is passed for the ``nth`` time.

    Goes in as ``Ports.point``. ``last`` is called with the name just before: nothing is flushed or said afterwards.
    """

    def __init__(self, name: str | None, nth: int = 1, last: Callable[[str], None] | None = None) -> None:
        self._name, self._left, self._last = name, nth, last

    def __call__(self, name: str) -> None:
        """Pass the point ``name``, or die at it."""
        if self._name is not None and name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            if self._last is not None:
                self._last(name)
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process may grow beyond ``size`` bytes: to whoever writes, the disk is full.

    Unix only. Whatever else this process writes meanwhile is bounded too.
    """
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

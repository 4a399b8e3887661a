"""The tasks of a simulated process: they hash the same in every replay, and can be ended where they are.

Made by ``loop`` only.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

MOST_CLOSINGS = 8


class SteadyTask(asyncio.Task[Any]):
    """A task with a hash that a replay has too: sets of tasks are walked in one order in every interpreter."""

    __slots__ = ("serial",)
    serial: int

    def __hash__(self) -> int:
        """Its number in its process."""
        return self.serial


def closed(task: Any) -> None:
    """End a task's coroutine where it is; one that awaits in a ``finally`` takes some tries."""
    task._log_destroy_pending = False  # noqa: SLF001 - as asyncio does with what it has dealt with itself
    coroutine = task.get_coro()
    for _ in range(MOST_CLOSINGS):
        # Whatever it raises on its way out concerns nobody any more.
        with contextlib.suppress(BaseException):
            coroutine.close()
            return

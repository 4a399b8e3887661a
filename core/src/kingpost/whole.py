"""Work that is finished once it is begun, though whoever asked for it goes away.

Used by plugins whose callers may be cancelled at any time, as those of a memory are by the deadline of a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Whole:
    """What was begun and is not done. One of them serves all calls of a plugin, and lives on one event loop."""

    def __init__(self) -> None:
        self._begun: set[asyncio.Future[Any]] = set()

    @property
    def begun(self) -> Sequence[asyncio.Future[Any]]:
        """What is not done yet; whoever stops waits for it."""
        return list(self._begun)

    async def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Finish the work even when the caller is cancelled, who then only stops to wait for it."""
        begun = asyncio.ensure_future(work)
        self._begun.add(begun)
        begun.add_done_callback(self._done)
        return await asyncio.shield(begun)

    def _done(self, begun: asyncio.Future[Any]) -> None:
        self._begun.discard(begun)
        if not begun.cancelled():
            # Whoever went away wants no answer, and no complaint about one that nobody took.
            begun.exception()

"""Who may send now. An attempt holds a place in its lane, and gives it away when it takes long.

Used by ``sender``. So many attempts begin and go well at once; those that hang hold a connection and nothing else.
Endpoints that failed the last time have a lane of their own, so that the dead cannot crowd out the living.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lane:
    """``places`` for attempts that are younger than ``patience`` seconds, and ``connections`` for all of them."""

    def __init__(self, places: int, connections: int, patience: float) -> None:
        self._places, self._connections = asyncio.Semaphore(places), asyncio.Semaphore(connections)
        self._patience = patience

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place, waited for in turn."""
        async with self._connections:
            await self._places.acquire()
            held = [True]

            def leave() -> None:
                if held:
                    held.clear()
                    self._places.release()

            late = asyncio.get_running_loop().call_later(self._patience, leave)
            try:
                yield
            finally:
                late.cancel()
                leave()

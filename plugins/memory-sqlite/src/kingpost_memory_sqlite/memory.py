"""The memory named ``sqlite``: remembers, recalls, forgets and exports.

Called by the kernel. What it promises stands in ``kingpost.MemoryBackend``. Nothing is kept between calls but the open
file, so several processes may use one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from kingpost import Memory, Ports, Query, Recollection, Selection, Whole

from .choose import chosen
from .file import MemoryFile
from .forget import forget, is_untidy, purge, rest, tidy
from .index import renew
from .remember import remember, use
from .rows import SELECT, memory_of, stored, stored_id
from .search import Bounds, search
from .settings import Settings

_CHUNK = 500


class SqliteMemory:
    """One file of memories. Use it between ``start`` and ``stop``."""

    name = "sqlite"

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self._settings, self._ports = settings, ports
        self._turn = asyncio.Lock()
        self._file = MemoryFile(ports.home / settings.path, settings.busy_seconds, ports.point)
        self._tidying: asyncio.Future[None] | None = None
        self._whole = Whole()
        self._untidy = False
        self._anew: int | None = None

    async def start(self) -> None:
        """Open the file, make its index anew if this version reads words differently, drop what expired long ago.

        Raises:
            Unavailable: the file cannot be used, with the mend.
        """
        await self._file.open()
        try:
            await renew(self._file)
            before = self._ports.clock.now() - self._settings.expired_seconds
            # Marked by a process that had no time to tidy, or by one that has not closed the file yet.
            anew = self._settings.rewritten if await is_untidy(self._file) else None
            if await purge(self._file, before, self._settings.short_term_seconds) or anew is not None:
                self._tidy_soon(anew)
        except BaseException:
            await self._file.close()
            raise

    async def stop(self) -> None:
        """Close the file once what is being written is written, and nothing of what was forgotten is left in it."""
        # What was begun is finished, though nobody may wait for it any more.
        while begun := [*self._whole.begun, *([self._tidying] if self._tidying and not self._tidying.done() else [])]:
            await asyncio.wait(begun)
        await rest(self._file, self._settings.rewritten)
        await self._file.close()

    async def remember(self, memories: Sequence[Memory]) -> int:
        wanted = [memory for memory in memories if memory.origin != "recalled"]
        if not wanted:
            return 0
        return await self._whole.do(remember(self._file, wanted, self._settings.short_term_seconds))

    async def recall(self, query: Query) -> Sequence[Recollection]:
        return await search(self._file, query, Bounds(self._settings.candidates, self._settings.floor), self._turn)

    async def use(self, tenant: str, scope: str, ids: Sequence[str], at: float, once: str = "") -> int:
        return await self._whole.do(use(self._file, (tenant, scope), ids, at, once))

    async def get(self, tenant: str, scope: str, ids: Sequence[str]) -> Sequence[Memory]:
        found: list[Memory] = []
        wanted = [stored_id(id) for id in dict.fromkeys(ids)]
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            sql = f"{SELECT} WHERE c.tenant = ? AND c.name = ? AND m.id IN ({', '.join('?' * len(chunk))})"
            found += [memory_of(row) for row in await self._file.read(sql, (stored(tenant), stored(scope), *chunk))]
        return found

    async def forget(self, selection: Selection) -> int:
        return await self._whole.do(self._forget(selection))

    async def _forget(self, selection: Selection) -> int:
        count, behind = await forget(self._file, selection, self._settings.rewritten)
        if behind:
            self._tidy_soon()
        elif (selection.ids, selection.source, selection.kind) == (None, None, None) and self._tidying is not None:
            # It may be at work on what was forgotten here before: nothing is left of a scope once this is answered.
            await asyncio.wait([self._tidying])
        return count

    def _tidy_soon(self, anew: int | None = None) -> None:
        self._untidy, self._anew = True, anew
        if self._tidying is None or self._tidying.done():
            self._tidying = asyncio.ensure_future(self._tidy())

    async def _tidy(self) -> None:
        while self._untidy:
            anew, self._untidy, self._anew = self._anew, False, None
            await tidy(self._file, anew)

    async def export(self, selection: Selection) -> AsyncIterator[Memory]:
        async for row in chosen(self._file.read, selection):
            yield memory_of(row)

"""The memory named ``vectors``: another memory, whose questions it answers with what is near in meaning beside.

Called by the kernel. What is remembered stays with the memory below, which weighs words and vectors against each other;
here are only vectors, made in the background. Without an embedder, or without their file, words alone decide.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from typing import Any

from kingpost import (
    Boost,
    Memory,
    MemoryBackend,
    Ports,
    Query,
    Recollection,
    Selection,
    Tended,
    Unavailable,
    Whole,
    replace,
)

from .file import VectorFile
from .fill import Filler
from .infile import Either, InFile
from .near import Floats, Index, calibrated, united
from .settings import Settings

MOST_BOOSTS = 32
_QUESTIONS = 256


class VectorMemory:
    """Use it between ``start`` and ``stop``, once it was lent a memory and an embedder."""

    name = "vectors"

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self._settings, self._ports = settings, ports
        self._lent: dict[str, Any] = {}
        self._file = VectorFile(ports.home / settings.path, extend=settings.search == "sqlite-vec")
        self._index = Either(Index(self._file), InFile(self._file))
        self._questions: OrderedDict[str, Floats] = OrderedDict()
        self._filler: Filler | None = None
        self._filling: asyncio.Task[None] | None = None
        self._whole = Whole()

    @property
    def borrows(self) -> Sequence[tuple[str, str]]:
        """The memory below, and what embeds."""
        return (("memory", self._settings.memory), ("embedders", self._settings.embedder))

    def lend(self, kind: str, name: str, offered: Any) -> None:
        """Take one of them."""
        self._lent[kind] = offered

    @property
    def _below(self) -> MemoryBackend:
        below: MemoryBackend | None = self._lent.get("memory")
        if below is None:
            raise Unavailable("the memory 'vectors' was not lent the memory that it works through")
        return below

    async def start(self) -> None:
        """Open the file and begin to embed what waits.

        Raises:
            Unavailable: the file cannot be used, with the mend.
        """
        fresh = await asyncio.to_thread(self._file.open)
        self._filler = Filler(
            self._below, self._lent["embedders"], self._file, self._index, self._settings, self._ports.clock
        )
        self._filling = asyncio.create_task(self._filler.run(fresh=fresh), name="memory-vectors")

    async def stop(self) -> None:
        """Stop embedding; what waits is embedded after the next start."""
        # What was begun is finished, though nobody may wait for it any more.
        while begun := self._whole.begun:
            await asyncio.wait(begun)
        if self._filling is not None:
            self._filling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._filling
        await asyncio.to_thread(self._file.close)

    async def settled(self) -> None:
        """Return once nothing waits for its vector any more."""
        if self._filler is not None:
            self._filler.idle.clear()
            self._filler.wake.set()
            await self._filler.idle.wait()

    async def remember(self, memories: Sequence[Memory]) -> int:
        return await self._whole.do(self._remember(memories))

    async def _remember(self, memories: Sequence[Memory]) -> int:
        new = await self._below.remember(memories)
        keys = [
            (each.tenant, each.scope, each.id) for each in memories if each.kind == "text" and each.origin != "recalled"
        ]  # fmt: skip
        if keys and self._filler is not None:
            await asyncio.to_thread(self._file.enqueue, keys)
            self._filler.wake.set()
        return new

    async def recall(self, query: Query) -> Sequence[Recollection]:
        boosts = await self._boosts(query) if query.text.strip() and query.scopes and query.limit > 0 else ()
        return await self._below.recall(replace(query, boosts=(*query.boosts, *boosts)) if boosts else query)

    async def _boosts(self, query: Query) -> Sequence[Boost]:
        """What is near, as far as it stands out; nothing when that cannot be known in time."""
        filler = self._filler
        if filler is None or filler.anchors is None or not filler.weight:
            return ()
        try:
            async with asyncio.timeout(self._settings.seconds):
                question = await self._question(query.text)
                scopes = list(query.scopes)
                near = await asyncio.to_thread(self._index.near, query.tenant, scopes, question, filler.anchors)
                least = await asyncio.to_thread(self._index.least, query.tenant, scopes)
        except Exception:  # noqa: BLE001 - whatever an embedder does wrong, words still find
            return ()
        scored = [(each, filler.weight * calibrated(each.above, least)) for each in near[:MOST_BOOSTS]]
        return [Boost(scope=each.scope, id=each.id, score=score) for each, score in scored if score > 0]

    async def _question(self, text: str) -> Floats:
        if (known := self._questions.get(text)) is None:
            (vector,) = await self._lent["embedders"].embed([text[: self._settings.characters]])
            known = united(vector)
        self._questions[text] = known
        self._questions.move_to_end(text)
        if len(self._questions) > _QUESTIONS:
            self._questions.popitem(last=False)
        return known

    async def use(self, tenant: str, scope: str, ids: Sequence[str], at: float, once: str = "") -> int:
        # Uses are no text: a memory that does not count them is not asked.
        below = self._below
        return await below.use(tenant, scope, ids, at, once) if isinstance(below, Tended) else 0

    async def get(self, tenant: str, scope: str, ids: Sequence[str]) -> Sequence[Memory]:
        return await self._below.get(tenant, scope, ids)

    async def forget(self, selection: Selection) -> int:
        return await self._whole.do(self._forget(selection))

    async def _forget(self, selection: Selection) -> int:
        whole = selection.ids is None and selection.source is None and selection.kind is None and not selection.but
        if whole and selection.after is None:
            count = await self._below.forget(selection)
            await asyncio.to_thread(self._file.drop, selection.tenant, selection.scope, None)
            return count
        # Only the memory below knows what a selection means.
        chosen: dict[tuple[str, str], list[str]] = {}
        async for memory in self._below.export(selection):
            chosen.setdefault((memory.tenant, memory.scope), []).append(memory.id)
        count = await self._below.forget(selection)
        for (tenant, scope), ids in chosen.items():
            await asyncio.to_thread(self._file.drop, tenant, scope, ids)
        return count

    async def export(self, selection: Selection) -> AsyncIterator[Memory]:
        async for memory in self._below.export(selection):
            yield memory

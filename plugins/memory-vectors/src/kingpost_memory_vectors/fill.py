"""Embeds in the background what waits for its vector, and measures how well that works.

Started and stopped by ``memory``. Never on the way of a write or a question; whatever fails is tried again later.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass, field

from kingpost import Clock, Embedder, Memory, MemoryBackend, Selection

from .file import VectorFile
from .infile import Either
from .near import ANCHORS, Floats, packed, united
from .settings import Settings

PROBED = 24
"""Memories that the weight is measured with."""

FEWEST = 64
"""Vectors that must be there before anything is measured; then again whenever there are twice as many."""

_LONGEST_WAIT = 300.0
_FEWEST_WORDS = 8
_BATCH = 500
_SAME = 0.99
_DAY = 86_400.0


class Stale(Exception):
    """The vectors in the file were made by another model."""


@dataclass(slots=True)
class Filler:
    """What embeds for one file."""

    below: MemoryBackend
    embedder: Embedder
    file: VectorFile
    index: Either
    settings: Settings
    clock: Clock
    weight: float = 0.0
    anchors: Floats | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    _measured: int = 0
    _ready: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, *, fresh: bool) -> None:
        """Until it is cancelled. With ``fresh`` everything that the memory below holds is embedded first."""
        wait, filled = 1.0, not fresh
        while True:
            try:
                await self.ready()
                if not filled:
                    await self._fill()
                    filled = True
                while await self._step():
                    wait = 1.0
                await self._sweep()
                await self._measure()
            except Stale:
                filled = False
                continue
            except Exception:  # noqa: BLE001 - what is not embedded today is embedded tomorrow; words find it anyway
                await self.clock.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
                continue
            if not self.wake.is_set():
                self.idle.set()
            # Whoever woke it in the middle of the pass may wait for what that pass did not see.
            await self.wake.wait()
            self.wake.clear()
            self.idle.clear()

    async def ready(self) -> Floats:
        """The vectors of the anchors, by which a change of the model is noticed too.

        Raises:
            Stale: there was one. Unavailable: the embedder does not answer.
        """
        async with self._ready:
            if self.anchors is None:
                self.anchors = await self._anchored()
            return self.anchors

    async def _anchored(self) -> Floats:
        import numpy as np

        anchors = np.array([united(each) for each in await self.embedder.embed(ANCHORS)], dtype=np.float32)
        kept = await asyncio.to_thread(self.file.fact, "anchors")
        shape = struct.pack("<2I", *anchors.shape)
        if kept is not None:
            before = np.frombuffer(kept[8:], dtype=np.float32)
            same = kept[:8] == shape and float((before.reshape(anchors.shape) * anchors).sum(axis=1).min()) > _SAME
            if not same:
                await asyncio.to_thread(self.file.clear)
                raise Stale
        await asyncio.to_thread(self.file.note, "anchors", shape + anchors.tobytes())
        weight = await asyncio.to_thread(self.file.fact, "weight")
        measured, self.weight = struct.unpack("<Id", weight) if weight else (0, self.settings.weight)
        self.weight, self._measured = min(self.weight, self.settings.weight), measured
        return anchors

    async def _fill(self) -> None:
        """Everything that is remembered waits for its vector."""
        batch: list[tuple[str, str, str]] = []
        async for memory in self.below.export(Selection(scope=None, tenant=None)):
            if memory.kind == "text":
                batch.append((memory.tenant, memory.scope, memory.id))
            if len(batch) == _BATCH:
                await asyncio.to_thread(self.file.enqueue, batch)
                batch = []
        await asyncio.to_thread(self.file.enqueue, batch)
        await asyncio.to_thread(self.file.note, "filled", b"1")

    async def _step(self) -> bool:
        """Embed one batch; false when nothing waits."""
        waiting = await asyncio.to_thread(self.file.take, self.settings.batch)
        if not waiting:
            return False
        first = waiting[0]
        found = await self.below.get(first.tenant, first.scope, [each.id for each in waiting])
        texts = {memory.id: text for memory in found if memory.kind == "text" and (text := self._text(memory))}
        known = [each for each in waiting if each.id in texts]
        vectors = await self.embedder.embed([texts[each.id] for each in known]) if known else []
        done = [(each, *packed(vector)) for each, vector in zip(known, vectors, strict=True)]
        await asyncio.to_thread(self.file.settle, done, [each for each in waiting if each.id not in texts])
        return True

    async def _sweep(self) -> None:
        """Once a day: what is not in the memory below any more, because it expired there, loses its vector."""
        now, last = self.clock.now(), await asyncio.to_thread(self.file.fact, "swept")
        if last is not None and now - float(struct.unpack("<d", last)[0]) < _DAY:
            return
        after = 0
        while rows := await asyncio.to_thread(self.file.kept, after, _BATCH):
            after = rows[-1][0]
            scopes: dict[tuple[str, str], dict[str, int]] = {}
            for seq, tenant, scope, id in rows:
                scopes.setdefault((tenant, scope), {})[id] = seq
            for (tenant, scope), seqs in scopes.items():
                there = {memory.id for memory in await self.below.get(tenant, scope, list(seqs))}
                if gone := [seq for id, seq in seqs.items() if id not in there]:
                    await asyncio.to_thread(self.file.remove, gone)
        await asyncio.to_thread(self.file.note, "swept", struct.pack("<d", now))

    def _text(self, memory: Memory) -> str:
        """What of a memory is embedded."""
        said = f"{memory.speaker}: {memory.body}" if memory.speaker else memory.body
        return said[: self.settings.characters].strip()

    async def _measure(self) -> None:
        """The weight that nearness gets: how well the second half of a memory finds the whole of it.

        The mean reciprocal rank over some memories of the largest scope (Voorhees 1999): about 1 of a model that
        understands the texts, about 0 of one that does not.
        """
        count, _ = await asyncio.to_thread(self.file.counts)
        if count < max(FEWEST, 2 * self._measured):
            return
        probes = await self._probes()
        if len(probes) < PROBED // 2:
            return
        anchors = await self.ready()
        halves = await self.embedder.embed([half for _, half in probes])
        total = 0.0
        for (memory, _), vector in zip(probes, halves, strict=True):
            scopes = [memory.scope]
            near = await asyncio.to_thread(self.index.near, memory.tenant, scopes, united(vector), anchors)
            rank = next((rank for rank, each in enumerate(near, 1) if each.id == memory.id), None)
            total += 1 / rank if rank is not None else 0.0
        self.weight, self._measured = min(total / len(probes), self.settings.weight), count
        await asyncio.to_thread(self.file.note, "weight", struct.pack("<Id", count, self.weight))

    async def _probes(self) -> list[tuple[Memory, str]]:
        found: list[tuple[Memory, str]] = []
        for tenant, scope, ids in await asyncio.to_thread(self.file.some, PROBED * 2):
            for memory in await self.below.get(tenant, scope, ids):
                words = memory.body[: self.settings.characters].split()
                if len(words) >= _FEWEST_WORDS and len(found) < PROBED:
                    found.append((memory, " ".join(words[len(words) // 2 :])))
        return found

"""A log whose appends are told to this process at once, without reading them back, and whose end is at hand.

Made by ``kernel`` around the log that the settings name, and used in its place by everybody in this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..protocols import Batching, Folded, Frame, Log, Marked
from ..records.event import Event, Receipt, Recorded
from ..state import TaskState
from .tail import Tail


class Told(Recorded):
    """A frame that this process has appended, with the task as the log has folded it, where the log says so."""

    state: TaskState | None = None


class EchoLog:
    """``Log``: every question goes to the log behind, every append that succeeds to the tail as well."""

    def __init__(self, log: Log, tail: Tail) -> None:
        self._log, self._tail = log, tail
        self._batching = log if isinstance(log, Batching) else None
        self._marked, self._seen = log if isinstance(log, Marked) else None, -1
        self.name = log.name
        self.select, self.count, self.head, self.wait = log.select, log.count, log.head, tail.wait
        self.put, self.get, self.enlist, self.alive, self.info = log.put, log.get, log.enlist, log.alive, log.info

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        if stream is None and (recent := self._tail.recent(after, limit)):
            return recent
        return await self._log.read(after, limit, stream)

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        receipt = await self._log.append(stream, expected, events)
        self._echo(stream, events, receipt)
        return receipt

    async def append_all(self, frames: Sequence[Frame]) -> Sequence[Receipt]:
        """As ``Batching.append_all``; in a log that cannot do that, each frame stands for itself.

        Raises:
            Conflict: one of them is at another version. KingpostError: as ``Log.append``.
        """
        if self._batching is None:
            return await asyncio.gather(*[self.append(*frame) for frame in frames])
        receipts = await self._batching.append_all(frames)
        for (stream, _, events), receipt in zip(frames, receipts, strict=True):
            self._echo(stream, events, receipt)
        return receipts

    def mark(self) -> object | None:
        """As ``Marked.mark``; ``None`` where the log has none, and while it is written to, as it would serve nobody."""
        position = self._tail.position
        quiet, self._seen = position == self._seen, position
        return self._marked.mark() if quiet and self._marked is not None else None

    def _echo(self, stream: str, events: Sequence[Event], receipt: Receipt) -> None:
        state = receipt.state if isinstance(receipt, Folded) else None
        self._tail.echo(Told(receipt.position, stream, receipt.version, receipt.at, tuple(events), receipt.hash, state))

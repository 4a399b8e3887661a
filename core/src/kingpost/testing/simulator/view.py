"""The log as one simulated process sees it: late at times, full at times, and shut once the process is dead.

Made by ``process``. Appends go to the shared truth and are checked there, by the fold and the version, as in every
log; what is read may be behind it, but never behind what this process itself has written, or was told of by a
``Conflict``.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from random import Random

from ...errors import Conflict, KingpostError, Unavailable
from ...ports import Ports
from ...records.event import Event, Head, LogInfo, Receipt, Recorded, TaskQuery
from ...state import TaskState
from ..log import MemoryLog
from ..store import Store
from ..world import Crash
from .stage import Stage

LONGEST_WRITE = 0.004
"""Seconds; a third of the writes take a while, the others only let everybody else have a turn."""


class View:
    """A ``Log`` over the stage's store. ``lag`` is how far its reads are behind the others' writes, in seconds.

    While it is ``cut_off`` nothing of the log can be reached.
    """

    name = "simulated"

    def __init__(self, stage: Stage, ports: Ports, who: str, dice: Random) -> None:
        self.lag, self.dead, self.cut_off = 0.0, False, False
        self.workers: list[str] = []
        self._stage, self._who, self._chance = stage, who, dice.random
        self._log = MemoryLog(ports, stage.store)
        self._own = 0
        self._copied, self._copy = 0, Store()
        self._late = MemoryLog(ports, self._copy)

    async def start(self) -> None:
        """Nothing needs opening."""

    async def stop(self) -> None:
        """Its workers are no longer alive."""
        self._check()
        await self._log.stop()

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        self._check()
        await self._pause(0.33)
        self._check()
        if self._stage.full:
            raise Unavailable("the disk is full; make room")
        try:
            receipt = await self._log.append(stream, expected, events)
        except KingpostError as problem:
            if isinstance(problem, Conflict):
                # Told that there is something newer, it fetches that: else whoever tries again would try for nothing.
                self._own = max(self._own, int(problem.found or 0))
            self._stage.note(self._who, "may not", stream, *(event.kind for event in events), problem)
            raise
        self._own = max(self._own, receipt.position)
        await self._pause(0.33)
        return receipt

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        self._check()
        await self._pause(0.1)
        self._check()
        seen, frames = self._seen(), self._stage.frames
        if stream is None:
            return frames[after : min(after + limit, seen)]
        held = self._stage.store.streams.get(stream, ())
        return [frames[position - 1] for position in held if after < position <= seen][:limit]

    async def select(self, query: TaskQuery) -> Sequence[TaskState]:
        self._check()
        await self._pause(0.1)
        self._check()
        return await self._tables().select(query)

    async def count(self, query: TaskQuery) -> int:
        self._check()
        return await self._tables().count(query)

    async def head(self) -> Head:
        self._check()
        seen = self._seen()
        return Head(seen, self._stage.store.hash_at(seen))

    async def wait(self, position: int, timeout: float) -> bool:
        self._check()
        if self._seen() >= position:
            return True
        arrived = self._stage.reached(position, self.lag)
        late = arrived.get_loop().call_later(timeout, _give_up, arrived)
        try:
            await arrived
        finally:
            late.cancel()
            arrived.cancel()
        return self._seen() >= position

    async def put(self, tenant: str, content: bytes) -> str:
        self._check()
        await self._pause(0.33)
        if self._stage.full:
            raise Unavailable("the disk is full; make room")
        return await self._log.put(tenant, content)

    async def get(self, tenant: str, digest: str) -> bytes:
        self._check()
        return await self._log.get(tenant, digest)

    async def enlist(self, worker: str) -> None:
        self._check()
        self.workers.append(worker)
        await self._log.enlist(worker)

    async def alive(self, worker: str) -> bool:
        self._check()
        return await self._log.alive(worker)

    async def info(self) -> LogInfo:
        self._check()
        return await self._log.info()

    def presume(self, *, alive: bool) -> None:
        """What others are told of this process: dead after a silence, alive when it is heard of again."""
        known = self._stage.store.workers
        for worker in self.workers:
            if alive:
                known.setdefault(worker, self._log)
            elif known.get(worker) is self._log:
                self._log.kill(worker)

    def _check(self) -> None:
        if self.dead:
            raise Crash(self._who)
        if self.cut_off:
            raise Unavailable("the log cannot be reached; try again")

    async def _pause(self, often: float) -> None:
        """Others get their turn while a disk works, some of the time for a while."""
        chance = self._chance()
        if chance < often:
            await asyncio.sleep(chance / often * LONGEST_WRITE)

    def _seen(self) -> int:
        """The position up to which this process sees the log."""
        if not self.lag:
            return len(self._stage.frames)
        return max(self._own, bisect_right(self._stage.written, self._stage.scheduler.now - self.lag))

    def _tables(self) -> MemoryLog:
        """The folded tasks as this process sees them."""
        if not self.lag:
            return self._log
        past, seen = self._stage.tasks.past, self._seen()
        while self._copied < len(past) and past[self._copied][0] <= seen:
            _, stream, state = past[self._copied]
            self._copy.tasks[stream] = state
            self._copied += 1
        return self._late


def _give_up(arrived: asyncio.Future[bool]) -> None:
    if not arrived.done():
        arrived.set_result(False)

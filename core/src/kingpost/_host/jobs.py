"""Long work that somebody has begun and asks about later; it ends with its process, and is begun anew then.

Called by the operations on jobs. Only one of each kind runs at a time, and the newest are remembered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from ..errors import KingpostError
from ..operations.jobs import Job
from ..ports import Ports
from ..records.event import Report

_KEPT = 100

Work = Callable[[Callable[[int, int], None]], Awaitable[Report]]


class Jobs:
    """The jobs of one kernel."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.known: dict[str, Job] = {}
        self._going: dict[str, asyncio.Task[None]] = {}

    def begin(self, kind: str, work: Work) -> Job:
        """Begin it, or the one of its kind that is still going on."""
        for job in self.known.values():
            if job.kind == kind and job.state == "running":
                return job
        id = self._ports.ids.new()
        job = self.known[id] = Job(id=id, kind=kind, state="running", began=self._now())
        while len(self.known) > _KEPT:
            self.known.pop(next(iter(self.known)))
        self._going[job.id] = asyncio.create_task(self._do(job.id, work), name=f"kingpost {kind}")
        return job

    def _now(self) -> float:
        return self._ports.clock.now()

    def _told(self, id: str, done: int, total: int) -> None:
        self.known[id] = replace(self.known[id], done=done, total=total)

    async def _do(self, id: str, work: Work) -> None:
        try:
            report = await work(lambda done, total: self._told(id, done, total))
        except KingpostError as problem:
            self.known[id] = replace(self.known[id], state="failed", problem=str(problem), ended=self._now())
        except Exception as problem:  # noqa: BLE001 - whoever asks later is told, nobody waits for it now
            self.known[id] = replace(
                self.known[id], state="failed", problem=f"unexpected: {type(problem).__name__}", ended=self._now()
            )
        else:
            self.known[id] = replace(self.known[id], state="done", report=report, ended=self._now())
        finally:
            self._going.pop(id, None)

    async def stop(self) -> None:
        """End what still goes on."""
        for task in list(self._going.values()):
            task.cancel()
        await asyncio.gather(*self._going.values(), return_exceptions=True)

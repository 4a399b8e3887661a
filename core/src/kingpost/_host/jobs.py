"""Long work that somebody has begun and asks about later; its beginning and its end stand in ``jobs/<tenant>``.

Called by the operations on jobs. The work itself goes on in the process that began it; where that has died without a
word the job is shown as interrupted, and is begun anew by whoever still wants it. How far it is knows its process only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable

from msgspec import Struct, field

from .._walk.journal import stow, unstow_frame
from ..errors import KingpostError, Unavailable
from ..operations.jobs import Job
from ..operations.system import Copied
from ..ports import Ports
from ..protocols import Log
from ..protocols.log import Told
from ..records.codec import dump, load
from ..records.event import Event, Recorded, Report
from ..records.record import replace

MOST_KEPT = 100
"""So many jobs of a tenant are told of, the newest."""

WAITS_SECONDS = (0.1, 0.5, 2.0, 10.0)
"""Between the tries to write down how a job has ended, to a log that cannot write just now."""

_PAGE = 500

Result = Report | Copied
Work = Callable[[Told], Awaitable[Result]]
"""It tells how far it is, with 0 for a total that it does not know."""


class _Known(Struct):
    """The jobs of one tenant, up to a position of the log. ``begun_by`` has the worker of each."""

    jobs: dict[str, Job] = field(default_factory=dict)
    begun_by: dict[str, str] = field(default_factory=dict)
    position: int = 0

    def fold(self, frame: Recorded) -> None:
        """Take in one more frame; one that was taken already changes nothing."""
        if frame.position <= self.position:
            return
        self.position = frame.position
        for event in frame.events:
            h = event.header
            if event.kind == "job.begun":
                target = (event.payload or {}).get("target")
                job = Job(id=h["job"], kind=h["kind"], state="running", began=frame.at / 1e6, target=target)
                self.jobs[h["job"]] = job
                self.begun_by[h["job"]] = h["worker"]
            elif event.kind == "job.ended" and (before := self.jobs.get(h["job"])) is not None:
                told = before if event.payload is None else load(Job, event.payload)
                self.jobs[h["job"]] = replace(told, state=h["state"], ended=told.ended or frame.at / 1e6)
        while len(self.jobs) > MOST_KEPT:
            id = next(iter(self.jobs))
            del self.jobs[id], self.begun_by[id]


class Jobs:
    """The jobs of one home as one process of it sees them."""

    def __init__(self, log: Log, ports: Ports) -> None:
        self._log, self._ports = log, ports
        self._known: dict[str, _Known] = defaultdict(_Known)
        # What goes on here, or has ended without a word in the log: how far it is, or how it ended.
        self._here: dict[str, Job] = {}
        self._going: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._beginning = asyncio.Lock()
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._worker = ""

    async def begin(self, tenant: str, kind: str, work: Work, target: str | None = None) -> Job:
        """Begin it, or tell of the tenant's one of its kind and target that still goes on. Two of a kind take turns.

        Raises:
            Unavailable: the log cannot write, so nothing was begun.
        """
        # A beginning that is in the log is followed by the work, even when whoever asked has gone.
        return await asyncio.shield(asyncio.ensure_future(self._begin(tenant, kind, work, target)))

    async def _begin(self, tenant: str, kind: str, work: Work, target: str | None) -> Job:
        async with self._beginning:
            for job in await self.all(tenant):
                if (job.kind, job.target, job.state) == (kind, target, "running"):
                    return job
            if not self._worker:
                worker = self._ports.ids.new()
                await self._log.enlist(worker)
                self._worker = worker
            id = self._ports.ids.new()
            goes_to = None if target is None else {"target": target}
            begun = Event("job.begun", {"job": id, "kind": kind, "worker": self._worker}, goes_to)
            receipt = await self._log.append(stream_of(tenant), None, [await stow(self._log, tenant, begun)])
            job = Job(id=id, kind=kind, state="running", began=receipt.at / 1e6, target=target)
            self._here[id] = job
            doing = asyncio.create_task(self._do(tenant, id, work), name=f"kingpost {kind}")
            self._going[id] = tenant, doing
            return job

    async def all(self, tenant: str) -> list[Job]:
        """The jobs of a tenant, newest first."""
        known = self._known[tenant]
        while page := await self._log.read(known.position, _PAGE, stream_of(tenant)):
            for frame in page:
                known.fold(await unstow_frame(self._log, tenant, frame))
        return [await self._now(job, known.begun_by[job.id]) for job in reversed(list(known.jobs.values()))]

    async def _now(self, job: Job, worker: str) -> Job:
        """A job as it stands, whatever the log does not say of it."""
        if job.state != "running":
            self._here.pop(job.id, None)
            return job
        if (here := self._here.get(job.id)) is not None:
            return here
        return job if await self._log.alive(worker) else replace(job, state="interrupted")

    def forget(self) -> None:
        """Content was erased."""
        self._known.clear()

    async def _do(self, tenant: str, id: str, work: Work) -> None:
        try:
            async with self._turns[self._here[id].kind]:
                result = await work(lambda done, total: self._told(id, done, total))
        except KingpostError as problem:
            await self._end(tenant, id, state="failed", problem=str(problem))
        except Exception as problem:  # noqa: BLE001 - whoever asks later is told, nobody waits for it now
            await self._end(tenant, id, state="failed", problem=f"unexpected: {type(problem).__name__}")
        else:
            await self._end(tenant, id, state="done", result=result)
        self._going.pop(id, None)

    def _told(self, id: str, done: int, total: int) -> None:
        self._here[id] = replace(self._here[id], done=done, total=total or None)

    async def _end(
        self, tenant: str, id: str, *, state: str, result: Result | None = None, problem: str | None = None
    ) -> None:
        """Say how it ended, here and in the log; where the log cannot write for long, here alone."""
        found = {"copied": result} if isinstance(result, Copied) else {"report": result}
        job = replace(self._here[id], state=state, problem=problem, ended=self._ports.clock.now(), **found)
        self._here[id] = job
        for wait in (*WAITS_SECONDS, 0.0):
            try:
                await self._write(tenant, job)
            except Unavailable:
                await self._ports.clock.sleep(wait)
            else:
                return

    async def _write(self, tenant: str, job: Job) -> None:
        event = Event("job.ended", {"job": job.id, "state": job.state}, dump(job))
        await self._log.append(stream_of(tenant), None, [await stow(self._log, tenant, event)])

    async def stop(self) -> None:
        """Break off what still goes on; the log says so, if it can."""
        going, self._going = self._going, {}
        for _, task in going.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in going.values()), return_exceptions=True)
        for id, (tenant, _) in going.items():
            if (job := self._here.get(id)) is None:
                continue  # its end was read back already
            with contextlib.suppress(Unavailable):
                await self._write(tenant, job if job.ended is not None else replace(job, state="interrupted"))


def stream_of(tenant: str) -> str:
    """The stream of a tenant's jobs."""
    return f"jobs/{tenant}"

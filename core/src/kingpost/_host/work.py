"""Working: claim a task, walk it, record how it ended; and notice what others append meanwhile.

Started by ``kernel``. A claim is an ordinary append, so any number of processes may work on one home; one whose
process has died is taken over at once. A stop lets running tasks end for a bounded time and then lets go of them,
which is the same as kill -9: whoever comes next goes on from the last recorded turn.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .._walk.gear import Gear
from .._walk.journal import Journal, read_stream, unstow_frame
from .._walk.pipeline import ended, walk
from ..errors import (
    AgentFailed,
    ConfigurationError,
    Conflict,
    Fenced,
    InputError,
    KingpostError,
    OverGrant,
    TransientError,
)  # fmt: skip
from ..ports import Ports
from ..protocols import Log
from ..records.codec import load
from ..records.event import Event, Recorded, TaskQuery
from ..records.task import Outcome, Status, Task
from ..state import Refused, TaskState, task_stream
from .queue import choose
from .settings import KernelSettings

TICK_SECONDS = 0.5
"""How often a worker looks for the tasks of dead ones: the bound on how long those lie idle."""

Tell = Callable[[str, Any], None]


@dataclass(slots=True)
class _Held:
    """A task in this worker's hands."""

    walking: asyncio.Task[None]
    journal: Journal
    cancelled: bool = False


class Work:
    """One worker. ``only`` bounds it to the trees under some root tasks; ``None`` means every task of the home."""

    def __init__(
        self, log: Log, equip: Callable[[Task], Awaitable[Gear]], settings: KernelSettings, ports: Ports, tell: Tell
    ) -> None:
        self._log, self._equip, self._settings, self._ports, self._tell = log, equip, settings, ports, tell
        self.worker = ports.ids.new()
        self.only: set[str] | None = set()
        self._held: dict[str, _Held] = {}
        self._poke = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._position = 0

    async def start(self) -> None:
        """Be alive, and begin to claim."""
        if self._loop is None:
            await self._log.enlist(self.worker)
            self._position = (await self._log.head()).position
            self._loop = asyncio.create_task(self._go(), name="kingpost work")

    def add(self, root: str) -> None:
        """Work on this tree too."""
        if self.only is not None:
            self.only.add(root)
        self._poke.set()

    async def stop(self) -> None:
        """Claim no more, let what runs end for ``drain_seconds``, and let go of the rest."""
        if self._loop is None:
            return
        self._loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._loop
        walks = [held.walking for held in self._held.values()]
        if walks:
            _, late = await asyncio.wait(walks, timeout=self._settings.drain_seconds)
            for walking in late:
                walking.cancel()
            await asyncio.gather(*walks, return_exceptions=True)
        self._loop = None

    async def _go(self) -> None:
        """Claim, then sleep until something is appended, a walk ends, or it is time to look for the dead."""
        while True:
            try:
                await self._claim_ready()
                self._poke.clear()
                waits = [
                    asyncio.create_task(self._log.wait(self._position + 1, TICK_SECONDS)),
                    asyncio.create_task(self._poke.wait()),
                ]
                try:
                    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for one in waits:
                        one.cancel()
                await self._notice()
            except TransientError as problem:
                # A full disk or a busy log passes; what is queued stays queued.
                self._tell("", problem)
                await self._ports.clock.sleep(TICK_SECONDS)

    async def _notice(self) -> None:
        """Tell the listeners what was appended, and interrupt what was cancelled."""
        while frames := await self._log.read(self._position, 500):
            for frame in frames:
                self._position = frame.position
                task = frame.stream.removeprefix("task/")
                self._tell(task, frame)
                if task in self._held and any(event.kind == "cancel.requested" for event in frame.events):
                    self._held[task].cancelled = True
                    self._held[task].walking.cancel()

    async def _claim_ready(self) -> None:
        ready = await self._ready()
        while len(self._held) < self._settings.parallel:
            state = choose(ready, self._held, self._ports.clock.now())
            if state is None:
                return
            ready = [other for other in ready if other.id != state.id]
            await self._claim(state)

    async def _ready(self) -> list[TaskState]:
        """Tasks that nobody works on: queued ones, and those whose worker is dead."""
        open_statuses = [Status.QUEUED.value, Status.RUNNING.value]
        roots: list[str | None] = [None] if self.only is None else list(self.only)
        found: list[TaskState] = []
        for root in roots:
            found += await self._log.select(TaskQuery(statuses=open_statuses, root=root, limit=1000, oldest_first=True))
        dead: dict[str, bool] = {self.worker: True}
        ready = []
        for state in found:
            if state.worker is not None and state.worker not in dead:
                dead[state.worker] = not await self._log.alive(state.worker)
            if state.worker is None or dead[state.worker]:
                ready.append(state)
        return ready

    async def _claim(self, state: TaskState) -> None:
        if state.strikes >= self._settings.attempts:
            detail = f"{state.strikes} attempts ended without any progress; see 'kingpost task {state.id}'"
            outcome = Outcome(status=Status.FAILED, reason="exhausted", error="final.exhausted", detail=detail)
            event = ended(outcome)
        elif state.cancel:
            event = ended(Outcome(status=Status.CANCELLED, reason="requested"))
        else:
            event = Event("task.started", {"attempt": state.attempt + 1, "worker": self.worker})
        try:
            receipt = await self._log.append(task_stream(state.id), state.version, [event])
        except (Conflict, Fenced, Refused):
            return  # somebody else was faster; the next look sees what became of it
        self._ports.point("task.claimed")
        if event.kind != "task.started":
            return
        fresh = (await self._log.select(TaskQuery(ids=[state.id], limit=1)))[0]
        journal = Journal(self._log, fresh)
        walking = asyncio.create_task(self._walk(journal), name=f"kingpost {state.id} at {receipt.position}")
        self._held[state.id] = _Held(walking, journal)
        walking.add_done_callback(lambda _: self._let_go(state.id))

    def _let_go(self, task: str) -> None:
        self._held.pop(task, None)
        self._poke.set()

    async def _walk(self, journal: Journal) -> None:
        """One attempt, and its outcome whatever happens. Only a stop leaves the task without one."""
        outcome: Outcome | None = None
        try:
            task = await read_task(self._log, journal.state)
            gear = await self._equip(task)
            async with asyncio.timeout(_seconds(task, self._ports.clock.now())):
                await walk(gear, task, journal)
        except asyncio.CancelledError:
            if not self._held[journal.state.id].cancelled:
                raise
            outcome = Outcome(status=Status.CANCELLED, reason="requested")
        except (Fenced, Refused):
            return  # another attempt, or a cancel, was recorded first
        except TimeoutError:
            outcome = _failed(
                "deadline", "final.deadline", "its time was over; grant more with --seconds or --deadline"
            )
        except KingpostError as problem:
            outcome = _failed(_reason(problem), problem.code, str(problem))
        except Exception as problem:  # noqa: BLE001 - the walk's own failure must end as an outcome too
            outcome = _failed("internal", "internal", f"{type(problem).__name__}: {problem}; please report this")
        if outcome is not None:
            with contextlib.suppress(Fenced, Refused, TransientError):
                await journal.append(ended(outcome))


async def read_task(log: Log, state: TaskState) -> Task:
    """The task as it was queued.

    Raises:
        InputError: its content has been erased.
    """
    async for frame in read_stream(log, task_stream(state.id), state.tenant):
        return task_of(frame)
    raise InputError(f"task {state.id!r} has no events")


def task_of(first: Recorded) -> Task:
    """The task out of its first frame."""
    payload = first.events[0].payload
    if payload is None:
        raise InputError(f"the content of {first.stream!r} has been erased")
    return load(Task, payload)


async def first_frames(log: Log, state: TaskState) -> Recorded:
    """The frame that queued a task."""
    return await unstow_frame(log, state.tenant, (await log.read(0, 1, task_stream(state.id)))[0])


def _seconds(task: Task, now: float) -> float | None:
    bounds = [task.grant.seconds, None if task.deadline is None else max(task.deadline - now, 0.0)]
    return min((bound for bound in bounds if bound is not None), default=None)


def _failed(reason: str, error: str, detail: str) -> Outcome:
    return Outcome(status=Status.FAILED, reason=reason, error=error, detail=detail)


def _reason(problem: KingpostError) -> str:
    reasons: tuple[tuple[type[KingpostError], str], ...] = (
        (OverGrant, "over_grant"),
        (AgentFailed, "agent_failed"),
        (InputError, "input"),
        (ConfigurationError, "configuration"),
        (TransientError, "unavailable"),
    )
    return next((reason for kind, reason in reasons if isinstance(problem, kind)), "internal")

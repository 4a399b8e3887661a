"""Working: claim a task, walk it, record how it ended; and notice what others append meanwhile.

Started by ``kernel``. A claim is an ordinary append, so any number of processes may work on one home; one whose
process has died is taken over at once. A stop lets running tasks end for a bounded time and then lets go of them,
which is the same as kill -9: whoever comes next goes on from the last recorded turn.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .._walk.journal import Journal, read_stream
from .._walk.pipeline import cancelled, ended, walk
from ..errors import (
    AgentFailed,
    ConfigurationError,
    Conflict,
    Fenced,
    FinalError,
    InputError,
    KingpostError,
    OverGrant,
    TransientError,
)  # fmt: skip
from ..protocols import Log
from ..records.codec import dump, load
from ..records.event import Event, Recorded, TaskQuery
from ..records.task import Outcome, Part, Status, Task
from ..state import TASK_STREAM, Refused, TaskState, fold, task_stream
from .equip import Outfitter, replaced
from .queue import choose
from .settings import KernelSettings
from .tail import Tail

TICK_SECONDS = 0.5
"""How often a worker looks for the tasks of dead ones: the bound on how long those lie idle."""

OPEN = (Status.QUEUED.value, Status.RUNNING.value)
ENDS = ("task.succeeded", "task.failed", "task.cancelled")

Tell = Callable[[str, Any], None]


@dataclass(slots=True)
class _Held:
    """A task in this worker's hands."""

    walking: asyncio.Task[None]
    journal: Journal
    cancelled: bool = False


class Work:
    """One worker. ``only`` bounds it to the trees under some root tasks; ``None`` means every task of the home."""

    def __init__(self, log: Log, tail: Tail, outfitter: Outfitter, settings: KernelSettings, tell: Tell) -> None:
        self._log, self._tail, self._outfitter = log, tail, outfitter
        self._settings, self._ports, self._tell = settings, outfitter.ports, tell
        self.worker = self._ports.ids.new()
        self._left: set[str] = set()
        self.only: set[str] | None = set()
        self._held: dict[str, _Held] = {}
        self._ready: dict[str, TaskState] = {}
        self._woken: set[str] = set()
        self._poke = asyncio.Event()
        self._claiming: asyncio.Task[None] | None = None
        self._silence: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Be alive, and begin to claim."""
        await self._log.enlist(self.worker)
        self._silence = await self._tail.listen(None, self._notice)
        self._claiming = asyncio.create_task(self._go(), name="kingpost work")

    def add(self, root: str) -> None:
        """Work on this tree too."""
        if self.only is not None:
            self.only.add(root)
        self._woken.add(root)
        self._poke.set()

    async def stop(self) -> None:
        """Claim no more, let what runs end for ``drain_seconds``, and let go of the rest."""
        if self._claiming is None:
            return
        self._claiming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._claiming
        self._claiming = None
        walks = [held.walking for held in self._held.values()]
        if walks:
            _, late = await asyncio.wait(walks, timeout=self._settings.drain_seconds)
            for walking in late:
                walking.cancel()
            await asyncio.gather(*walks, return_exceptions=True)
        self._silence()

    async def _go(self) -> None:
        """Claim, then sleep until something is appended, a walk ends, or it is time to look for the dead."""
        scanned = float("-inf")
        while True:
            try:
                if self._ports.clock.monotonic() - scanned >= TICK_SECONDS:
                    await self._scan(None)
                    scanned = self._ports.clock.monotonic()
                if self._woken:
                    woken, self._woken = self._woken, set()
                    await self._scan(woken)
                await self._claim_ready()
            except Exception as problem:  # noqa: BLE001 - a worker that dies silently helps nobody; trouble passes
                self._tell("", problem)
                await self._ports.clock.sleep(TICK_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._poke.wait()
            self._poke.clear()

    def _notice(self, frame: Recorded) -> None:
        """Tell the listeners what was appended, and see what it means for this worker."""
        task = frame.stream.removeprefix(TASK_STREAM)
        self._tell(task, frame)
        for event in frame.events:
            if event.kind == "task.queued":
                state = fold(None, frame.stream, frame.version, frame.at, frame.events)
                if state is not None and self._mine(state):
                    self._ready[task] = state
                    self._poke.set()
            elif event.kind == "cancel.requested" and task in self._held:
                self._held[task].cancelled = True
                self._held[task].walking.cancel()
            elif event.kind == "call.observed" and task not in self._held:
                self._woken.add(task)
                self._poke.set()
            elif event.kind in ("task.started", *ENDS):
                self._ready.pop(task, None)

    def _mine(self, state: TaskState) -> bool:
        return self.only is None or state.root in self.only

    async def _scan(self, ids: set[str] | None) -> None:
        """Look for tasks that nobody works on: queued ones, and those whose worker is dead."""
        roots: list[str | None] = [None] if self.only is None or ids is not None else list(self.only)
        chosen = None if ids is None else sorted(ids)
        dead: dict[str, bool] = {self.worker: True}
        for root in roots:
            query = TaskQuery(ids=chosen, statuses=OPEN, root=root, limit=1000, oldest_first=True)
            for state in await self._log.select(query):
                if state.worker is not None and state.worker not in dead:
                    dead[state.worker] = not await self._log.alive(state.worker)
                idle = state.worker is None or dead[state.worker]
                if idle and self._mine(state) and state.id not in self._held and state.id not in self._left:
                    self._ready[state.id] = state

    async def _claim_ready(self) -> None:
        while len(self._held) < self._settings.parallel:
            state = choose(list(self._ready.values()), self._held, self._ports.clock.now())
            if state is None:
                return
            del self._ready[state.id]
            try:
                await self._claim(state)
            except (Conflict, Fenced, Refused):
                continue  # somebody else was faster; the next look sees what became of it
            except (ConfigurationError, FinalError, InputError) as problem:
                # It cannot be worked on here as things are; left alone, it keeps nobody else waiting.
                self._left.add(state.id)
                self._tell(state.id, problem)

    async def _claim(self, state: TaskState) -> None:
        task = await read_task(self._log, state)
        changes = self._outfitter.changed(task.crew)
        if state.strikes >= self._settings.attempts:
            detail = f"{state.strikes} attempts ended without any progress; see 'kingpost task {state.id}'"
            outcome = Outcome(status=Status.FAILED, reason="exhausted", error="final.exhausted", detail=detail)
            event = ended(outcome)
        elif state.cancel:
            event = ended(Outcome(status=Status.CANCELLED, reason="requested"))
        else:
            event = Event("task.started", {"attempt": state.attempt + 1, "worker": self.worker})
        events = [event]
        if changes:
            pairs = [[dump(old), dump(new)] for old, new in changes.items()]
            events.append(Event("crew.changed", {"count": len(pairs)}, {"parts": pairs}))
        receipt = await self._log.append(task_stream(state.id), state.version, events)
        self._ports.point("task.claimed")
        if event.kind != "task.started":
            return
        fresh = (await self._log.select(TaskQuery(ids=[state.id], limit=1)))[0]
        journal = Journal(self._log, fresh)
        task = replace(task, crew=replaced(task.crew, changes))
        walking = asyncio.create_task(self._walk(task, journal), name=f"kingpost {state.id} at {receipt.position}")
        self._held[state.id] = _Held(walking, journal)
        walking.add_done_callback(lambda _: self._let_go(state.id))

    def _let_go(self, task: str) -> None:
        self._held.pop(task, None)
        self._poke.set()

    async def _walk(self, task: Task, journal: Journal) -> None:
        """One attempt, and its outcome whatever happens. Only a stop leaves the task without one."""
        outcome: Outcome | None = None
        try:
            gear = await self._outfitter.gear(task)
            async with asyncio.timeout(_seconds(task, self._ports.clock.now())):
                await walk(gear, task, journal)
        except asyncio.CancelledError:
            if not self._held[journal.state.id].cancelled:
                raise
            outcome = await cancelled(journal)
        except (Fenced, Refused):
            return  # another attempt, or a cancel, was recorded first
        except TimeoutError:
            outcome = _failed("deadline", "final.deadline", "its time was over; grant more with --seconds")
        except KingpostError as problem:
            outcome = _failed(_reason(problem), problem.code, str(problem))
        except Exception as problem:  # noqa: BLE001 - the walk's own failure must end as an outcome too
            outcome = _failed("internal", "internal", f"{type(problem).__name__}: {problem}; please report this")
        if outcome is not None:
            with contextlib.suppress(Fenced, Refused, TransientError):
                await journal.append(ended(outcome))


async def read_task(log: Log, state: TaskState) -> Task:
    """The task as it was queued, its crew as it is after upgrades.

    Raises:
        InputError: its content has been erased.
    """
    task: Task | None = None
    async for frame in read_stream(log, task_stream(state.id), state.tenant):
        for event in frame.events:
            if event.payload is None:
                continue
            if event.kind == "task.queued":
                task = load(Task, event.payload)
            elif event.kind == "crew.changed" and task is not None:
                changes = {load(Part, old): load(Part, new) for old, new in event.payload["parts"]}
                task = replace(task, crew=replaced(task.crew, changes))
    if task is None:
        raise InputError(f"the content of task {state.id!r} has been erased; it can only be cancelled")
    return task


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

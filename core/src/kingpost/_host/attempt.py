"""One attempt at one task: the claim, the walk, and what is recorded when the walk ends, however it ends.

Run by ``work``, one for each task in hand. What the world did wrong is tried again, later and only so often; what
cannot be mended by trying again is an outcome.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct, field

from .._walk.artefacts import complete
from .._walk.backoff import delay
from .._walk.journal import Journal, folded, read_stream, unstow_frame
from .._walk.pipeline import Walk, cancelled, walk
from .._walk.replay import ended
from .._walk.spend import reserve
from .._walk.told import is_fault, thrown, told
from ..errors import (
    AgentFailed,
    ConfigurationError,
    Exhausted,
    Fenced,
    InputError,
    KingpostError,
    OutOfTime,
    OverGrant,
    TransientError,
)  # fmt: skip
from ..ports import Ports
from ..protocols import Log
from ..records.codec import dump, load
from ..records.event import Event, Recorded
from ..records.record import Record, replace
from ..records.task import Outcome, Part, Status, Task
from ..state import Amount, Refused, TaskState, task_stream
from .equip import Outfitter, replaced
from .settings import KernelSettings

TooMany = Callable[[TaskState, int], Awaitable[bool]]
"""Whether a claim, at this position, passed a limit that claims of others before it had reached."""


class Held(Struct, eq=False):
    """A task in a worker's hands. ``sign`` is when it last gave a sign of life, by the monotonic clock."""

    state: TaskState
    walking: asyncio.Task[None] | None = None
    journal: Journal | None = None
    cancelled: bool = False
    sign: float = 0.0


class Attempt(Record):
    """Makes attempts for one worker."""

    log: Log
    outfitter: Outfitter
    settings: KernelSettings
    worker: str
    ports: Ports
    too_many: TooMany
    known: dict[str, Task] = field(default_factory=dict)

    async def run(self, held: Held, first: Recorded | None) -> None:
        """Claim and walk. ``first`` is the frame that queued the task, if somebody has it at hand.

        Raises:
            Conflict, Fenced, Refused: somebody else was faster.
            ConfigurationError, InputError: it cannot be worked on here as things are; nothing was written.
        """
        state = held.state
        task, known = await self._task(state, first)
        changes = self.outfitter.changed(task.crew)
        event = await self._claim(state, task)
        events = [event]
        if changes:
            pairs = [[dump(old), dump(new)] for old, new in changes.items()]
            events.append(Event("crew.changed", {"count": len(pairs)}, {"parts": pairs}))
        receipt = await self.log.append(task_stream(state.id), state.version, events)
        self.ports.point("task.claimed")
        if event.kind != "task.started":
            return
        fresh = folded(receipt, state, task_stream(state.id), events)
        if changes:
            task = replace(task, crew=replaced(task.crew, changes))
        held.journal = Journal(self.log, fresh, None if known is None else [*known, *events])
        if await self.too_many(fresh, receipt.position):
            await held.journal.append(Event("task.released", {}))
            return
        await self._walk(held, held.journal, task)

    async def _claim(self, state: TaskState, task: Task) -> Event:
        """The claim, or the outcome of a task that cannot be tried once more."""
        if state.cancel:
            return ended(await cancelled(Journal(self.log, state)))
        if state.strikes >= self.settings.attempts:
            detail = f"{state.strikes} attempts ended without any progress; see 'kingpost task {state.id}'"
            return await self._over(state, Exhausted(detail))
        if task.deadline is not None and self.ports.clock.now() >= task.deadline:
            return await self._over(state, OutOfTime("its deadline had passed before it could go on"))
        try:
            aside = reserve(state, task.bound)
        except (OverGrant, OutOfTime) as problem:
            return await self._over(state, problem)
        header = {"attempt": state.attempt + 1, "worker": self.worker}
        return Event("task.started", header if aside is None else {**header, "reserve": aside})

    async def _over(self, state: TaskState, problem: KingpostError) -> Event:
        return ended(await complete(Journal(self.log, state), failure(problem)))

    async def _walk(self, held: Held, journal: Journal, task: Task) -> None:
        """Walk, and record how it ended. Only a stop leaves the task as it is."""
        now: Walk | None = None
        try:
            now = Walk.begun(await self.outfitter.gear(task), task, journal)
            await (walk(now) if task.deadline is None else self._in_time(now, task.deadline))
            return
        except asyncio.CancelledError:
            if not held.cancelled:
                raise
            outcome = await cancelled(journal)
        except (Fenced, Refused):
            return  # another attempt, or a cancel, was recorded first
        except TransientError as problem:
            if await self._try_again(journal, task, problem, _cost(now)):
                return
            outcome = failure(Exhausted(f"tried {self.settings.retries + 1} times, the last: {told(problem)}"))
        except KingpostError as problem:
            outcome = failure(problem)
        except BaseException as problem:
            if not is_fault(problem):
                raise
            outcome = failure(problem)  # whatever a plugin throws, its task must end with an outcome too
        await self.record(journal, outcome, _cost(now))

    async def _in_time(self, now: Walk, deadline: float) -> None:
        """Walk until the deadline.

        Raises:
            OutOfTime: it has passed.
        """
        limit = asyncio.timeout(max(deadline - self.ports.clock.now(), 0.0))
        try:
            async with limit:
                await walk(now)
        except TimeoutError as problem:
            if not limit.expired():
                raise
            raise OutOfTime("its deadline has passed") from problem

    async def record(self, journal: Journal, outcome: Outcome, spent: Amount) -> None:
        """How it ended, unless it was told already. A log that cannot write now is tried again by the next attempt."""
        with contextlib.suppress(Fenced, Refused, TransientError):
            await journal.append(ended(await complete(journal, outcome), spent=spent))

    async def _try_again(self, journal: Journal, task: Task, problem: TransientError, spent: Amount) -> bool:
        """Let go of the task until later, or hand it to a listed fallback. False when it was tried often enough."""
        state, settings = journal.state, self.settings
        rests = self.outfitter.breakers.open_until(("agent", task.crew.agent.name))
        last = state.retries >= settings.retries
        other = self._fallback(task) if last or rests is not None else None
        if last and other is None:
            return False
        now = self.ports.clock.now()
        wait = 0.0
        if other is None:
            wait = delay(state.retries, self.ports.entropy, settings.retry_seconds, settings.retry_most_seconds)
            wait += 0.0 if rests is None else max(rests - now, 0.0)
        header = {
            "not_before": now + wait, "error": problem.code, "spent": spent,
            "action": "retry" if other is None else f"fall back to {other.name}",
        }  # fmt: skip
        events = [Event("task.retrying", header, {"problem": told(problem)})]
        if other is not None:
            header["agent"] = other.name
            events.append(await self._handed_to(task, other))
        with contextlib.suppress(Fenced, Refused, TransientError):
            await journal.append(*events)
        return True

    def _fallback(self, task: Task) -> Part | None:
        """The next agent of those that are listed for the task."""
        names = [part.name for part in task.fallbacks]
        current = task.crew.agent.name
        following = names.index(current) + 1 if current in names else 0
        return task.fallbacks[following] if following < len(names) else None

    async def _handed_to(self, task: Task, other: Part) -> Event:
        """The change of a crew to another agent, with the counter that is right for it."""
        drafter = self.outfitter.drafter
        description = await drafter.agents.describe(other.name, drafter.model(other.name, None))
        pairs = [(task.crew.agent, other)]
        if task.crew.counter is not None:
            counter = drafter.plugins.part("counters", drafter.counter_name(description))
            pairs += [(task.crew.counter, counter)] if counter != task.crew.counter else []
        parts = [[dump(old), dump(new)] for old, new in pairs]
        return Event("crew.changed", {"count": len(parts)}, {"parts": parts, "model": description.model})

    async def _task(self, state: TaskState, first: Recorded | None) -> tuple[Task, list[Event] | None]:
        met = self.known.pop(state.id, None)
        if first is None or state.attempt or first.version != state.version:
            frames = read_stream(self.log, task_stream(state.id), state.tenant)
            events = [event async for frame in frames for event in frame.events]
            return task_of(state, events), events
        if met is None:
            first = await unstow_frame(self.log, state.tenant, first)
        return met or load(Task, first.events[0].payload), list(first.events)


def _cost(now: Walk | None) -> Amount:
    return [0, 0, 0] if now is None else now.cost()


async def read_task(log: Log, state: TaskState) -> Task:
    """The task as it was queued, its crew as it is after upgrades and fallbacks.

    Raises:
        InputError: its content has been erased.
    """
    frames = read_stream(log, task_stream(state.id), state.tenant)
    return task_of(state, [event async for frame in frames for event in frame.events])


def task_of(state: TaskState, events: Sequence[Event]) -> Task:
    """The task out of its events, its crew as it is after upgrades and fallbacks.

    Raises:
        InputError: its content has been erased.
    """
    task: Task | None = None
    for event in events:
        if event.payload is None:
            continue
        if event.kind == "task.queued":
            task = load(Task, event.payload)
        elif event.kind == "crew.changed" and task is not None:
            changes = {load(Part, old): load(Part, new) for old, new in event.payload["parts"]}
            task = replace(task, crew=replaced(task.crew, changes), model=event.payload.get("model", task.model))
    if task is None:
        raise InputError(f"the content of task {state.id!r} has been erased; it can only be cancelled")
    return task


def failure(problem: BaseException) -> Outcome:
    """A failure as the outcome of a task."""
    if not isinstance(problem, KingpostError):
        detail = f"{thrown(problem)}; please report this"
        return Outcome(status=Status.FAILED, reason="internal", error="internal", detail=detail)
    return Outcome(status=Status.FAILED, reason=_reason(problem), error=problem.code, detail=told(problem))


def _reason(problem: KingpostError) -> str:
    reasons: tuple[tuple[type[KingpostError], str], ...] = (
        (OverGrant, "over_grant"),
        (OutOfTime, "deadline"),
        (Exhausted, "exhausted"),
        (AgentFailed, "agent_failed"),
        (InputError, "input"),
        (ConfigurationError, "configuration"),
        (TransientError, "unavailable"),
    )
    return next((reason for kind, reason in reasons if isinstance(problem, kind)), "internal")

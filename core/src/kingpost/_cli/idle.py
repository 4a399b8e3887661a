"""Whether anything can go on now, or all that is left waits for somebody, for a time, or for another machine.

Asked by ``work --once`` and by ``run --resume``, which end then. Reads the folded tasks; starts nothing.
"""

from __future__ import annotations

from collections.abc import Container

from .._host.answers.tasks import every
from .._host.fire import schedules
from .._host.kernel import Kernel
from .._host.schedule import last_due, task_id
from ..protocols import Log
from ..records.event import TaskQuery
from ..records.record import Record
from ..records.task import Status
from ..state import TaskState

_UNFINISHED = tuple(status.value for status in Status if not status.final)


async def unfinished(log: Log, root: str | None = None) -> list[TaskState]:
    """Every task that has no outcome yet, of one tree or of all, oldest first."""
    return await every(log, TaskQuery(statuses=_UNFINISHED, root=root, oldest_first=True))


async def idle(kernel: Kernel, root: str | None = None, *, left: Container[str] = (), patience: float = 0.0) -> bool:
    """True when nothing can go on by itself within ``patience`` seconds.

    ``left`` are tasks that cannot be worked on here as things are.
    """
    states = await unfinished(await kernel.log(), root)
    now = kernel.ports.clock.now()
    look = _Look({state.id for state in states}, frozenset(kernel.config.capabilities), now, now + patience)
    return not any(look.goes_on(state) for state in states if state.id not in left)


class _Look(Record):
    """What is unfinished, what this machine can do, the time, and until when a time is worth waiting for."""

    there: Container[str]
    able: frozenset[str]
    now: float
    by: float

    def goes_on(self, state: TaskState) -> bool:
        """Whether a task goes on without anybody's help."""
        if state.status == Status.RUNNING.value:
            return True
        if state.status == Status.QUEUED.value:
            return self.able.issuperset(state.needs) and (state.not_before is None or state.not_before <= self.by)
        return any(self._settles(state, call, wake_at) for call, wake_at in state.pending.items())

    def _settles(self, state: TaskState, call: str, wake_at: float | None) -> bool:
        kind = state.waits.get(call)
        if kind == "child":
            # One that has ended is about to be told to its parent.
            return f"{state.id}/{state.turn}.{call}" not in self.there
        # The end of a wait for somebody is not what one hopes for.
        return wake_at is not None and wake_at <= (self.by if kind == "timer" else self.now)


async def all_fired(kernel: Kernel) -> bool:
    """True when every schedule whose time has come has queued its task."""
    log, now = await kernel.log(), kernel.ports.clock.now()
    for schedule in (await schedules(log)).values():
        due = last_due(schedule, now)
        if due is None or now - due > kernel.config.catch_up_seconds:
            continue
        if not await log.select(TaskQuery(ids=[task_id(schedule, due)], limit=1)):
            return False
    return True

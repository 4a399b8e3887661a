"""What follows in one stream from what happened in another: reactors, each idempotent.

Run by ``work`` beside its claims. Everything done here can be derived again from the folded tasks, which ``derive``
does after a start and from time to time: a process that dies between cause and consequence leaves nothing undone, and
two that do the same thing do it once, because the fold refuses the second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from heapq import heappop, heappush

from .._walk.artefacts import complete
from .._walk.journal import Journal, read_stream, stow, unstow_frame
from .._walk.replay import ended, observed
from .._walk.turn import failed
from ..errors import Conflict, Fenced, NotFound, OutOfTime
from ..ports import Ports
from ..protocols import Log
from ..records.action import Call, Observation
from ..records.codec import load
from ..records.event import Event, Recorded, TaskQuery
from ..records.task import Outcome, Status
from ..state import Refused, TaskState, task_stream
from .attempt import failure
from .desk import Change, Desk

SAID = {
    "timer": (None, "the time has come"),
    "question": ("tool.expired", "nobody has answered in time"),
    "approval": ("tool.expired", "nobody has allowed it in time"),
}
"""How a wait that is over is told to the agent: an error code, and words."""

_BATCH = 200


class Reactor:
    """The consequences of one desk's tasks."""

    def __init__(self, log: Log, desk: Desk, ports: Ports, poke: Callable[[], None]) -> None:
        self._log, self._desk, self._ports, self._poke = log, desk, ports, poke
        self._ended: dict[str, dict[str, Recorded | None]] = {}
        self._timers: list[tuple[float, str, str]] = []
        self._unwanted: dict[str, str] = {}

    @property
    def idle(self) -> bool:
        """True when nothing is to be done before the next timer."""
        return not self._ended and not self._unwanted

    def due(self) -> float | None:
        """When the next wait is over, in seconds since the epoch."""
        return self._timers[0][0] if self._timers else None

    def notice(self, frame: Recorded | None, change: Change) -> None:
        """See what follows from a change, and the frame that told of it if it is at hand. Does nothing yet."""
        before, after = change
        for call, wake_at in after.pending.items():
            if wake_at is not None and (before is None or before.pending.get(call) != wake_at):
                heappush(self._timers, (wake_at, after.id, call))
                self._poke()
        if before is None and after.deadline is not None and not after.final:
            heappush(self._timers, (after.deadline, after.id, ""))
            self._poke()
        if after.final and after.parent is not None:
            self._ended.setdefault(after.parent, {})[after.id] = frame
            self._poke()
        if after.id in self._desk.children or after.parent is not None:
            self._look_down(after)

    def _look_down(self, state: TaskState) -> None:
        """Children that nobody wants any more, of this task or this one itself."""
        for child in self._desk.children.get(state.id, ()):
            self._judge(self._desk.tasks[child], state)
        if not state.final and state.parent is not None and state.id in self._desk.tasks:
            self._judge(state, self._desk.tasks.get(state.parent))

    def _judge(self, child: TaskState, parent: TaskState | None) -> None:
        if child.cancel or child.final or parent is None:
            return
        turn, _, call = child.id[len(parent.id) + 1 :].partition(".")
        if parent.final:
            self._unwanted[child.id] = f"its parent has {parent.status}"
        elif parent.cancel:
            self._unwanted[child.id] = "its parent was asked to end"
        # A parent of whom not all was told yet may seem to be at an earlier turn: then nothing is known.
        elif parent.turn > int(turn) or (parent.turn == int(turn) and call not in parent.open):
            self._unwanted[child.id] = "its parent goes on without it"
        else:
            return
        self._poke()

    async def derive(self) -> None:
        """Find again everything that follows from the tasks as they stand."""
        missing = self._derive_here()
        for ids in _batches(sorted(missing)):
            for found in await self._log.select(TaskQuery(ids=ids, limit=len(ids))):
                if not found.final:
                    continue
                if found.parent is not None and found.id.startswith(f"{missing[found.id].id}/"):
                    self._ended.setdefault(found.parent, {}).setdefault(found.id, None)
                for child in list(self._desk.children.get(found.id, ())):
                    self._judge(self._desk.tasks[child], found)

    def _derive_here(self) -> dict[str, TaskState]:
        """What follows from unfinished tasks alone; and the parents and children that are not among them."""
        missing: dict[str, TaskState] = {}
        for state in list(self._desk.tasks.values()):
            for call, wake_at in state.pending.items():
                if wake_at is not None:
                    heappush(self._timers, (wake_at, state.id, call))
            if state.deadline is not None:
                heappush(self._timers, (state.deadline, state.id, ""))
            for place in state.lent:
                if (child := f"{state.id}/{place}") not in self._desk.tasks:
                    missing[child] = state
            if state.parent is not None and state.parent not in self._desk.tasks:
                missing.setdefault(state.parent, state)
            self._look_down(state)
        return missing

    async def act(self) -> None:
        """Do what is to be done by now."""
        ended, self._ended = self._ended, {}
        unwanted, self._unwanted = self._unwanted, {}
        work: list[Awaitable[None]] = [self._settle_children(parent, children) for parent, children in ended.items()]
        work += [self._cancel(child, reason) for child, reason in unwanted.items()]
        now = self._ports.clock.now()
        while self._timers and self._timers[0][0] <= now:
            _, task, call = heappop(self._timers)
            work.append(self._expire(task, call, now) if call else self._too_late(task))
        for problem in await asyncio.gather(*work, return_exceptions=True):
            if isinstance(problem, BaseException) and not isinstance(problem, Conflict | Fenced | Refused | NotFound):
                # The tick derives it again.
                raise problem

    async def _settle_children(self, parent: str, children: dict[str, Recorded | None]) -> None:
        """All children of a parent that have ended, in one frame."""
        outcomes = {}
        for id, frame in children.items():
            outcomes[id] = await self._outcome(id, frame)
        while True:
            found = await self._log.select(TaskQuery(ids=[parent], limit=1))
            if not found or found[0].final:
                return
            state = found[0]
            ended = {s.id: s for s in await self._log.select(TaskQuery(ids=list(children), limit=len(children)))}
            events = []
            for id, child in ended.items():
                place = id[len(parent) + 1 :]
                turn, _, call = place.partition(".")
                if place not in state.lent:
                    continue
                if str(state.turn) == turn and call in state.open:
                    event = observed(state.turn, _told(call, outcomes[id]), child.spent)
                    events.append(await stow(self._log, state.tenant, event))
                else:
                    events.append(Event("child.settled", {"child": place, "spent": child.spent}))
            if not events:
                return
            self._ports.point("children.ended")
            try:
                await self._log.append(task_stream(parent), state.version, events)
            except Conflict:
                continue
            return

    async def _outcome(self, id: str, frame: Recorded | None) -> Outcome:
        (state,) = await self._log.select(TaskQuery(ids=[id], limit=1))
        frames: Sequence[Recorded]
        if frame is not None:
            frames = [await unstow_frame(self._log, state.tenant, frame)]
        else:
            frames = [each async for each in read_stream(self._log, task_stream(id), state.tenant)]
        for each in reversed(frames):
            for event in each.events:
                if event.payload is not None and "outcome" in event.payload:
                    return load(Outcome, event.payload["outcome"])
        return Outcome(status=Status(state.status), reason=state.reason, error=state.error)

    async def _cancel(self, child: str, reason: str) -> None:
        state = self._desk.tasks.get(child)
        if state is not None and not state.cancel:
            if state.parent is not None and (said := await self._said(state.parent, state.tenant)):
                reason = f"{reason}: {said}"
            events = [Event("cancel.requested", {}, {"reason": reason})]
            if state.worker is None:
                # Nobody holds it who could hear that it is to end.
                events.append(
                    await self._over(state, Outcome(status=Status.CANCELLED, reason="requested", detail=reason))
                )
            await self._log.append(task_stream(child), state.version, events)

    async def _said(self, parent: str, tenant: str) -> str:
        """Why the parent was asked to end, if it was."""
        async for frame in read_stream(self._log, task_stream(parent), tenant):
            for event in frame.events:
                if event.kind == "cancel.requested" and event.payload is not None:
                    return str(event.payload["reason"])
        return ""

    async def _too_late(self, task: str) -> None:
        """A deadline has passed. Who holds the task sees to it; where nobody does it ends here."""
        state = self._desk.tasks.get(task)
        if state is not None and state.worker is None:
            outcome = failure(OutOfTime("its deadline has passed while it waited"))
            await self._log.append(task_stream(task), state.version, [await self._over(state, outcome)])

    async def _over(self, state: TaskState, outcome: Outcome) -> Event:
        """The end of a task that nobody holds, with what it had handed in."""
        outcome = await complete(Journal(self._log, state), outcome)
        return await stow(self._log, state.tenant, ended(outcome))

    async def _expire(self, task: str, call: str, now: float) -> None:
        """A wait is over, unless it was settled, or put off, since."""
        while (state := self._desk.tasks.get(task)) is not None:
            wake_at = state.pending.get(call)
            if wake_at is None or wake_at > now:
                return
            error, text = SAID.get(state.waits.get(call, ""), ("tool.expired", "nothing came back in time"))
            told = failed(Call(call, ""), error, text) if error else Observation(call=call, text=text, trust="trusted")
            try:
                await self._log.append(task_stream(task), state.version, [observed(state.turn, told)])
            except Conflict:
                self._desk.doubtful.add(task)
                await self._desk.settle_doubts()
                continue
            return


def _told(call: str, outcome: Outcome) -> Observation:
    """How a child ended, as its parent sees it."""
    if outcome.status is Status.SUCCEEDED:
        return Observation(call=call, text=outcome.answer)
    text = f"{outcome.reason or outcome.status}: {outcome.detail}".rstrip(": ")
    return Observation(call=call, text=text, error=f"child.{outcome.status}")


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]

"""What the log's events add up to: one pure fold, used live by logs, by rebuild and by verify.

``fold`` takes a task's state and one frame and returns the next state; it never looks anywhere else. It also guards
the machine: an event that the state does not allow is refused before it is written, so a zombie's late outcome can
never stand beside the real one::

    queued -> running -> succeeded | failed | cancelled
              running -> waiting -> queued              every call of the open turn settled, or any for until="any"
              running -> running                        a new attempt takes over a dead worker's
    queued | running | waiting -> cancelled | failed    by whoever holds it, or by nobody

Unknown kinds of events pass untouched, so that an older kernel reads a newer log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from .errors import Corrupted, Fenced, FinalError
from .records.event import Event
from .records.task import Status

TASK_STREAM = "task/"


class Refused(FinalError):
    """The task's state does not allow this event; nothing was written."""

    code = "final.refused"

    def __init__(self, task: str, kind: str, status: str) -> None:
        super().__init__(f"task {task!r} is {status}; a {kind!r} event cannot follow")
        self.task, self.kind, self.status = task, kind, status


@dataclass(slots=True)
class TaskState:
    """One task, folded. Treated as frozen by everybody but ``fold``, which works on a copy of its own.

    ``created`` and ``updated`` are microseconds since the epoch, ``deadline`` is in seconds. ``attempt`` counts
    claims; ``strikes`` those since something was last recorded. ``asked`` is how many calls the open turn made,
    ``open`` maps the unsettled ones to their tools, ``pending`` those that wait for the world to the time to look
    again (or ``None``).
    """

    id: str
    tenant: str
    agent: str
    status: str
    root: str
    parent: str | None = None
    thread: str | None = None
    priority: int = 0
    created: int = 0
    updated: int = 0
    deadline: float | None = None
    version: str = ""
    attempt: int = 0
    strikes: int = 0
    worker: str | None = None
    turn: int = 0
    asked: int = 0
    until: str = "all"
    open: dict[str, str] = field(default_factory=dict)
    pending: dict[str, float | None] = field(default_factory=dict)
    cancel: bool = False
    inputs_read: bool = False
    reason: str | None = None
    error: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def final(self) -> bool:
        """True when no event can change it any more."""
        return self.status in _FINAL

    def settled(self) -> bool:
        """True when the open turn need not wait any longer."""
        return not self.pending or (self.until == "any" and len(self.open) < self.asked)


# An enum's value costs a function call each time, and the fold runs for every event ever written.
_QUEUED, _RUNNING, _WAITING = Status.QUEUED.value, Status.RUNNING.value, Status.WAITING.value
_FINAL = frozenset({Status.SUCCEEDED.value, Status.FAILED.value, Status.CANCELLED.value})
_NAMES = tuple(f.name for f in fields(TaskState))
_values = attrgetter(*_NAMES)


def task_stream(task: str) -> str:
    """The stream that holds the events of a task."""
    return TASK_STREAM + task


def to_row(state: TaskState) -> dict[str, Any]:
    """The state as JSON values, in the order of its fields."""
    return dict(zip(_NAMES, _values(state), strict=True))


def from_row(row: Mapping[str, Any]) -> TaskState:
    """The state out of JSON values. Fields that a newer kernel added are left out."""
    return TaskState(**{name: row[name] for name in _NAMES if name in row})


def fold(state: TaskState | None, stream: str, version: str, at: int, events: Sequence[Event]) -> TaskState | None:
    """The state after one frame; ``None`` for streams that are no task's.

    ``at`` is the frame's time in microseconds since the epoch.

    Raises:
        Fenced: an event was recorded by an attempt that is not the task's current one.
        Refused: the state does not allow an event.
        Corrupted: a task's stream does not begin with ``task.queued``.
    """
    if not stream.startswith(TASK_STREAM):
        return None
    if state is not None:
        # One copy a frame keeps the fold pure; the steps below then change the copy in place.
        state = TaskState(*_values(state))
    for event in events:
        if event.kind == "task.queued":
            if state is not None:
                raise Refused(state.id, event.kind, state.status)
            state = _queued(event.header, at)
            continue
        if state is None:
            raise Corrupted(f"stream {stream!r} begins with {event.kind!r} instead of 'task.queued'")
        _step(state, event)
    if state is not None:
        state.version, state.updated = version, at
    return state


def _step(state: TaskState, event: Event) -> None:
    step = _STEPS.get(event.kind)
    if step is None:
        return
    if state.status in _FINAL:
        raise Refused(state.id, event.kind, state.status)
    attempt = event.header.get("attempt")
    if attempt is not None and attempt != state.attempt and event.kind != "task.started":
        raise Fenced(state.id, attempt, state.attempt)
    step(state, event.header)


def _queued(h: Mapping[str, Any], at: int) -> TaskState:
    task = h["task"]
    return TaskState(
        id=task,
        tenant=h["tenant"],
        agent=h["agent"],
        status=_QUEUED,
        root=h.get("root") or task,
        parent=h.get("parent"),
        thread=h.get("thread"),
        priority=h.get("priority", 0),
        deadline=h.get("deadline"),
        created=at,
    )


def _started(state: TaskState, h: Mapping[str, Any]) -> None:
    if h["attempt"] <= state.attempt:
        raise Fenced(state.id, h["attempt"], state.attempt)
    if state.status == _WAITING:
        raise Refused(state.id, "task.started", state.status)
    state.status = _RUNNING
    state.attempt, state.worker = h["attempt"], h["worker"]
    state.strikes += 1


def _read(state: TaskState, h: Mapping[str, Any]) -> None:
    state.inputs_read, state.strikes = True, 0


def _decided(state: TaskState, h: Mapping[str, Any]) -> None:
    if state.status != _RUNNING or state.open or h["turn"] != state.turn + 1:
        raise Refused(state.id, "turn.decided", state.status)
    state.turn, state.strikes = h["turn"], 0
    state.open = dict(h.get("calls", ()))
    state.asked = len(state.open)
    state.pending = {}
    state.until = h.get("until", "all")
    state.input_tokens += h.get("input_tokens") or 0
    state.output_tokens += h.get("output_tokens") or 0


def _observed(state: TaskState, h: Mapping[str, Any]) -> None:
    call = h["call"]
    if call not in state.open:
        # The first observation of a call is the one that counts; the turn may have closed without it.
        raise Refused(state.id, f"call.observed {call}", state.status)
    state.open = {k: v for k, v in state.open.items() if k != call}
    state.pending = {k: v for k, v in state.pending.items() if k != call}
    state.strikes = 0
    if state.status == _WAITING and state.settled():
        state.status, state.worker = _QUEUED, None


def _pending(state: TaskState, h: Mapping[str, Any]) -> None:
    if h["call"] not in state.open:
        raise Refused(state.id, f"call.pending {h['call']}", state.status)
    state.pending = {**state.pending, h["call"]: h.get("wake_at")}


def _waiting(state: TaskState, h: Mapping[str, Any]) -> None:
    if state.status != _RUNNING or state.settled():
        raise Refused(state.id, "task.waiting", state.status)
    state.status, state.worker = _WAITING, None


def _closed(state: TaskState, h: Mapping[str, Any]) -> None:
    """``until="any"`` is met: what is still open is let go. Only by a holder: who waits would wait for nothing."""
    if state.status != _RUNNING:
        raise Refused(state.id, "turn.closed", state.status)
    state.open, state.pending = {}, {}


def _cancel(state: TaskState, h: Mapping[str, Any]) -> None:
    state.cancel = True


def _end(status: Status) -> Callable[[TaskState, Mapping[str, Any]], None]:
    value = status.value

    def end(state: TaskState, h: Mapping[str, Any]) -> None:
        if status is Status.SUCCEEDED and state.status != _RUNNING:
            raise Refused(state.id, "task.succeeded", state.status)
        state.status, state.worker = value, None
        state.open, state.pending = {}, {}
        state.reason, state.error = h.get("reason"), h.get("error")

    return end


_STEPS: dict[str, Callable[[TaskState, Mapping[str, Any]], None]] = {
    "task.started": _started,
    "inputs.read": _read,
    "turn.decided": _decided,
    "call.observed": _observed,
    "call.pending": _pending,
    "turn.closed": _closed,
    "task.waiting": _waiting,
    "cancel.requested": _cancel,
    "task.succeeded": _end(Status.SUCCEEDED),
    "task.failed": _end(Status.FAILED),
    "task.cancelled": _end(Status.CANCELLED),
}

Upcaster = Callable[[Event], Event]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""Old shapes to new: ``(kind, v)`` to a pure function that returns the event in the next version's shape."""


def upcast(event: Event) -> Event:
    """The event in its newest shape."""
    while (step := UPCASTERS.get((event.kind, event.v))) is not None:
        event = step(event)
    return event

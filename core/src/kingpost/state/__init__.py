"""What the log's events add up to: one pure fold, used live by logs, by rebuild and by verify.

``fold`` takes a task's state and one frame and returns the next state; it never looks anywhere else. It also guards
the machine: an event that the state does not allow is refused before it is written, so a zombie's late outcome can
never stand beside the real one::

    queued -> running -> succeeded | failed | cancelled
              running -> waiting -> queued              every call of the open turn settled, or any for until="any"
              running -> queued                         the world failed: tried again, not before a time
              running -> running                        a new attempt takes over a dead worker's
    queued | running | waiting -> cancelled | failed    by whoever holds it, or by nobody

``task`` has the state, ``steps`` what each kind of event does to it. Unknown kinds pass untouched, so that an older
kernel reads a newer log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import astuple

from ..errors import Corrupted, Fenced
from ..records.event import Event
from .steps import AFTERWARDS, STEPS, queued
from .task import FINAL, Amount, Bound, Refused, TaskState, from_row, to_row

__all__ = [
    "TASK_STREAM", "UPCASTERS", "Amount", "Bound", "Refused", "TaskState", "Upcaster", "fold", "from_row",
    "task_stream", "to_row", "upcast",
]  # fmt: skip

TASK_STREAM = "task/"


def task_stream(task: str) -> str:
    """The stream that holds the events of a task."""
    return TASK_STREAM + task


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
        state = TaskState(*astuple(state))
        if state.open or state.lent:
            state.open, state.pending = dict(state.open), dict(state.pending)
            state.waits, state.lent = dict(state.waits), dict(state.lent)
    for event in events:
        if event.kind == "task.queued":
            if state is not None:
                raise Refused(state.id, event.kind, state.status)
            state = queued(event.header, at)
            continue
        if state is None:
            raise Corrupted(f"stream {stream!r} begins with {event.kind!r} instead of 'task.queued'")
        _step(state, event)
    if state is not None:
        state.version, state.updated = version, at
    return state


def _step(state: TaskState, event: Event) -> None:
    step = STEPS.get(event.kind)
    if step is None:
        if (after := AFTERWARDS.get(event.kind)) is not None:
            after(state, event.header)
        return
    if state.status in FINAL:
        raise Refused(state.id, event.kind, state.status)
    attempt = event.header.get("attempt")
    if attempt is not None and attempt != state.attempt and event.kind != "task.started":
        raise Fenced(state.id, attempt, state.attempt)
    step(state, event.header)


Upcaster = Callable[[Event], Event]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""Old shapes to new: ``(kind, v)`` to a pure function that returns the event in the next version's shape."""


def upcast(event: Event) -> Event:
    """The event in its newest shape."""
    while (step := UPCASTERS.get((event.kind, event.v))) is not None:
        event = step(event)
    return event

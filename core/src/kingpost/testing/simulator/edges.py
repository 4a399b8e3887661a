"""Which edges of the state machine a history took.

Called by whoever wants to know what the histories reached. A place is a status, told apart by what is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ...records.event import Recorded
from ...state import TaskState, fold, upcast

Edge = tuple[str, str, str]
"""From a place, by a kind of event, to a status."""


def place(state: TaskState | None) -> str:
    """Where a task stands: its status, told apart by what is open.

    ``new`` before its first event. Running: ``calling`` with open calls, ``pending`` when all of these wait for the
    world, ``let-go`` when children are out that nobody waits for. Waiting: ``asked`` for an approval, ``any`` when
    one call is enough. Queued after an attempt: ``woken``, or ``woke-any`` with calls that are still open.
    """
    if state is None:
        return "new"
    told = state.status
    if told == "running" and state.open:
        told = "pending" if len(state.pending) == len(state.open) else "calling"
    elif told == "running" and state.lent:
        told = "let-go"
    elif told == "waiting" and "approval" in state.waits.values():
        told = "asked"
    elif told == "waiting" and state.until == "any":
        told = "any"
    elif told == "queued" and state.attempt:
        told = "woke-any" if state.open else "woken"
    return told


def edges(frames: Sequence[Recorded], states: Mapping[int, TaskState]) -> Counter[Edge]:
    """Every edge that these frames took, and how often; ``states`` are the tasks behind each frame, by position."""
    taken: Counter[Edge] = Counter()
    known: dict[str, TaskState] = {}
    for frame in frames:
        if (end := states.get(frame.position)) is None:
            continue
        before = known.get(frame.stream)
        for event in frame.events[:-1]:
            after = fold(before, frame.stream, frame.version, frame.at, [upcast(event)])
            assert after is not None
            taken[place(before), event.kind, after.status] += 1
            before = after
        taken[place(before), frame.events[-1].kind, end.status] += 1
        known[frame.stream] = end
    return taken

"""What each kind of event does to a task. Called by ``fold`` with a copy that it may change.

Containers are replaced, never changed in place, unless ``fold`` has copied them for this frame (``open``, ``pending``,
``waits``, ``lent``): a turn may have a thousand calls, and each of them ends once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import Fenced
from ..records.task import Status
from .task import QUEUED, RUNNING, WAITING, Refused, TaskState

Header = Mapping[str, Any]


def queued(h: Header, at: int) -> TaskState:
    """A new task out of its first event."""
    task = h["task"]
    return TaskState(
        id=task,
        tenant=h["tenant"],
        agent=h["agent"],
        status=QUEUED,
        root=h.get("root") or task,
        parent=h.get("parent"),
        thread=h.get("thread"),
        priority=h.get("priority", 0),
        deadline=h.get("deadline"),
        created=at,
        not_before=h.get("not_before"),
        needs=h.get("needs") or [],
        granted=h.get("grant"),
        turn=h.get("turn", 0),
    )


def _charge(state: TaskState, amount: Sequence[int] | None) -> None:
    if amount:
        state.spent = [have + more for have, more in zip(state.spent, amount, strict=True)]


def _started(state: TaskState, h: Header) -> None:
    if h["attempt"] <= state.attempt:
        raise Fenced(state.id, h["attempt"], state.attempt)
    if state.status == WAITING:
        raise Refused(state.id, "task.started", state.status)
    # What was in flight when the holder died is charged at its bound: nobody knows what it cost.
    _charge(state, state.reserved)
    state.reserved = h.get("reserve")
    state.status, state.not_before = RUNNING, None
    state.attempt, state.worker = h["attempt"], h["worker"]
    state.strikes += 1


def _read(state: TaskState, h: Header) -> None:
    state.inputs_read, state.strikes = True, 0


def _packed(state: TaskState, h: Header) -> None:
    """A costly compressor is charged for in the event that keeps what it made."""
    state.input_tokens += h.get("input_tokens") or 0
    state.output_tokens += h.get("output_tokens") or 0
    _charge(state, h.get("spent"))


def _decided(state: TaskState, h: Header) -> None:
    if state.status != RUNNING or state.open or h["turn"] != state.turn + 1:
        raise Refused(state.id, "turn.decided", state.status)
    state.turn, state.strikes, state.retries = h["turn"], 0, 0
    state.open = dict(h.get("calls", ()))
    state.asked = len(state.open)
    state.pending, state.waits, state.approved, state.lent = {}, {}, {}, dict(state.lent)
    state.until = h.get("until", "all")
    state.input_tokens += h.get("input_tokens") or 0
    state.output_tokens += h.get("output_tokens") or 0
    _charge(state, h.get("spent"))
    state.reserved = h.get("reserve")


def _observed(state: TaskState, h: Header) -> None:
    call = h["call"]
    if call not in state.open:
        # The first observation of a call is the one that counts; the turn may have closed without it.
        raise Refused(state.id, f"call.observed {call}", state.status)
    _settle(state, f"{state.turn}.{call}", h)
    del state.open[call]
    state.pending.pop(call, None)
    state.waits.pop(call, None)
    state.strikes = 0
    if state.status == WAITING and state.settled():
        state.status, state.worker = QUEUED, None


def _pending(state: TaskState, h: Header) -> None:
    call = h["call"]
    if call not in state.open:
        raise Refused(state.id, f"call.pending {call}", state.status)
    state.pending[call] = h.get("wake_at")
    if (kind := h.get("waits")) is not None:
        state.waits[call] = kind
    if kind == "child" and (place := f"{state.turn}.{call}") not in state.lent:
        state.lent[place] = h.get("cut") or [0, 0, 0]
        state.children += 1


def _claimed(state: TaskState, h: Header) -> None:
    """A worker of somebody's own takes the call; whoever held it before had stopped giving signs of life."""
    call = h["call"]
    if h["turn"] != state.turn or not state.waits.get(call, "").startswith("worker"):
        raise Refused(state.id, f"call.claimed {call}", state.status)
    state.waits[call] = " ".join(("worker", h["worker"], *filter(None, (h.get("key"),))))


def _approved(state: TaskState, h: Header) -> None:
    """Somebody lets a call pass that had to be asked for: the holder makes it, or else the next attempt."""
    call = h["call"]
    if state.waits.get(call) != "approval":
        raise Refused(state.id, f"call.approved {call}", state.status)
    del state.pending[call], state.waits[call]
    # The newest attempt that cannot have made it: one that is still running may make it before it dies.
    state.approved = {**state.approved, call: state.attempt - (state.status == RUNNING)}
    state.strikes = 0
    if state.status == WAITING:
        state.status, state.worker = QUEUED, None


def _settled(state: TaskState, h: Header) -> None:
    """A child that nobody waits for any more has ended: what it did not spend comes back."""
    turn, _, call = h["child"].partition(".")
    if h["child"] not in state.lent or (turn == str(state.turn) and call in state.open):
        raise Refused(state.id, f"child.settled {h['child']}", state.status)
    _settle(state, h["child"], h)


def _settle(state: TaskState, place: str, h: Header) -> None:
    if place in state.lent:
        del state.lent[place]
        _charge(state, h.get("spent"))


def _waiting(state: TaskState, h: Header) -> None:
    if state.status != RUNNING or state.settled() or len(state.pending) < len(state.open):
        raise Refused(state.id, "task.waiting", state.status)
    _charge(state, h.get("spent"))
    state.status, state.worker, state.reserved = WAITING, None, None


def _closed(state: TaskState, h: Header) -> None:
    """``until="any"`` is met: what is still open is let go. Only by a holder: who waits would wait for nothing."""
    if state.status != RUNNING:
        raise Refused(state.id, "turn.closed", state.status)
    state.open, state.pending, state.waits, state.approved = {}, {}, {}, {}


def _retrying(state: TaskState, h: Header) -> None:
    if state.status != RUNNING:
        raise Refused(state.id, "task.retrying", state.status)
    _charge(state, h.get("spent"))
    state.status, state.worker, state.reserved = QUEUED, None, None
    state.not_before = h.get("not_before")
    state.strikes = 0
    if (other := h.get("agent")) is not None:
        state.agent, state.retries = other, 0
    else:
        state.retries += 1


def _released(state: TaskState, h: Header) -> None:
    """A claim is given back before anything was done under it, as if it had not been."""
    if state.status != RUNNING:
        raise Refused(state.id, "task.released", state.status)
    state.status, state.worker, state.reserved = QUEUED, None, None
    state.strikes = max(state.strikes - 1, 0)
    state.approved = {call: by + (by == state.attempt - 1) for call, by in state.approved.items()}


def _cancel(state: TaskState, h: Header) -> None:
    state.cancel = True


def _message(state: TaskState, h: Header) -> None:
    state.messages += 1


def _end(status: Status) -> Callable[[TaskState, Header], None]:
    value = status.value

    def end(state: TaskState, h: Header) -> None:
        if status is Status.SUCCEEDED and (state.status != RUNNING or state.messages > h.get("seen", state.messages)):
            # An answer that has not seen what was said meanwhile is a turn, not yet the end.
            raise Refused(state.id, "task.succeeded", state.status)
        # What is still out is charged at its bound: nobody will be there to settle it.
        _charge(state, h.get("spent", state.reserved))
        for amount in state.lent.values():
            _charge(state, [one or 0 for one in amount])
        state.status, state.worker, state.reserved, state.not_before = value, None, None, None
        state.open, state.pending, state.waits, state.approved, state.lent = {}, {}, {}, {}, {}
        state.reason, state.error = h.get("reason"), h.get("error")

    return end


def _afterwards(kind: str) -> Callable[[TaskState, Header], None]:
    word = kind.partition(".")[2]

    def note(state: TaskState, h: Header) -> None:
        if not state.final or word in state.late:
            raise Refused(state.id, kind, state.status)
        state.late = [*state.late, word]

    return note


STEPS: dict[str, Callable[[TaskState, Header], None]] = {
    "task.started": _started,
    "inputs.read": _read,
    "context.packed": _packed,
    "turn.decided": _decided,
    "call.observed": _observed,
    "call.pending": _pending,
    "call.approved": _approved,
    "call.claimed": _claimed,
    "child.settled": _settled,
    "turn.closed": _closed,
    "task.waiting": _waiting,
    "task.retrying": _retrying,
    "task.released": _released,
    "cancel.requested": _cancel,
    "message.received": _message,
    "task.succeeded": _end(Status.SUCCEEDED),
    "task.failed": _end(Status.FAILED),
    "task.cancelled": _end(Status.CANCELLED),
}

AFTERWARDS = {kind: _afterwards(kind) for kind in ("letter.replayed", "letter.discarded")}
"""What may follow an end without changing it."""

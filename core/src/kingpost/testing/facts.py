"""Well-formed events of a task's life, as the kernel writes them, for tests of logs and of folds.

Only what ``kingpost.state`` reads stands in the headers; ``payload`` is anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..records.event import Event, JsonObject


def queued(task: str, *, tenant: str = "default", agent: str = "scripted", **more: Any) -> Event:
    """A task was asked for; ``more`` may name root, parent, thread, priority and deadline."""
    return Event("task.queued", {"task": task, "tenant": tenant, "agent": agent, **more})


def started(attempt: int = 1, worker: str = "worker-1") -> Event:
    """A worker claimed the task."""
    return Event("task.started", {"attempt": attempt, "worker": worker})


def inputs_read(attempt: int = 1) -> Event:
    """The task's inputs became memories."""
    return Event("inputs.read", {"attempt": attempt})


def packed(
    turn: int = 1, attempt: int = 1, tokens: tuple[int, int] = (0, 0), spent: Sequence[int] | None = None
) -> Event:
    """The context of a turn; ``spent`` is what was paid to fit it."""
    header: dict[str, Any] = {"turn": turn, "attempt": attempt}
    if spent is not None:
        header |= {"input_tokens": tokens[0], "output_tokens": tokens[1], "spent": spent}
    return Event("context.packed", header)


def decided(
    turn: int = 1,
    calls: Mapping[str, str] | None = None,
    until: Literal["all", "any"] = "all",
    attempt: int = 1,
    *,
    tokens: tuple[int, int] = (0, 0),
) -> Event:
    """The agent decided; ``calls`` maps the ids of its calls to their tools, ``tokens`` are input and output."""
    header = {
        "turn": turn,
        "attempt": attempt,
        "calls": dict(calls or {}),
        "until": until,
        "input_tokens": tokens[0],
        "output_tokens": tokens[1],
    }
    return Event("turn.decided", header)


def observed(call: str, payload: JsonObject | None = None) -> Event:
    """Something came back from a call."""
    return Event("call.observed", {"call": call}, payload)


def pending(call: str, wake_at: float | None = None, attempt: int = 1, **more: Any) -> Event:
    """A call waits for the world; ``more`` may say what it ``waits`` for and what was ``cut`` for a child."""
    return Event("call.pending", {"call": call, "wake_at": wake_at, "attempt": attempt, **more})


def approved(call: str) -> Event:
    """Somebody lets a call pass."""
    return Event("call.approved", {"call": call})


def claimed(turn: int, call: str, worker: str, **more: Any) -> Event:
    """A worker of somebody's own takes a call."""
    return Event("call.claimed", {"turn": turn, "call": call, "worker": worker, **more})


def settled(child: str, spent: Sequence[int] = (0, 0, 0)) -> Event:
    """A child has ended that nobody waits for any more."""
    return Event("child.settled", {"child": child, "spent": list(spent)})


def retrying(attempt: int = 1, not_before: float | None = None, **more: Any) -> Event:
    """The world failed; the task is tried again."""
    return Event("task.retrying", {"attempt": attempt, "not_before": not_before, **more})


def released(attempt: int = 1) -> Event:
    """The holder gives its claim back."""
    return Event("task.released", {"attempt": attempt})


def message() -> Event:
    """Somebody said something to the task."""
    return Event("message.received", {})


def closed(attempt: int = 1) -> Event:
    """The open turn needs nothing more."""
    return Event("turn.closed", {"attempt": attempt})


def waiting(attempt: int = 1) -> Event:
    """The holder let go of the task until its calls are settled."""
    return Event("task.waiting", {"attempt": attempt})


def cancel_requested() -> Event:
    """Somebody asked the task to end."""
    return Event("cancel.requested", {})


def succeeded(attempt: int | None = 1) -> Event:
    """The task has its answer."""
    return Event("task.succeeded", _by(attempt))


def failed(attempt: int | None = 1, reason: str = "exhausted", error: str | None = None) -> Event:
    """The task ended without an answer; ``attempt`` is ``None`` when nobody held it."""
    return Event("task.failed", {**_by(attempt), "reason": reason, "error": error})


def cancelled(attempt: int | None = 1, reason: str = "asked") -> Event:
    """The task ended because somebody wanted it to; ``attempt`` is ``None`` when nobody held it."""
    return Event("task.cancelled", {**_by(attempt), "reason": reason})


def _by(attempt: int | None) -> dict[str, Any]:
    return {} if attempt is None else {"attempt": attempt}

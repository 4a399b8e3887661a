"""What an endpoint is told: an event of the log as a JSON document of its own, the same bytes for everybody.

Made by ``outbox`` once for each event. ``contracts/events/*.json`` are the schemas of these records, one for each kind.
A document has ``type``, ``timestamp`` and ``data``, as Standard Webhooks asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kingpost import Event, Outcome, Record, Recorded, TaskState, dump, load
from pydantic_core import to_json


class TaskNotice(Record, kw_only=True):
    """Something happened to a task. ``position`` is the frame of the log that tells of it."""

    task: str
    tenant: str
    agent: str
    root: str
    position: int
    parent: str | None = None
    thread: str | None = None


class TaskQueued(TaskNotice, kw_only=True):
    """A task is on disk. ``origin`` names what of the outside it came from."""

    priority: int = 0
    origin: str | None = None


class TaskStarted(TaskNotice, kw_only=True):
    """A worker holds the task. ``attempt`` counts from 1."""

    attempt: int


class TaskRetrying(TaskNotice, kw_only=True):
    """The world failed, and the task is tried again, not before a time in Unix seconds."""

    not_before: float | None = None


class TaskEnded(TaskNotice, kw_only=True):
    """A task has an outcome. It is missing where its content was erased meanwhile."""

    outcome: Outcome | None = None


class TurnDecided(TaskNotice, kw_only=True):
    """An agent decided. ``calls`` maps the calls of the turn to their tools."""

    turn: int
    calls: Mapping[str, str]


class CallNotice(TaskNotice, kw_only=True):
    """A call waits, or is settled. ``waits`` is what it waits for, ``wake_at`` until when (Unix seconds)."""

    call: str
    waits: str | None = None
    wake_at: float | None = None


SHAPES: Mapping[str, type[TaskNotice]] = {
    "task.queued": TaskQueued,
    "task.started": TaskStarted,
    "task.waiting": TaskNotice,
    "task.retrying": TaskRetrying,
    "task.succeeded": TaskEnded,
    "task.failed": TaskEnded,
    "task.cancelled": TaskEnded,
    "turn.decided": TurnDecided,
    "call.pending": CallNotice,
    "call.observed": CallNotice,
    "message.received": TaskNotice,
    "cancel.requested": TaskNotice,
    "letter.replayed": TaskNotice,
    "letter.discarded": TaskNotice,
}


class Message(Record):
    """One event as it is sent: its id, its kind, and the bytes. ``key`` is the task, for who wants order."""

    position: int
    index: int
    id: str
    kind: str
    key: str
    data: Mapping[str, Any]
    body: bytes

    @property
    def place(self) -> tuple[int, int]:
        """Where in the log it stands: frame and event."""
        return self.position, self.index


def message(frame: Recorded, index: int, event: Event, state: TaskState) -> Message:
    """An event as a document. The same frame always gives the same id and, unless erased meanwhile, the same bytes."""
    data = {name: value for name, value in dump(_notice(frame, event, state)).items() if value is not None}
    at = datetime.fromtimestamp(frame.at / 1e6, UTC).isoformat().replace("+00:00", "Z")
    body = to_json({"type": event.kind, "timestamp": at, "data": data})
    return Message(frame.position, index, message_id(frame, index), event.kind, state.id, data, body)


def message_id(frame: Recorded, index: int) -> str:
    """The id of an event: the hash that the log's chain gives its frame, and its place there."""
    return f"msg_{frame.hash.hex()[:32]}{index:02x}"


def _notice(frame: Recorded, event: Event, state: TaskState) -> TaskNotice:
    shape, header = SHAPES[event.kind], event.header
    common: dict[str, Any] = {
        "task": state.id, "tenant": state.tenant, "agent": state.agent, "root": state.root, "parent": state.parent,
        "thread": state.thread, "position": frame.position,
    }  # fmt: skip
    if shape is TaskEnded:
        outcome = (event.payload or {}).get("outcome")
        return TaskEnded(**common, outcome=None if outcome is None else load(Outcome, outcome))
    if shape is TurnDecided:
        return TurnDecided(**common, turn=header["turn"], calls=dict(header.get("calls", ())))
    own: Sequence[str] = [name for name in shape.__dataclass_fields__ if name not in common and name in header]
    return shape(**common, **{name: header[name] for name in own})

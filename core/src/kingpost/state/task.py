"""One task as its events add up: the state that ``steps`` change and that logs keep in their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import astuple

from ..errors import FinalError
from ..records.task import Status

Amount = list[int]
"""Tokens, money (micro-units) and active milliseconds that were spent, in this order."""

Bound = list[int | None]
"""The same three as a bound; ``None`` where there is none."""


class Refused(FinalError):
    """The task's state does not allow this event; nothing was written."""

    code = "final.refused"

    def __init__(self, task: str, kind: str, status: str) -> None:
        super().__init__(f"task {task!r} is {status}; a {kind!r} event cannot follow")
        self.task, self.kind, self.status = task, kind, status


class TaskState(Struct):
    """One task, folded. Treated as frozen by everybody but ``fold``, which works on a copy of its own.

    ``created`` and ``updated`` are microseconds since the epoch, ``deadline`` and ``not_before`` seconds. ``attempt``
    counts claims, ``strikes`` those since something was last recorded, ``retries`` the failures of the world since
    the last decision. ``asked`` is how many calls the open turn made, ``open`` maps the unsettled ones to their
    tools, ``pending`` those that wait for the world to the time their wait ends (or ``None``), ``waits`` what each
    of these waits for where it is no tool's own answer (``child``, ``approval``, ``question``, ``timer``), and
    ``approved`` the calls that somebody has let pass to the newest attempt that cannot have made them.

    ``granted`` bounds what the task's tree may spend and ``spent`` is what it has, its settled children included;
    ``reserved`` is the bound of the turn in flight and ``lent`` what open children may still take, by ``turn.call``.
    ``children`` counts all that were ever begun, ``messages`` those that came for it. ``late`` tells what was done
    about a task after it had ended.
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
    waits: dict[str, str] = field(default_factory=dict)
    approved: dict[str, int] = field(default_factory=dict)
    not_before: float | None = None
    retries: int = 0
    needs: list[str] = field(default_factory=list)
    granted: Bound | None = None
    spent: Amount = field(default_factory=lambda: [0, 0, 0])
    reserved: Amount | None = None
    lent: dict[str, Bound] = field(default_factory=dict)
    children: int = 0
    messages: int = 0
    late: list[str] = field(default_factory=list)

    @property
    def final(self) -> bool:
        """True when no event can change how it ended any more."""
        return self.status in FINAL

    def settled(self) -> bool:
        """True when the open turn need not wait any longer."""
        return not self.pending or (self.until == "any" and len(self.open) < self.asked)

    def left(self) -> Bound:
        """What may still be reserved or lent: granted less spent, reserved and lent; ``None`` where unbounded."""
        if self.granted is None:
            return [None, None, None]
        taken = list(self.spent)
        for amount in (self.reserved or (), *self.lent.values()):
            for place, one in enumerate(amount):
                taken[place] += one or 0
        return [None if bound is None else bound - used for bound, used in zip(self.granted, taken, strict=True)]


# An enum's value costs a function call each time, and the fold runs for every event ever written.
QUEUED, RUNNING, WAITING = Status.QUEUED.value, Status.RUNNING.value, Status.WAITING.value
FINAL = frozenset({Status.SUCCEEDED.value, Status.FAILED.value, Status.CANCELLED.value})
_NAMES = TaskState.__struct_fields__


def to_row(state: TaskState) -> dict[str, Any]:
    """The state as JSON values, in the order of its fields."""
    return dict(zip(_NAMES, astuple(state), strict=True))


def from_row(row: Mapping[str, Any]) -> TaskState:
    """The state out of JSON values. Fields that a newer kernel added are left out."""
    return TaskState(**{name: row[name] for name in _NAMES if name in row})

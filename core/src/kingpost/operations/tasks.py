"""Operations on tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..errors import (
    BudgetTooSmall,
    DoorEmpty,
    NotFound,
    Overloaded,
    Unavailable,
    UnknownName,
    UnreadableInput,
)
from ..records.action import Usage
from ..records.context import Dropped, Pack, Turn
from ..records.record import Record, field
from ..records.task import Material, Outcome, Status
from .bounds import Limit, More, Name, Natural, Positive, Seconds
from .table import Operation


class Submit(Record, kw_only=True):
    """A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the request came from.
    """

    description: str
    agent: Name | None = None
    model: Name | None = None
    context: str = ""
    inputs: tuple[Name, ...] = ()
    budget: Positive | None = None
    memory: Name | None = None
    compressor: Name | None = None
    tools: tuple[Name, ...] | None = None
    scopes: tuple[Name, ...] | None = None
    workspace: Name | None = None
    tokens: Positive | None = None
    money: Positive | None = None
    seconds: More | None = None
    depth: Natural | None = None
    fan_out: Natural | None = None
    deadline: Seconds | None = None
    not_before: Seconds | None = None
    needs: tuple[Name, ...] = ()
    thread: Name | None = None
    priority: int = 0
    material: tuple[Material, ...] = ()
    origin: Name | None = None


class Submitted(Record, kw_only=True):
    """A task that is on disk. ``position`` is the log's position that holds it."""

    id: str
    status: Status
    position: int


class SubmitAll(Record, kw_only=True):
    """Up to 100 tasks: all of them are queued, or none."""

    tasks: tuple[Submit, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs of all of them."""
        return tuple(path for task in self.tasks for path in task.inputs)

    @property
    def workspace(self) -> str | None:
        """A workspace that one of them names."""
        return next((task.workspace for task in self.tasks if task.workspace), None)


class SubmittedAll(Record, kw_only=True):
    """The tasks that are on disk, in the order they were given."""

    tasks: tuple[Submitted, ...]


class TaskId(Record):
    """Names a task, by its id or by any beginning or end of it that is unique."""

    id: str


class Wait(Record, kw_only=True):
    """Names a task to wait for: answered when it has an outcome, or after ``seconds``, whichever comes first."""

    id: str
    seconds: Seconds = 30.0


GO_ON = frozenset({"child", "timer", "worker"})
"""What a call may wait for that needs nobody who is not told of it: the task goes on without being asked."""


class TaskView(Record, kw_only=True):
    """A task as it stands. Times are seconds since the epoch; tokens are those that the models reported.

    ``spent`` is what its tree has cost so far and ``granted`` its bound: tokens, money in micro-units, active
    milliseconds. ``waits`` maps the calls that it waits for to what they wait for.
    """

    id: str
    description: str
    status: Status
    agent: str
    tenant: str
    root: str
    parent: str | None = None
    thread: str | None = None
    model: str | None = None
    created: float = 0.0
    updated: float = 0.0
    attempt: int = 0
    worker: str | None = None
    turns: int = 0
    usage: Usage = field(default_factory=Usage)
    cancel_requested: bool = False
    spent: tuple[int, int, int] = (0, 0, 0)
    granted: tuple[int | None, int | None, int | None] = (None, None, None)
    retries: int = 0
    not_before: float | None = None
    waits: Mapping[str, str] = field(default_factory=dict)
    replay_of: str | None = None
    fork_of: str | None = None
    schedule: str | None = None
    origin: str | None = None
    outcome: Outcome | None = None

    @property
    def paused(self) -> bool:
        """Whether it waits for somebody outside: an approval, an answer."""
        return self.status is Status.WAITING and any(for_.split(" ")[0] not in GO_ON for for_ in self.waits.values())


class ListTasks(Record, kw_only=True):
    """Which tasks, newest first. ``after`` is the last id of the page before."""

    statuses: tuple[Status, ...] | None = None
    thread: Name | None = None
    agent: Name | None = None
    root: Name | None = None
    parent: Name | None = None
    after: Name | None = None
    limit: Limit = 50


class TaskPage(Record, kw_only=True):
    """Tasks, and the ``after`` of the next page if there is one."""

    tasks: tuple[TaskView, ...]
    next: str | None = None


class TurnView(Record, kw_only=True):
    """One turn with the ledger of its context."""

    turn: Turn
    ledger: Pack | None = None


class Turns(Record, kw_only=True):
    """Every turn of a task, in order."""

    turns: tuple[TurnView, ...]


class Fetch(Record, kw_only=True):
    """Names an artefact of a task."""

    id: str
    name: str


class File(Record, kw_only=True):
    """A file's bytes; hex in JSON. ``digest`` is their SHA-256, in hex."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"ser_json_bytes": "hex", "val_json_bytes": "hex"}

    name: str
    media_type: str
    content: bytes
    digest: str = ""


class Expand(Record, kw_only=True):
    """Brings back what a context dropped: a passage of a task by its number."""

    id: str
    passage: str


class Expanded(Record, kw_only=True):
    """A passage as it was before it was fitted, and what was said when it was dropped."""

    passage: str
    text: str
    dropped: Dropped | None = None


class Resume(Record, kw_only=True):
    """Takes up work whose worker has died. ``only`` names one task; otherwise all that are unfinished."""

    only: str | None = None


class Resumed(Record, kw_only=True):
    """The tasks that are worked on again, and those that cannot be as things are, with the reason."""

    tasks: tuple[str, ...]
    left: Mapping[str, str] = field(default_factory=dict)


SUBMIT = Operation(
    id="tasks.submit",
    summary="Queue a task; answered once it is on disk.",
    request=Submit,
    response=Submitted,
    scope="tasks:write",
    idempotent=False,
    errors=(UnknownName, UnreadableInput, BudgetTooSmall, DoorEmpty, Unavailable, Overloaded),
    route="POST /tasks",
    success=202,
    files=("inputs", "workspace"),
)
SUBMIT_ALL = Operation(
    id="tasks.submit_all", summary="Queue up to 100 tasks, all or none.", request=SubmitAll, response=SubmittedAll,
    scope="tasks:write", idempotent=False, errors=SUBMIT.errors, route="POST /tasks/batch", success=202,
    files=("inputs", "workspace"),
)  # fmt: skip
GET = Operation(
    id="tasks.get", summary="One task as it stands.", request=TaskId, response=TaskView, scope="tasks:read",
    errors=(NotFound,),
    route="GET /tasks/{id}",
)  # fmt: skip
WAIT = Operation(
    id="tasks.wait", summary="One task, once it has an outcome.", request=Wait, response=TaskView, scope="tasks:read",
    errors=(NotFound,),
    route="GET /tasks/{id}/wait",
)  # fmt: skip
AWAIT = Operation(
    id="tasks.await", summary="One task, once it has an outcome or waits for somebody outside.", request=Wait,
    response=TaskView, scope="tasks:read", errors=(NotFound,),
)  # fmt: skip
LIST = Operation(
    id="tasks.list",
    summary="Tasks, newest first.",
    request=ListTasks,
    response=TaskPage,
    scope="tasks:read",
    route="GET /tasks",
)
TREE = Operation(
    id="tasks.tree", summary="A task and everything it delegated.", request=TaskId, response=TaskPage,
    scope="tasks:read", errors=(NotFound,),
    route="GET /tasks/{id}/tree",
)  # fmt: skip
TURNS = Operation(
    id="tasks.turns", summary="The turns of a task with their ledgers.", request=TaskId, response=Turns,
    scope="tasks:read", errors=(NotFound,),
    route="GET /tasks/{id}/turns",
)  # fmt: skip
EXPAND = Operation(
    id="tasks.expand", summary="Bring back a passage that a context dropped.", request=Expand, response=Expanded,
    scope="tasks:read", errors=(NotFound,),
    route="GET /tasks/{id}/passages/{passage}",
)  # fmt: skip
RESUME = Operation(
    id="tasks.resume", summary="Take up work whose worker has died.", request=Resume, response=Resumed,
    scope="tasks:write", errors=(NotFound,),
)  # fmt: skip
FETCH = Operation(
    id="artefacts.get", summary="A file that a task made.", request=Fetch, response=File, scope="tasks:read",
    errors=(NotFound,), route="GET /tasks/{id}/artefacts/{name}",
)  # fmt: skip

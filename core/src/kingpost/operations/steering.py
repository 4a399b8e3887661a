"""Operations that change the course of a task: messages, cancelling, forks, and dead letters."""

from __future__ import annotations

from ..errors import BudgetTooSmall, NotFound, Overloaded, Unavailable, UnknownName
from ..records.record import Record
from .bounds import Limit, Name, Natural, Positive
from .table import Operation
from .tasks import Submitted, TaskId, TaskPage, TaskView


class Cancel(Record, kw_only=True):
    """Asks a task and everything below it to end. Whoever holds one executes no further call."""

    id: str
    reason: str = ""


class Message(Record, kw_only=True):
    """Says something to a task that has not ended: its next decision sees it."""

    id: str
    text: str


class Fork(Record, kw_only=True):
    """Begins a new task with the turns of another one up to ``turn`` (``None``: all); what is named here is changed."""

    id: str
    turn: Natural | None = None
    description: Name | None = None
    agent: Name | None = None
    model: Name | None = None
    context: str | None = None
    budget: Positive | None = None
    tokens: Positive | None = None


class ListLetters(Record, kw_only=True):
    """Dead letters, newest first: tasks that were tried as often as they may be. ``after`` is the page's last id."""

    after: Name | None = None
    limit: Limit = 50


CANCEL = Operation(
    id="tasks.cancel", summary="Ask a task and all below it to end.", request=Cancel, response=TaskView,
    scope="tasks:write", errors=(NotFound,),
    route="POST /tasks/{id}/cancel", success=202,
)  # fmt: skip
MESSAGE = Operation(
    id="tasks.message", summary="Say something to a task.", request=Message, response=TaskView, scope="tasks:write",
    idempotent=False, errors=(NotFound,),
    route="POST /tasks/{id}/messages", success=202,
)  # fmt: skip
FORK = Operation(
    id="tasks.fork", summary="Go on from any turn of a task, with changes.", request=Fork, response=Submitted,
    scope="tasks:write", idempotent=False, errors=(BudgetTooSmall, NotFound, Overloaded, Unavailable, UnknownName),
    route="POST /tasks/{id}/fork", success=202,
)  # fmt: skip
LETTERS = Operation(
    id="letters.list", summary="Dead letters, newest first.", request=ListLetters, response=TaskPage,
    scope="tasks:read",
    route="GET /letters",
)  # fmt: skip
REPLAY = Operation(
    id="letters.replay", summary="Try a dead letter again, as a new task.", request=TaskId, response=Submitted,
    scope="tasks:write", errors=(NotFound, Overloaded),
    route="POST /letters/{id}/replay", success=202,
)  # fmt: skip
DISCARD = Operation(
    id="letters.discard", summary="Put a dead letter away.", request=TaskId, response=TaskView, scope="tasks:write",
    errors=(NotFound,),
    route="POST /letters/{id}/discard",
)  # fmt: skip
RETRY = Operation(
    id="tasks.retry", summary="Try a task that failed or was cancelled again, as a new task.", request=TaskId,
    response=Submitted, scope="tasks:write", errors=(NotFound, Overloaded), route="POST /tasks/{id}/retry", success=202,
)  # fmt: skip
LETTER = Operation(
    id="letters.get", summary="One dead letter.", request=TaskId, response=TaskView, scope="tasks:read",
    errors=(NotFound,), route="GET /letters/{id}",
)  # fmt: skip

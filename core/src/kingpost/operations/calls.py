"""Operations on calls that wait for the world: what is asked, and how it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import NotFound
from ..records.action import Made, Observation
from ..records.record import Record, field
from .bounds import FILES_BODY_BYTES, Limit, Name
from .table import Operation
from .tasks import TaskView

WAITED = ("answer", "approval", "question", "timer", "child", "worker")
"""What a call can wait for."""


class ListCalls(Record, kw_only=True):
    """Which calls that wait, oldest task first; of one task, or for one thing.

    ``waits`` is ``approval``, ``question``, ``timer``, ``child``, ``worker``, or ``answer`` for what a tool of the
    outside will say. ``after`` is the page's last task.
    """

    task: Name | None = None
    waits: Name | None = None
    after: Name | None = None
    limit: Limit = 100


class CallView(Record, kw_only=True):
    """A call that waits. ``reference`` is the outside system's own name for it, or the question that is asked.

    ``wake_at`` (seconds since the epoch) is when the wait is given up.
    """

    task: str
    turn: int
    call: str
    tool: str
    waits: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    reference: str = ""
    wake_at: float | None = None


class CallPage(Record, kw_only=True):
    """Calls, and the ``after`` of the next page if there is one."""

    calls: tuple[CallView, ...]
    next: str | None = None


class Observe(Record, kw_only=True):
    """Settles a call that a tool of the outside has left pending.

    With ``token``, the call's own, no other right is needed; the token settles this call, once. ``files`` are kept as
    artefacts of the task, as a tool's are: what is more than it may hand in is refused, and the agent is told so.
    """

    id: str
    observation: Observation
    token: str | None = None
    files: tuple[Made, ...] = ()


class Reply(Record, kw_only=True):
    """Answers what a task asks of a human: ``text`` for a question, ``allow`` for an approval.

    An approval may put other ``arguments`` in the place of the call's. A refusal says why in ``text``.
    """

    id: str
    call: str
    text: str = ""
    allow: bool | None = None
    arguments: Mapping[str, Any] | None = None


CALLS = Operation(
    id="calls.list", summary="Calls that wait for somebody.", request=ListCalls, response=CallPage, scope="tasks:read",
    errors=(NotFound,),
    route="GET /calls",
)  # fmt: skip
OBSERVE = Operation(
    id="calls.observe", summary="Settle a pending call.", request=Observe, response=TaskView, scope="calls:settle",
    credential="token", errors=(NotFound,), route="POST /tasks/{id}/observations", body_bytes=FILES_BODY_BYTES,
)  # fmt: skip
REPLY = Operation(
    id="calls.reply", summary="Answer a question, or allow or refuse a call.", request=Reply, response=TaskView,
    scope="calls:settle", errors=(NotFound,),
    route="POST /tasks/{id}/calls/{call}/reply",
)  # fmt: skip

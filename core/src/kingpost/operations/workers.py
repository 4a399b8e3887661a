"""Operations on workers: processes of somebody's own that serve agents and tools from where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..errors import InvalidRequest, NotFound
from ..records.action import Call, Made, Observation, Tool, Usage
from ..records.context import Turn
from ..records.record import Record, field
from .bounds import FILES_BODY_BYTES, Limit, More, Name, Seconds
from .table import Operation
from .tasks import TaskView

TTL_SECONDS = 60.0


class OfferedAgent(Record, kw_only=True):
    """An agent that a worker serves. ``tools`` says that it may make calls; without, it only answers."""

    name: str
    tools: bool = False


class Register(Record, kw_only=True):
    """A worker with the tools and agents that it offers to its tenant; an ``id`` that exists begins anew.

    What was held under that ``id`` is put back at once, for it and for others; of a tool that is not repeatable the
    agent is told that nobody knows what came of it. A worker counts as dead when it has not been heard of for ``ttl``
    seconds. Several workers may offer the same.
    """

    id: Name | None = None
    name: str = ""
    tools: tuple[Tool, ...] = ()
    agents: tuple[OfferedAgent, ...] = ()
    ttl: More = TTL_SECONDS


class WorkerView(Record, kw_only=True):
    """A worker. ``seen`` is when it was last heard of, in seconds since the epoch; ``beat`` how often it should beat.

    ``holds`` are the calls that it has claimed and not yet observed, as ``task/turn.call``.
    """

    id: str
    name: str
    tools: tuple[str, ...]
    agents: tuple[str, ...]
    ttl: float
    beat: float
    seen: float
    alive: bool
    holds: tuple[str, ...] = ()


class WorkerId(Record):
    """Names a worker."""

    id: str


class ListWorkers(Record):
    """No question is needed."""


class WorkerList(Record):
    """The workers of the tenant, by id."""

    workers: tuple[WorkerView, ...]


class Claim(Record, kw_only=True):
    """Asks for up to ``limit`` calls that wait for what this worker offers; waits up to ``seconds`` for the first."""

    id: str
    limit: Limit = 1
    seconds: Seconds = 0.0


class Asking(Record, kw_only=True):
    """What an agent decides on: the rendered prompt, the turns so far, and the tools that it may call."""

    agent: str
    description: str
    prompt: str
    turns: tuple[Turn, ...] = ()
    tools: tuple[Tool, ...] = ()


class Work(Record, kw_only=True):
    """A call that is now this worker's, until it stops beating.

    ``key`` stays the same whoever is given it: with it an effect can be made to happen once. With ``asking`` an agent
    is to decide; otherwise the tool is to be used. ``wake_at`` (seconds since the epoch) is when nobody waits any more.
    """

    task: str
    turn: int
    call: str
    tool: str
    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    asking: Asking | None = None
    wake_at: float | None = None


class Claimed(Record):
    """What there was, oldest task first."""

    work: tuple[Work, ...]


class Decision(Record, kw_only=True):
    """What an agent decided: an answer, or calls of tools. ``until`` says whether it needs all of them or any."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    until: Literal["all", "any"] = "all"
    usage: Usage = field(default_factory=Usage)


class Settle(Record, kw_only=True):
    """What came of a call that this worker holds: an ``observation``, or the ``decision`` of an agent.

    ``files`` of a tool are kept as artefacts of the task: what is more than it may hand in is refused, and the agent is
    told so.
    """

    id: str
    task: str
    call: str
    observation: Observation | None = None
    decision: Decision | None = None
    files: tuple[Made, ...] = ()


REGISTER = Operation(
    id="workers.register", summary="Offer tools and agents from a process of your own.", request=Register,
    response=WorkerView, scope="workers:write", errors=(InvalidRequest,), route="POST /workers", success=201,
)  # fmt: skip
WORKERS = Operation(
    id="workers.list", summary="Workers, by id.", request=ListWorkers, response=WorkerList, scope="workers:read",
    route="GET /workers",
)  # fmt: skip
BEAT = Operation(
    id="workers.heartbeat", summary="Say that a worker is alive.", request=WorkerId, response=WorkerView,
    scope="workers:write", errors=(NotFound,), route="POST /workers/{id}/heartbeat",
)  # fmt: skip
CLAIM = Operation(
    id="workers.claim", summary="Take calls to work on.", request=Claim, response=Claimed, scope="workers:write",
    idempotent=False, errors=(NotFound,), route="POST /workers/{id}/claim",
)  # fmt: skip
OBSERVE = Operation(
    id="workers.observe", summary="Settle a call that a worker holds.", request=Settle, response=TaskView,
    scope="workers:write", errors=(NotFound, InvalidRequest), route="POST /workers/{id}/observations",
    body_bytes=FILES_BODY_BYTES,
)  # fmt: skip
LEAVE = Operation(
    id="workers.leave", summary="Offer nothing any more.", request=WorkerId, response=WorkerList,
    scope="workers:write", errors=(NotFound,), route="DELETE /workers/{id}",
)  # fmt: skip

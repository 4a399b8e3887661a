"""Agents and tools of somebody's own process: a call of theirs is written down as pending, and a worker claims it.

Lent to the walk by ``equip`` for tasks whose tenant has workers. Nothing here waits: a task that needs a worker lets go
of its slot, and goes on when one has said what came of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import AgentFailed
from ..ports import Ports
from ..protocols import Log, Say
from ..records.action import Action, Call, Calls, Limits, Observation, Pending, Tool
from ..records.codec import adapter
from ..records.context import Context, Description
from ..records.record import Record
from ..state import task_stream
from .journal import read_stream
from .replay import replay

WORKERS = "workers"
"""Stands for the plugin of what workers offer."""

WAITS = "worker"
"""What a call waits for that nobody has claimed; behind it stand the worker that has, and the key it claimed under."""

_DECIDE = "decide/"


def decide_tool(agent: str) -> str:
    """The name of the tool by which an agent of a worker's is asked to decide."""
    return _DECIDE + agent


def asked_agent(tool: str) -> str | None:
    """The agent that a call of this tool asks to decide, if it is such a call."""
    return tool.removeprefix(_DECIDE) if tool.startswith(_DECIDE) else None


def held(waits: str) -> tuple[str, str, str]:
    """What a call waits for, the worker that holds it and the digest of its key, where there are such."""
    kind, holder, key = (*waits.split(" "), "", "")[:3]
    return kind, holder, key


def asked_of(tool: str) -> str:
    """Who is to answer a call of this tool, in words."""
    return f"a worker that offers {tool!r}"


def is_question(action: Action) -> bool:
    """Whether a turn is only the question to a worker what is to be done."""
    return isinstance(action, Calls) and len(action.calls) == 1 and asked_agent(action.calls[0].tool) is not None


class RemoteTools(Record):
    """What workers execute. ``seconds`` is how long the world has to answer, ``None`` for ever."""

    ports: Ports
    seconds: float | None
    name: str = WORKERS

    async def tools(self) -> Sequence[Tool]:
        """They are a tenant's, so whoever lends this names them."""
        return ()

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        wake_at = None if self.seconds is None else self.ports.clock.now() + self.seconds
        return Pending(call=call.id, reference=asked_of(call.tool), wake_at=wake_at)


class RemoteAgent(Record):
    """An agent that decides elsewhere: one turn asks a worker, and the next one is what it decided."""

    name: str
    log: Log
    tenant: str
    may_call: bool

    async def describe(self, model: str | None) -> Description:
        return Description(tools=self.may_call)

    async def decide(self, context: Context, say: Say) -> Action:
        # The turns of the context may have been shortened; what was decided must not be.
        frames = read_stream(self.log, task_stream(context.task), self.tenant)
        turns = replay([event async for frame in frames for event in frame.events])
        if not turns or not is_question(turns[-1].action) or turns[-1].messages or not turns[-1].observations:
            return Calls(calls=(Call("decide", decide_tool(self.name)),))
        came = turns[-1].observations[0]
        if came.error is not None:
            raise AgentFailed(f"agent {self.name!r} failed in its worker: {came.text[:500]}")
        try:
            action: Action = adapter(Action).validate_json(came.text)
        except ValueError as problem:
            raise AgentFailed(f"agent {self.name!r} decided nothing that can be read in its worker") from problem
        return action

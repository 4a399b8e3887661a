"""Steps 3 and 4: one decision, and what comes back from the world.

Called by ``pipeline`` and ``calls``. Whatever an agent or a tool does wrong ends here, as an error with a name or an
observation; nothing of it reaches the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fnmatch import fnmatchcase

from ..errors import AgentFailed, Conflict, Fenced, KingpostError, OverGrant, TransientError, Unavailable
from ..records.action import Action, Call, Limits, Observation, Pending
from ..records.context import Context
from ..records.record import replace
from ..records.task import Task
from ..state import Bound, Refused
from . import sound
from .breaker import Key
from .gear import Gear
from .hearing import Ear, Heard
from .told import is_fault, thrown, told

INTERRUPTED = "interrupted: the outcome is unknown, it may or may not have happened"

_OURS = (Conflict, Fenced, Refused)
"""What only a log may say; from an agent it would be taken for the log's."""


async def decide(gear: Gear, context: Context, heard: Heard, left: Bound) -> Action:
    """One action of the agent, checked. ``left`` is what the turn may cost.

    Raises:
        AgentFailed: it raised, or answered with something that is no action.
        OverGrant: it said that it has cost more than is left.
        Unavailable: it gave no sign of life for too long, or is resting after failures.
        KingpostError: what the agent itself reports, a model that does not answer for one.
    """
    key: Key = ("agent", gear.agent.name)
    gear.breakers.check(key)
    ear = Ear(gear, heard, left)
    try:
        async with ear.timeout:
            came = await gear.agent.decide(context, ear)
    except BaseException as problem:
        if not is_fault(problem):
            raise
        failure = _blamed(gear, problem, heard, ear)
        if isinstance(failure, TransientError):
            gear.breakers.failed(key, failure)
        raise failure from problem
    finally:
        ear.close()
    gear.breakers.succeeded(key)
    return _checked(gear, came, ear)


def _blamed(gear: Gear, problem: BaseException, heard: Heard, ear: Ear) -> KingpostError:
    """The failure as one of ours."""
    name = gear.agent.name
    if heard.over:
        return OverGrant(f"agent {name!r} was stopped in its turn: it has cost all that was left of the grant")
    if ear.timeout.expired():
        return Unavailable(f"agent {name!r} gave no sign of life for {gear.patience.seconds:g} s")
    if isinstance(problem, KingpostError) and not isinstance(problem, _OURS) and sound.is_name(problem.code):
        return problem
    return AgentFailed(f"agent {name!r} raised {thrown(problem)}")


def _checked(gear: Gear, came: object, ear: Ear) -> Action:
    name = gear.agent.name
    if ear.flaw is not None:
        raise AgentFailed(f"agent {name!r} {ear.flaw}")
    try:
        return sound.action(came, gear.bounds)
    except Exception as problem:
        raise AgentFailed(f"agent {name!r} {told(problem)}") from problem


async def execute(gear: Gear, task: Task, turn: int, call: Call, token: str) -> Observation | Pending:
    """What comes back from one call. Never raises, unless it is cancelled."""
    if call.tool not in gear.tools:
        known = ", ".join(sorted(gear.tools)) or "none"
        return failed(call, "tool.unknown", f"there is no tool {call.tool!r} here; known: {known}")
    _, executor = gear.tools[call.tool]
    key: Key = ("executor", executor.name)
    limits = Limits(
        task=task.id, tenant=task.tenant, key=f"{task.id}/{turn}.{call.id}", workspace=str(gear.workspace),
        seconds=gear.bounds.tool_seconds, token=token, file_bytes=gear.bounds.artefact_bytes,
    )  # fmt: skip
    try:
        gear.breakers.check(key)
    except Unavailable as problem:
        return failed(call, "tool.unavailable", told(problem))
    limit = asyncio.timeout(limits.seconds)
    try:
        async with limit:
            came = await executor.execute(call, limits)
    except BaseException as problem:
        if not is_fault(problem):
            raise
        if limit.expired():
            gear.breakers.failed(key, problem)
            return failed(call, "tool.timeout", f"{call.tool!r} gave no answer within {limits.seconds:g} s")
        if isinstance(problem, Unavailable):
            gear.breakers.failed(key, problem)
            return failed(call, "tool.unavailable", told(problem))
        # What raises on one call may be fine with all others: nobody else shall go without the tool for it.
        return failed(call, "tool.raised", f"{call.tool!r} raised {thrown(problem)}")
    gear.breakers.succeeded(key)
    return _answer(call, came, limits)


def _answer(call: Call, came: object, limits: Limits) -> Observation | Pending:
    if (flaw := sound.reply(came, call.id)) is not None:
        return failed(call, "tool.broken", f"{call.tool!r} {flaw}")
    if isinstance(came, Observation) and len(came.text) > limits.output_bytes:
        # A tool may forget its limits; the log does not.
        return replace(came, text=came.text[: limits.output_bytes], truncated=True)
    return came  # type: ignore[return-value]  # looked at above


def interrupted(gear: Gear, calls: Sequence[Call]) -> list[Observation]:
    """What the agent is told of calls that a crash cut off and that may not be repeated."""
    return [
        failed(call, "tool.interrupted", INTERRUPTED)
        for call in calls
        if call.tool in gear.tools and not gear.tools[call.tool][0].repeatable
    ]


def allowed(tool: str, patterns: Sequence[str]) -> bool:
    """Whether a grant's patterns let a tool be used."""
    return any(fnmatchcase(tool, pattern) for pattern in patterns)


def failed(call: Call, code: str, text: str) -> Observation:
    """An observation of a call that did not come to anything."""
    return Observation(call=call.id, text=text, error=code, trust="trusted")

"""Steps 3 and 4: one decision, and what comes back from the world.

Called by ``pipeline``. Whatever an agent or a tool does wrong ends here, as an error with a name or an observation;
nothing of it reaches the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fnmatch import fnmatchcase

from ..errors import AgentFailed, KingpostError
from ..records.action import Action, Answer, Call, Calls, Limits, Observation, Pending
from ..records.context import Context
from ..records.speech import Checkpoint, Speech
from .gear import Gear

INTERRUPTED = "interrupted: the outcome is unknown, it may or may not have happened"


async def decide(gear: Gear, context: Context) -> tuple[Action, str | None]:
    """One action of the agent, checked, and the checkpoint it left, if any.

    Raises:
        AgentFailed: it raised, or answered with something that is no action.
        KingpostError: what the agent itself reports, a model that does not answer for one.
    """
    marks: list[str] = []

    def say(speech: Speech) -> None:
        if isinstance(speech, Checkpoint):
            marks.append(speech.mark)
        gear.say(speech)

    try:
        action = await gear.agent.decide(context, say)
    except KingpostError:
        raise
    except Exception as problem:
        raise AgentFailed(f"agent {gear.agent.name!r} raised {type(problem).__name__}: {problem}") from problem
    return _checked(gear, action), marks[-1] if marks else None


def _checked(gear: Gear, action: object) -> Action:
    if isinstance(action, Answer):
        return action
    name = gear.agent.name
    if not isinstance(action, Calls):
        raise AgentFailed(f"agent {name!r} decided {type(action).__name__}, neither Answer nor Calls")
    ids = [call.id for call in action.calls]
    if not ids or len(set(ids)) != len(ids):
        raise AgentFailed(f"agent {name!r} made {len(ids)} calls with {len(set(ids))} different ids in one turn")
    return action


async def execute(gear: Gear, task: str, tenant: str, turn: int, call: Call) -> Observation | Pending:
    """What comes back from one call. Never raises, unless it is cancelled."""
    if call.tool not in gear.tools:
        known = ", ".join(sorted(gear.tools)) or "none"
        return _failed(call, "tool.unknown", f"there is no tool {call.tool!r} here; known: {known}")
    _, executor = gear.tools[call.tool]
    limits = Limits(task=task, tenant=tenant, key=f"{task}/{turn}.{call.id}", workspace=str(gear.workspace))
    try:
        async with asyncio.timeout(limits.seconds):
            came = await executor.execute(call, limits)
    except TimeoutError:
        return _failed(call, "tool.timeout", f"{call.tool!r} gave no answer within {limits.seconds:g} s")
    except Exception as problem:  # noqa: BLE001 - a tool that raises is an observation for the agent, not a crash
        return _failed(call, "tool.raised", f"{call.tool!r} raised {type(problem).__name__}: {problem}")
    return _answer(call, came)


def _answer(call: Call, came: object) -> Observation | Pending:
    if isinstance(came, (Observation, Pending)) and came.call == call.id:
        return came
    return _failed(call, "tool.broken", f"{call.tool!r} answered with {type(came).__name__} for another call")


def interrupted(gear: Gear, calls: Sequence[Call]) -> tuple[list[Call], list[Observation]]:
    """Calls that a crash cut off: those that may be repeated, and what the agent is told of the others."""
    again = [call for call in calls if call.tool in gear.tools and gear.tools[call.tool][0].repeatable]
    unknown = [_failed(call, "tool.interrupted", INTERRUPTED) for call in calls if call not in again]
    return again, unknown


def allowed(tool: str, patterns: Sequence[str]) -> bool:
    """Whether a grant's patterns let a tool be used."""
    return any(fnmatchcase(tool, pattern) for pattern in patterns)


def _failed(call: Call, code: str, text: str) -> Observation:
    return Observation(call=call.id, text=text, error=code, trust="trusted")

"""Step 4: what the open turn still lacks from the world.

Called by ``pipeline``. Calls that may be made are made, all at once; those that somebody has to be asked about and
those that begin a child are written down as pending; and the task lets go of its slot when only the world can settle
what is left. Nothing is executed twice: what a crash cut off is repeated only where its tool says that this is safe.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ..errors import ConfigurationError, FinalError, InputError, InvalidRequest, OverGrant, Unavailable
from ..records.action import Call, Calls, HandedIn, Observation
from ..records.context import Turn
from ..records.event import Event
from ..records.record import Record, field, replace
from ..records.speech import Progress
from ..records.task import Task
from ..state import Bound, Refused
from . import turn as step
from .artefacts import keep
from .gear import Gear
from .journal import Journal
from .kit import DELEGATE, WAITS, Kit, check, delegate_tool
from .policy import verdict
from .remote import WAITS as WORKER
from .remote import RemoteTools
from .replay import arguments_of, latest, observed
from .spend import Meter, shares
from .told import told

TOKEN_BYTES = 24


class _Open(Record):
    """The open turn of one task."""

    gear: Gear
    task: Task
    journal: Journal
    turn: int
    calls: Sequence[Call]
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)


async def settle(gear: Gear, task: Task, journal: Journal, turns: list[Turn], meter: Meter) -> bool:
    """Bring in what the open turn still lacks. False when it has to wait for the world."""
    turn = turns[-1]
    if not isinstance(turn.action, Calls):
        raise FinalError(f"turn {turn.number} of task {task.id!r} has open calls but made none")
    now = _Open(await _informed(gear, turn.action.calls), task, journal, turn.number, turn.action.calls)
    if journal.found_open(turn.number) and not journal.state.cancel:
        await _take_up(now)
    while not journal.state.cancel:
        if due := _due(now):
            await _settle_due(now, due, meter)
            continue
        if journal.state.settled():
            break
        try:
            await journal.append(Event("task.waiting", {"turn": turn.number, "spent": [0, 0, meter.take()]}))
        except Refused:
            # What it would have waited for came in just now.
            await journal.refresh()
            continue
        return False
    if journal.state.open and not journal.state.cancel:
        await journal.append(Event("turn.closed", {"turn": turn.number}))
    turns[-1] = latest(turn, await journal.history())
    return True


async def _informed(gear: Gear, calls: Sequence[Call]) -> Gear:
    """The gear with every tool that is called and that there is.

    A worker may have come since the attempt began: an agent that decides elsewhere was told of its tools.
    """
    if gear.anew is None or all(call.tool in gear.tools for call in calls):
        return gear
    return replace(gear, tools=await gear.anew())


def _due(now: _Open) -> list[Call]:
    """Calls that nobody waits for yet; none once any is enough and has come."""
    state = now.journal.state
    if state.until == "any" and len(state.open) < state.asked:
        return []
    return [call for call in now.calls if call.id in state.open and call.id not in state.pending]


async def _take_up(now: _Open) -> None:
    """What an attempt before this one left: calls that were cut off, and children that were cut but not begun."""
    state = now.journal.state
    cut_off = [
        call
        for call in _due(now)
        if call.tool != DELEGATE
        and state.approved.get(call.id) != now.journal.attempt - 1
        and verdict(now.gear.policy, call) != "deny"
        and (call.id in state.approved or verdict(now.gear.policy, call) != "ask")
    ]
    for observation in step.interrupted(now.gear, cut_off):
        await now.journal.append(observed(now.turn, observation))
    children = [call for call in now.calls if state.waits.get(call.id) == "child"]
    if children and now.gear.delegates is not None:
        ids = {_child_id(now, call): call for call in children}
        there = await now.gear.delegates.begun(list(ids))
        for id, call in ids.items():
            if id in there:
                continue
            try:
                cut = state.lent[f"{now.turn}.{call.id}"]
                await now.gear.delegates.begin(await now.gear.delegates.child(now.task, id, call.arguments, cut))
            except (ConfigurationError, InputError) as problem:
                told_so = step.failed(call, problem.code, told(problem))
                await now.journal.append(observed(now.turn, told_so, [0, 0, 0]))


async def _settle_due(now: _Open, due: Sequence[Call], meter: Meter) -> None:
    children = [call for call in due if call.tool == DELEGATE and call.tool in now.gear.tools]
    lent = {call.id for call in children}
    others = [call for call in due if call.id not in lent]
    ask, go = [], []
    changed = arguments_of(await now.journal.history(), now.turn) if now.journal.state.approved else {}
    for call in others:
        if call.id in now.journal.state.approved:
            go.append(replace(call, arguments=changed.get(call.id, call.arguments)))
            continue
        said = verdict(now.gear.policy, call)
        if said == "deny":
            await now.journal.append(
                observed(now.turn, step.failed(call, "tool.denied", "the policy forbids this call"))
            )
        elif said == "ask":
            ask.append(call)
        else:
            go.append(call)
    if ask:
        await now.journal.append(*(_asked(now, call) for call in ask))
    if children:
        await _delegate(now, children)
    if go:
        places = asyncio.Semaphore(now.gear.bounds.calls_together)
        async with meter.active(now.journal.state):
            await asyncio.gather(*(_in_turn(places, now, call) for call in go))


async def _in_turn(places: asyncio.Semaphore, now: _Open, call: Call) -> None:
    async with places:
        await _execute(now, call)


def _asked(now: _Open, call: Call) -> Event:
    seconds = now.gear.bounds.ask_seconds
    wake_at = None if seconds is None else now.gear.ports.clock.now() + seconds
    header = {"turn": now.turn, "call": call.id, "wake_at": wake_at, "waits": "approval"}
    return Event("call.pending", header, {"reference": f"may {call.tool} be called?"})


async def _execute(now: _Open, call: Call) -> None:
    gear = now.gear
    gear.say(Progress("calling", now.turn, None, call.tool))
    token = gear.ports.entropy(TOKEN_BYTES).hex()
    came = await step.execute(gear, now.task, now.turn, call, token)
    if isinstance(came, HandedIn):
        async with now.storing:
            told_so, artefacts = await keep(gear, now.journal, came)
            gear.ports.point("call.executed")
            await now.journal.append(observed(now.turn, told_so, artefacts=artefacts))
        return
    gear.ports.point("call.executed")
    executor = gear.tools[call.tool][1] if call.tool in gear.tools else None
    if isinstance(came, Observation):
        seen = executor.recalled.pop(call.id, ()) if isinstance(executor, Kit) else ()
        await now.journal.append(observed(now.turn, came, memories=seen))
        return
    header: dict[str, Any] = {"turn": now.turn, "call": call.id, "wake_at": came.wake_at}
    if isinstance(executor, Kit):
        header["waits"] = WAITS[call.tool]
    elif isinstance(executor, RemoteTools):
        header["waits"] = WORKER
    else:
        header["token"] = sha256(token.encode()).hexdigest()
    await now.journal.append(Event("call.pending", header, {"reference": came.reference}))


async def _delegate(now: _Open, calls: Sequence[Call]) -> None:
    """Cut the children's grants in one frame of the parent, and begin them."""
    fit: list[tuple[Call, Mapping[str, Any]]] = []
    for call in calls:
        try:
            fit.append((call, _checked(now, call, len(fit))))
        except (InputError, OverGrant) as problem:
            await now.journal.append(observed(now.turn, step.failed(call, problem.code, str(problem))))
    cuts = shares(now.journal.state.left(), [arguments.get("tokens") for _, arguments in fit])
    begun: list[tuple[Call, Task, Bound]] = []
    for (call, arguments), cut in zip(fit, cuts, strict=True):
        try:
            begun.append((call, await _child(now, call, arguments, cut), cut))
        except (ConfigurationError, InputError, Unavailable) as problem:
            await now.journal.append(observed(now.turn, step.failed(call, problem.code, told(problem))))
    if not begun:
        return
    await now.journal.append(*(_lent(now, call, child, cut) for call, child, cut in begun))
    now.gear.ports.point("children.cut")
    delegates = now.gear.delegates
    if delegates is not None:
        await asyncio.gather(*(delegates.begin(child) for _, child, _ in begun))
    now.gear.ports.point("children.begun")


def _checked(now: _Open, call: Call, before: int) -> Mapping[str, Any]:
    """The arguments of a call to delegate that may be made.

    Raises:
        InvalidRequest: they do not fit. OverGrant: there are too many children, or nothing is left for one.
    """
    grant, state = now.task.grant, now.journal.state
    if "/" in call.id:
        raise InvalidRequest(f"call {call.id!r} of 'delegate' would name a task of another one; make ids without '/'")
    offered = now.gear.tools[DELEGATE][0].parameters["properties"]
    scopes = offered["memory"]["items"]["enum"] if "memory" in offered else ()
    arguments = check(call, delegate_tool(offered["agent"]["enum"], scopes))
    if state.children + before >= grant.fan_out:
        raise OverGrant(f"{grant.fan_out} children are all that this task may begin; do the rest yourself")
    if any(left is not None and left <= 0 for left in state.left()):
        raise OverGrant("nothing of the grant is left for a child; do the rest yourself")
    return arguments


async def _child(now: _Open, call: Call, arguments: Mapping[str, Any], cut: Bound) -> Task:
    assert now.gear.delegates is not None
    return await now.gear.delegates.child(now.task, _child_id(now, call), arguments, cut)


def _child_id(now: _Open, call: Call) -> str:
    """Named by its place, so that a replay can never begin it twice."""
    return f"{now.task.id}/{now.turn}.{call.id}"


def _lent(now: _Open, call: Call, child: Task, cut: Bound) -> Event:
    header = {"turn": now.turn, "call": call.id, "wake_at": None, "waits": "child", "cut": cut}
    return Event("call.pending", header, {"reference": child.id})

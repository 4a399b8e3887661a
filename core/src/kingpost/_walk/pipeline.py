"""The walk of one task, top to bottom: read in, recall, fit, decide, execute, until there is an outcome.

Called by ``work`` with a claimed task. The only emitter of turn events. After a crash the recorded turns are replayed
as they stand: no decision is asked for twice, no call is made twice unless its tool says that this is safe.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from ..errors import FinalError, OverGrant
from ..records.action import Action, Answer, Call, Calls, Observation, Pending
from ..records.codec import adapter, dump
from ..records.context import Context, Pack, Turn
from ..records.event import Event
from ..records.speech import Progress
from ..records.task import Outcome, Status, Task
from ..state import Refused
from . import turn as step
from .backlog import Shortener
from .context import Stock, Want, budget_for, fit, gather, prompt_of
from .gear import Gear
from .inputs import Root, Shelf, read_in
from .journal import Journal, payloads
from .ledger import account, frame_of, packed


async def walk(gear: Gear, task: Task, journal: Journal) -> None:
    """Walk until the task has an outcome or waits. Raises what the task has to fail with."""
    history = await journal.history()
    await _read_inputs(gear, task, journal)
    turns = replay(history)
    frame, stock = await _frame(gear, task, history)
    shortener = Shortener(gear.compressor, gear.counter, task.description)
    mark = _mark(history)
    while True:
        if journal.state.open and not await _settle(gear, task, journal, turns):
            return
        if journal.state.cancel:
            await journal.append(ended(await cancelled(journal)))
            return
        _check_grant(gear, task, journal)
        seen, backlog = await shortener.fit(turns, frame.budget - frame.used)
        gear.say(Progress("deciding", len(turns) + 1, None, gear.agent.name))
        context = _context(gear, task, frame, seen, mark)
        context = replace(context, pack=account(frame, backlog))
        action, mark = await _decide(gear, context, mark)
        number = len(turns) + 1
        events = [packed(number, frame, backlog, stock), decided(number, action)]
        if mark != context.checkpoint:
            events.append(Event("agent.checkpoint", {}, {"mark": mark}))
        if isinstance(action, Answer):
            events.append(ended(_outcome(action)))
        await journal.append(*events)
        gear.ports.point("turn.recorded")
        if isinstance(action, Answer):
            return
        stock = None
        turns.append(Turn(number, action))


async def _read_inputs(gear: Gear, task: Task, journal: Journal) -> None:
    """The first durable step: what was handed in is in the memory before anything is recalled."""
    if not task.inputs or journal.state.inputs_read or gear.memory is None:
        return
    roots = [Root.of(path) for path in task.inputs]
    shelf = Shelf(gear.memory, task.tenant, gear.ports.clock.now(), gear.bounds.input_bytes, gear.reader)
    reading = await read_in(roots, shelf, gear.say)
    gear.ports.point("inputs.stored")
    header = {
        "files": reading.files, "unchanged": reading.unchanged, "stored": reading.stored,
        "forgotten": reading.forgotten, "skipped": len(reading.skipped),
    }  # fmt: skip
    payload = {"roots": list(task.inputs), "skipped": [list(pair) for pair in reading.skipped]}
    await journal.append(Event("inputs.read", header, payload))


async def _frame(gear: Gear, task: Task, history: Sequence[Event]) -> tuple[Pack, Stock | None]:
    """The frame as it was recorded, or a new one with the stock it was chosen from."""
    if (recorded := frame_of(history)) is not None:
        return recorded, None
    bounds = gear.bounds
    gear.say(Progress("recalling"))
    scopes = (*task.grant.scopes, *(Root.of(path).scope for path in task.inputs))
    want = Want(
        text=task.description, tenant=task.tenant, scopes=scopes, limit=bounds.recall, seconds=bounds.recall_seconds
    )
    stock = await gather(want, task.context, gear.memory, gear.ports)
    budget = budget_for(gear.description.window, gear.description.room, task.grant.tokens, bounds.budget)
    tools = [tool for tool, _ in gear.tools.values()]
    gear.say(Progress("fitting", len(stock.passages)))
    return await fit(stock, budget, task.description, gear.compressor, gear.counter, tools), stock


def _context(gear: Gear, task: Task, frame: Pack, turns: Sequence[Turn], mark: str | None) -> Context:
    return Context(
        task=task.id,
        description=task.description,
        prompt=prompt_of(frame),
        pack=frame,
        turns=tuple(turns),
        tools=tuple(tool for tool, _ in gear.tools.values()),
        model=gear.description.model,
        room=gear.description.room,
        now=gear.ports.clock.now(),
        checkpoint=mark,
    )


async def _decide(gear: Gear, context: Context, mark: str | None) -> tuple[Action, str | None]:
    gear.ports.point("turn.deciding")
    action, said = await step.decide(gear, context)
    gear.ports.point("turn.decided")
    return action, said or mark


async def _settle(gear: Gear, task: Task, journal: Journal, turns: list[Turn]) -> bool:
    """Bring in what the open turn still lacks. False when it has to wait for the world."""
    turn = turns[-1]
    if not isinstance(turn.action, Calls):
        raise FinalError(f"turn {turn.number} of task {task.id!r} has open calls but made none")
    state = journal.state
    due = [call for call in turn.action.calls if call.id in state.open and call.id not in state.pending]
    if state.cancel:
        due = []
    # Nothing is executed twice: what was already due when this attempt began was cut off by a crash.
    if journal.found_open(turn.number):
        due, unknown = step.interrupted(gear, due)
        for observation in unknown:
            await _observed(journal, turn.number, observation)
    await asyncio.gather(*(_execute(gear, task, journal, turn.number, call) for call in due))
    if not journal.state.cancel and not journal.state.settled():
        try:
            await journal.append(Event("task.waiting", {"turn": turn.number}))
        except Refused:
            # What it would have waited for came in just now.
            await journal.refresh()
        if not journal.state.settled():
            return False
    if journal.state.open:
        await journal.append(Event("turn.closed", {"turn": turn.number}))
    turns[-1] = replay(await journal.history())[-1]
    return True


async def _execute(gear: Gear, task: Task, journal: Journal, turn: int, call: Call) -> None:
    gear.say(Progress("calling", turn, None, call.tool))
    came = await step.execute(gear, task.id, task.tenant, turn, call)
    gear.ports.point("call.executed")
    if isinstance(came, Pending):
        header = {"turn": turn, "call": call.id, "wake_at": came.wake_at}
        await journal.append(Event("call.pending", header, {"reference": came.reference}))
    else:
        await _observed(journal, turn, came)


async def _observed(journal: Journal, turn: int, observation: Observation) -> None:
    header = {"turn": turn, "call": observation.call, "error": observation.error}
    await journal.append(Event("call.observed", header, {"observation": dump(observation)}))


def _check_grant(gear: Gear, task: Task, journal: Journal) -> None:
    state = journal.state
    spent = state.input_tokens + state.output_tokens
    if task.grant.tokens is not None and spent >= task.grant.tokens:
        raise OverGrant(f"{spent} of {task.grant.tokens} granted tokens are spent; grant more with --tokens")
    if state.turn >= gear.bounds.turns:
        raise OverGrant(f"{state.turn} turns without an answer; raise turns under [kernel] if it needs more")


def decided(number: int, action: Action) -> Event:
    """The event of a decision."""
    calls = {call.id: call.tool for call in action.calls} if isinstance(action, Calls) else {}
    header = {
        "turn": number, "kind": action.kind, "calls": calls, "until": getattr(action, "until", "all"),
        "input_tokens": action.usage.input_tokens, "output_tokens": action.usage.output_tokens,
    }  # fmt: skip
    return Event("turn.decided", header, {"action": dump(action)})


def _outcome(answer: Answer) -> Outcome:
    return Outcome(
        status=Status.SUCCEEDED, answer=answer.text, sources=answer.sources, artefacts=answer.artefacts
    )  # fmt: skip


async def cancelled(journal: Journal) -> Outcome:
    """The outcome of a task that was asked to end, with the reason that was given."""
    asked = payloads(await journal.history(), "cancel.requested")
    return Outcome(status=Status.CANCELLED, reason="requested", detail=asked[0]["reason"] if asked else "")


def ended(outcome: Outcome) -> Event:
    """The event of an outcome."""
    header = {"reason": outcome.reason, "error": outcome.error}
    return Event(f"task.{outcome.status}", header, {"outcome": dump(outcome)})


def replay(history: Sequence[Event]) -> list[Turn]:
    """The turns out of a task's events. Content that was erased reads as empty."""
    turns: list[Turn] = []
    for event in history:
        if event.kind == "turn.decided":
            raw = event.payload["action"] if event.payload else {"kind": "answer", "text": ""}
            turns.append(Turn(event.header["turn"], adapter(Action).validate_python(raw)))
        elif event.kind == "call.observed" and turns:
            raw = event.payload["observation"] if event.payload else {"call": event.header["call"], "text": ""}
            seen = adapter(Observation).validate_python(raw)
            turns[-1] = replace(turns[-1], observations=_in_order(turns[-1], seen))
    return turns


def _in_order(turn: Turn, seen: Observation) -> tuple[Observation, ...]:
    """Observations come in as they happen and are shown as they were asked for."""
    place = {call.id: number for number, call in enumerate(getattr(turn.action, "calls", ()))}
    return tuple(sorted((*turn.observations, seen), key=lambda one: place.get(one.call, len(place))))


def _mark(history: Sequence[Event]) -> str | None:
    marks = [e.payload["mark"] for e in history if e.kind == "agent.checkpoint" and e.payload is not None]
    return marks[-1] if marks else None

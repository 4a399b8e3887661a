"""The walk of one task, top to bottom: read in, recall, fit, decide, execute, until there is an outcome.

Called by ``work`` with a claimed task. The only emitter of turn events, with ``calls`` below it. After a crash the
recorded turns are replayed as they stand: no decision is asked for twice, no call is made twice unless its tool says
that this is safe.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from ..errors import OverGrant
from ..protocols import Compressor
from ..records.action import Action, Answer
from ..records.context import Context, Pack, Turn
from ..records.event import Event
from ..records.speech import Progress
from ..records.task import Outcome, Status, Task
from ..state import Amount, Bound, Refused, TaskState
from . import turn as step
from .artefacts import complete, handed_in, merged
from .backlog import Shortener
from .calls import settle
from .context import TOOLS_ID, Stock, Want, budget_for, fit, gather, handed, prompt_of, recall_limit
from .gear import Gear
from .hearing import Heard
from .inputs import Root, Shelf, read_in
from .journal import Journal, payloads
from .ledger import NO_TURNS, Backlog, account, backlog_of, frame_of, packed
from .paying import Paying, fitting
from .replay import charged, count_messages, decided, ended, first_messages, latest, mark_of, replay
from .spend import Meter, affordable, charge, reserve
from .thread import earlier


class Walk(Struct, eq=False):
    """One attempt at a task: what it knows between two turns."""

    gear: Gear
    task: Task
    journal: Journal
    meter: Meter
    compressor: Compressor
    heard: Heard = field(default_factory=Heard)
    turns: list[Turn] = field(default_factory=list)
    stock: Stock | None = None
    backlog: Backlog = NO_TURNS
    seen: int = 0

    @classmethod
    def begun(cls, gear: Gear, task: Task, journal: Journal) -> Walk:
        """Active time is counted by the clock of this world, and a compressor's by it too where it is paid."""
        meter = Meter(gear.ports.clock)
        return cls(gear, task, journal, meter, fitting(gear.compressor, meter, journal))

    def cost(self) -> Amount:
        """What the turn in flight has cost when it came to nothing: as its agent said, else all that was reserved."""
        paid = self.compressor.spent(0) if isinstance(self.compressor, Paying) else [0, 0, 0]
        spent = [0, 0, self.meter.take()]
        usage, reserved = self.heard.usage, self.journal.state.reserved
        if usage is not None:
            spent = charge(usage, self.gear.description, (0, 0), spent[2])
        elif reserved is not None:
            spent = [reserved[0], reserved[1], spent[2]]
        return [one + more for one, more in zip(spent, paid, strict=True)]


async def walk(now: Walk) -> None:
    """Walk until the task has an outcome or waits. Raises what the task has to fail with."""
    gear, task, journal = now.gear, now.task, now.journal
    history = await journal.history()
    if task.inputs:
        await _read_inputs(gear, task, journal)
    now.seen = count_messages(history)
    if journal.attempt > 1 or journal.state.turn:
        # Only who held the task before, or who forked it, can have left something of a walk.
        now.turns, now.backlog, now.heard.mark = replay(history), backlog_of(history), mark_of(history)
    frame = await _frame(now, history)
    await _keep_paid(now, frame, now.backlog)
    shortener = Shortener(now.compressor, gear.counter, task.description, gear.bounds.outcome_tokens, now.backlog)
    while True:
        if journal.state.open and not await settle(gear, task, journal, now.turns, now.meter):
            return
        if journal.stale or journal.state.messages > now.seen:
            await _hear(now)
        if journal.state.cancel:
            await journal.append(ended(await cancelled(journal), spent=[0, 0, now.meter.take()]))
            return
        _check_turns(gear, journal)
        backlog_room = _ceiling(frame, journal, gear) - frame.used
        shown, backlog = await shortener.fit(now.turns, backlog_room)
        if await _turn(now, frame, shown, backlog):
            return


async def _turn(now: Walk, frame: Pack, shown: Sequence[Turn], backlog: Backlog) -> bool:
    """Decide and record. True when the task has its outcome."""
    gear, journal = now.gear, now.journal
    number = journal.state.turn + 1
    await _keep_paid(now, frame, backlog)
    gear.say(Progress("deciding", number, None, gear.agent.name))
    context = _context(now, frame, account(frame, backlog), shown)
    action = await _decide(now, context)
    _learn(now, frame, action)
    answered = gear.counter.count(action.text) if gear.description.model is not None else 0
    spent = charge(action.usage, gear.description, (frame.used + backlog.tokens, answered), now.meter.take())
    events = [packed(number, frame, backlog, now.backlog, now.stock)]
    if now.heard.mark != context.checkpoint:
        events.append(Event("agent.checkpoint", {}, {"mark": now.heard.mark}))
    done = False
    if isinstance(action, Answer) and journal.state.messages <= now.seen:
        # Where it is to be remembered, for whoever reads only this.
        keep = {"keep": now.task.grant.scopes[0]} if now.task.grant.scopes and now.task.parent is None else {}
        try:
            end = ended(await _outcome(now, action), seen=now.seen, **keep)
            await journal.append(*_recorded(now, number, action, spent, events), end)
            done = True
        except Refused:
            # Somebody spoke while it was thinking: the answer stays, as a turn, and the next decision hears him.
            await journal.refresh()
            if journal.state.messages <= now.seen:
                raise
    if not done:
        await journal.append(*_recorded(now, number, action, spent, events))
    gear.ports.point("turn.recorded")
    now.turns.append(Turn(number, action))
    now.backlog = backlog
    now.stock = None
    return done


async def _keep_paid(now: Walk, frame: Pack, backlog: Backlog) -> None:
    """What a costly compressor made, and what it was paid, is recorded before it is decided on.

    One frame holds both: nobody pays again after a crash, and nobody is charged twice.
    """
    journal, paying = now.journal, now.compressor
    if not isinstance(paying, Paying):
        return
    fitted = (now.stock is not None and frame.dropped) or backlog.short != now.backlog.short
    if fitted or paying.paid is not None:
        event = packed(journal.state.turn + 1, frame, backlog, now.backlog, now.stock)
        await journal.append(charged(event, paying.paid, paying.spent(now.meter.take())))
        paying.paid, now.backlog, now.stock = None, backlog, None


def _recorded(now: Walk, number: int, action: Action, spent: Amount, events: Sequence[Event]) -> list[Event]:
    """The frame of a turn: it settles what was reserved and reserves the next, unless the task ends with it."""
    state = now.journal.state
    ends = isinstance(action, Answer) and state.messages <= now.seen
    try:
        aside = None if ends else reserve(state, now.task.bound, spent)
    except OverGrant:
        # The turn was paid for and is kept; the next look at the grant ends the task.
        aside = None
    return [*events, decided(number, action, now.seen, spent, aside)]


async def _hear(now: Walk) -> None:
    """What was said since the last decision, as part of the turns."""
    journal = now.journal
    if journal.stale:
        await journal.refresh()
    if journal.state.messages > now.seen and now.turns:
        history = await journal.history()
        now.turns[-1], now.seen = latest(now.turns[-1], history), count_messages(history)


async def _read_inputs(gear: Gear, task: Task, journal: Journal) -> None:
    """The first durable step: what was handed in is in the memory before anything is recalled."""
    if journal.state.inputs_read or gear.memory is None:
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


async def _frame(now: Walk, history: Sequence[Event]) -> Pack:
    """The frame as it was recorded, or a new one; the stock it was chosen from stays until it is recorded."""
    gear, task = now.gear, now.task
    recorded = frame_of(history)
    if recorded is not None and recorded.counter == gear.counter.name:
        return recorded
    bounds = gear.bounds
    gear.say(Progress("recalling"))
    scopes = (*task.grant.scopes, *(Root.of(path).scope for path in task.inputs))
    budget = budget_for(gear.description, gear.counter, task.grant.tokens, bounds.budget)
    want = Want(
        text=task.description, tenant=task.tenant, scopes=scopes, limit=recall_limit(bounds.recall, budget),
        seconds=bounds.recall_seconds,
    )  # fmt: skip
    said = () if now.turns else first_messages(history)
    words = [*handed(task.context, said, task.material), *await earlier(gear.log, task, bounds.thread)]
    now.stock = await gather(want, words, gear.memory, gear.ports, gear.breakers)
    tools = [tool for tool, _ in gear.tools.values()]
    gear.say(Progress("fitting", len(now.stock.passages)))
    return await fit(now.stock, budget, task.description, now.compressor, gear.counter, tools)


def _ceiling(frame: Pack, journal: Journal, gear: Gear) -> int:
    """How large the prompt may be: the frame's budget, and no more than what is reserved for the turn pays for.

    Raises:
        OverGrant: the rest of the grant does not even pay for the frame.
    """
    reserved, bound = journal.state.reserved, journal.state.granted
    if reserved is None or bound is None or gear.description.model is None:
        return frame.budget
    room = gear.description.room
    ceiling = frame.budget if bound[0] is None else min(frame.budget, reserved[0] - room)
    if bound[1] is not None:
        ceiling = min(ceiling, affordable(gear.description, reserved[1]))
    if ceiling < frame.used:
        raise OverGrant(
            f"the next turn takes {frame.used + room} tokens, and what is left of the grant ({reserved[0]} tokens, "
            f"{reserved[1]} micro-units) does not pay for it; grant more with --tokens or --money"
        )
    return ceiling


def _context(now: Walk, frame: Pack, whole: Pack, turns: Sequence[Turn]) -> Context:
    gear = now.gear
    return Context(
        task=now.task.id,
        description=now.task.description,
        prompt=prompt_of(frame),
        pack=whole,
        turns=tuple(turns),
        tools=tuple([tool for tool, _ in gear.tools.values()]),
        model=gear.description.model,
        room=gear.description.room,
        now=gear.ports.clock.now(),
        checkpoint=now.heard.mark,
    )


async def _decide(now: Walk, context: Context) -> Action:
    now.gear.ports.point("turn.deciding")
    now.heard.usage, now.heard.over = None, False
    async with now.meter.active(now.journal.state):
        action = await step.decide(now.gear, context, now.heard, _rest(now.journal.state))
    now.gear.ports.point("turn.decided")
    return action


def _learn(now: Walk, frame: Pack, action: Action) -> None:
    """A first turn is one prompt, and all of it was counted: what the server made of it says how its model counts."""
    gear, reported = now.gear, action.usage.input_tokens
    if gear.learn is not None and reported and not now.turns and not gear.description.owns_loop:
        gear.learn("\n".join((prompt_of(frame), *(row.text for row in frame.kept if row.id == TOOLS_ID))), reported)


def _rest(state: TaskState) -> Bound:
    """What this turn may cost at most: what is left, and what is set aside for it."""
    if state.granted is None:
        return [None, None, None]
    reserved = state.reserved or [0, 0, 0]
    return [None if left is None else left + aside for left, aside in zip(state.left(), reserved, strict=True)]


def _check_turns(gear: Gear, journal: Journal) -> None:
    state: TaskState = journal.state
    if state.turn >= gear.bounds.turns:
        raise OverGrant(f"{state.turn} turns without an answer; raise turns under [kernel] if it needs more")
    tokens = None if state.granted is None else state.granted[0]
    if tokens is not None and 0 < tokens <= state.spent[0]:
        raise OverGrant(f"{state.spent[0]} of {tokens} granted tokens are spent; grant more with --tokens")


async def _outcome(now: Walk, answer: Answer) -> Outcome:
    made = await handed_in(now.journal)
    return Outcome(
        status=Status.SUCCEEDED, answer=answer.text, sources=answer.sources, artefacts=merged(made, answer.artefacts)
    )  # fmt: skip


async def cancelled(journal: Journal) -> Outcome:
    """The outcome of a task that was asked to end, with the reason that was given.

    Raises:
        Fenced: another attempt holds the task.
    """
    if not journal.state.cancel:
        await journal.refresh()
    asked = payloads(await journal.history(), "cancel.requested")
    detail = asked[0]["reason"] if asked else ""
    return await complete(journal, Outcome(status=Status.CANCELLED, reason="requested", detail=detail))

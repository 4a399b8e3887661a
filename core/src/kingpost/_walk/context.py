"""Steps 1 and 2: recall, assemble, and fit what the agent will see into its budget.

Called by ``pipeline``, and by the operation that packs a context without a task. Asks one memory and one compressor.
The task's own words are never dropped, and every passage that was looked at stands in the ledger with its fate.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from ..errors import BudgetTooSmall, Unavailable
from ..ports import Ports
from ..prompt import render
from ..protocols import Compressor, MemoryBackend, TokenCounter
from ..records.action import Tool
from ..records.context import Description, Dropped, Pack, Passage, Trust
from ..records.memory import Query, Recollection
from ..records.record import Record, field, replace
from ..records.task import Material
from .breaker import Breakers, Key
from .counting import error_of, margin_of, surely_fits
from .reading import Names, read_together
from .shrink import shrunk
from .told import is_fault, told

FRAME_SHARE = 0.6
MEMORY_TOKENS, FEWEST_RECALLED, MOST_RECALLED = 200, 40, 400
"""About the tokens of one memory, and how many are recalled at least and at most where no setting says it."""

TASK_ID, HANDED_ID, TOOLS_ID = "task", "handed", "tools"


class Want(Record, kw_only=True):
    """What is looked for, where, and how long that may take (seconds)."""

    text: str
    tenant: str
    scopes: tuple[str, ...]
    limit: int
    seconds: float


class Stock(Record):
    """Passages that could go into the prompt, what could not be looked at, and which memories make a passage."""

    passages: tuple[Passage, ...]
    missing: tuple[Dropped, ...] = ()
    memories: Mapping[str, Names] = field(default_factory=dict)


async def gather(
    want: Want, words: Sequence[Passage], memory: MemoryBackend | None, ports: Ports, breakers: Breakers
) -> Stock:
    """The task's words, what else is there of ``words``, and what the memory has to say.

    A memory that fails, rests after failures or is late costs its passages, not the task; the ledger says so.
    """
    # What stays comes first: a provider's cache holds what begins the same.
    passages = sorted([_own(want.text), *words], key=lambda passage: not passage.pinned)
    if memory is None or not want.scopes or not want.limit:
        return Stock(tuple(passages))
    query = Query(
        text=want.text, scopes=want.scopes, tenant=want.tenant, limit=want.limit, now=ports.clock.now(),
    )  # fmt: skip
    key: Key = ("memory", memory.name)
    try:
        breakers.check(key)
    except Unavailable as problem:
        return Stock(tuple(passages), (_missing(memory, str(problem)),))
    try:
        async with asyncio.timeout(want.seconds):
            found, named = read_together(fitting(query, await memory.recall(query)))
    except TimeoutError as problem:
        breakers.failed(key, problem)
        return Stock(tuple(passages), (_missing(memory, f"the memory gave no answer within {want.seconds:g} s"),))
    except BaseException as problem:
        if not is_fault(problem):
            raise
        # Whatever a memory does wrong, the task goes on without it.
        breakers.failed(key, problem)
        return Stock(tuple(passages), (_missing(memory, f"the memory failed: {told(problem)}"),))
    breakers.succeeded(key)
    return Stock((*passages, *found), (), named)


def fitting(query: Query, found: Any) -> list[Recollection]:
    """What was recalled, as far as it was asked for: no more of it, and nothing of another tenant or scope."""
    asked = [one for one in found if one.memory.tenant == query.tenant and one.memory.scope in query.scopes]
    return [one for one in asked if isinstance(one.memory.body, str)][: query.limit]


def handed(context: str, said: Sequence[str] = (), material: Sequence[Material] = ()) -> list[Passage]:
    """What was handed along with a task, and what was said to it before its first decision."""
    passages = []
    if context:
        reason = "handed along with the task"
        passages.append(Passage(id=HANDED_ID, text=context, source="handed along", reason=reason, trust=Trust.TASK))
    for number, one in enumerate(material, 1):
        reason, id = "came from outside with the task", f"material {number}"
        passages.append(Passage(id=id, text=one.text, source=one.source, reason=reason, kind=one.kind))
    for number, text in enumerate(said, 1):
        reason = "said after the task was queued"
        passages.append(
            Passage(id=f"message {number}", text=text, source="message", reason=reason, trust=Trust.TASK, pinned=True)
        )
    return passages


def _missing(memory: MemoryBackend, reason: str) -> Dropped:
    return Dropped(id="memory", source=f"memory {memory.name}", reason=reason)


async def fit(
    stock: Stock, budget: int, query: str, compressor: Compressor, counter: TokenCounter, tools: Sequence[Tool] = ()
) -> Pack:
    """The pack whose rendered prompt, with the tools beside it, takes at most ``budget`` tokens of ``counter``.

    With tools at hand it takes at most ``FRAME_SHARE`` of them: turns will follow, and need the rest.

    Raises:
        BudgetTooSmall: the task's own words do not fit.
    """
    listed = _tools(tools, counter)
    passages = tuple([replace(passage, tokens=counter.count(passage.text)) for passage in stock.passages])
    pinned = [passage for passage in passages if passage.pinned]
    # Alone and without a label the task's words are the prompt, and counted.
    alone = len(pinned) == 1 and pinned[0].trust is Trust.TASK
    least = pinned[0].tokens if alone else counter.count(render(pinned))
    room = _room(least, budget, listed, counter)
    if len(pinned) == len(passages):
        return _pack(budget, passages, (), least, listed, stock, counter)
    kept, dropped, used = await _fitted(passages, room, query, compressor, counter)
    return _pack(budget, kept, dropped, used, listed, stock, counter)


def check(description: str, budget: int, counter: TokenCounter, tools: Sequence[Tool]) -> None:
    """Refuse a budget that a task's own words and its tools do not fit into, whatever else there will be.

    Raises:
        BudgetTooSmall: they do not.
    """
    if not tools and surely_fits(description, budget):
        return
    _room(counter.count(description), budget, _tools(tools, counter), counter)


def _room(least: int, budget: int, listed: Passage | None, counter: TokenCounter) -> int:
    """What the prompt may take beside the tools; the pinned passages take ``least`` of it."""
    share = FRAME_SHARE if listed else 1.0
    taken = listed.tokens if listed else 0
    room = int(budget * share) - taken
    if least > room:
        raise BudgetTooSmall(budget, math.ceil((least + taken) / share), counter.name)
    return room


def _own(description: str) -> Passage:
    return Passage(id=TASK_ID, text=description, source="task", reason="the task", trust=Trust.TASK, pinned=True)


def _pack(
    budget: int, kept: tuple[Passage, ...], dropped: tuple[Dropped, ...], used: int, listed: Passage | None,
    stock: Stock, counter: TokenCounter,
) -> Pack:  # fmt: skip
    if listed is not None:
        kept, used = (listed, *kept), used + listed.tokens
    return Pack(
        budget=budget,
        used=used,
        framing=used - sum([passage.tokens for passage in kept]),
        counter=counter.name,
        exact=counter.exact,
        error=error_of(counter),
        kept=kept,
        dropped=(*dropped, *stock.missing),
    )


async def _fitted(
    passages: tuple[Passage, ...], room: int, query: str, compressor: Compressor, counter: TokenCounter
) -> tuple[tuple[Passage, ...], tuple[Dropped, ...], int]:
    """Labels cost tokens that the compressor does not see, and it decides how many: so ask, and correct."""
    used = counter.count(render(passages))
    if used <= room:
        return passages, (), used
    passages, beyond = _worth_labels(passages, room, counter)
    kept, dropped, used = await _within(passages, room, query, compressor, counter)
    return kept, (*dropped, *beyond), used


def _worth_labels(
    passages: tuple[Passage, ...], room: int, counter: TokenCounter
) -> tuple[tuple[Passage, ...], tuple[Dropped, ...]]:
    """The best passages whose labels take at most a third of the room: below that, labels would crowd out the text."""
    ranked = sorted((passage for passage in passages if not passage.pinned), key=lambda passage: -passage.score)
    taken = room / 3
    chosen: set[str] = set()
    for passage in ranked:
        taken -= _label(passage, counter)
        if chosen and taken < 0:
            break
        chosen.add(passage.id)
    beyond = tuple(_lost(p, "less relevant, and no room for another label") for p in ranked if p.id not in chosen)
    return tuple(passage for passage in passages if passage.pinned or passage.id in chosen), beyond


async def _within(
    passages: tuple[Passage, ...], room: int, query: str, compressor: Compressor, counter: TokenCounter
) -> tuple[tuple[Passage, ...], tuple[Dropped, ...], int]:
    target = room - _labels(passages, room, counter)
    floor = sum(passage.tokens for passage in passages if passage.pinned)
    for _ in range(6):
        target = max(target, floor)
        fitted = await shrunk(compressor, passages, target, query, counter)
        if fitted is None:
            break
        used = counter.count(render(fitted.kept))
        if used <= room:
            return fitted.kept, fitted.dropped, used
        if target == floor:
            break
        target -= used - room
    return _least(passages, room, counter)


def _labels(passages: Sequence[Passage], room: int, counter: TokenCounter) -> int:
    """About what the labels will take of passages that fill the room, best first."""
    filled = labels = 0
    for passage in sorted(passages, key=lambda passage: (not passage.pinned, -passage.score)):
        label = _label(passage, counter)
        if filled + labels + label >= room:
            break
        filled, labels = filled + passage.tokens, labels + label
    return labels


def _least(
    passages: Sequence[Passage], room: int, counter: TokenCounter
) -> tuple[tuple[Passage, ...], tuple[Dropped, ...], int]:
    """Pinned passages and whatever else fits whole: the answer when a compressor cannot be trusted to converge."""
    kept = [passage for passage in passages if passage.pinned]
    for passage in sorted(passages, key=lambda passage: -passage.score):
        if not passage.pinned:
            tried = [p for p in passages if p in kept or p is passage]
            if counter.count(render(tried)) <= room:
                kept = tried
    lost = tuple(_lost(passage, "no room left") for passage in passages if passage not in kept)
    return tuple(kept), lost, counter.count(render(kept))


def _label(passage: Passage, counter: TokenCounter) -> int:
    return 0 if passage.trust is Trust.TASK else counter.count(render([replace(passage, text="")]))


def _lost(passage: Passage, reason: str) -> Dropped:
    return Dropped(id=passage.id, source=passage.source, place=passage.place, tokens=passage.tokens, reason=reason)


def _tools(tools: Sequence[Tool], counter: TokenCounter) -> Passage | None:
    if not tools:
        return None
    text = to_json([{"name": t.name, "description": t.description, "parameters": t.parameters} for t in tools]).decode()
    return Passage(
        id=TOOLS_ID, text=text, source="tools", tokens=counter.count(text), pinned=True, trust=Trust.TASK,
        reason=f"the {len(tools)} tools it may call", kind="json",
    )  # fmt: skip


def prompt_of(pack: Pack) -> str:
    """The text of a pack's prompt; the tools are handed over beside it."""
    return render([passage for passage in pack.kept if passage.id != TOOLS_ID and not is_turn(passage)])


def is_turn(passage: Passage) -> bool:
    """Whether a ledger row stands for an earlier turn instead of a passage of the prompt."""
    return passage.id.startswith("turn ")


def recall_limit(setting: int | None, budget: int) -> int:
    """How many memories are recalled: as many as the setting says, else what may fill the budget and some to choose."""
    return setting if setting is not None else min(max(budget // MEMORY_TOKENS, FEWEST_RECALLED), MOST_RECALLED)


def budget_for(description: Description, counter: TokenCounter, granted: int | None, setting: int) -> int:
    """The context budget of one prompt: what window and grant leave after the answer's room, and the setting."""
    window = description.window
    left = setting if granted is None else min(setting, granted - description.room)
    if window is not None:
        left = min(left, window - description.room - margin_of(counter, window))
    return max(left, 0)

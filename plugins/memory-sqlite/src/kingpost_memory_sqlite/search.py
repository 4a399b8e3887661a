"""Asks the index for what is worth weighing, weighs it, and follows what the first answers name.

Called by ``memory``. Statistics are those of the asked scopes alone: no other scope's words move a score.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kingpost import Query, Recollection

from .file import MemoryFile
from .hop import followed, lead, names, sources
from .look import Ask, Scope, by_ids, by_names, by_terms, by_time, neighbours, scopes_of
from .question import Question, asked
from .rank import ranked
from .rows import SESSION, SPEAKER, memory_of
from .signals import Candidate, Surroundings, candidate, signal
from .weigh import Scale, Statistics, scale, weigh

LEAST_RANKED = 200
WEIGHED = 72
"""So many of the ranked memories are weighed word by word, or twice as many as are wanted."""

EXPANDED = 40
"""So many of the best bring their neighbours along."""

FIRST_READ = 8
_SLICE = 12
"""After so many the event loop gets its turn: about a millisecond of work."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """``ranked`` limits what is looked at in all scopes together, ``floor`` is the share that must be held."""

    ranked: int
    floor: float


async def search(file: MemoryFile, query: Query, bounds: Bounds) -> Sequence[Recollection]:
    """What fits the query, best first."""
    question = asked(query.text, query.now)
    if not (question.terms or query.boosts or question.windows) or query.limit <= 0:
        return ()
    scopes = await scopes_of(file, query, question)
    if not scopes:
        return ()
    found: list[Candidate] = []
    for scope in scopes:
        found += await _of_scope(
            file, Ask(query, scope), max(bounds.ranked // len(scopes), LEAST_RANKED), bounds, scopes
        )
    return [
        Recollection(memory=each.memory, score=each.score, terms=each.weight.terms, copies=each.copies)
        for each in ranked(found, query.limit)
    ]


async def _of_scope(file: MemoryFile, ask: Ask, bound: int, bounds: Bounds, scopes: Sequence[Scope]) -> list[Candidate]:
    """The candidates of one scope with their whole scores."""
    by = scale(ask.scope.question, _together(scopes), ask.scope.named_terms)
    wanted = max(WEIGHED // len(scopes), 2 * ask.query.limit)
    rows = await by_terms(file, ask, bound, wanted)
    rows |= await by_time(file, ask)
    found = await _weighed(rows, by)
    boosted = await by_ids(file, ask)
    found |= await _weighed({seq: row for seq, row in boosted.items() if seq not in found}, by)
    scores = {boost.id: boost.score for boost in ask.query.boosts if boost.scope == ask.scope.name}
    for seq in boosted:
        found[seq].boost = min(max(scores[found[seq].memory.id], 0.0), 1.0)
    near = await _with_neighbours(file, ask, found, by, bounds.floor)
    await _follow(file, ask, found, by, bounds.floor)
    kept = _above(found, near, ask.scope.question, bounds.floor)
    signal(kept, ask.scope.question, Surroundings(near, ask.scope.named, ask.query.now))
    return kept


async def _weighed(rows: Mapping[int, Any], by: Scale) -> dict[int, Candidate]:
    found: dict[int, Candidate] = {}
    for number, (seq, row) in enumerate(rows.items(), 1):
        memory = memory_of(row)
        found[seq] = candidate(row, memory, weigh(memory, by), row[SESSION], row[SPEAKER])
        if len(row) > SPEAKER + 1:
            found[seq].copies = row[SPEAKER + 1]
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    return found


async def _with_neighbours(
    file: MemoryFile, ask: Ask, found: dict[int, Candidate], by: Scale, floor: float
) -> dict[int, tuple[int | None, ...]]:
    """Bring along what was said around the best; returns who stands around whom."""
    told = [each for each in found.values() if each.session is not None and each.weight.share >= floor]
    best = sorted(told, key=lambda each: (-each.weight.own, each.seq))[:EXPANDED]
    if not best:
        return {}
    near, rows = await neighbours(file, ask, [each.seq for each in best], found.keys())
    found |= await _weighed(rows, by)
    return near


async def _follow(file: MemoryFile, ask: Ask, found: dict[int, Candidate], by: Scale, floor: float) -> None:
    """The second pass."""
    first = sorted(
        found.values(), key=lambda each: (-each.weight.own - 0.3 * (each.speaker in ask.scope.named), each.seq)
    )
    first = [each for each in first[:FIRST_READ] if each.weight.share >= floor]
    told = names(first, ask.scope.question, ask.scope.speaker_terms)
    if not told:
        return
    kept, rows = await by_names(file, ask, told, lambda holding: followed(told, holding, ask.scope.known.size))
    found |= await _weighed({seq: row for seq, row in rows.items() if seq not in found}, by)
    named = sources(first, kept)
    for each in found.values():
        each.hop = lead(each, kept, named)


def _above(
    found: Mapping[int, Candidate], near: Mapping[int, Sequence[int | None]], question: Question, floor: float
) -> list[Candidate]:
    """What holds enough of the question, or stands beside what does, or is led to or named from elsewhere."""
    timely = bool(question.windows)
    kept = []
    for each in found.values():
        beside = any(
            seq is not None and seq in found and found[seq].weight.share >= floor for seq in near.get(each.seq, ())
        )
        in_time = timely and any(begin <= each.memory.created < end for begin, end in question.windows)
        if each.weight.share >= floor or beside or each.hop or each.boost or (in_time and question.is_about_time):
            kept.append(each)
    return kept


def _together(scopes: Sequence[Scope]) -> Statistics:
    holding: dict[str, int] = {}
    for scope in scopes:
        for term, documents in scope.known.holding.items():
            holding[term] = holding.get(term, 0) + documents
    return Statistics(sum(scope.known.size for scope in scopes), sum(scope.known.words for scope in scopes), holding)

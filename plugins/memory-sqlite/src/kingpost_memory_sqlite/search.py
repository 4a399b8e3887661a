"""Asks the index for what is worth weighing, weighs it, and follows what the first answers name.

Called by ``memory``. Statistics are those of the asked scopes alone: no other scope's words move a score.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from kingpost import Query, Recollection, Record

from .file import MemoryFile
from .hop import FIRST, followed, lead, names, sources
from .look import Around, Near, Scope, Seen, first, second
from .question import Question, asked
from .rank import ranked
from .signals import SPEAKER, Candidate, Surroundings, candidate, signal
from .weigh import Scale, Statistics, scale

LEAST_RANKED = 200
WEIGHED = 36
"""So many of the ranked memories are weighed word by word, or twice as many as are wanted."""

EXPANDED = 14
"""So many of the best bring their neighbours along."""

SAID = 0.75
"""What is left of the floor for what the one said whom the question names: they are a part of the answer."""

_SLICE = 12
"""After so many the event loop gets its turn: less than a millisecond of work."""


class Bounds(Record):
    """``ranked`` limits what is looked at in all scopes together, ``floor`` is the share that must be held."""

    ranked: int
    floor: float


async def search(file: MemoryFile, query: Query, bounds: Bounds, turn: asyncio.Lock) -> Sequence[Recollection]:
    """What fits the query, best first.

    Questions that are asked at once are weighed one after the other, in their ``turn``: together they would keep the
    event loop for the slices of all of them.
    """
    question = asked(query.text, query.now)
    if not (question.terms or query.boosts or question.windows) or query.limit <= 0:
        return ()
    seen = await file.look(lambda read: first(read, query, question, LEAST_RANKED, bounds.ranked, WEIGHED))
    known = _together([each.ask.scope for each in seen])
    found: list[Candidate] = []
    async with turn:
        for each in seen:
            found += await _of_scope(file, each, known, bounds.floor)
        await asyncio.sleep(0)
        best = ranked(found, query.limit, asks_now=question.asks_now)
        return [
            Recollection(memory=each.memory, score=each.score, terms=each.weight.terms, copies=each.copies)
            for each in best
        ]


async def _of_scope(file: MemoryFile, seen: Seen, known: Statistics, floor: float) -> list[Candidate]:
    """The candidates of one scope with their whole scores."""
    ask, scope = seen.ask, seen.ask.scope
    by = scale(scope.question, known, scope.named_terms)
    found = await _weighed(seen.rows, by)
    boosts = {boost.id: boost.score for boost in ask.query.boosts if boost.scope == scope.name}
    for seq in seen.boosted:
        found[seq].boost = min(max(boosts[found[seq].memory.id], 0.0), 1.0)
    best = [each for each in found.values() if each.weight.share >= floor]
    turns = sorted((each for each in best if each.session is not None), key=_by_words)[:EXPANDED]
    leading = sorted(best, key=lambda each: (-each.weight.own - SPEAKER * (each.speaker in scope.named), each.seq))
    told = names(leading[:FIRST], scope.question, scope.speaker_terms)
    around = Around({}, {}, {})
    if turns or told:
        seqs = [each.seq for each in turns]
        around = await file.look(
            lambda read: second(read, ask, seqs, found.keys(), told, lambda of: followed(told, of, scope.known.size))
        )
        found |= await _weighed({seq: row for seq, row in around.rows.items() if seq not in found}, by)
        named = sources(leading[:FIRST], around.names)
        for each in found.values():
            each.hop = lead(each, around.names, named) if around.names else 0.0
    await asyncio.sleep(0)
    kept = _above(found, around.near, scope, floor)
    signal(kept, scope.question, Surroundings(around.near, scope.named, ask.query.now))
    return kept


def _by_words(each: Candidate) -> tuple[float, int]:
    return -each.weight.own, each.seq


async def _weighed(rows: Mapping[int, Any], by: Scale) -> dict[int, Candidate]:
    found: dict[int, Candidate] = {}
    for number, (seq, row) in enumerate(rows.items(), 1):
        found[seq] = candidate(row, by)
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    return found


def _above(found: Mapping[int, Candidate], near: Near, scope: Scope, floor: float) -> list[Candidate]:
    """What holds enough of the question, or stands beside what does, or is led to or named from elsewhere."""
    question, named = scope.question, scope.named
    fitting = {
        seq for seq, each in found.items() if each.weight.share >= floor * (SAID if each.speaker in named else 1.0)
    }
    kept = []
    for seq, each in found.items():
        beside = any(other in fitting for other in near.get(seq, ()))
        if seq in fitting or beside or each.hop or each.boost or _in_time(each, question, named):
            kept.append(each)
    return kept


def _in_time(each: Candidate, question: Question, named: frozenset[int]) -> bool:
    """Whether it was told in a time that the question names, by whom it names if it asks of more than a time."""
    if not (each.speaker in named or question.is_about_time(len(named))):
        return False
    return any(begin <= each.created < end for begin, end in question.telling)


def _together(scopes: Sequence[Scope]) -> Statistics:
    holding: dict[str, int] = {}
    for scope in scopes:
        for term, documents in scope.known.holding.items():
            holding[term] = holding.get(term, 0) + documents
    return Statistics(sum(scope.known.size for scope in scopes), sum(scope.known.words for scope in scopes), holding)

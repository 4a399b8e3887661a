"""Asks the index for what is worth weighing, and weighs it.

Called by ``memory``. Statistics are those of the asked scopes alone: no other scope's words move a score.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kingpost import Memory, Query, Recollection

from .file import MemoryFile
from .recall import Question, Statistics, asked, best, is_single, plan, scale, share, weigh
from .rows import SELECT, TIERS, memory_of, stored

LEAST_RANKED = 200
WEIGHED = 64
"""So many of the ranked memories are weighed word by word, or twice as many as are wanted."""

_SLICE = 12
"""After so many the event loop gets its turn: about a millisecond of work."""

_CHUNK = 500
_BEST = f"""
    WITH hit AS MATERIALIZED (
        SELECT rowid AS seq, bm25(term, 1.0, 0.6, 1.5) AS rank FROM term WHERE term MATCH ? LIMIT ?
    ), live AS (
        SELECT hit.seq, hit.rank / (0.8 + 0.2 * m.words / ?) AS rank, row_number() OVER (
            PARTITION BY m.digest, m.tier, m.expires, m.valid_to ORDER BY hit.rank, hit.seq
        ) AS copy
        FROM hit JOIN memory m ON m.seq = hit.seq
        WHERE (m.until IS NULL OR m.until > ?) AND m.tier IN (?, ?, ?)
    ), best AS (
        SELECT seq, rank FROM live WHERE copy = 1 ORDER BY rank, seq LIMIT ?
    )
    {SELECT} JOIN best ON best.seq = m.seq ORDER BY best.rank, best.seq
"""  # noqa: S608 - nothing but our own SELECT goes in


@dataclass(frozen=True, slots=True)
class Scope:
    """One asked scope that exists: its number and what it is like."""

    number: int
    known: Statistics


async def search(file: MemoryFile, query: Query, bound: int, floor: float) -> Sequence[Recollection]:
    """What fits the query, best first. ``bound`` limits what is ranked, ``floor`` is the share that must be held."""
    question = asked(query.text)
    if not question.terms or query.limit <= 0:
        return ()
    scopes = await _scopes(file, query, question)
    if not scopes:
        return ()
    rows: dict[int, Any] = {}
    ranked = max(bound // len(scopes), LEAST_RANKED)
    wanted = max(WEIGHED // len(scopes), 2 * query.limit)
    for scope in scopes:
        rows |= await _ranked(file, query, question, scope, ranked, wanted)
    scored = await _weighed([memory_of(row) for row in rows.values()], question, _together(scopes), floor)
    return [Recollection(memory=memory, score=score, terms=terms) for memory, terms, score in best(scored, query.limit)]


async def _ranked(
    file: MemoryFile, query: Query, question: Question, scope: Scope, bound: int, wanted: int
) -> dict[int, Any]:
    """The rows of one scope that are worth weighing, by their numbers."""
    tiers = [TIERS.index(tier) for tier in dict.fromkeys(query.tiers or TIERS)]
    tiers += [tiers[0]] * (len(TIERS) - len(tiers))
    rows: dict[int, Any] = {}
    groups = plan(scope.number, question, scope.known, bound)
    for group in groups:
        share = len(rows) + wanted // len(groups)
        for expression in group:
            parameters = (expression, bound, scope.known.average, query.now, *tiers, wanted // len(groups))
            rows |= {row[0]: row for row in await file.read(_BEST, parameters)}
            if len(rows) >= share:
                break
    return rows


async def _weighed(
    memories: list[Memory], question: Question, known: Statistics, floor: float
) -> list[tuple[Memory, dict[str, float]]]:
    by = scale(question, known)
    scored = []
    for number, memory in enumerate(memories, 1):
        terms = weigh(memory, by)
        if share(terms) >= floor:
            scored.append((memory, terms))
        if number % _SLICE == 0:
            await asyncio.sleep(0)
    return scored


async def _scopes(file: MemoryFile, query: Query, question: Question) -> list[Scope]:
    """The asked scopes that hold anything, each with its own counts of the asked terms."""
    names = list(dict.fromkeys(query.scopes))
    found: list[Scope] = []
    for start in range(0, len(names), _CHUNK):
        chunk = [stored(name) for name in names[start : start + _CHUNK]]
        sql = (
            "SELECT id, size, words FROM scope WHERE size > 0 AND tenant = ? "  # noqa: S608 - only question marks go in
            f"AND name IN ({', '.join('?' * len(chunk))}) ORDER BY id"
        )
        for number, size, words in await file.read(sql, (stored(query.tenant), *chunk)):
            holding = await _holding(file, number, question)
            if holding:
                found.append(Scope(number, Statistics(size, words, holding)))
    return found


async def _holding(file: MemoryFile, scope: int, question: Question) -> dict[str, int]:
    """How many memories of a scope hold each asked term, for those that any does."""
    prefix = f"{scope}_"
    whole = [term for term in question.terms if not is_single(term)]
    holding: dict[str, int] = {}
    if whole:
        sql = f"SELECT term, doc FROM vocabulary WHERE term IN ({', '.join('?' * len(whole))})"  # noqa: S608 - as above
        found = await file.read(sql, [prefix + term for term in whole])
        holding = {term.removeprefix(prefix): documents for term, documents in found}
    for term in question.terms.keys() - set(whole):
        sql = "SELECT coalesce(sum(doc), 0) FROM vocabulary WHERE term >= ? AND term < ?"
        if documents := (await file.read(sql, (prefix + term, f"{prefix}{term}\U0010ffff")))[0][0]:
            holding[term] = documents
    return holding


def _together(scopes: list[Scope]) -> Statistics:
    holding: dict[str, int] = {}
    for scope in scopes:
        for term, documents in scope.known.holding.items():
            holding[term] = holding.get(term, 0) + documents
    return Statistics(sum(scope.known.size for scope in scopes), sum(scope.known.words for scope in scopes), holding)

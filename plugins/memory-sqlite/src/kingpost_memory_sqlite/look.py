"""Looks into the file for what a question asks: by terms, by time, by id, by neighbourhood, by names.

Called by ``search``. Every look stays within one scope, by its number, and leaves out what may not be recalled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from kingpost import Query, Record, replace

from .file import Read
from .index import held
from .pick import LIVE, Hits, Taste, picked
from .question import Question
from .related import related, standing
from .rows import SELECT, TIERS, stored, stored_id
from .speakers import named
from .typos import REPAIRED, repaired
from .variants import variants
from .weigh import Statistics, is_single

_CHUNK = 500
_SPEAKERS = 2000
_TIMELY = f"""
    {SELECT} WHERE m.scope = :scope AND m.created >= :begin AND m.created < :end AND {LIVE}
        AND (:anybody OR abs(m.speaker) IN (SELECT value FROM json_each(:named)))
    ORDER BY coalesce(abs(m.speaker) IN (SELECT value FROM json_each(:named)), 0) DESC, m.created, m.seq LIMIT :wanted
"""  # noqa: S608 - our own words
_NEAR = """
    SELECT a.seq,
        (SELECT b.seq FROM memory b WHERE b.session = a.session AND b.seq < a.seq ORDER BY b.seq DESC LIMIT 1 OFFSET 1),
        (SELECT b.seq FROM memory b WHERE b.session = a.session AND b.seq < a.seq ORDER BY b.seq DESC LIMIT 1),
        (SELECT b.seq FROM memory b WHERE b.session = a.session AND b.seq > a.seq ORDER BY b.seq LIMIT 1),
        (SELECT b.seq FROM memory b WHERE b.session = a.session AND b.seq > a.seq ORDER BY b.seq LIMIT 1 OFFSET 1)
    FROM memory a WHERE a.seq IN ({})
"""
_TIMES = 40
_LED = 12


class Scope(Record):
    """One asked scope that exists: its number, what it is like, and the question as it is meant there.

    ``named`` are speakers whom the question names, ``named_terms`` the terms that do, ``speaker_terms`` those of all.
    """

    number: int
    name: str
    known: Statistics
    question: Question
    named: frozenset[int]
    named_terms: frozenset[str]
    speaker_terms: frozenset[str]


class Ask(Record):
    """A query, asked in one scope. ``short`` is how long the short term is, in seconds."""

    query: Query
    scope: Scope
    short: float = 1800.0

    def live(self) -> dict[str, Any]:
        """The parameters of what may be recalled."""
        tiers = [TIERS.index(tier) for tier in dict.fromkeys(self.query.tiers or TIERS)]
        tiers += [tiers[0]] * (len(TIERS) - len(tiers))
        named = {f"tier_{n}": tier for n, tier in enumerate(tiers)}
        return {**named, "now": self.query.now, "as_of": self.query.as_of, "short": self.short}


Rows = dict[int, Any]
Near = dict[int, tuple[int | None, ...]]
Choose = Callable[[Mapping[str, int]], dict[str, float]]


class Seen(Record):
    """What one scope has to say to the first look; ``boosted`` are numbers of what was boosted."""

    ask: Ask
    rows: Rows
    boosted: frozenset[int]


class Around(Record):
    """What the second look adds: who stands around whom, rows, and the names that were followed."""

    near: Near
    rows: Rows
    names: dict[str, float]


def scopes_of(read: Read, query: Query, question: Question) -> list[Scope]:
    """The asked scopes that hold anything of the question, each with its own counts of the asked terms."""
    names = list(dict.fromkeys(query.scopes))
    boosted = {boost.scope for boost in query.boosts}
    found: list[Scope] = []
    for start in range(0, len(names), _CHUNK):
        chunk = {stored(name): name for name in names[start : start + _CHUNK]}
        sql = (
            "SELECT id, name, size, words FROM scope WHERE size > 0 AND tenant = ? "  # noqa: S608 - only question marks go in
            f"AND name IN ({', '.join('?' * len(chunk))}) ORDER BY id"
        )
        for number, name, size, words in read(sql, (stored(query.tenant), *chunk)):
            scope = _scope(read, number, chunk[name], (size, words), question)
            if scope.known.holding or scope.name in boosted or question.windows:
                found.append(scope)
    return found


def _scope(read: Read, number: int, name: str, sums: tuple[int, int], question: Question) -> Scope:
    holding = holding_of(read, number, question.terms)
    unknown = [term for term in question.terms if term not in holding]
    mended = repaired(read, number, unknown, question.written) if unknown else {}
    if mended:
        holding |= {term: held for term, held in mended.values() if held}
        question = _mended(question, {term: instead for term, (instead, _) in mended.items()})
    misspelt = {instead for instead, _ in mended.values()}
    asked = [term for term, weight in question.terms.items() if weight >= 1 or term in misspelt]
    forms = variants(read, number, question, asked, sums[1]) if question.language else {}
    if stands := {**related(asked), **forms}:
        others = holding_of(read, number, stands)
        stands = standing(stands, others, sums[0])
        holding |= {term: others[term] for term in stands}
        question = replace(question, stands=stands, forms=frozenset(forms))
    rows = read("SELECT id, name FROM speaker WHERE scope = ? LIMIT ?", (number, _SPEAKERS))
    told = named({id: said for id, said in rows if isinstance(said, str)}, question.terms)
    return Scope(number, name, Statistics(*sums, holding), question, told.speakers, told.terms, told.known)


def _mended(question: Question, instead: Mapping[str, str]) -> Question:
    """The question with its misspelt words as they are written in a scope."""
    terms = {
        instead.get(term, term): weight * (REPAIRED if term in instead else 1.0)
        for term, weight in question.terms.items()
    }
    pairs = frozenset((instead.get(a, a), instead.get(b, b)) for a, b in question.pairs)
    return replace(question, terms=terms, pairs=pairs)


def holding_of(read: Read, scope: int, terms: Collection[str]) -> dict[str, int]:
    """How many memories of a scope hold each of the terms, for those that any does."""
    prefix = f"{scope}_"
    holding = held(read, scope, [term for term in terms if not is_single(term)])
    for term in dict.fromkeys(terms):
        if is_single(term):
            sql = "SELECT coalesce(sum(doc), 0) FROM vocabulary WHERE term >= ? AND term < ?"
            if documents := (read(sql, (prefix + term, f"{prefix}{term}\U0010ffff")))[0][0]:
                holding[term] = documents
    return holding


def plan(scope: int, question: Question, known: Statistics, bound: int) -> list[list[Hits]]:
    """What finds those that are worth ranking in one scope: ``bound`` memories, of all that fit.

    Rare terms say most, so any of them will do. Terms that much of the scope holds would drag all of it in: they count
    together, or when there is nothing else. Each list is tried in its order until it has given enough.
    """
    ordered = sorted((known.holding.get(term, 0), term) for term in (*question.terms, *question.stands))
    rare: Hits = []
    common: list[str] = []
    total = 0
    for holding, term in ordered:
        if not holding:
            continue
        if total + holding <= bound and (not rare or holding <= max(known.size // 5, bound // 4)):
            rare.append((_quoted(scope, term), question.worth(term) * known.rarity(term)))
            total += holding
        elif term in question.terms:
            common.append(_quoted(scope, term))
    together: list[Hits] = [[(" AND ".join(common[:count]), 1.0)] for count in (3, 2) if len(common) >= count]
    if not rare:
        return [[*together, [(common[0], 1.0)]]] if common else []
    return [[rare], together] if together else [[rare]]


def _quoted(scope: int, term: str) -> str:
    # A single character of an unspaced script stands in the index only as the beginning of pairs.
    return f'"{scope}_{term}"*' if is_single(term) else f'"{scope}_{term}"'


def first(read: Read, query: Query, question: Question, least: int, bound: int, weighed: int) -> list[Seen]:
    """Everything that is worth weighing, scope by scope: by terms, by time and by id.

    ``bound`` limits what is ranked in all scopes together, each has ``least`` of it; ``weighed`` is how many are
    wanted.
    """
    scopes = scopes_of(read, query, question)
    seen = []
    for scope in scopes:
        ask = Ask(query, scope)
        wanted = max(weighed // len(scopes), 2 * query.limit)
        rows = by_terms(read, ask, max(bound // len(scopes), least), wanted)
        rows |= by_time(read, ask)
        boosted = by_ids(read, ask)
        seen.append(Seen(ask, {**boosted, **rows}, frozenset(boosted)))
    return seen


def second(
    read: Read, ask: Ask, best: Sequence[int], known: Collection[int], told: Mapping[str, float], choose: Choose
) -> Around:
    """What stands around the best, and what holds the names that ``choose`` takes of those that were ``told``."""
    near: Near = {}
    rows: Rows = {}
    if best:
        near, rows = neighbours(read, ask, best, known)
    kept, named = by_names(read, ask, told, choose) if told else ({}, {})
    return Around(near, {**named, **rows}, kept)


def by_terms(read: Read, ask: Ask, bound: int, wanted: int) -> Rows:
    """The best of those that hold terms of the question."""
    rows: Rows = {}
    groups = plan(ask.scope.number, ask.scope.question, ask.scope.known, bound)
    for group in groups:
        enough = len(rows) + wanted // len(groups)
        for hits in group:
            rows |= _best(read, ask, hits, bound, wanted // len(groups))
            if len(rows) >= enough:
                break
    return rows


def _best(read: Read, ask: Ask, hits: Hits, bound: int, wanted: int) -> Rows:
    taste = Taste(ask.scope.known.average, frozenset(sorted(ask.scope.named)[:3]), *_span(ask.scope.question))
    return picked(read, hits, bound, wanted, taste, ask.live())


def _span(question: Question) -> tuple[float, float]:
    """The first time that a question names, and the days after it, when it was told."""
    if not question.windows:
        return 0.0, 0.0
    begin, end = question.windows[0]
    return begin, end + min(max(end - begin, 86_400.0), 21 * 86_400.0)


def by_time(read: Read, ask: Ask) -> Rows:
    """Some of what was told in the times that the question names; most of it holds none of its words.

    Where it asks of more than a time, only what those say whom it names.
    """
    rows: Rows = {}
    question, named = ask.scope.question, ask.scope.named
    anybody = question.is_about_time(len(named))
    if not (anybody or named):
        return rows
    told = {"anybody": anybody, "named": json.dumps(sorted(named)), "wanted": _TIMES}
    for begin, end in question.telling:
        parameters = {**ask.live(), **told, "scope": ask.scope.number, "begin": begin, "end": end}
        rows |= {row[0]: row for row in read(_TIMELY, parameters)}
    return rows


def by_ids(read: Read, ask: Ask) -> Rows:
    """What is boosted from elsewhere."""
    boosts = [boost for boost in ask.query.boosts if boost.scope == ask.scope.name and boost.score > 0]
    ids = [stored_id(boost.id) for boost in boosts]
    rows: Rows = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = {f"id_{n}": id for n, id in enumerate(ids[start : start + _CHUNK])}
        sql = f"{SELECT} WHERE m.scope = :scope AND m.id IN ({', '.join(f':{n}' for n in chunk)}) AND {LIVE}"
        found = read(sql, {**ask.live(), **chunk, "scope": ask.scope.number})
        rows |= {row[0]: row for row in found}
    return rows


def neighbours(read: Read, ask: Ask, seqs: Sequence[int], known: Collection[int]) -> tuple[Near, Rows]:
    """Two before and two behind each turn in its conversation, and the rows of those that are not known yet."""
    around: dict[int, list[int | None]] = {}
    for seq, *near in read(_NEAR.format(", ".join("?" * len(seqs))), seqs):
        around[seq] = near
    for seq, near in list(around.items()):
        for place, other in enumerate(near):
            if other is not None:
                around.setdefault(other, [None] * 4)[3 - place] = seq
    missing = {f"seq_{n}": seq for n, seq in enumerate(seq for seq in around if seq not in known)}
    rows: Rows = {}
    if missing:
        sql = f"{SELECT} WHERE m.seq IN ({', '.join(f':{n}' for n in missing)}) AND {LIVE}"
        rows = {row[0]: row for row in read(sql, {**ask.live(), **missing})}
    return {seq: tuple(near) for seq, near in around.items()}, rows


def by_names(read: Read, ask: Ask, told: Mapping[str, float], choose: Choose) -> tuple[dict[str, float], Rows]:
    """The names that are worth following, and the best of those that hold one."""
    kept = choose(holding_of(read, ask.scope.number, told))
    if not kept:
        return {}, {}
    hits = [(_quoted(ask.scope.number, term), worth) for term, worth in kept.items()]
    return kept, _best(read, ask, hits, _LED * 20, _LED)

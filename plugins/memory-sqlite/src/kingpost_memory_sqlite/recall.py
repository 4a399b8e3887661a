"""What a question asks for, which memories are looked at, and what each is worth. Pure.

Called by ``search``. A score is a sum of terms, each with a name that a user understands: ``words`` is BM25 as a share
of the most that the question could get, so scores of different questions compare.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from kingpost import Memory

from .index import title
from .words import analysed, is_unspaced

LONGEST_QUESTION = 8000
MOST_TERMS = 48
MOST_MARKS = 12
HEAVIEST = 8
"""A question of many words is answered by a memory that holds some of them: so many terms make a full score."""

LONGEST_BODY = 16_000
_WINDOW = 1000
_LOOKS = 100

SATURATION, LENGTH = 0.9, 0.4
"""BM25's k1 and b: how soon repeating a word stops helping, and how much a long text has to hold more of them."""

COVERAGE, PHRASES, TITLE, EXACT, IMPORTANCE = 0.5, 0.25, 0.3, 0.15, 0.05
PART, FILLER = 0.5, 0.3

_FILLERS = frozenset(
    term
    for terms in analysed(
        "afterwards answer best describe detail different exactly example explain give good happen kind know list main "
        "many mean much need one please question say show summarize summary tell thing type use want way work"
    )
    for term in terms.main
)
"""What questions are made of, whatever they are about."""

_QUOTED = re.compile(r"[`\"]([^`\"\n]{2,80})[`\"]")
_AROUND = ".,;:!?()[]{}<>\"'`*"


@dataclass(frozen=True, slots=True)
class Question:
    """``terms`` with their weights, in order; neighbours as ``pairs``; ``marks`` that must stand as they are."""

    terms: Mapping[str, float]
    pairs: frozenset[tuple[str, str]]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a set of memories is like: how many, how many words in all, and how many memories hold a term."""

    size: int
    words: int
    holding: Mapping[str, int]

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency. A term that nobody holds is as rare as one that one memory holds."""
        holding = min(max(self.holding.get(term, 0), 1), max(self.size, 1))
        return log(1 + (max(self.size, 1) - holding + 0.5) / (holding + 0.5))

    @property
    def average(self) -> float:
        """Words in a memory."""
        return max(self.words / self.size, 1.0) if self.size else 1.0


def asked(text: str) -> Question:
    """A question out of any text. Of a very long one, its beginning and its end are read."""
    if len(text) > LONGEST_QUESTION:
        half = LONGEST_QUESTION // 2
        text = f"{text[:half]}\n{text[-half:]}"
    found = analysed(text)
    order = [term for terms in found for term in terms.main]
    weights = {term: FILLER if term in _FILLERS else 1.0 for term in order}
    for terms in found:
        for part in terms.parts:
            weights.setdefault(part, PART)
    counts = Counter(order)
    chosen = sorted(weights, key=lambda term: -counts[term] * weights[term])[:MOST_TERMS]
    kept = {term: weight for term, weight in weights.items() if term in set(chosen)}
    pairs = frozenset((a, b) for a, b in pairwise(order) if a != b and a in kept and b in kept)
    return Question(kept, pairs, _marks(text))


def _marks(text: str) -> tuple[str, ...]:
    """What was quoted, and words that no prose has: paths, options, identifiers, numbers."""
    marks = [quoted.strip().lower() for quoted in _QUOTED.findall(text)]
    marks += [word.lower() for chunk in text.split() if _is_mark(word := chunk[:80].strip(_AROUND))]
    return tuple(dict.fromkeys(mark for mark in marks if mark))[:MOST_MARKS]


def _is_mark(word: str) -> bool:
    if len(word) < 2 or not word.isascii():
        return False
    inner = any(sign in word for sign in "._/-:=#@\\")
    return inner or any(c.isdigit() for c in word) or word[1:] != word[1:].lower()


def plan(scope: int, question: Question, known: Statistics, bound: int) -> list[list[str]]:
    """Expressions for MATCH that find what is worth ranking in one scope: ``bound`` memories, of all that fit.

    Rare terms say most, so any of them will do. Terms that much of the scope holds would drag all of it in: they count
    together, or when there is nothing else. Each list is tried in its order until it has given enough.
    """
    ordered = sorted((known.holding.get(term, 0), term) for term in question.terms)
    rare: list[str] = []
    common: list[str] = []
    total = 0
    for holding, term in ordered:
        if not holding:
            continue
        if total + holding <= bound and (not rare or holding <= max(known.size // 5, bound // 4)):
            rare.append(_quoted(scope, term))
            total += holding
        else:
            common.append(_quoted(scope, term))
    together = [" AND ".join(common[:count]) for count in (3, 2) if len(common) >= count]
    if not rare:
        return [[*together, *common[:1]]] if common else []
    return [[" OR ".join(rare)], together] if together else [[" OR ".join(rare)]]


def _quoted(scope: int, term: str) -> str:
    # A single character of an unspaced script stands in the index only as the beginning of pairs.
    return f'"{scope}_{term}"*' if is_single(term) else f'"{scope}_{term}"'


def is_single(term: str) -> bool:
    """Whether the term is one character of a script that is indexed in pairs."""
    return len(term) == 1 and is_unspaced(term)


@dataclass(frozen=True, slots=True)
class Scale:
    """A question with what each of its terms is worth, and what a memory that holds them all would get."""

    question: Question
    worth: Mapping[str, float]
    most: float
    average: float


def scale(question: Question, known: Statistics) -> Scale:
    """What a question is weighed by among memories like these."""
    worth = {term: weight * known.rarity(term) for term, weight in question.terms.items()}
    return Scale(question, worth, sum(sorted(worth.values(), reverse=True)[:HEAVIEST]) or 1.0, known.average)


def weigh(memory: Memory, by: Scale) -> dict[str, float]:
    """The terms of a memory's score, those that are not nothing."""
    text = _excerpt(memory.body, by.question)
    counts, pairs, length = _held(text, by.question)
    if len(text) < len(memory.body):
        length = len(memory.body) // 6
    above = {term for terms in analysed(title(memory)) for term in (*terms.main, *terms.parts)}
    slack = SATURATION * (1 - LENGTH + LENGTH * length / by.average)
    words = sum(worth * counts[term] / (counts[term] + slack) for term, worth in by.worth.items())
    # Sums of fractions depend on their order: the question's own, which is the same in every process.
    titled = sum(worth for term, worth in by.worth.items() if term in above)
    coverage = sum(worth for term, worth in by.worth.items() if term in counts or term in above)
    near = sum(min(by.worth[a], by.worth[b]) for a, b in sorted(pairs))
    marks = by.question.marks
    body = memory.body.lower() if marks else ""
    terms = {
        "words": min(words / by.most, 1.0),
        "coverage": COVERAGE * min(coverage / by.most, 1.0),
        "phrases": PHRASES * min(near / by.most, 1.0),
        "title": TITLE * min(titled / by.most, 1.0),
        "exact": EXACT * sum(_stands(mark, body) for mark in marks) / max(len(marks), 1),
        "importance": IMPORTANCE * min(max(memory.importance, -1.0), 1.0),
    }
    return {name: value for name, value in terms.items() if value}


def share(terms: Mapping[str, float]) -> float:
    """How much of the question's weight the memory holds, 0 to 1."""
    return terms.get("coverage", 0.0) / COVERAGE


def _held(text: str, question: Question) -> tuple[Counter[str], set[tuple[str, str]], int]:
    """How often each asked term stands in a text, which neighbours stand together, and the text's length in words."""
    found = analysed(text)
    order = [term for terms in found for term in terms.main]
    hits = [(place, term) for place, term in enumerate(order) if term in question.terms]
    counts = Counter([term for _, term in hits])
    pairs = {(a, b) for (i, a), (j, b) in pairwise(hits) if j - i <= 2 and (a, b) in question.pairs}
    counts.update([part for terms in found if terms.parts for part in terms.parts if part in question.terms])
    counts.update({term: count for term in question.terms if is_single(term) and (count := text.count(term))})
    return counts, pairs, len(order)


def _excerpt(body: str, question: Question) -> str:
    """The body, or of a very long one what surrounds the first place of each asked term."""
    if len(body) <= LONGEST_BODY:
        return body
    lower = body.lower()
    windows = []
    for term in question.terms:
        # The last letter of a stem may be one that the text does not have: *verifi* for *verify*.
        found = lower.find(term if len(term) < 4 else term[:-1])
        if found >= 0:
            windows.append(body[max(found - _WINDOW, 0) : found + _WINDOW])
    return "\n".join(windows)


def _stands(mark: str, body: str) -> bool:
    """Whether the mark stands in the body by itself, not inside a longer word; looked for a few times only."""
    start = -1
    for _ in range(_LOOKS):
        if (start := body.find(mark, start + 1)) < 0:
            return False
        end = start + len(mark)
        if not (body[max(start - 1, 0) : start].isalnum() or body[end : end + 1].isalnum()):
            return True
    return False


def best(scored: Sequence[tuple[Memory, dict[str, float]]], limit: int) -> list[tuple[Memory, dict[str, float], float]]:
    """The best first, in one order whatever order they came in. Of copies that live equally long only one is kept."""
    ranked = [(memory, terms, sum(terms.values())) for memory, terms in scored]
    ranked.sort(key=lambda each: (-each[2], each[0].source, each[0].place, each[0].scope, each[0].id))
    copies: dict[tuple[object, ...], tuple[Memory, dict[str, float], float]] = {}
    for each in ranked:
        memory = each[0]
        copies.setdefault((memory.scope, memory.body, memory.tier, memory.expires, memory.valid_to), each)
    return list(copies.values())[:limit]

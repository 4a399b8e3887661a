"""What each memory is worth to a question by its own words. Pure.

Called by ``search``. A score is a sum of terms, each with a name that a user understands: ``words`` is BM25 as a share
of the most that the question could get, so scores of different questions compare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

from kingpost import Memory

from .index import title
from .question import Question
from .words import Terms, analysed, is_unspaced

HEAVIEST = 8
"""A question of many words is answered by a memory that holds some of them: so many terms make a full score."""

LONGEST_BODY = 16_000
_WINDOW = 1000
_LOOKS = 100

SATURATION, LENGTH = 0.9, 0.4
"""BM25's k1 and b: how soon repeating a word stops helping, and how much a long text has to hold more of them."""

COVERAGE, PHRASES, TITLE, EXACT, IMPORTANCE = 0.5, 0.25, 0.3, 0.15, 0.05
NAMED = 0.25
"""What is left of the weight of a name, where the question names who speaks: what they say does not hold it."""


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


@dataclass(frozen=True, slots=True)
class Scale:
    """A question with what each of its terms is worth, and what a memory that holds them all would get."""

    question: Question
    worth: Mapping[str, float]
    most: float
    average: float


@dataclass(frozen=True, slots=True)
class Weight:
    """The terms of a memory's score that are not nothing, and what was asked for that it holds."""

    terms: dict[str, float]
    held: frozenset[str]
    words: list[Terms]

    @property
    def share(self) -> float:
        """How much of the question's weight the memory holds, 0 to 1."""
        return self.terms.get("coverage", 0.0) / COVERAGE

    @property
    def own(self) -> float:
        """What its words alone are worth, 0 to 1.5."""
        return self.terms.get("words", 0.0) + self.terms.get("coverage", 0.0)


def scale(question: Question, known: Statistics, named: frozenset[str]) -> Scale:
    """What a question is weighed by among memories like these; ``named`` are terms that name speakers."""
    worth = {
        term: weight * known.rarity(term) * (NAMED if term in named else 1.0) for term, weight in question.terms.items()
    }
    return Scale(question, worth, sum(sorted(worth.values(), reverse=True)[:HEAVIEST]) or 1.0, known.average)


def weigh(memory: Memory, by: Scale) -> Weight:
    """What a memory is worth by its words."""
    text = _excerpt(memory.body, by.question)
    found = analysed(text)
    counts, pairs, length = _held(text, found, by.question)
    if len(text) < len(memory.body):
        length = len(memory.body) // 6
    above = _above(title(memory))
    slack = SATURATION * (1 - LENGTH + LENGTH * length / by.average)
    words = titled = coverage = 0.0
    # Sums of fractions depend on their order: the question's own, which is the same in every process.
    for term, worth in by.worth.items():
        if count := counts[term]:
            words += worth * count / (count + slack)
        if term in above:
            titled += worth
            coverage += worth
        elif count:
            coverage += worth
    near = sum(min(by.worth[a], by.worth[b]) for a, b in sorted(pairs)) if pairs else 0.0
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
    held = frozenset(term for term in by.worth if term in above or counts[term])
    return Weight({name: value for name, value in terms.items() if value}, held, found)


def is_single(term: str) -> bool:
    """Whether the term is one character of a script that is indexed in pairs."""
    return len(term) == 1 and is_unspaced(term)


@lru_cache(4096)
def _above(title: str) -> frozenset[str]:
    """The terms of a title: thousands of memories share one."""
    return frozenset(term for terms in analysed(title) for term in (*terms.main, *terms.parts))


def _held(text: str, found: list[Terms], question: Question) -> tuple[Counter[str], set[tuple[str, str]], int]:
    """How often each asked term stands in a text, which neighbours stand together, and the text's length in words."""
    asked = question.terms
    order = [term for terms in found for term in terms.main]
    hits = [(place, term) for place, term in enumerate(order) if term in asked]
    counts = Counter([term for _, term in hits])
    pairs = {(a, b) for (i, a), (j, b) in pairwise(hits) if j - i <= 2 and (a, b) in question.pairs}
    counts.update([part for terms in found if terms.parts for part in terms.parts if part in asked])
    counts.update({term: count for term in asked if is_single(term) and (count := text.count(term))})
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

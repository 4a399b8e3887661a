"""What each memory is worth to a question by its own words. Pure.

Called by ``search``. A score is a sum of terms, each with a name that a user understands: ``words`` is BM25 as a share
of the most that the question could get, so scores of different questions compare.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import log

from kingpost import Record

from .question import Question
from .words import analysed, is_unspaced, spaced

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


class Statistics(Record):
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


class Scale(Record):
    """A question with what each of its terms is worth, and what a memory that holds them all would get.

    ``stands`` is what terms are worth that stand for another; ``looked`` holds all that a text is looked through for.
    """

    question: Question
    worth: Mapping[str, float]
    most: float
    average: float
    singles: tuple[str, ...] = ()
    stands: Mapping[str, float] = field(default_factory=dict)
    looked: frozenset[str] = frozenset()


@dataclass(slots=True)
class Weight:
    """The terms of a memory's score that are not nothing, what was asked for that it holds, and all terms in order."""

    terms: dict[str, float]
    held: frozenset[str]
    words: list[str]

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
    most = sum(sorted(worth.values(), reverse=True)[:HEAVIEST]) or 1.0
    stands = {
        term: min(question.likeness(term) * worth[asked], question.worth(term) * known.rarity(term))
        for term, asked in question.stands.items()
    }
    singles = tuple(term for term in worth if is_single(term))
    return Scale(question, worth, most, known.average, singles, stands, frozenset({**worth, **stands}))


def weigh(body: str, above: str, importance: float, by: Scale) -> Weight:
    """What a memory is worth by its body and by what stands above it."""
    text = _excerpt(body, by.question)
    main, parts = spaced(text)
    # No term holds a space.
    flat = main.split()
    counts, near = _held(text, flat, parts, by)
    length = len(flat) if len(text) == len(body) else len(body) // 6
    titled = _titled(above)
    slack = SATURATION * (1 - LENGTH + LENGTH * length / by.average)
    words = title = coverage = 0.0
    held = []
    # Sums of fractions depend on their order: the question's own, which is the same in every process.
    for term, worth in by.worth.items():
        count = counts.get(term, 0)
        if count:
            words += worth * count / (count + slack)
        if term in titled:
            title += worth
        elif not count:
            continue
        coverage += worth
        held.append(term)
    if by.stands:
        for worth, count in _standing(counts, held, by):
            words += worth * count / (count + slack)
            coverage += worth
    most = by.most
    terms = {
        "words": min(words / most, 1.0), "coverage": COVERAGE * min(coverage / most, 1.0),
        "phrases": PHRASES * min(near / most, 1.0), "title": TITLE * min(title / most, 1.0),
    }  # fmt: skip
    if marks := by.question.marks:
        lower = body.lower()
        terms["exact"] = EXACT * sum([_stands(mark, lower) for mark in marks]) / len(marks)
    if importance:
        terms["importance"] = IMPORTANCE * min(max(importance, -1.0), 1.0)
    return Weight({name: value for name, value in terms.items() if value}, frozenset(held), flat)


def _standing(counts: Mapping[str, int], held: Collection[str], by: Scale) -> list[tuple[float, int]]:
    """For each asked term that a memory does not hold, the best that stands for it: its worth, and how often."""
    best: dict[str, tuple[float, int]] = {}
    for term, worth in by.stands.items():
        asked = by.question.stands[term]
        if term in counts and asked not in held:
            best[asked] = max(best.get(asked, (0.0, 0)), (worth, counts[term]))
    return list(best.values())


def is_single(term: str) -> bool:
    """Whether the term is one character of a script that is indexed in pairs."""
    return len(term) == 1 and is_unspaced(term)


@lru_cache(4096)
def _titled(title: str) -> frozenset[str]:
    """The terms of a title: thousands of memories share one."""
    return frozenset(term for terms in analysed(title) for term in (*terms.main, *terms.parts))


def _held(text: str, flat: list[str], parts: str, by: Scale) -> tuple[dict[str, int], float]:
    """How often each asked term stands in a text, and what the neighbours that stand together are worth."""
    asked = by.looked
    counts: dict[str, int] = {}
    pairs: set[tuple[str, str]] = set()
    # Most hold nothing of the question, and only stand beside what does.
    if not asked.isdisjoint(flat):
        last, behind = "", -9
        for place, term in [(place, term) for place, term in enumerate(flat) if term in asked]:
            counts[term] = counts.get(term, 0) + 1
            if place - behind <= 2 and (last, term) in by.question.pairs:
                pairs.add((last, term))
            last, behind = term, place
    for part in parts.split():
        if part in asked:
            counts[part] = counts.get(part, 0) + 1
    for term in by.singles:
        if count := text.count(term):
            counts[term] = count
    return counts, sum([min(by.worth[a], by.worth[b]) for a, b in sorted(pairs)]) if pairs else 0.0


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

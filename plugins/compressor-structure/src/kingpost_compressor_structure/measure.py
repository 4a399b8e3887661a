"""How much each unit has of the question, and how much it says that others do not.

Called by ``values``, which adds all units first and then asks for each. Rare words weigh more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from itertools import chain
from math import log

from .question import STOP, Question, words
from .units import Unit

_NOTHING: Set[str] = frozenset()
_PRESENT = 0.1
"""What the name of somebody who speaks tells about what is said, to another name."""


class Measure:
    """The words of all units of all passages."""

    def __init__(self, question: Question, speakers: str = "") -> None:
        self._question = question
        # Whom a dialogue is about, nearly every turn is about.
        present = [word for word in words(speakers) if len(word) > 2]
        self._present = {term for terms in question.found(present).values() for term in terms}
        self._bodies: list[set[str]] = []
        self._titles: list[Set[str]] = []
        self._hits: list[Set[str]] = []
        self._counts: Counter[str] = Counter()
        self._terms: Counter[str] = Counter()
        self._known: dict[str, frozenset[str]] = {}
        # Sets of their own: what is done to two sets takes as long as the smaller one, views of dictionaries do not.
        self._seen: set[str] = set()
        self._wanted: set[str] = set()
        self._length = 0
        self._weights = _Weights(self._counts, self._bodies)

    def add(self, units: Sequence[Unit]) -> None:
        """Some more units."""
        bodies = [words(unit.whole[unit.lead :] if unit.lead else unit.whole) for unit in units]
        titles = [words(unit.title) if unit.title else _NOTHING for unit in units]
        self._counts.update(chain.from_iterable(bodies))
        self._length += sum(map(len, bodies))
        self._bodies += bodies
        self._titles += titles
        if not self._question.terms:
            self._hits += [_NOTHING] * len(bodies)
            return
        new = set().union(*bodies, *titles) - self._seen
        self._seen |= new
        found = self._question.found(new)
        self._known.update(found)
        self._wanted.update(found)
        hits = [self._asked(body) for body in bodies]
        self._terms.update(chain.from_iterable(hits))
        self._hits += hits

    def words(self, number: int) -> Set[str]:
        """The distinct words of a unit."""
        return self._bodies[number]

    def _asked(self, said: Set[str]) -> Set[str]:
        found = self._wanted & said
        return {term for word in found for term in self._known[word]} if found else _NOTHING

    def relevance(self, number: int) -> float:
        """How much a unit has of the question; a term in its title counts twice."""
        body, hit = self._bodies[number], self._hits[number]
        if not hit:
            return 0.0
        score, matched = self._score(hit)
        if self._titles[number]:
            score += self._score(self._asked(self._titles[number]))[0]
        mean = self._length / len(self._bodies)
        return score * (0.8 + 0.2 * matched) / (0.7 + 0.3 * len(body) / mean)

    def _score(self, hit: Set[str]) -> tuple[float, float]:
        """What the terms weigh, and how many words of the question that is; each word counts once, at its best."""
        best: dict[str, tuple[float, float]] = {}
        for term in sorted(hit):
            asked, share = self._question.senses[term]
            share *= _PRESENT if term in self._present else 1.0
            best[asked] = max(best.get(asked, (0.0, 0.0)), (share * self._weight(term), share))
        return sum(weight for weight, _ in best.values()), sum(share for _, share in best.values())

    def _weight(self, term: str) -> float:
        count = self._terms[term]
        return log(1 + (len(self._bodies) - count + 0.5) / (count + 0.5)) if count else 0.0

    def density(self, number: int) -> float:
        """How much a unit says for its length that others do not say."""
        body = self._bodies[number]
        return sum(map(self._weights.__getitem__, body)) / (6.0 + len(body))


class _Weights(dict[str, int]):
    """What a word says, in thousandths: sets have no order, and only sums of whole numbers do not depend on it."""

    def __init__(self, counts: Counter[str], bodies: list[set[str]]) -> None:
        super().__init__()
        self._counts, self._bodies = counts, bodies
        self._rarity: dict[int, float] = {}

    def __missing__(self, word: str) -> int:
        count = self._counts[word]
        if (weight := self._rarity.get(count)) is None:
            weight = self._rarity[count] = log(1 + len(self._bodies) / count)
        first = word[0]
        # Numbers and names carry facts.
        if "a" <= first <= "z":
            factor = 0.0 if word in STOP else 1.0
        elif first.isdigit():
            factor = 1.5
        else:
            factor = 0.0 if word.lower() in STOP else 1.2 if first.isupper() else 1.0
        self[word] = found = round(1000 * factor * weight)
        return found

"""How much each unit has of the question, and how much it says that others do not.

Called by ``values``, which adds all units first, has them weighed, and then asks for each. Rare words weigh more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from itertools import chain, islice
from math import log

from .question import STOP, Question, words, words_of
from .units import Unit

_NOTHING: Set[str] = frozenset()
_PRESENT = 0.1
"""What the name of somebody who speaks tells about what is said, to another name."""
_DIGIT = re.compile(r"\d")
_AT_ONCE = 1_500
"""Words that are weighed in a millisecond or two."""
_FACT, _NAME = 1.5, 1.2
"""Numbers and names carry facts."""


class Measure:
    """The words of all units of all passages."""

    def __init__(self, question: Question, speakers: str = "") -> None:
        self._question = question
        # Whom a dialogue is about, nearly every turn is about.
        present = [word for word in words(speakers) if len(word) > 2]
        self._present = {term for terms in question.found(present).values() for term in terms}
        self._bodies: list[set[str]] = []
        self._titles: dict[int, set[str]] = {}
        self._hits: list[Set[str]] = []
        self._counts: Counter[str] = Counter()
        self._terms: Counter[str] = Counter()
        self._known: dict[str, frozenset[str]] = {}
        # A set of its own: what is done to two sets takes as long as the smaller one, a view of a dictionary does not.
        self._wanted: set[str] = set()
        self._length = 0
        self._weights: dict[str, int] = {}
        self.numbers: set[str] = set()
        """The words that have a digit."""
        self.names: set[str] = set()
        """The words that begin with a capital letter."""

    def add(self, units: Sequence[Unit]) -> None:
        """Some more units."""
        bodies = words_of([unit.whole[unit.lead :] if unit.lead else unit.whole for unit in units])
        for number, unit in enumerate(units, len(self._bodies)):
            if unit.title:
                self._titles[number] = words(unit.title)
        self._counts.update(chain.from_iterable(bodies))
        self._length += sum(map(len, bodies))
        self._bodies += bodies

    def weigh(self) -> Iterator[None]:
        """All that were added; to be gone through once, with rests in between."""
        every = iter(self._counts.items())
        rarity: dict[int, tuple[int, int, int]] = {}
        while some := list(islice(every, _AT_ONCE)):
            self._value(some, rarity)
            yield
        if self._question.terms:
            self._meet({word for title in self._titles.values() for word in title} - self._counts.keys())
            for start in range(0, len(self._bodies), _AT_ONCE):
                hits = [self._asked(body) for body in self._bodies[start : start + _AT_ONCE]]
                self._terms.update(chain.from_iterable(hits))
                self._hits += hits
                yield

    def _value(self, some: Sequence[tuple[str, int]], rarity: dict[int, tuple[int, int, int]]) -> None:
        """What words say, in thousandths: sets have no order, and only sums of whole numbers do not depend on it."""
        for count in {count for _, count in some} - rarity.keys():
            told = 1000 * log(1 + len(self._bodies) / count)
            rarity[count] = round(told), round(_FACT * told), round(_NAME * told)
        weights = {word: rarity[count][0] for word, count in some}
        for word in [word for word in weights if not ("a" <= word[0] <= "z")]:
            if word[0].isdigit():
                weights[word] = rarity[self._counts[word]][1]
            elif word.lower() in STOP:
                weights[word] = 0
            elif word[0].isupper():
                weights[word] = rarity[self._counts[word]][2]
                self.names.add(word)
        for word in weights.keys() & STOP:
            weights[word] = 0
        self._weights.update(weights)
        self.numbers.update([word for word in weights if not word.isalpha() and _DIGIT.search(word)])
        self._meet(weights)

    def _meet(self, some: Set[str] | dict[str, int]) -> None:
        found = self._question.found(some) if self._question.terms else {}
        self._known.update(found)
        self._wanted.update(found)

    def words(self, number: int) -> Set[str]:
        """The distinct words of a unit."""
        return self._bodies[number]

    def _asked(self, said: set[str]) -> Set[str]:
        if self._wanted.isdisjoint(said):
            return _NOTHING
        return {term for word in self._wanted & said for term in self._known[word]}

    def relevance(self, numbers: range) -> list[float]:
        """How much each unit has of the question; a term in its title counts twice."""
        if not self._hits:
            return [0.0] * len(numbers)
        return [self._relevance(number, hit) if (hit := self._hits[number]) else 0.0 for number in numbers]

    def _relevance(self, number: int, hit: Set[str]) -> float:
        score, matched = self._score(hit)
        if number in self._titles:
            score += self._score(self._asked(self._titles[number]))[0]
        mean = self._length / len(self._bodies)
        return score * (0.8 + 0.2 * matched) / (0.7 + 0.3 * len(self._bodies[number]) / mean)

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

    def density(self, numbers: range) -> list[float]:
        """How much each unit says for its length that others do not say."""
        weight, bodies = self._weights.__getitem__, self._bodies[numbers.start : numbers.stop]
        return [sum(map(weight, body)) / (6.0 + len(body)) for body in bodies]

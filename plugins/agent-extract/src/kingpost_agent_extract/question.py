"""What is asked, and how well a unit of a passage answers it.

Called by ``choice``. Everything is counted on the passages at hand: a word weighs more the fewer units hold it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise

from kingpost import Passage, Record

from .units import Unit
from .words import content, is_empty, is_weak, spelled, stem, words

# A task may hold a whole document; what is asked stands at its beginning or at its end.
_READ_CHARS = 6_000
_COMMON = 0.4
_RARE = 0.6
_WEAK = 0.35
_ABOUT = 0.6
_LEADING = 0.8
_LEADING_WORDS = 3
_LEADING_CHARS = 80
_NEAR = 0.9
_NEAR_WORDS = 2
_SATURATION = 1.3
_LENGTH_SHARE = 0.3

_AMOUNT = re.compile(
    r"\bhow\s+(?:many|much|long|fast|big|large|often|old|far|quick(?:ly)?|high|slow|expensive)\b", re.IGNORECASE
)
_MANNER = re.compile(
    r"\bhow\s+(?:do|does|can|should|would|to)\b(?!\s+(?:it|they))|\b(?:command|example)\b", re.IGNORECASE
)

Key = str | tuple[str, str]
"""A word of a question, or two that stand side by side in it."""


class Candidate(Record):
    """A unit with its passage and the words that are counted in it."""

    passage: Passage
    unit: Unit
    rank: int
    said: tuple[str, ...]

    @property
    def lead(self) -> tuple[str, ...]:
        """Its first words that say something: what it speaks of, more often than not."""
        return tuple(content(self.text[:_LEADING_CHARS])[:_LEADING_WORDS])

    @property
    def text(self) -> str:
        """The unit as it stands in the passage."""
        return self.passage.text[self.unit.start : self.unit.end]


class Question(Record):
    """The words that are looked for, each with its weight, and the pairs that stand side by side in the question.

    ``unknown`` are the words, as they were written, that no candidate holds, and ``missing`` is what they weigh.
    ``amount`` and ``manner`` say that a number, or a way to do something, is asked for.
    """

    weights: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    average: float
    unknown: tuple[str, ...] = ()
    missing: float = 0.0
    amount: bool = False
    manner: bool = False

    @property
    def is_empty(self) -> bool:
        """True when it asks for nothing in particular."""
        return not self.weights and not self.unknown

    def share(self, words: Iterable[str]) -> float:
        """How much of the question these words are, from 0 to 1."""
        held, whole = set(words), sum(self.weights.values()) + self.missing
        return sum(weight for word, weight in self.weights.items() if word in held) / whole if whole else 0.0

    def gains(self, candidate: Candidate) -> dict[Key, float]:
        """What a candidate says of each word and pair; words of its headings count for less than its own."""
        said = Counter(word for word in candidate.said if word in self.weights)
        length = 1 - _LENGTH_SHARE + _LENGTH_SHARE * len(candidate.said) / self.average
        gains: dict[Key, float] = {
            word: self.weights[word] * count * (1 + _SATURATION) / (count + _SATURATION * length)
            for word, count in said.items()
        }
        for word in candidate.unit.about:
            if word in self.weights and word not in said:
                gains[word] = _ABOUT * self.weights[word]
        for word in set(candidate.lead) & said.keys():
            gains[word] += _LEADING * self.weights[word]
        # In a fixed order: a sum of the same numbers in another one may differ in its last bit, and so may an answer.
        close = near(candidate.said, self.pairs)
        return gains | {pair: weight for pair, weight in self.pairs.items() if pair in close}


def near(said: Sequence[str], pairs: Container[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the pairs whose words stand in their order and close together; small words between them are free."""
    solid = [word for word in said if not is_empty(word)]
    return {
        (first, second)
        for at, first in enumerate(solid)
        for second in solid[at + 1 : at + 1 + _NEAR_WORDS]
        if (first, second) in pairs
    }


def candidate(passage: Passage, unit: Unit, rank: int) -> Candidate:
    """A unit with its words."""
    said = tuple(word for word, _ in words(passage.text[unit.start : unit.end]))
    return Candidate(passage, unit, rank, said)


def ask(description: str, pool: Sequence[Candidate]) -> Question:
    """The question that a task's description holds, as far as the candidates can tell its words apart."""
    if len(description) > 2 * _READ_CHARS:
        description = f"{description[:_READ_CHARS]}\n{description[-_READ_CHARS:]}"
    without = _AMOUNT.sub(" ", description)
    asked = _compounds(content(without), pool)
    holding = _holding(pool, set(asked), set(pairwise(asked)))
    known = [word for word in dict.fromkeys(asked) if holding[word]]
    # What stands nearly everywhere is either the language's mortar or the subject of all the passages.
    telling = [word for word in known if holding[word] <= _COMMON * len(pool)] or known
    weights = {word: _rarity(holding[word], len(pool)) * (_WEAK if is_weak(word) else 1.0) for word in telling}
    written = spelled(without)
    unknown = [word for word in dict.fromkeys(asked) if not holding[word] and not is_weak(word)]
    return Question(
        weights=weights,
        pairs={pair: _NEAR * _rarity(holding[pair], len(pool)) for pair in pairwise(asked) if holding[pair]},
        average=sum(len(each.said) for each in pool) / max(len(pool), 1) or 1.0,
        unknown=tuple(dict.fromkeys(written.get(word, word) for word in unknown)),
        missing=sum(_rarity(0, len(pool)) for _ in unknown),
        amount=_AMOUNT.search(description) is not None,
        manner=_MANNER.search(description) is not None,
    )


def _compounds(asked: list[str], pool: Sequence[Candidate]) -> list[str]:
    """Words that the candidates write as one are one: "back up" where they say "backup"."""
    written = {word for each in pool for word in each.said}
    found: list[str] = []
    for word in asked:
        whole = stem(found[-1] + word) if found else ""
        if whole in written and (is_weak(word) or not {found[-1], word} <= written):
            found[-1] = whole
        else:
            found.append(word)
    return found


def _holding(pool: Sequence[Candidate], asked: set[str], pairs: set[tuple[str, str]]) -> Counter[Key]:
    """In how many units each word and each pair stands; a heading's words count for what stands below it."""
    holding: Counter[Key] = Counter()
    for each in pool:
        held: set[Key] = {*asked.intersection(each.said), *asked.intersection(each.unit.about)}
        holding.update(held | near(each.said, pairs) if len(held) > 1 else held)
    return holding


def _rarity(holding: int, units: int) -> float:
    """How much a word or a pair tells: the more, the fewer units hold it."""
    return float(math.log(1 + (units - holding + 0.5) / (holding + 0.5)) ** _RARE)

"""What an answer looks like, whatever its words: who says it, whether it tells a time, a number, a name, a place.

Called by ``values`` for units of prose and dialogue. Written down for English; elsewhere no cue is found, and words
alone decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from .measure import Measure
from .question import Question
from .units import Unit

_TIMES = """
yesterday today tonight tomorrow ago last next since until weekend morning evening week weeks month months year years
day days Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
September October November December
"""
_NUMBERS = """
once twice two three four five six seven eight nine ten eleven twelve dozen hundred thousand half few couple
"""
_PEOPLE = """
mother father mum mom dad sister brother aunt uncle cousin son daughter wife husband friend boss grandmother grandfather
grandma grandpa partner neighbour neighbor teacher colleague
"""
_OWN = frozenset(("I", "we", "We", "my", "My", "our", "Our", "me", "us"))


def _spelt(words: str) -> frozenset[str]:
    """As they stand, and as they begin a sentence."""
    return frozenset(words.split()) | frozenset(map(str.capitalize, words.split()))


_TIME, _NUMBER, _PERSON = _spelt(_TIMES), _spelt(_NUMBERS), _spelt(_PEOPLE)
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"[a-z,;] (?!I\b)[A-Z][a-z]")
_PLACE = re.compile(r"\b(?:in|at|to|from|near|into|around|through) (?:the |my |our |a )?[A-Za-z]")
_REASON = re.compile(r"\b(?:because|since|so that|therefore|reason|due to|that's why|made me|in order to)\b")


def _tells_time(said: str, words: Set[str]) -> bool:
    return not _TIME.isdisjoint(words)


def _tells_number(said: str, words: Set[str]) -> bool:
    return _DIGIT.search(said) is not None or not _NUMBER.isdisjoint(words)


def _tells_person(said: str, words: Set[str]) -> bool:
    return _NAME.search(said) is not None or not _PERSON.isdisjoint(words)


def _tells_place(said: str, words: Set[str]) -> bool:
    return _PLACE.search(said) is not None


def _tells_reason(said: str, words: Set[str]) -> bool:
    return _REASON.search(said) is not None


_ASKED = tuple(
    (re.compile(asked, re.IGNORECASE), told)
    for asked, told in (
        (r"\bwhen\b|\b(?:what|which) (?:date|day|year|month|time|season)\b|\bhow (?:long|recent)", _tells_time),
        (r"\bhow (?:many|much|old|long|far|often|big|tall|high)\b|\bcosts?\b|\bprice\b|\bnumber\b", _tells_number),
        (r"\bwho(?:m|se)?\b|\bnames?\b|\bcalled\b", _tells_person),
        (r"\bwhere\b|\b(?:what|which) (?:city|town|country|place|state)\b", _tells_place),
        (r"\bwhy\b|\breason\b", _tells_reason),
    )
)
_LOOKED_AT = 1_000
_PEOPLES, _NAMES = 8, 16
"""Marks of words: of a person, and of what may be a name; below them time, what is one's own, a number."""
_NAMED, _LIKE, _ASKS, _FACT = 0.4, 0.3, 0.35, 0.2


class Cues:
    """Of one question."""

    def __init__(self, question: Question, measure: Measure) -> None:
        self._question = question
        self._marks = dict.fromkeys(measure.names, _NAMES)
        for mark, told in enumerate((_TIME, _OWN, _NUMBER | measure.numbers, _PERSON)):
            for word in told:
                self._marks[word] = self._marks.get(word, 0) | 1 << mark
        self._marked = set(self._marks)
        self._tell = [tell for asked, tell in _ASKED if asked.search(question.query[:_LOOKED_AT])]
        self._speakers: dict[str, bool] = {}

    def weigh(self, unit: Unit, words: Set[str]) -> tuple[float, float]:
        """How much likelier than by its words alone a unit answers the question, and tells anything; about 1 both."""
        said = unit.whole[unit.lead : _LOOKED_AT]
        factor = 1.0
        if unit.speaker and self._is_named(unit.speaker):
            factor += _NAMED
        for tell in self._tell:
            if tell(said, words):
                factor += _LIKE
        marks = 0
        for word in self._marked & words:
            marks |= self._marks[word]
        if marks & _NAMES:
            # With a person told, a name tells nothing more.
            marks = marks & ~_NAMES | (0 if marks & _PEOPLES or not _NAME.search(said) else _PEOPLES)
        likely = 0.7 + _FACT * marks.bit_count()
        return (factor * (1 - _ASKS), factor * likely / 2) if asks(said) else (factor, factor * likely)

    def _is_named(self, speaker: str) -> bool:
        if (named := self._speakers.get(speaker)) is None:
            named = self._speakers[speaker] = self._question.mentions(speaker)
        return named


def asks(said: str) -> bool:
    """Whether it ends with a question and does not tell much before."""
    bare = said.rstrip()
    return bare.endswith(("?", "？")) and len(bare) < 160  # noqa: RUF001 - full-width on purpose


def answers_before(units: Sequence[Unit], at: int) -> bool:
    """Whether the unit before asks something and somebody else answers."""
    if not at:
        return False
    before = units[at - 1]
    return asks(before.whole[:_LOOKED_AT]) and before.speaker != units[at].speaker

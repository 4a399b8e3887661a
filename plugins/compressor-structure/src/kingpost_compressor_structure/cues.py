"""What an answer looks like, whatever its words: who says it, whether it tells a time, a number, a name, a place.

Called by ``values`` for units of prose and dialogue. Written down for English; elsewhere no cue is found, and words
alone decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .question import Question
from .units import Unit

_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|ago|last|next|since|until|weekend|morning|evening|[12]\d{3}"
    r"|(?:week|month|year|day)s?|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:once|twice|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|half|few"
    r"|couple)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[\w,;] (?!I\b)[A-Z][a-z]|\b[Mm]y (?:\w+ ){0,2}(?:mother|father|mum|mom|dad|sister|brother|aunt|uncle|cousin|son"
    r"|daughter|wife|husband|friend|boss|grand\w+|partner|neighbour|neighbor|teacher|colleague)\b"
)
_PLACE = re.compile(r"\b(?:in|at|to|from|near|into|around|through) (?:the |my |our |a )?[A-Z]?[a-z]")
_REASON = re.compile(
    r"\b(?:because|since|so that|therefore|reason|due to|that's why|made me|in order to)\b", re.IGNORECASE
)

_ASKED = tuple(
    (re.compile(asked, re.IGNORECASE), told)
    for asked, told in (
        (r"\bwhen\b|\b(?:what|which) (?:date|day|year|month|time|season)\b|\bhow (?:long|recent)", _TIME),
        (r"\bhow (?:many|much|old|long|far|often|big|tall|high)\b|\bcosts?\b|\bprice\b|\bnumber\b", _NUMBER),
        (r"\bwho(?:m|se)?\b|\bnames?\b|\bcalled\b", _NAME),
        (r"\bwhere\b|\b(?:what|which) (?:city|town|country|place|state)\b", _PLACE),
        (r"\bwhy\b|\breason\b", _REASON),
    )
)
_OWN = re.compile(r"\b(?:I|I'm|I've|I'd|we|We|my|My|our|Our|me|us)\b")
_LOOKED_AT = 1_000
_NAMED, _LIKE, _ASKS = 0.4, 0.3, 0.35


class Cues:
    """Of one question."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._patterns = [pattern for asked, pattern in _ASKED if asked.search(question.query[:_LOOKED_AT])]
        self._speakers: dict[str, bool] = {}

    def factor(self, unit: Unit) -> float:
        """How much likelier an answer is here than the words alone tell; about 1."""
        said = unit.whole[unit.lead : _LOOKED_AT]
        factor = 1.0
        if unit.speaker and self._is_named(unit.speaker):
            factor += _NAMED
        factor += _LIKE * sum(1 for pattern in self._patterns if pattern.search(said))
        return factor * (1 - _ASKS) if asks(said) else factor

    def _is_named(self, speaker: str) -> bool:
        if (named := self._speakers.get(speaker)) is None:
            named = self._speakers[speaker] = self._question.mentions(speaker)
        return named


def tells(unit: Unit) -> float:
    """How likely somebody tells a fact of their own here, beside what the words are worth; about 1."""
    said = unit.whole[unit.lead : _LOOKED_AT]
    facts = sum(1 for pattern in (_TIME, _NUMBER, _NAME, _OWN) if pattern.search(said))
    return (0.7 + 0.2 * facts) * (0.5 if asks(said) else 1.0)


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

"""What a question asks for: its terms, its neighbours, its marks, the times that it names. Pure.

Called by ``search``. Any text is a question; nothing in it is syntax.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from kingpost import Record, field

from .dates import Window, windows
from .forms import OTHERS
from .related import RELATED
from .words import STOP, analysed, terms_of, written

LONGEST_QUESTION = 8000
MOST_TERMS = 48
MOST_MARKS = 12
PART, FILLER, DATE = 0.5, 0.3, 0.15
FORM = 0.7
"""What another form of an asked word is worth, or a compound of it, in a language that is not stemmed."""

FILLERS = frozenset(
    term
    for terms in analysed(
        "afterwards again always another answer best between call come describe detail different during ever "
        "exactly example explain get give go good happen kind know like list long main many mean more most "
        "much name need now often one other over please put question really recently same say show still "
        "summarize summary take tell thing think through together type use want way work"
    )
    for term in terms.main
)
"""What questions are made of, whatever they are about."""

TIME_TERMS = frozenset(
    term
    for terms in analysed(
        "january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday day week weekend month year ago last next past "
        "early mid late yesterday tonight tomorrow night morning evening today between since before after until "
        "spring summer autumn fall winter "
        + " ".join(
            [*map(str, (*range(1, 32), *range(1990, 2050))), *(f"0{n}" for n in range(1, 10)), *OTHERS, *"年月日"]
        )
    )
    for term in terms.main
)
_TELLING = 2
"""So many words of a language tell that a question is of it."""

_BEYOND_LATIN = "\u0370"

_HIRAGANA = re.compile("[\u3041-\u309f]{2}")
"""Most pairs of these are endings and particles of Japanese."""

_BARE = 2
_SHORT = 100 * 86_400.0
_QUOTED = re.compile(r"[`\"]([^`\"\n]{2,80})[`\"]")
_AROUND = ".,;:!?()[]{}<>\"'`*"
_WHEN = re.compile(r"\b(?:when|how long ago|(?:what|which) (?:date|day|month|year|time|week))\b", re.IGNORECASE)


_NOW = re.compile(
    r"\b(?:now|nowadays|currently?|presently|at (?:present|the moment)|these days|still|latest|(?:most )?recent(?:ly)?"
    r"|lately|any ?more|so far|up to date)\b",
    re.IGNORECASE,
)


class Question(Record):
    """``terms`` with their weights, in order; neighbours as ``pairs``; ``marks`` that must stand as they are.

    ``windows`` are the times that it names, ``asks_when`` says that it wants one, ``more`` how much it asks for beside
    a time that it names, and ``asks_now`` that it wants the newest. ``stands`` are terms that stand for one of its own,
    ``forms`` those of them that are only other forms of it. ``written`` are the words that its terms are stems of,
    ``language`` is empty for English.
    """

    terms: Mapping[str, float]
    pairs: frozenset[tuple[str, str]]
    marks: tuple[str, ...]
    windows: tuple[Window, ...] = ()
    asks_when: bool = False
    more: int | None = None
    asks_now: bool = False
    stands: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    forms: frozenset[str] = frozenset()
    language: str = ""

    def is_about_time(self, named: int) -> bool:
        """Whether it asks of little but a time, and of whom it names: of ``named`` speakers."""
        return self.more is not None and self.more <= (1 if named else _BARE)

    def worth(self, term: str) -> float:
        """The weight of a term that was asked for, or of one that stands for it."""
        return self.terms[term] if term in self.terms else self.likeness(term) * self.terms[self.stands[term]]

    def likeness(self, term: str) -> float:
        """What a term that stands for another is worth of that one."""
        return FORM if term in self.forms else RELATED

    @property
    def telling(self) -> tuple[Window, ...]:
        """The times of which everything is worth a look; in a longer one, words must tell, if it asks for any."""
        return tuple(each for each in self.windows if self.is_about_time(1) or each.end - each.begin <= _SHORT)


def asked(text: str, now: float = 0.0) -> Question:
    """A question out of any text. Of a very long one, its beginning and its end are read."""
    if len(text) > LONGEST_QUESTION:
        half = LONGEST_QUESTION // 2
        text = f"{text[:half]}\n{text[-half:]}"
    words = written(text)
    language, silent = _spoken(words)
    words = [word for word in words if word.lower() not in silent]
    found = list(map(terms_of, words))
    order = [term for terms in found for term in terms.main]
    weights = {term: FILLER if term in FILLERS or _HIRAGANA.fullmatch(term) else 1.0 for term in order}
    for terms in found:
        for part in terms.parts:
            weights.setdefault(part, PART)
    counts = Counter(order)
    chosen = set(sorted(weights, key=lambda term: -counts[term] * weights[term])[:MOST_TERMS])
    kept = {term: weight for term, weight in weights.items() if term in chosen}
    pairs = frozenset((a, b) for a, b in pairwise(order) if a != b and a in kept and b in kept)
    named = windows(text, now)
    if named:
        # The window finds what was told then; that the words of a date stand in a text says little more.
        kept = {term: weight * DATE if term in TIME_TERMS else weight for term, weight in kept.items()}
    more = sum(weight >= 1 for term, weight in kept.items() if term not in TIME_TERMS)
    now_wanted = not named and _NOW.search(text) is not None
    spelt = {terms.main[0]: word for word, terms in zip(words, found, strict=True) if len(terms.main) == 1}
    return Question(
        kept, pairs, _marks(text), named, _WHEN.search(text) is not None, more if named else None, now_wanted,
        written=spelt, language=language,
    )  # fmt: skip


def _spoken(words: Sequence[str]) -> tuple[str, frozenset[str]]:
    """The language that the words are most likely of, and what says nothing in it.

    Neither where that is English; ``?`` where its letters tell that it is not, and nothing tells which it is.
    """
    spelt = [word.lower() for word in words]
    english = sum(word in STOP for word in spelt)
    met = {name: sum(word in silent for word in spelt) for name, silent in functions().items()}
    chosen = max(met, key=met.__getitem__)
    # A script of its own tells by itself that it is not another language of the same letters.
    least = 1 if any(word >= _BEYOND_LATIN for word in spelt) else _TELLING
    if met[chosen] >= least and met[chosen] > english:
        return chosen, functions()[chosen]
    return "" if all(map(str.isascii, spelt)) else "?", frozenset()


@cache
def functions() -> Mapping[str, frozenset[str]]:
    """Words that say nothing, by language."""
    lines = Path(__file__).with_name("function_words.txt").read_text("utf-8").splitlines()
    parted = [line.partition(": ") for line in lines if not line.startswith("#")]
    return {name: frozenset(words.split()) for name, _, words in parted}


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

"""What the question asks for, and which words of a text stand for that.

Called by ``measure``, and by the forms, which spare what the question mentions. Words are compared by their stems,
names in code by their parts, Chinese and Japanese by pairs of characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from .associations import FORMS, LIGHT, related

_WORD = re.compile(r"[^\W_]+")
_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}
_MARK = "\x00"
_MARKED = {code: spaced for code, spaced in _SPACED.items() if code != ord(_MARK)}
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_LONGEST_WORD = 60
_LONGEST_RUN = 100_000
_LONGEST_QUERY = 20_000
_ALSO, _SLIGHT = 0.5, 0.4
"""What a word is worth that may stand for one of the question, and one that says little."""
_ENDINGS = "ations ation ings ing ions ion edly ers er ies ied es ed ly s e y"
_COMMON = """
a about after all also am an and any are as at be because been before being but by can could did do does doing done
for from get give had has have he her here hers him his how i if in into is it its just know let like many may me might
more most much must my no not of off on one or other our out over own please say she should show so some such tell than
that the their them then there these they this those through to too under until up us use very was we were what when
where which while who whom whose why will with would you your
"""

ENDINGS = tuple(_ENDINGS.split())
STOP = frozenset(_COMMON.split())


def words(text: str) -> set[str]:
    """The distinct words of a text, as they are written."""
    # Many times as fast as an expression, and the same for plain letters.
    return set(text.translate(_SPACED).split()) if text.isascii() else set(_WORD.findall(text))


def words_of(texts: Sequence[str]) -> list[set[str]]:
    """The distinct words of each of several texts."""
    joined = _MARK.join(texts)
    # To translate is quick, and to begin with it is not: so all at once.
    if not joined.isascii() or joined.count(_MARK) >= len(texts):
        return [words(text) for text in texts]
    return [set(part.split()) for part in joined.translate(_MARKED).split(_MARK)]


def stem(word: str) -> str:
    """What a word has in common with its other forms, roughly. At least its first three letters stay."""
    word = word.lower()
    word = FORMS.get(word, word)
    if len(word) < 4 or not word.endswith(ENDINGS):
        return word
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def parts(word: str) -> set[str]:
    """The stems that a written word stands for: its own, those of its parts, its pairs of characters."""
    if word.isascii() or not _NO_SPACES.search(word):
        if len(word) > _LONGEST_WORD:
            return set()
        found = {stem(word)}
        if not word[1:].islower():
            found.update(stem(part) for part in _CAMEL.findall(word))
        return found
    return {word[at : at + 2] for at in range(max(1, min(len(word), _LONGEST_RUN) - 1))}


class Sense(NamedTuple):
    """For which word of the question a term stands, and how well."""

    asked: str
    weight: float


class Question:
    """The terms of a query."""

    def __init__(self, query: str) -> None:
        self.query = query
        asked = [word for word in _WORD.findall(query[:_LONGEST_QUERY]) if word.lower() not in STOP]
        found = {term: None for word in asked for term in sorted(parts(word)) if len(term) > 1 or term.isdigit()}
        self.terms = frozenset(found)
        self.senses = {term: Sense(term, _SLIGHT if term in _light() else 1.0) for term in found}
        for term in found:
            for also in _related().get(term, ()):
                self.senses.setdefault(also, Sense(term, (_SLIGHT if also in _light() else 1.0) * _ALSO))
        self._all = frozenset(self.senses)
        # A stem keeps the first letters, so most words are no term at first sight.
        self._begin = frozenset(term[:3] for term in self._all) | frozenset(
            form[:3] for form in FORMS if stem(form) in self._all
        )
        self._within = re.compile("|".join(map(re.escape, sorted(self._begin))))

    def found(self, said: Iterable[str]) -> dict[str, frozenset[str]]:
        """The written words that stand for terms, with those terms."""
        begin, terms = self._begin, self._all
        likely: list[str] = []
        parted: list[str] = []
        for word in said:
            if word[:3].lower() in begin:
                likely.append(word)
            elif not (word[1:].islower() or word.isdigit()):
                parted.append(word)
        hits = {}
        for word in chain(likely, self._parted(parted)):
            if found := terms & parts(word):
                hits[word] = found
        return hits

    def _parted(self, words: Sequence[str]) -> Iterator[str]:
        """Those of words written in parts that may have a term behind another part."""
        if not words:
            return
        # All at once: an expression takes as long to begin as to work through several words.
        lower = [word.lower() for word in words]
        at = end = 0
        for found in self._within.finditer("\n".join(lower)):
            if found.start() < end:
                continue
            while end <= found.start():
                end += len(lower[at]) + 1
                at += 1
            yield words[at - 1]

    def mentions(self, text: str) -> bool:
        """Whether a text has any word of it."""
        return bool(self.terms) and any(found & self.terms for found in self.found(words(text)).values())


@cache
def _light() -> frozenset[str]:
    return frozenset(map(stem, LIGHT))


@cache
def _related() -> dict[str, tuple[str, ...]]:
    """The stems that a stem may be told by."""
    return {stem(word): tuple(dict.fromkeys(stem(name) for name in sorted(names))) for word, names in related().items()}

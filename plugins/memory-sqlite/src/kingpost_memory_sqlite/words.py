"""Text to the terms that it is found by.

Called by ``rows`` for what is remembered and by ``recall`` for what is asked, so that both mean the same. Pure and
linear in the length of any text. Words are folded (case, accents, full-width forms) and stemmed; identifiers are known
whole and by their parts; scripts that are written without spaces become pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from .stems import stem

T = TypeVar("T")

VERSION = 3
"""What the index of a file was made with; another number here makes it anew at the next start."""

LONGEST = 64
_MOST_KNOWN = 1 << 16

_SILENT = """
    a about am an and any are as at be been being but by can cannot could did do does doing for from had has have
    having he her here hers him his how i if in into is it its itself just me my of off on or our ours she should so
    some such than that the their theirs them then there these they this those to too us very was we were what when
    where whether which while who whom whose why will with would you your yours
    d don doesn didn isn aren wasn weren won wouldn couldn shouldn ll re s t ve
"""
STOP = frozenset(_SILENT.split())
"""Words that say nothing about what a text is about; neither kept nor asked for."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# The marks of scripts whose vowels are marks belong to the word; the bound keeps a run of a million letters cheap.
_WORD = re.compile(
    r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0eff\u1000-\u109f\u1780-\u17ff]{1,256}"
)
_LONGEST_RUN = 256
# What parts words becomes a space. For ASCII, which most texts are, this takes a tenth of the time of the pattern.
_PLAIN = "".join(chr(c) if chr(c).isalnum() or chr(c) == "_" else " " for c in range(128))
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_PART = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]")
# What folding leaves of a ligature may hold spaces and signs, which would end the term.
_SIGNS = re.compile(r"[\s\x00-\x2f\x3a-\x60\x7b-\x7f]+")


class Terms(NamedTuple):
    """What one word is found by: ``main`` in the text's order, ``parts`` of an identifier beside it."""

    main: tuple[str, ...]
    parts: tuple[str, ...]


_NONE = Terms((), ())


def analysed(text: str) -> list[Terms]:
    """The terms of every word in order; a stop word has none."""
    return list(map(terms_of, written(text)))


def spaced(text: str) -> tuple[str, str]:
    """The main terms of a text in order, and all parts of its identifiers: a string each, a space before each term.

    Thrice as fast as a look at the terms of every word.
    """
    words = written(text)
    return "".join(map(_main_of, words)), "".join(map(_parts_of, words))


def written(text: str) -> list[str]:
    """Every word as it is written; a run of more than 256 letters is several."""
    if text.isascii():
        found = text.translate(_PLAIN).split()
        if len(text) <= _LONGEST_RUN or max(map(len, found), default=0) <= _LONGEST_RUN:
            return found
    return _WORD.findall(text)


def is_unspaced(term: str) -> bool:
    """Whether the term is of a script written without spaces."""
    return _RUN.match(term) is not None and not term.isascii() and re.match(f"[{_UNSPACED}]", term) is not None


def _terms(word: str) -> Terms:
    if word.isascii():
        return _latin(word, word.lower())
    main: list[str] = []
    parts: list[str] = []
    for run in _RUN.findall(_folded(word)):
        if is_unspaced(run):
            main += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        else:
            found = _latin(run, run)
            main += found.main
            parts += found.parts
    return Terms(tuple(main), tuple(parts))


class _Known(dict[str, T]):
    """Words that were met lately. A dictionary that fills itself answers three times as fast as a cached function."""

    def __init__(self, made: Callable[[str], T]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, word: str) -> T:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        found = self[word] = self._made(word)
        return found


terms_of = _Known(_terms).__getitem__
"""What one word is found by."""

_main_of = _Known(lambda word: "".join([f" {term}" for term in terms_of(word).main])).__getitem__
_parts_of = _Known(lambda word: "".join([f" {term}" for term in terms_of(word).parts])).__getitem__


def _latin(word: str, lower: str) -> Terms:
    """A word of letters, digits and underscores: whole, and by the parts that case and underscores show."""
    lower = lower.replace("_", "")[:LONGEST]
    if not lower or lower in STOP:
        return _NONE
    parts = _PART.findall(word[:LONGEST])
    shown = [part.lower() for part in parts if len(part) > 1] if len(parts) > 1 else []
    return Terms((_stemmed(lower),), tuple(_stemmed(part) for part in shown if part not in STOP))


def _stemmed(word: str) -> str:
    return stem(word) if word.isascii() and word.isalpha() else word


def _folded(word: str) -> str:
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return _SIGNS.sub("", unicodedata.normalize("NFC", plain).lower())

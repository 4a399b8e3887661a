"""Whom a question names, of those who speak in a scope, in any script. Pure.

Called by ``look``. A name is known by who speaks, never by a capital letter: most scripts have none. What languages
hang on a name, a case ending or a particle, does not hide it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from .weigh import is_single
from .words import analysed, is_unspaced

_LONGER, _BEFORE = 3, 2
"""So many letters may stand behind a name, as its case, or before it, as an article or a preposition."""

_LEAST = 3
_ENDINGS = "аяоеиьйύυαοηεωιου"
"""Vowels that a case replaces: *Anna* is *Анну* to those who see her."""


class Named(NamedTuple):
    """Numbers of the speakers that a question names, its terms that do, and the terms of all speakers."""

    speakers: frozenset[int]
    terms: frozenset[str]
    known: frozenset[str]


def named(names: Mapping[int, str], asked: Collection[str]) -> Named:
    """Who of ``names`` is named by the terms of a question: by any word of a name of several."""
    speakers: set[int] = set()
    terms: set[str] = set()
    known: set[str] = set()
    for number, name in names.items():
        for word in analysed(name):
            known.update(word.main)
            if met := _met(word.main, asked):
                speakers.add(number)
                terms |= met
    return Named(frozenset(speakers), frozenset(terms), frozenset(known))


def _met(word: tuple[str, ...], asked: Collection[str]) -> set[str]:
    """The asked terms that stand for one word of a name: all of its pairs of characters, or a form of it."""
    if not word:
        return set()
    if all(term in asked for term in word):
        return set(word)
    if len(word) > 1 or word[0].isascii():
        return set()
    if is_single(word[0]):
        return {term for term in asked if term.startswith(word[0])}
    return {term for term in asked if _is_form(term, word[0])}


def _is_form(term: str, name: str) -> bool:
    if term.isascii() or len(name) < _LEAST or is_unspaced(term):
        return False
    if term.endswith(name) and len(term) - len(name) <= _BEFORE:
        return True
    stem = name.removesuffix("\u03c3")
    stem = stem[:-1] if len(stem) > _LEAST and stem[-1] in _ENDINGS else stem
    return term.startswith(stem) and len(term) - len(stem) <= _LONGER

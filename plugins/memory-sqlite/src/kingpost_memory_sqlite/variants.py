"""Other forms of what is asked for, in languages that are not stemmed: other endings, and compounds with their parts.

Called by ``look`` for questions that are not English. *Ключей* finds *ключи*, *the key of the cellar* the
*Kellerschlüssel*, and the other way round. Only words of the asked scope are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .file import Read
from .index import held
from .question import Question, functions
from .stems import stem
from .words import is_unspaced

COMPOUNDING = frozenset(["de", "nl"])
"""Languages that write several words as one."""

MOST = 8
"""Words of one question whose forms are looked for."""

SCANNED = 60_000
"""The most words of a scope in which every term is looked at, for compounds that end with what is asked for."""

_SHORTEST, _PART, _ENDING = 4, 4, 3
_STRETCH = 300
_LONG = "kanalo"
_ARTICLES = ("\u0648\u0627\u0644", "\u0628\u0627\u0644", "\u0627\u0644")
_LINKS = ("es", "en", "s", "n")
"""What stands between the parts of a compound."""


def variants(read: Read, scope: int, question: Question, terms: Iterable[str], words: int) -> dict[str, str]:
    """Terms of a scope of so many ``words`` that are forms of those asked for, each with the one it is a form of."""
    silent = functions().get(question.language, frozenset())
    asked = [term for term in terms if len(term) >= _SHORTEST and term.isalpha() and not is_unspaced(term)][:MOST]
    compounding = set(_compounding(question, asked))
    found: dict[str, str] = {}
    for term in asked:
        others = [other for form in _forms(term) for other in _beginning(read, scope, form)]
        if term in compounding:
            others += _parts(read, scope, term)
        else:
            others = [other for other in others if len(other) - len(term) <= _ENDING]
        found |= {other: term for other in others if other not in found and other not in silent and other not in asked}
    if compounding and words <= SCANNED:
        ends = _ending(read, scope, sorted(compounding))
        found |= {other: term for other, term in ends if other not in found and other not in asked}
    return found


def _compounding(question: Question, asked: Sequence[str]) -> Sequence[str]:
    """The asked terms that may be a part of a compound, or one: of German, those with a capital letter."""
    if question.language not in COMPOUNDING:
        return ()
    nouns = [term for term in asked if question.written.get(term, term)[:1].isupper()]
    return nouns if nouns and question.language == "de" else asked


def _forms(term: str) -> list[str]:
    """The term, and an Arabic one with and without what is written as one word with it: *the*, *and the*, *in the*."""
    if not "\u0621" <= term[0] <= "\u064a":
        return [term]
    bare = next((term.removeprefix(each) for each in _ARTICLES if term.startswith(each)), term)
    return [term, *(form for form in (bare, _ARTICLES[-1] + bare) if form != term and len(form) >= _SHORTEST)]


def _beginning(read: Read, scope: int, term: str) -> list[str]:
    """Terms that begin with it, and those with the same beginning and another ending."""
    prefix = f"{scope}_"
    least = max(len(term) * 2 // 3, _SHORTEST if len(term) > _SHORTEST or term.isascii() else _SHORTEST - 1)
    sql = "SELECT term FROM vocabulary WHERE term >= ? AND term < ? LIMIT ?"
    begin = prefix + term[:least]
    rows = [row.removeprefix(prefix) for (row,) in read(sql, (begin, f"{begin}\U0010ffff", _STRETCH))]
    return [each for each in rows if each != term and (each.startswith(term) or _is_form(each, term, least))]


def _is_form(other: str, term: str, least: int) -> bool:
    """Whether two words with the same beginning differ in an ending alone."""
    shared = next((n for n, (a, b) in enumerate(zip(other, term, strict=False)) if a != b), min(len(other), len(term)))
    longest = _ENDING if shared > _SHORTEST else 1
    return shared >= least and len(other) - shared <= longest and len(term) - shared <= longest


def _parts(read: Read, scope: int, term: str) -> list[str]:
    """Terms that a compound begins or ends with."""
    made: dict[str, None] = {}
    for cut in range(_PART, len(term) - _PART + 1):
        head = term[:cut]
        linked = (head.removesuffix(link) for link in _LINKS if head.endswith(link))
        made |= dict.fromkeys([term[cut:], head, *(part for part in linked if len(part) >= _PART)])
    return list(held(read, scope, list(made)))


def _ending(read: Read, scope: int, asked: Sequence[str]) -> list[tuple[str, str]]:
    """Compounds that end with one of the terms, with that one."""
    prefix = f"{scope}_"
    tails = [(tail, term) for term in asked for tail in {term, _tail(term)} if len(tail) >= _PART]
    fits = " OR ".join(["substr(term, ?) = ?"] * len(tails))
    sql = f"SELECT term FROM vocabulary WHERE term >= ? AND term < ? AND ({fits})"  # noqa: S608 - question marks
    ends = [value for tail, _ in tails for value in (-len(tail), tail)]
    rows = [row.removeprefix(prefix) for (row,) in read(sql, (prefix, f"{prefix}\U0010ffff", *ends))]
    return [
        (each, term) for each in rows for tail, term in tails if each.endswith(tail) and len(each) - len(tail) >= _PART
    ]


def _tail(term: str) -> str:
    """What the stem of a compound ends with: a longer word loses more of its ending."""
    return stem(_LONG + term).removeprefix(_LONG) if term.isascii() else term

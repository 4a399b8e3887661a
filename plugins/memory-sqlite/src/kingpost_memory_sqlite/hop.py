"""The second pass: what the first answers name, and the question does not, may lead to the rest of the answer.

Called by ``search``. *What does her sister teach?* finds *My sister Lena came by*, and Lena leads to *Lena teaches
physics*. Only names are followed, and only such as few memories hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .question import Question
from .signals import Candidate
from .words import analysed

FIRST = 5
"""So many of the first answers are read for names."""

MOST = 6
HOP = 0.5
"""The most that a name adds."""

_NAME = re.compile(r"[A-Z][\w'-]{2,40}")
_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d\n]{3,60})[\"\u201d]")
_STARTS = ".!?:\n"
_READ = 1500


def names(found: Sequence[Candidate], question: Question, known: frozenset[str]) -> dict[str, float]:
    """The terms of names in the first answers, with what each answer was worth; ``known`` are those of speakers."""
    best = found[0].weight.own + 0.2 if found else 1.0
    told: dict[str, float] = {}
    for each in found[:FIRST]:
        worth = min((each.weight.own + 0.2) / best, 1.0)
        for word, certain in _names(each.body[:_READ]):
            for terms in analysed(word):
                for term in terms.main:
                    if term not in question.terms and term not in known:
                        told[term] = max(told.get(term, 0.0), worth * certain)
    return dict(sorted(told.items(), key=lambda item: (-item[1], item[0]))[: 3 * MOST])


def followed(told: Mapping[str, float], holding: Mapping[str, int], size: int) -> dict[str, float]:
    """The names worth following: somebody else holds them too, and not too many do."""
    most = max(4, min(size // 25, 60))
    kept = {term: worth for term, worth in told.items() if 2 <= holding.get(term, 0) <= most}
    return dict(list(kept.items())[:MOST])


def lead(each: Candidate, told: Mapping[str, float], sources: Mapping[str, int]) -> float:
    """What the names that a memory holds add to its score; nothing to the one that named them."""
    held = told.keys() & each.weight.words
    return HOP * max((told[term] for term in held if sources.get(term) != each.seq), default=0.0)


def sources(found: Sequence[Candidate], told: Mapping[str, float]) -> dict[str, int]:
    """Which of the first answers named each term first."""
    named: dict[str, int] = {}
    for each in found[:FIRST]:
        for term in each.weight.words:
            if term in told:
                named.setdefault(term, each.seq)
    return named


def _names(body: str) -> list[tuple[str, float]]:
    """Words with a capital letter; at the beginning of a sentence every word has one: less certain there."""
    found = [(quoted, 1.0) for quoted in _QUOTED.findall(body)]
    for match in _NAME.finditer(body):
        before = body[: match.start()].rstrip(" \"'*_#->\u201c")
        starts = not before or before[-1] in _STARTS
        found.append((match[0], 0.6 if starts else 1.0))
    return found

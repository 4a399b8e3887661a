"""The second pass: what the first answers name, and the question does not, may lead to the rest of the answer.

Called by ``search``. *What does her sister teach?* finds *My sister Lena came by*, and Lena leads to *Lena teaches
physics*. Only names are followed, and only such as few memories hold. Where a script has no capital letters, a name is
what few others hold: the rarest words first, and of scripts without spaces the rarest pairs of characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .question import Question
from .signals import Candidate
from .words import analysed, is_unspaced

FIRST = 5
"""So many of the first answers are read for names."""

MOST = 6
HOP = 0.5
"""The most that a name adds."""

_NAME = re.compile(r"[^\W\d_a-z][\w'-]{2,40}")
_HIRAGANA = re.compile("[\u3041-\u309f]")
_CASELESS, _MOST_CASELESS, _LEAST_LETTERS = 0.5, 64, 3
"""How certain a name without a capital letter is, how many are looked up, and how long one is that is no pair."""

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d\n]{3,60})[\"\u201d]")
_STARTS = ".!?:\n"
_READ = 1500


def names(found: Sequence[Candidate], question: Question, known: frozenset[str]) -> dict[str, float]:
    """The terms of names in the first answers, with what each answer was worth; ``known`` are those of speakers."""
    best = found[0].weight.own + 0.2 if found else 1.0
    told: dict[str, float] = {}
    bare: dict[str, float] = {}
    for each in found[:FIRST]:
        worth = min((each.weight.own + 0.2) / best, 1.0)
        body = each.body[:_READ]
        written = [(term, certain) for word, certain in _names(body) for of in analysed(word) for term in of.main]
        for held, terms in ((told, written), (bare, [(term, _CASELESS) for term in _caseless(body)])):
            for term, certain in terms:
                if term not in question.terms and term not in known:
                    held[term] = max(held.get(term, 0.0), worth * certain)
    return dict([*_first(told, 3 * MOST), *_first({t: w for t, w in bare.items() if t not in told}, _MOST_CASELESS)])


def _first(told: Mapping[str, float], most: int) -> list[tuple[str, float]]:
    return sorted(told.items(), key=lambda item: (-item[1], item[0]))[:most]


def followed(told: Mapping[str, float], holding: Mapping[str, int], size: int) -> dict[str, float]:
    """The names worth following: somebody else holds them too, and not too many do."""
    most = max(4, min(size // 25, 60))
    kept = [(term, worth) for term, worth in told.items() if 2 <= holding.get(term, 0) <= most]
    # Nothing else tells a name without a capital letter from any other word.
    kept.sort(key=lambda item: (-item[1], holding[item[0]] if _has_no_case(item[0]) else 0))
    return dict(kept[:MOST])


def lead(each: Candidate, told: Mapping[str, float], sources: Mapping[str, int]) -> float:
    """What the names that a memory holds add to its score; nothing to the one that named them."""
    if told.keys().isdisjoint(each.weight.words):
        return 0.0
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
        if not match[0][0].isupper():
            continue
        before = body[: match.start()].rstrip(" \"'*_#->\u201c")
        starts = not before or before[-1] in _STARTS
        found.append((match[0], 0.6 if starts else 1.0))
    return found


def _caseless(body: str) -> list[str]:
    """The terms of words in scripts without capital letters; of Japanese, those that are more than grammar."""
    if body.isascii():
        return []
    found = [term for terms in analysed(body) for term in terms.main if _has_no_case(term)]
    return [term for term in found if _is_pair(term) or len(term) >= _LEAST_LETTERS]


def _has_no_case(term: str) -> bool:
    return not term.isascii() and term[0].isalpha() and term[0].upper() == term[0].lower()


def _is_pair(term: str) -> bool:
    """Whether these are two characters of a script without spaces that may be of a name."""
    return len(term) == 2 and is_unspaced(term) and _HIRAGANA.search(term) is None

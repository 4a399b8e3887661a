"""Everyday words that stand for one another: who asks for a pet means the dog. Pure.

Called by ``look`` for what a question asks. ``related.txt`` is a list of our own, read at the first question; it was
written from what people tell one another, not from any collection of questions. What it leads to is worth less than
the word that was asked for, and nothing beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from .words import analysed

MOST = 48
"""Words that are looked up for one question."""

MOST_EACH = 5
"""Words that stand for one word of a question: the rarest that its scope holds."""

RELATED = 0.4
"""What a related word is worth, of what the word that was asked for would be."""

_FILE = Path(__file__).with_name("related.txt")


def related(terms: Iterable[str]) -> dict[str, str]:
    """Terms that may stand for those that were asked for, each with the first that it stands for."""
    known = _known()
    asked = list(terms)
    found: dict[str, str] = {}
    for term in asked:
        for other in known.get(term, ()):
            if other not in asked:
                found.setdefault(other, term)
    return dict(list(found.items())[:MOST])


def heads() -> Mapping[str, tuple[str, ...]]:
    """Terms that others stand for."""
    return _known()


def standing(found: Mapping[str, str], holding: Mapping[str, int], size: int) -> dict[str, str]:
    """Those that say something in a scope: somebody holds them, and not too many do."""
    most = max(8, size // 12)
    kept: dict[str, str] = {}
    counts: dict[str, int] = {}
    for term in sorted(found, key=lambda term: (holding.get(term, 0), term)):
        asked = found[term]
        if 0 < holding.get(term, 0) <= most and counts.get(asked, 0) < MOST_EACH:
            counts[asked] = counts.get(asked, 0) + 1
            kept[term] = asked
    return kept


@cache
def _known() -> dict[str, tuple[str, ...]]:
    known: dict[str, dict[str, None]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("#") or not line:
            continue
        mutual = "=" in line
        heads, _, others = line.partition("=" if mutual else ":")
        found = _terms(others)
        for head in (*_terms(heads), *(found if mutual else ())):
            told = known.setdefault(head, {})
            told |= dict.fromkeys(other for other in (*_terms(heads), *found) if other != head)
    return {head: tuple(others) for head, others in known.items()}


def _terms(text: str) -> list[str]:
    return [term for terms in analysed(text) for term in terms.main]

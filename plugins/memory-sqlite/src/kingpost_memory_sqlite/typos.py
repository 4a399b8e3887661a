"""Words of a question that nobody ever wrote, repaired to the nearest one that somebody did.

Called by ``look``. Only words of the asked scope are looked at: another one's vocabulary is its own. One letter more,
less, another, or two that changed places; names and ordinary words alike, in any script that has letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise

from .file import Read
from .index import held
from .related import heads
from .stems import stem
from .words import is_unspaced

SHORTEST, LONGEST = 4, 24
"""Among short words too many are one letter apart: what may be a slip there says ``_is_slip``."""

MOST = 3
"""Words of one question that are repaired."""

REPAIRED = 0.5
"""What a repaired word is worth: it may be another word after all."""

_HEAD, _LEAST_HEAD = 2, 3
_ENDINGS = (
    "ization", "ations", "ation", "tions", "tion", "sion", "ion", "ements", "ement", "ments", "ment", "ness", "ences",
    "ence", "ances", "ance", "ents", "ent", "ants", "ant", "ings", "ing", "able", "ible", "ities", "ity", "ously",
    "ous", "fully", "ful", "ally", "al",
)  # fmt: skip
"""Endings that a stem lacks: a slip in one, or a letter that is missing before it, keeps it on the word."""


def repaired(read: Read, scope: int, unknown: Sequence[str], written: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """For each unknown term that has one, the nearest term of the scope, and how many memories hold that.

    ``written`` are the words that the terms are stems of. Where the scope has none, the nearest word is taken that
    others stand for (``related``), though nobody holds it.
    """
    found: dict[str, tuple[str, int]] = {}
    # What is a word that others stand for is no slip, though nobody wrote it here.
    for term in [term for term in unknown if term not in heads() and _is_worth_it(term)][:MOST]:
        word = written.get(term, term).lower()
        looked = _near(read, scope, term) if len(term) > SHORTEST else _near_short(read, scope, term)
        near = [each for each in looked if _is_slip(term, each[0], word)]
        near = near or _ended(read, scope, word)
        near = near or [(head, 0) for head in _headed(term, word)]
        if near:
            found[term] = max(near, key=lambda each: (each[1], each[0]))
    return found


def _is_worth_it(term: str) -> bool:
    return SHORTEST <= len(term) <= LONGEST and term.isalpha() and not is_unspaced(term)


def _is_slip(term: str, other: str, word: str) -> bool:
    """Whether two terms at distance one are likely to be one word: ``word`` is how the first is written.

    Of four letters two may have changed places, or one of a pair be missing; of five any one between the first and the
    last.
    """
    bare = len(word) - next((len(ending) for ending in ("ing", "ed", "es", "s") if word.endswith(ending)), 0)
    if len(term) > SHORTEST + 1 or (bare > SHORTEST + 2 and len(term) > SHORTEST):
        return True
    if sorted(term) == sorted(other):
        return term[0] == other[0] or len(term) > SHORTEST
    if len(other) != len(term) + 1 or (term[0], term[-1]) != (other[0], other[-1]):
        return False
    return len(term) > SHORTEST or any(a == b for a, b in pairwise(other))


def _ended(read: Read, scope: int, word: str) -> list[tuple[str, int]]:
    """Terms whose ending was misspelt, or that lack a letter before it, so that the word was not stemmed."""
    if near := list(held(read, scope, _ends(word)).items()):
        return near
    for head, ending in _parted(word):
        near += [each for each in _near(read, scope, head) if stem(each[0] + ending) == each[0]]
    return near


def _headed(term: str, word: str) -> list[str]:
    """The same among words that others stand for."""
    found = [*_among(_heads(), term), *_among(_heads(), word), *(end for end in _ends(word) if end in heads())]
    for part, ending in _parted(word):
        found += [head for head in _among(_heads(), part) if stem(head + ending) == head]
    return [head for head in dict.fromkeys(found) if _is_slip(term, head, word)]


def _parted(word: str) -> list[tuple[str, str]]:
    """The ways in which a word is a head and an ending."""
    ways = [(word.removesuffix(ending), ending) for ending in _ENDINGS if word.isascii() and word.endswith(ending)]
    return [way for way in ways if len(way[0]) > _LEAST_HEAD]


def _ends(word: str) -> list[str]:
    """The stems of a word whose ending is one slip away from a proper one."""
    if not word.isascii():
        return []
    cuts = range(_LEAST_HEAD, len(word) - 1)
    return list(dict.fromkeys(stem(word[:cut] + ending) for cut in cuts for ending in _among(_endings(), word[cut:])))


Slips = Mapping[str, Sequence[str]]
"""Words by themselves and by what is left of them without one letter: two that are a slip apart share one of these."""


def _slips(words: Iterable[str]) -> Slips:
    made: dict[str, list[str]] = {}
    for word in words:
        for less in _less(word):
            made.setdefault(less, []).append(word)
    return made


def _less(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _among(slips: Slips, word: str) -> list[str]:
    """Those that are one slip away from a word, in their order."""
    met = dict.fromkeys(each for less in sorted(_less(word)) for each in slips.get(less, ()))
    return [each for each in met if is_near(word, each)]


@cache
def _heads() -> Slips:
    return _slips(heads())


@cache
def _endings() -> Slips:
    return _slips(_ENDINGS)


def _near(read: Read, scope: int, term: str) -> list[tuple[str, int]]:
    """Terms at distance one: those with the same head from a stretch of the index, the others one by one."""
    prefix = f"{scope}_"
    head, middle = prefix + term[:_HEAD], len(term) // 2
    least = len(prefix) + len(term) - 1
    # One slip leaves what is before the middle as it is, or what is behind it.
    begin, end = prefix + term[:middle], term[middle + 1 :]
    sql = (
        "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? "
        "AND (substr(term, 1, ?) = ? OR substr(term, ?) = ?)"
    )
    rows = read(sql, (head, f"{head}\U0010ffff", least, least + 2, len(begin), begin, -len(end), end))
    near = [(other, count) for row, count in rows if is_near(term, other := row.removeprefix(prefix))]
    return [*near, *held(read, scope, _other_heads(term)).items()]


def _near_short(read: Read, scope: int, term: str) -> list[tuple[str, int]]:
    """Terms in which two letters have changed places, or one is doubled."""
    swaps = [term[:n] + term[n + 1] + term[n] + term[n + 2 :] for n in range(len(term) - 1)]
    doubles = [term[: n + 1] + term[n:] for n in range(len(term))]
    return [each for each in held(read, scope, [*swaps, *doubles]).items() if each[0] != term]


def _other_heads(term: str) -> list[str]:
    """Terms at distance one whose first letters differ: those that were swapped, left out or doubled."""
    made = {term[1] + term[0] + term[2:], term[0] + term[2] + term[1] + term[3:], term[1:], term[0] + term[2:]}
    return sorted((made | {term[0] + term, term[:2] + term[1:]}) - {term})


def is_near(one: str, other: str) -> bool:
    """Whether two words are one slip apart."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    begin = 0
    while begin < len(one) and one[begin] == other[begin]:
        begin += 1
    if len(one) < len(other):
        return one[begin:] == other[begin + 1 :]
    swapped = one[begin : begin + 2] == other[begin : begin + 2][::-1]
    return one[begin + 1 :] == other[begin + 1 :] or (swapped and one[begin + 2 :] == other[begin + 2 :])

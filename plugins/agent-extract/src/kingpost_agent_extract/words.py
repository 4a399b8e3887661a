"""Words as they are compared: lower case, without endings, the empty ones left out.

Called by ``units`` and ``question``. The stems are no words of any language; they only have to be the same for
"verify", "verified" and "verification".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['\u2019](?:s|t|re|ve|ll|d|m)\b)?")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_INNER_CAPITAL = re.compile(r"[a-z\d][A-Z]")
# Scripts that put no space between words.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLE = re.compile(r"([b-df-hj-np-tv-z])\1$")

_LISTED = re.compile(r"\S+")

EMPTY = frozenset(
    _LISTED.findall("""
    a about also am an and any anyone anything are as at be because been being both but by can cannot could did do does
    doing done either else ever for from further get gets got had has have having he hence her here hers him his how
    however i if in into is it its itself just let like may me might mine must my neither no nor not of on onto or other
    our ours own per perhaps please quite rather really shall she should since so some somebody something such than that
    the their theirs them then there these they thing things this those though through thus to together too toward
    towards until upon us very via was we well were what whatever when whenever where whether which while who whom
    whose why will with within would yet you your yours
    don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn
    answer compare describe difference differences different explain explanation give happen happens happened mean means
    meant say says said show shows summarise summarize summary tell tells use used uses using work works
    """)
)
"""Words that say nothing of what a question is about, and those that only ask for an answer."""

WEAK = frozenset(
    _LISTED.findall("""
    above after afterwards again all always before below best between detail details down during each every everything
    few find first good important kind last least less list long many more most much name named names need needs never
    new next nothing now off often old once one only out over overview question same still time two under up want way
    without
    """)
)
"""Words that say a little."""

_ALIKE = {
    "broke": "break", "broken": "break", "built": "build", "chosen": "choose", "dead": "die", "died": "die",
    "dies": "die", "dying": "die", "found": "find", "gave": "give", "held": "hold", "kept": "keep", "left": "leave",
    "lost": "lose", "made": "make", "ran": "run", "sent": "send", "storage": "store", "took": "take", "taken": "take",
    "wrote": "write", "written": "write",
}  # fmt: skip

# Longest first; each with what is left in its place and how many letters must stand before it.
_ENDINGS = (
    ("ifications", "ify", 2), ("ification", "ify", 2), ("izations", "", 3), ("ization", "", 3), ("isation", "", 3),
    ("abilities", "", 3), ("ability", "", 3), ("ibility", "", 3), ("ations", "", 3), ("ation", "", 3),
    ("ements", "", 4), ("ement", "", 4), ("ments", "", 4), ("ment", "", 4), ("ically", "ic", 3),
    ("ances", "", 4), ("ences", "", 4), ("ance", "", 4), ("ence", "", 4), ("ants", "", 4), ("ents", "", 5),
    ("ably", "", 3), ("ibly", "", 3), ("able", "", 3), ("ible", "", 3), ("ities", "", 4), ("ity", "", 4),
    ("sives", "s", 3), ("sive", "s", 3), ("tives", "t", 3), ("tive", "t", 3), ("izes", "", 4), ("ized", "", 4),
    ("ize", "", 4), ("ised", "", 5), ("ating", "", 3), ("ated", "", 3), ("ates", "", 3), ("ate", "", 3),
    ("ators", "", 3), ("ator", "", 3), ("iers", "y", 3), ("ier", "y", 3), ("ied", "y", 2), ("ies", "y", 2),
    ("ness", "", 4), ("ally", "", 4), ("sions", "s", 3), ("sion", "s", 3), ("tions", "t", 3), ("tion", "t", 3),
    ("ings", "", 3), ("ing", "", 3), ("ers", "", 3), ("ors", "", 4), ("er", "", 3), ("or", "", 4), ("ant", "", 4),
    ("ent", "", 5), ("al", "", 5), ("ed", "", 3), ("ly", "", 3), ("es", "", 3), ("e", "", 3),
)  # fmt: skip


def words(text: str) -> Iterator[tuple[str, int]]:
    """Every word of a text as it is compared, with the place where it begins; the empty ones too.

    A name such as ``maxTokens`` counts as a whole and in its parts.
    """
    for found in _WORD.finditer(text):
        word, place = found.group(), found.start()
        if _UNSPACED.search(word):
            yield from ((word[at : at + 2], place + at) for at in range(max(len(word) - 1, 1)))
            continue
        plain = re.split(r"['\u2019]", word.replace(",", ""), maxsplit=1)[0]
        yield stem(plain.lower()), place
        if _INNER_CAPITAL.search(plain):
            yield from ((stem(part.group().lower()), place + part.start()) for part in _HUMP.finditer(plain))


def content(text: str) -> list[str]:
    """The words of a text that say something, in order."""
    return [word for word, _ in words(text) if word not in _EMPTY_STEMS]


def spelled(text: str) -> dict[str, str]:
    """How the words of a text that say something are written there, by how they are compared."""
    found: dict[str, str] = {}
    for word, place in words(text):
        if word not in _EMPTY_STEMS and (written := _WORD.match(text, place)):
            found.setdefault(word, written.group())
    return found


def is_empty(word: str) -> bool:
    """True for a word, as it is compared, that says nothing."""
    return word in _EMPTY_STEMS


def is_weak(word: str) -> bool:
    """True for a word, as it is compared, that says only a little; a small number is one."""
    return word in _WEAK_STEMS or (word.isdigit() and len(word) < 3)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending."""
    if not word.isalpha() or len(word) < 3:
        return word
    short = word = _ALIKE.get(word, word)
    for ending, instead, least in _ENDINGS:
        if short.endswith(ending) and len(short) - len(ending) >= least and _VOWEL.search(short[: -len(ending)]):
            short = short[: -len(ending)] + instead
            break
    else:
        if short.endswith("s") and not short.endswith(("ss", "us", "is")):
            short = short[:-1]
    return _DOUBLE.sub(r"\1", short)


_EMPTY_STEMS = EMPTY | {stem(word) for word in EMPTY}
_WEAK_STEMS = WEAK | {stem(word) for word in WEAK}

"""Which records of a log are of one sort: the same but for numbers, or the same but for a name.

Called by ``log``. A word with a digit in it is a value wherever it stands. A word without one is a value where hardly
any template has it at that place, while the words around it are in many (SLCT, Vaarandi 2003): users, hosts, packages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from .mishaps import mishap

LOOKED_AT = 400
"""Characters of a record that tell its sort."""
# Only tried where a word begins.
_VALUE = re.compile(r"(?<![^\s,;=()\[\]\"'|])[^\s\d,;=()\[\]\"'|]*+\d[^\s,;=()\[\]\"'|]*+")
_SPACES = re.compile(r" {2,}")
_MANY, _SHARE = 8, 50
"""So many templates, or one in so many, must have a word at a place for it to be no value."""
_LEAST_WORDS, _WORDS = 4, 30
_ROW = 2
"""So many names may stand in a row, as those of people do; not where something went wrong."""


def templates(records: Sequence[str], messages: Sequence[str]) -> list[str]:
    """What is the same in all records of a sort; of a traceback also what it ends with, which is what went wrong."""
    said = []
    for record, message in zip(records, messages, strict=True):
        more = record.rstrip().partition("\n")[2]
        said.append(message.partition("\n")[0].rstrip() + more.rpartition("\n")[2][:LOOKED_AT])
    return _without_values("\n".join(said)).split("\n")


def sorts(values: Sequence[str]) -> list[str]:
    """What is the same in all values of a sort."""
    joined = "\n".join(values)
    if joined.count("\n") >= len(values):
        return templates(values, values)
    return _without_values(joined).split("\n")


def _without_values(said: str) -> str:
    """All at once: an expression takes as long to begin as to work through half a line."""
    found = _VALUE.sub("#", said)
    # Numbers may be padded.
    return _SPACES.sub(" ", found) if "  " in found else found


def families(found: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Templates that are the same but for a name, by the first of each such family; of eight members at least."""
    if len(found) < _MANY:
        return {}
    split = [tuple(template.split()) for template in found]
    counts = Counter(place for words in split for place in enumerate(words))
    least = max(_MANY, len(found) // _SHARE)
    members: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for template, words in zip(found, split, strict=True):
        fixed = tuple(word if counts[at, word] >= least else "" for at, word in enumerate(words))
        said = sum(1 for word in fixed if word and word != "#")
        # With more names than words, or many in a row, it would be of a sort with what says something else.
        if said and said >= fixed.count("") and not _is_phrase(fixed, template):
            members[fixed].append(template)
    return {family[0]: family for family in members.values() if len(family) >= _MANY}


def _is_phrase(fixed: Sequence[str], template: str) -> bool:
    """Whether words in a row that others do not have are rather what happened than names."""
    row = most = 0
    for word in fixed:
        row = 0 if word else row + 1
        most = max(most, row)
    return most > _ROW or (most == _ROW and mishap(template) > 0)


def alike(found: Iterable[str]) -> set[str]:
    """Templates that differ from one before in a single word, out of four at least."""
    known: set[tuple[int, str]] = set()
    said: set[str] = set()
    for template in found:
        words = template.split()[:_WORDS]
        masked = {(at, " ".join([*words[:at], *words[at + 1 :]])) for at, word in enumerate(words) if word != "#"}
        if len(words) >= _LEAST_WORDS and not known.isdisjoint(masked):
            said.add(template)
        known |= masked
    return said

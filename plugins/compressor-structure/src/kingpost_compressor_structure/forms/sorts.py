"""Which records of a log are of one sort: the same but for numbers, or the same but for a name.

Called by ``log``. A word with a digit in it is a value wherever it stands. A word without one is a value where hardly
any template has it at that place, while the words around it are in many (SLCT, Vaarandi 2003): users, hosts, packages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

LOOKED_AT = 400
"""Characters of a record that tell its sort."""
# Only tried where a word begins.
_VALUE = re.compile(r"(?<![^\s,;=()\[\]\"'|])[^\s\d,;=()\[\]\"'|]*+\d[^\s,;=()\[\]\"'|]*+")
_MANY, _SHARE = 8, 50
"""So many templates, or one in so many, must have a word at a place for it to be no value."""


def templates(records: Sequence[str], messages: Sequence[str]) -> list[str]:
    """What is the same in all records of a sort; of a traceback also what it ends with, which is what went wrong."""
    said = []
    for record, message in zip(records, messages, strict=True):
        more = record.rstrip().partition("\n")[2]
        said.append(message.partition("\n")[0].rstrip() + more.rpartition("\n")[2][:LOOKED_AT])
    # All at once: an expression takes as long to begin as to work through half a line.
    return _VALUE.sub("#", "\n".join(said)).split("\n")


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
        # With more names than words it would be of a sort with what says something else.
        if said and said >= fixed.count(""):
            members[fixed].append(template)
    return {family[0]: family for family in members.values() if len(family) >= _MANY}

"""Who speaks in a dialogue, and where: names in front of what is said, or on lines of their own above it.

Called by ``dialogue``, and by ``kinds`` to tell a dialogue from records that only look like one: the head
of a mail, the stanzas of a package list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_DASH = r"(?:[-–|][ \t])?"  # noqa: RUF001 - a dash on purpose
_TIME = (
    rf"(?:[\[(](?=[^\])\n]{{0,40}}\d)[^\])\n]{{1,40}}[\])][ \t]{{0,2}}{_DASH}"
    r"|(?:Turn|Message|Line)[ ]#?\d{1,6}[ :.)-]{0,3}\(?"
    rf"|[A-Z]?\d(?:[\d\-/:., )]|[TZ](?![a-z])){{0,24}}(?:[AaPp][Mm])?[ \t]{{0,2}}{_DASH})?"
)
_NAME = r"[^\W\d_][\w.'’-]{0,24}(?:[ \t][\w.'’&-]{1,24}){0,3}"  # noqa: RUF001 - an apostrophe on purpose
_SAYS = r"[ \t](?:asked|replied|said|says|wrote)"
TURN = re.compile(
    rf"[ \t]{{0,8}}{_TIME}(?:[-*>][ \t])?(?:\*\*)?"
    r"(?:<[ @+]?(?P<nick>[^\s<>]{1,30})>:?[ \t](?!.{0,200}</)"
    rf"|<?(?P<name>{_NAME})[>)]?(?:\*\*)?(?:[ \t]{{0,2}}[\[(][^\])\n]{{1,40}}[\])])?(?:\*\*)?"
    rf"(?:{_SAYS}[,:]?[ \t]?(?=[\"“]|$)|(?:{_SAYS})?[:：])(?:\*\*)?(?:[ \t\"“]|(?<=：)|$))"  # noqa: RUF001 - as above
)
"""A time or a number perhaps, a name, a colon; or a name in angle brackets."""
_LEVEL = re.compile(r"(?:trace|debug|info|notice|warn(?:ing)?|error|fatal|critical|severe)\b", re.IGNORECASE)
"""What a log says where a dialogue has a name."""
_ROLES = frozenset(("agent", "ai", "assistant", "bot", "human", "model", "system", "tool", "user"))
_COMES_BACK = 0.15
"""Of the turns of a dialogue, those of somebody who spoke before, but not just before."""
_ORDERED, _QUOTED = 0.7, 0.1
"""Of the fields of a record, those that follow the same one as ever; of what is said, what only looks like a name."""
_HEADING = re.compile(r"#{1,6} ")
_NUMBER = re.compile(r"\d+")
_OFTEN, _EACH, _MOST, _WIDEST, _COVERED = 3, 0.05, 8, 60, 0.2


def name(line: str) -> str:
    """Who says a line, if somebody does; in angle brackets if so it stands there."""
    found = TURN.match(line)
    return (found["name"] or f"<{found['nick']}>") if found else ""


def speaks(lines: Sequence[str]) -> bool:
    """Whether most of some lines are said by somebody, in turns."""
    named = list(map(name, lines))
    return (_in_turns(named) and not _is_field(named, lines)) or bool(heads(lines))


def _in_turns(named: Sequence[str]) -> bool:
    names = [name for name in named if name and not _is_key(name)]
    distinct = set(names)
    # A setting or two may be quoted in what is said.
    keys = sum(1 for name in named if name) - len(names)
    if len(names) < 4 or len(distinct) > 0.5 * len(names) or keys > _QUOTED * len(names) or _is_record(names):
        return False
    # Assistants say more than one line at a time.
    most = 0.1 if len({name.lower() for name in distinct} & _ROLES) > 1 else 0.45
    return len(names) > most * len(named)


def _is_key(name: str) -> bool:
    """Whether it is rather what a log or a list of settings has in front of a colon."""
    return _LEVEL.match(name) is not None or (name.islower() and name[0] != "<" and name not in _ROLES)


def _is_field(named: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether behind one of the names stands nearly always the same."""
    behind: dict[str, list[str]] = {}
    for name, line in zip(named, lines, strict=True):
        if name:
            behind.setdefault(name, []).append(_NUMBER.sub("0", line.partition(name)[2]))
    return any(len(said) >= _OFTEN and Counter(said).most_common(1)[0][1] > 0.6 * len(said) for said in behind.values())


def _is_record(names: Sequence[str]) -> bool:
    """Whether they never take turns, or all follow each other in one order, as the fields of a record do."""
    distinct = len(set(names))
    if distinct == 1:
        return False
    seen: set[str] = set()
    back = 0
    for before, name in pairwise(names):
        seen.add(before)
        back += name != before and name in seen
    following = Counter(pairwise(names))
    usual: dict[str, int] = {}
    for (before, _), count in following.items():
        usual[before] = max(usual.get(before, 0), count)
    in_order = distinct > 2 and sum(usual.values()) > (_ORDERED if distinct > 3 else 0.9) * (len(names) - 1)
    return back < _COMES_BACK * len(names) or in_order


def heads(lines: Sequence[str]) -> frozenset[str]:
    """The shapes of lines that say who speaks below: few, short, and again and again with something else in between."""
    shapes = [shape(line) for line in lines]
    counts = Counter(filter(None, shapes))
    often = frozenset(shape for shape, count in counts.items() if count >= max(_OFTEN, _EACH * len(lines)))
    at = [number for number, each in enumerate(shapes) if each in often]
    if not 2 <= len(often) <= _MOST or len(at) < _COVERED * len(lines):
        return frozenset()
    apart = sum(1 for one, other in pairwise(at) if other > one + 1)
    turns = sum(1 for one, other in pairwise(at) if shapes[one] != shapes[other])
    return often if apart >= 0.9 * (len(at) - 1) and turns >= 0.3 * len(at) else frozenset()


def shape(line: str) -> str:
    """A line that may say who speaks below, whatever its time; empty for one that says something itself."""
    bare = line.strip()
    begins = bare[:1].isalpha() or bare.startswith(("<", "[", "**")) or _HEADING.match(bare) is not None
    if not begins or line[:1] in " \t" or len(bare) > _WIDEST or bare.count(" ") > 6:
        return ""
    if bare[-1] in ".,;?!" or "<|" in bare[1:]:
        return ""
    return _NUMBER.sub("0", bare)

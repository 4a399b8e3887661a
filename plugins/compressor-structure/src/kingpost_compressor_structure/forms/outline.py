"""Text that says by its indentation what belongs to what: manuals, change logs, help of commands, settings in YAML.

Called by ``prose``, with its lines. A short line above lines that stand further in heads them: they make no sense
without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..units import ABSENT, Unit

_LONGEST, _TOGETHER = 100, 3
"""Characters of a line that heads others; how many such lines may head them together."""
_ENOUGH, _FEWEST = 0.3, 8
_TAB = 8
_BULLETS = "-*+•"
_SENTENCE = 120


class _Block(NamedTuple):
    """Lines that are one, how far in they stand, whether they head what follows, and have some of it with them."""

    text: str
    indent: int
    heads: bool = False
    joined: bool = False


def units(lines: Sequence[str], split: Callable[[str], Iterator[str]]) -> list[Unit] | None:
    """Lines below those that head them; ``None`` if hardly any is. ``split`` makes sentences of a long one."""
    if len(lines) < _FEWEST:
        return None
    indents = list(map(_indent, lines))
    # An inner line may stand as far out as its own head once did, so this is a first look only.
    if sum(1 for one, other in pairwise(indents) if other > one) < 0.05 * len(lines):
        return None
    made: list[Unit] = []
    above: list[tuple[int, int]] = []
    joined = 0
    for block in _blocks(lines, indents):
        while above and above[-1][0] >= block.indent:
            above.pop()
        parent, first = above[-1][1] if above else ABSENT, len(made)
        for part in _parts(block, split):
            made.append(Unit((part,), parent=parent))
            parent = first if block.heads else parent
        joined += block.joined
        if block.heads:
            above.append((block.indent, first))
    below = sum(1 for unit in made if unit.parent != ABSENT) + joined
    return made if below >= _ENOUGH * (len(made) + joined) else None


def _parts(block: _Block, split: Callable[[str], Iterator[str]]) -> Iterator[str]:
    """The sentences of a long block; what heads others keeps the first of theirs that it was joined with."""
    if len(block.text) <= _SENTENCE:
        yield block.text
    else:
        yield from split(block.text)


def _blocks(lines: Sequence[str], indents: Sequence[int]) -> Iterator[_Block]:
    """Lines, but those that head others together, and with what they head if that follows at once."""
    at, end = 0, len(lines)
    while at < end:
        last = _last_of_head(lines, indents, at)
        if last is None:
            yield _Block(lines[at], indents[at])
            at += 1
            continue
        behind = last + 1
        joined = behind < end and not _ends(lines[last]) and _last_of_head(lines, indents, behind) is None
        stop = behind + joined
        yield _Block("".join(lines[at:stop]), indents[at], heads=True, joined=joined)
        at = stop


def _last_of_head(lines: Sequence[str], indents: Sequence[int], at: int) -> int | None:
    """The last of the lines from here on that head others together, if they do."""
    for last in range(at, min(at + _TOGETHER, len(lines) - 1)):
        bare = lines[last].strip()
        if not bare or "\n" in bare or len(bare) > _LONGEST or (bare[-1] in ".!?" and bare[0] not in _BULLETS):
            return None
        if indents[last + 1] > indents[at]:
            return last
        if indents[last + 1] < indents[at] or _ends(lines[last]):
            return None
    return None


def _ends(line: str) -> bool:
    """Whether a blank line follows."""
    return line.count("\n") > 1


def _indent(line: str) -> int:
    begin = line.lstrip("\r\n")
    return len(begin[: len(begin) - len(begin.lstrip(" \t"))][:200].expandtabs(_TAB))

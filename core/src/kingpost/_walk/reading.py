"""What was recalled, as passages in the order in which one reads: neighbours joined, conversations in time.

Called by ``context``, which is also told of which memories a passage was made. The ranks of a memory say what fits; a
reader, a model too, understands what stands together. Pure: the same memories in the same ranks give the same passages,
byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from ..records.context import Passage, Trust
from ..records.memory import Memory, Recollection
from ..records.record import Record

MOST_CHARS = 4800
"""How long a joined passage may get: a compressor that is out of room drops passages whole."""

MOST_BLANK = 2
"""Pieces of a document end before blank lines; so many may be between two that were one text."""

_LINES = re.compile(r"(\d{1,12})(?:-(\d{1,12}))?", re.ASCII)
_COUNTING = re.compile(r"[^\W\d]{0,16}(?:[ _:./#-]{0,2}\d{1,9}){1,4}", re.ASCII)
_NUMBERS = re.compile(r"\d+", re.ASCII)
_PAGE = re.compile(r"p\. ?(\d{1,12})", re.ASCII)


class _Part(Record):
    """One or more memories that are read as one; ``first`` and ``last`` are their lines, 0 where there are none."""

    ranks: tuple[int, ...]
    memory: Memory
    score: float
    text: str
    copies: int = 1
    first: int = 0
    last: int = 0
    until: float = 0.0


Names = tuple[tuple[str, str], ...]
"""Memories by scope and id."""


def passages_of(found: Sequence[Recollection]) -> tuple[Passage, ...]:
    """The passages of what was recalled, best first; numbered in the order in which they stand."""
    return read_together(found)[0]


def read_together(found: Sequence[Recollection]) -> tuple[tuple[Passage, ...], Mapping[str, Names]]:
    """The passages of what was recalled, best first, and of which memories each is made, by its number.

    Documents come first, the one with the best rank before the others, each from its beginning; then what was said,
    the oldest first. Lines of a document that follow each other, and turns of one conversation, become one passage.
    """
    groups: dict[tuple[str, ...], list[_Part]] = {}
    for rank, one in enumerate(found, 1):
        groups.setdefault(_group(one.memory), []).append(_part(rank, one))
    ordered = sorted(groups.items(), key=lambda item: _group_order(*item))
    parts = [part for _, group in ordered for part in _joined(_in_order(group))]
    passages = tuple(_passage(number, part) for number, part in enumerate(parts, 1))
    named = [tuple((found[n - 1].memory.scope, found[n - 1].memory.id) for n in part.ranks) for part in parts]
    return passages, {passage.id: names for passage, names in zip(passages, named, strict=True)}


def _group(memory: Memory) -> tuple[str, ...]:
    if memory.source:
        return "document", memory.scope, memory.source
    return ("conversation", memory.scope, memory.session) if memory.session else ("memory", memory.scope, memory.id)


def _group_order(key: tuple[str, ...], group: Sequence[_Part]) -> tuple[float, ...]:
    if key[0] == "document":
        return 0, min(part.ranks[0] for part in group)
    return 1, min(part.memory.created for part in group), min(part.ranks[0] for part in group)


def _part_order(part: _Part) -> tuple[float, ...]:
    if part.memory.source:
        page = _PAGE.match(part.memory.place)
        return (int(page.group(1)) if page else 0), part.first, part.last, part.ranks[0]
    return part.memory.created, part.ranks[0]


def _in_order(group: Sequence[_Part]) -> list[_Part]:
    """The parts of one document or conversation as they stand there."""
    ordered = sorted(group, key=_part_order)
    if not group[0].memory.source and all(_COUNTING.fullmatch(part.memory.id) for part in group):
        # Turns often carry the one time of their conversation; their ids tell their order, where all of them count.
        ordered.sort(key=lambda part: (part.memory.created, _counted(part.memory.id)))
    return ordered


def _counted(id: str) -> tuple[float, ...]:
    """The numbers in an id that counts (``turn 12``, ``D3:7``), in their order."""
    return tuple(map(float, _NUMBERS.findall(id)))


def _part(rank: int, one: Recollection) -> _Part:
    memory, first, last = one.memory, 0, 0
    if memory.source and (lines := _LINES.fullmatch(memory.place)):
        first = int(lines.group(1))
        last = int(lines.group(2) or first)
    text, speaker = memory.body, memory.speaker
    if speaker and not text.startswith(speaker):
        text = f"{speaker}: {text}"
    return _Part((rank,), memory, one.score, text, one.copies, first, last, memory.created)


def _joined(parts: Iterable[_Part]) -> Iterable[_Part]:
    before: _Part | None = None
    for part in parts:
        between = None if before is None else _between(before, part)
        if before is None or between is None:
            if before is not None:
                yield before
            before = part
            continue
        before = _Part(
            ranks=(*before.ranks, *part.ranks), memory=before.memory, score=max(before.score, part.score),
            text=f"{before.text}{between}{part.text}", copies=max(before.copies, part.copies), first=before.first,
            last=part.last, until=part.until,
        )  # fmt: skip
    if before is not None:
        yield before


def _between(before: _Part, part: _Part) -> str | None:
    """What stands between two parts of one passage; ``None`` where they are two."""
    a, b = before.memory, part.memory
    same = (a.origin, a.meta.get("kind", "")) == (b.origin, b.meta.get("kind", ""))
    if not same or len(before.text) + len(part.text) > MOST_CHARS:
        return None
    if not a.source:
        return "\n" if a.session else None
    gap = part.first - before.last
    return "\n" * gap if before.first and 1 <= gap <= MOST_BLANK + 1 else None


def _passage(number: int, part: _Part) -> Passage:
    memory = part.memory
    ranks = " and ".join(", ".join(map(str, sorted(part.ranks))).rsplit(", ", 1))
    said = f", said {part.copies} times" if part.copies > 1 else ""
    return Passage(
        id=str(number),
        text=part.text,
        source=memory.source or (f"conversation {memory.session}" if memory.session else f"memory {memory.id}"),
        place=_place(part),
        reason=f"recalled for the task's words, rank{'s' if len(part.ranks) > 1 else ''} {ranks}{said}",
        trust=Trust.OUTSIDE if memory.origin in ("import", "tool") else Trust.MEMORY,
        kind=str(memory.meta.get("kind", "")),
        score=part.score,
    )


def _place(part: _Part) -> str:
    memory = part.memory
    if len(part.ranks) > 1 and memory.source:
        return f"{part.first}-{part.last}"
    if memory.place or not memory.session or memory.created <= 0:
        return memory.place
    first, last = _when(memory.created), _when(part.until)
    return first if first == last or not last else f"{first} to {last}"


def _when(seconds: float) -> str:
    """The minute, in UTC."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return ""  # beyond what a calendar holds

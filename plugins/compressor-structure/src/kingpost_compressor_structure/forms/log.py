"""Logs: errors and what is rare first, then one line of each sort with how many there were."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..question import Question
from ..units import Form, Unit
from .odd import far_out

_ERROR = re.compile(
    r"\b(?:error|err|fatal|critical|panic|panicked|exception|traceback|failed|failure|segfault|abort|aborted|assert|oom"
    r"|killed|denied|refused|timeout|timed out|unreachable|corrupt|corrupted)\b|Error\b|Exception\b",
    re.IGNORECASE,
)
_WARNING = re.compile(r"\bwarn(?:ing)?\b", re.IGNORECASE)
_HEX = re.compile(r"\b(?:0x)?[0-9a-f]{8,64}\b|[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)
_NUMBER = re.compile(r"\d++(?:\.\d++)?+")
_LEAD = re.compile(r"[\[(]?\d[\d\-/:T., +Z]{6,40}[\])]?")
_LOOKED_AT = 400
_LOSS = "lines like those that are kept, counted"
_RARE = 2
_TOLD_APART = 20


def form(text: str, question: Question) -> Form | None:
    """Records of the same template differ only in numbers; the first of each carries their count."""
    records = list(_records(text))
    if len(records) < 4:
        return None
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        groups[_template(record)].append(number)
    units = [Unit((record,), (0.0,), loss=_LOSS) for record in records]
    for template, members in groups.items():
        _value(units, template, members, len(groups), len(records))
    return Form(units, gaps=False, flows=True)


def _value(units: list[Unit], template: str, members: Sequence[int], sorts: int, total: int) -> None:
    """What the records of one template are worth; the first counts the others."""
    first = members[0]
    rare = len(members) <= _RARE and sorts < total * 0.5
    if _ERROR.search(template):
        worth = 1.0
    elif _WARNING.search(template):
        worth = 0.8
    else:
        worth = 0.75 if rare else 0.7
    for number in members[1:] if rare else _distinct(units, members) if worth >= 0.8 else ():
        units[number].worth = (worth * 0.8,)
    for number in _far_out(units, members):
        units[number].worth = (0.95,)
    if len(members) > _RARE:
        record = units[first].whole
        bare = record.rstrip("\n")
        counted = f"{bare} [{len(members)} like this]{record[len(bare) :]}"
        units[first].shapes, units[first].worth = (counted,), (worth,)
    else:
        units[first].worth = (max(worth, units[first].worth[0]),)


def _distinct(units: Sequence[Unit], members: Sequence[int]) -> list[int]:
    """The first record of each message, where a number tells a few apart: which disk, which host."""
    first: dict[str, int] = {}
    for number in members:
        first.setdefault(_message(units[number].whole), number)
    return list(first.values())[1:] if len(first) <= _TOLD_APART else []


def _far_out(units: Sequence[Unit], members: Sequence[int]) -> set[int]:
    """The records with a number far from what it is in the others."""
    if len(members) < 12:
        return set()
    rows = [_NUMBER.findall(_message(units[number].whole))[:6] for number in members]
    found: set[int] = set()
    for column in range(min(map(len, rows))):
        found |= {members[at] for at in far_out([float(row[column][:15]) for row in rows])}
    return found


def _message(record: str) -> str:
    """A record without the time at its front."""
    line = record[:_LOOKED_AT]
    lead = _LEAD.match(line)
    return line[lead.end() :] if lead else line


def _template(record: str) -> str:
    lines = record.rstrip().split("\n")
    # What a traceback ends with is what went wrong.
    said = _message(lines[0]) + (lines[-1][:_LOOKED_AT] if len(lines) > 1 else "")
    return _NUMBER.sub("#", _HEX.sub("#", said))


def _records(text: str) -> Iterator[str]:
    """Lines with what belongs to them: indented lines, and a traceback up to the error that it ends with."""
    part: list[str] = []
    tracing = False
    for line in text.splitlines(keepends=True):
        belongs = not line.strip() or line[0] in " \t" or line.startswith(("Caused by", "Traceback "))
        if part and not belongs and not tracing:
            yield "".join(part)
            part = []
        # The line that ends a traceback is not indented.
        tracing = line.startswith("Traceback ") or (tracing and line[0] in " \t")
        part.append(line)
    if part:
        yield "".join(part)

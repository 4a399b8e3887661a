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
# A word with a digit in it is a value: an address, a block, a time. Only tried where a word begins.
_VALUE = re.compile(r"(?<![^\s,;=()\[\]\"'|])[^\s\d,;=()\[\]\"'|]*+\d[^\s,;=()\[\]\"'|]*+")
_CALM = re.compile(r"\b(?:TRACE|DEBUG|INFO|NOTICE)\b")
_NUMBER = re.compile(r"\d++(?:\.\d++)?+")
_LEAD = re.compile(r"[\[(]?(?:[A-Z][a-z]{2},? ){0,2}\d[\d\-/:T., +Z]{6,40}[\])]?")
_LOOKED_AT = 400
_LOSS = "lines like those that are kept, counted"
_RARE, _FEW, _TRACE = 2, 20, 3
_ODD, _WARNED, _SAID_CALMLY, _UNUSUAL, _USUAL = 0.97, 0.8, 0.85, 0.75, 0.7
"""To an error: one like no other, a warning, a mishap that is no error, one of many that are rare, a usual one."""
_CAUSE = re.compile(
    r"Caused by|[\w.]{1,80}(?:Error|Exception|Interrupt)\b|\S.{0,200}(?:error|failed|panic)", re.IGNORECASE
)
_TOLD_APART = 20


def form(text: str, question: Question) -> Form | None:
    """Records of the same template differ only in numbers; the first of each carries their count."""
    records = list(_records(text))
    if len(records) < 4:
        return None
    messages = [_message(record) for record in records]
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for number, template in enumerate(_templates(records, messages)):
        groups[template].append(number)
    units = [Unit((record,), (0.0,), loss=_LOSS) for record in records]
    rare = sum(1 for members in groups.values() if len(members) <= _RARE)
    # Where much is rare, rare is nothing to tell.
    odd = _ODD if rare <= max(_FEW, len(records) // 50) else _UNUSUAL
    for template, members in groups.items():
        _value(units, messages, template, members, odd)
    return Form(units, gaps=False, flows=True)


def _value(units: list[Unit], messages: Sequence[str], template: str, members: Sequence[int], odd: float) -> None:
    """What the records of one template are worth; the first counts the others. ``odd``: what a rare one is worth."""
    first = members[0]
    rare = len(members) <= _RARE
    worth = odd if rare else _USUAL
    if _ERROR.search(template):
        worth = max(worth, _SAID_CALMLY) if _CALM.search(template) else 1.0
    elif _WARNING.search(template):
        worth = max(worth, _WARNED)
    for number in members[1:] if rare else _distinct(messages, members) if worth >= _WARNED else ():
        units[number].worth = (worth * 0.8,)
    for number in _far_out(messages, members):
        units[number].worth = (0.95,)
    if len(members) > _RARE:
        record = units[first].whole
        bare = record.rstrip("\n")
        counted = f"{bare} [{len(members)} like this]{record[len(bare) :]}"
        units[first].shapes, units[first].worth = (counted,), (worth,)
    else:
        units[first].worth = (max(worth, units[first].worth[0]),)
    _shorten(units[first])


def _shorten(unit: Unit) -> None:
    """A long trace can do with its first line and with what went wrong."""
    lines = unit.whole.splitlines(keepends=True)
    if len(lines) > _TRACE:
        last = next((line for line in reversed(lines[1:]) if _CAUSE.match(line)), "")
        short = f"{lines[0]}{last}"
        unit.shapes, unit.worth = (short, unit.whole), (unit.worth[0], 0.0)


def _distinct(messages: Sequence[str], members: Sequence[int]) -> list[int]:
    """The first record of each message, where a number tells a few apart: which disk, which host."""
    first: dict[str, int] = {}
    for number in members:
        first.setdefault(messages[number], number)
    return list(first.values())[1:] if len(first) <= _TOLD_APART else []


def _far_out(messages: Sequence[str], members: Sequence[int]) -> set[int]:
    """The records with a number far from what it is in the others."""
    if len(members) < 12:
        return set()
    rows = [_NUMBER.findall(messages[number])[:6] for number in members]
    found: set[int] = set()
    for column in range(min(map(len, rows))):
        found |= {members[at] for at in far_out([float(row[column][:15]) for row in rows])}
    return found


def _message(record: str) -> str:
    """A record without the time at its front."""
    line = record[:_LOOKED_AT]
    lead = _LEAD.match(line)
    return line[lead.end() :] if lead else line


def _templates(records: Sequence[str], messages: Sequence[str]) -> list[str]:
    """What is the same in all records of a sort; of a traceback also what it ends with, which is what went wrong."""
    said = []
    for record, message in zip(records, messages, strict=True):
        more = record.rstrip().partition("\n")[2]
        said.append(message.partition("\n")[0].rstrip() + more.rpartition("\n")[2][:_LOOKED_AT])
    # All at once: an expression takes as long to begin as to work through half a line.
    return _VALUE.sub("#", "\n".join(said)).split("\n")


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

"""Logs: errors and what is rare first, then one line of each sort with how many there were."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ..question import Question
from ..units import Form, Unit
from .mishaps import WARNED, mishap
from .odd import far_out
from .sorts import LOOKED_AT, alike, families, templates

# Neither versions nor addresses nor times of day: a number, perhaps with its unit.
_NUMBER = re.compile(r"(?<![\w.:/+~-])\d++(?:\.\d++)?+(?=[A-Za-z%µ]{0,3}(?:[\s,;|()\[\]{}\"']|\.?$|\.\s))")
_UNITS = string.ascii_letters + string.punctuation + "µ"
_HABIT, _COLUMNS, _DIGITS = 12, 6, 15
_LEAD = re.compile(r"[\[(]?(?:[A-Z][a-z]{2},? ){0,2}\d[\d\-/:T., +Z]{6,40}[\])]?")
COLOUR = re.compile(r"\x1b\[[\d;]{0,12}m")
"""What a terminal is told, and nobody else."""
_LOSS = "lines like those that are kept, counted"
_RARE, _FEW, _TRACE = 2, 20, 3
_AGAIN = 0.86
"""An error with another name in it, to one that is told for the first time."""
_ODD, _UNUSUAL, _USUAL = 0.97, 0.75, 0.7
"""To an error: one like no other, one of many that are rare, a usual one."""
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
    for number, template in enumerate(templates(records, messages)):
        groups[template].append(number)
    units = [Unit((record,), (0.0,), loss=_LOSS) for record in records]
    again = _again(groups)
    said = alike(template for template in groups if again.get(template, 1) and mishap(template))
    few = [template for template, members in groups.items() if len(members) <= _RARE]
    rare = sum(1 for template in few if template not in again and template not in said)
    # Where much is rare, rare is nothing to tell.
    odd = _ODD if rare <= max(_FEW, len(records) // 50) else _UNUSUAL
    for template, members in groups.items():
        if times := again.get(template, len(members)):
            worth = _worth(template, odd if times <= _RARE else _USUAL)
            _value(units, messages, members, _AGAIN * worth if template in said else worth)
            _count(units[members[0]], times)
        else:
            units[members[0]].worth = (_AGAIN * mishap(template),)
    return Form(units, gaps=False, flows=True)


def _again(groups: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Templates that differ by a name only: the first of them with how many records there are, the others with 0."""
    found: dict[str, int] = {}
    for first, family in families(list(groups)).items():
        found |= dict.fromkeys(family, 0)
        found[first] = sum(len(groups[template]) for template in family)
    return found


def _worth(template: str, usual: float) -> float:
    """What the first record of a template is worth; what goes wrong is worth just that, also when it is rare."""
    wrong = mishap(template)
    return wrong if wrong == 1.0 else max(usual, wrong)


def _value(units: list[Unit], messages: Sequence[str], members: Sequence[int], worth: float) -> None:
    """What the records of one template are worth, given that of the first."""
    rare = len(members) <= _RARE
    for number in members[1:] if rare else _distinct(messages, members) if worth >= WARNED else ():
        units[number].worth = (worth * 0.8,)
    for number in _far_out(messages, members):
        units[number].worth = (0.95,)
    first = units[members[0]]
    first.worth = (max(worth, first.worth[0]) if rare else worth,)


def _count(unit: Unit, times: int) -> None:
    """Tell how many records are like one."""
    if times > _RARE:
        line, end, more = unit.whole.partition("\n")
        unit.shapes = (f"{line.rstrip()} [{times} like this]{end}{more}",)
    _shorten(unit)


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
    if len(members) < _HABIT:
        return set()
    # Records of one template have their numbers in the same words, behind the same letters.
    first = messages[members[0]].split()
    places = [(at, number.start()) for at, word in enumerate(first) if (number := _NUMBER.search(word))]
    rows = [(member, words) for member in members if len(words := messages[member].split()) == len(first)]
    found: set[int] = set()
    for at, start in places[:_COLUMNS]:
        who, numbers = [], []
        for member, words in rows:
            try:
                numbers.append(float(words[at][start : start + _DIGITS].rstrip(_UNITS)))
            except ValueError:
                continue
            who.append(member)
        found.update(who[place] for place in far_out(numbers))
    return found


def _message(record: str) -> str:
    """A record without the time at its front, and without colours."""
    line = record[:LOOKED_AT]
    if "\x1b" in line:
        line = COLOUR.sub("", line)
    lead = _LEAD.match(line)
    return line[lead.end() :] if lead else line


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

"""Diffs: commits, below them files, below each its hunks; a hunk can do without the lines that did not change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..question import Question
from ..units import ABSENT, Form, Unit

_FILE = ("diff --git ", "Index: ")
_COMMIT = re.compile(r"(?:commit|From) [0-9a-f]{7,64}\b")
_TELLS = (*_FILE, "new file", "deleted file", "rename ", "copy ", "Binary ", "Only in ")
"""Of the lines above the hunks of a file those that say what became of it."""
_LONGEST, _NEAR = 40, 24
"""A hunk of more lines falls into parts; where in the last lines of a part it may end."""
_LOSS = "lines that did not change"
_NAMED, _WITH_QUESTION, _HUNK, _PART = 1.0, 0.8, 0.6, 0.5


def form(text: str, question: Question) -> Form | None:
    """Every commit and file is named as long as there is room; the best answer to a question comes before that."""
    units: list[Unit] = []
    commit = file = ABSENT
    named = _WITH_QUESTION if question.terms else _NAMED
    for part in _parts(text):
        if part.startswith("@@ "):
            units += _hunk(part, len(units), file)
        elif _COMMIT.match(part):
            commit, file = len(units), ABSENT
            units.append(_titled(_message(part), part, named, ABSENT))
        else:
            file = len(units)
            units.append(_titled(_file(part), part, named, commit))
    return Form(units) if any(unit.parent != ABSENT for unit in units) else None


def _titled(short: str, whole: str, worth: float, parent: int) -> Unit:
    if len(short) < 0.85 * len(whole):
        return Unit((short, whole), (worth, 0.1), title=short, parent=parent, loss=_LOSS)
    return Unit((whole,), (worth,), title=whole, parent=parent, loss=_LOSS)


def _message(part: str) -> str:
    """Which commit it is, and the first line of what it says."""
    lines = part.splitlines(keepends=True)
    subject = next((line for line in lines if line.startswith(("    ", "Subject:")) and line.strip()), "")
    return f"{lines[0]}{subject}" if subject else part


def _file(part: str) -> str:
    told = [line for line in part.splitlines(keepends=True) if line.startswith(_TELLS)]
    return "".join(told) or part


def _hunk(part: str, number: int, file: int) -> list[Unit]:
    """One unit, or for a long one several, each below the first."""
    units = []
    for at, lines in enumerate(_pieces(part.splitlines(keepends=True))):
        whole = "".join(lines)
        changed = "".join(line for line in lines if line[0] in "@+-\\")
        worth, parent = (_PART, number) if at else (_HUNK, file)
        if 0 < len(changed) < 0.8 * len(whole):
            units.append(Unit((changed, whole), (worth, 0.0), parent=parent, loss=_LOSS))
        else:
            units.append(Unit((whole,), (worth,), parent=parent, loss=_LOSS))
    return units


def _pieces(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parts of a hunk that end where a line is blank or least indented, if there is such a line near."""
    start = 0
    while len(lines) - start > _LONGEST:
        near = range(start + _LONGEST, start + _LONGEST - _NEAR, -1)
        end = min(near, key=lambda at: len(lines[at][1:]) - len(lines[at][1:].lstrip(" \t")))
        yield lines[start:end]
        start = end
    yield lines[start:]


def _parts(text: str) -> Iterator[str]:
    """The heads of commits, of files and the hunks; together they are the text."""
    lines = text.splitlines(keepends=True)
    start, in_head = 0, False
    for number, line in enumerate(lines):
        heads = line.startswith(_FILE) or (
            line.startswith("--- ") and not in_head and "".join(lines[number + 1 : number + 2]).startswith("+++ ")
        )
        heads = heads or (line[0] in "cF" and _COMMIT.match(line) is not None)
        if number > start and (heads or line.startswith("@@ ")):
            yield "".join(lines[start:number])
            start = number
        in_head = line.startswith(_FILE) or (heads and line[0] == "-") or (in_head and not line.startswith("@@ "))
    yield "".join(lines[start:])

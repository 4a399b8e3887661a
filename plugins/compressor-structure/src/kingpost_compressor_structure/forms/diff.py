"""Diffs: files, and below each its hunks; a hunk can do without the lines that did not change."""

from __future__ import annotations

from collections.abc import Iterator

from ..question import Question
from ..units import ABSENT, Form, Unit

_FILE = ("diff --git ", "Index: ")


def form(text: str, question: Question) -> Form | None:
    """Every file is named as long as there is room."""
    units: list[Unit] = []
    file = ABSENT
    for part in _parts(text):
        if part.startswith("@@ "):
            changed = "".join(line for line in part.splitlines(keepends=True) if line[0] in "@+-\\")
            shapes, worth = ((changed, part), (0.6, 0.0)) if len(changed) < 0.8 * len(part) else ((part,), (0.6,))
            units.append(Unit(shapes, worth, parent=file, loss="lines that did not change"))
        else:
            file = len(units)
            units.append(Unit((part,), (1.0,), title=part))
    return Form(units) if any(unit.parent != ABSENT for unit in units) else None


def _parts(text: str) -> Iterator[str]:
    """The heads of files and the hunks; together they are the text."""
    lines = text.splitlines(keepends=True)
    start, in_head = 0, False
    for number, line in enumerate(lines):
        heads = line.startswith(_FILE) or (
            line.startswith("--- ") and not in_head and "".join(lines[number + 1 : number + 2]).startswith("+++ ")
        )
        if number > start and (heads or line.startswith("@@ ")):
            yield "".join(lines[start:number])
            start = number
        in_head = heads or (in_head and not line.startswith("@@ "))
    yield "".join(lines[start:])

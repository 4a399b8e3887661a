"""Tables of text: the head, the rows that stand out, and the others by the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from ..question import Question
from ..units import Form, Unit
from .odd import odd_rows

_RULE = re.compile(r"[\s|:+=-]+$")
ROWS_LOSS = "rows that the question does not mention"
LIKE_LOSS = "rows like those that are kept"
_MOST_COLUMNS = 60


def form(text: str, question: Question) -> Form | None:
    """A row makes no sense without the head."""
    lines = text.splitlines(keepends=True)
    mark = next((mark for mark in ("\t", "|", ";", ",") if lines and mark in lines[0]), None)
    if mark is None or len(lines) < 4 or text.count('"') % 2:
        return None
    heads = 2 if _RULE.match(lines[1]) else 1
    units = [Unit(("".join(lines[:heads]),), (1.0,), title=lines[0])]
    rows = [row for row in _rows(lines[heads:]) if row]
    units += of_rows(rows, [_cells(row, mark) for row in rows], 0, question)
    return Form(units, flows=False)


def of_rows(rows: Sequence[str], cells: Sequence[Sequence[str]], parent: int, question: Question) -> list[Unit]:
    """One unit for each row: the odd ones are worth most, the first shows how rows look."""
    columns = zip_longest(*(row[:_MOST_COLUMNS] for row in cells), fillvalue="")
    odd = odd_rows([[str(len(row)) for row in cells], *columns])
    loss = ROWS_LOSS if question.terms else LIKE_LOSS
    return [
        Unit((row,), (0.95 if at in odd else 0.6 if at == 0 else 0.0,), parent=parent, loss=loss)
        for at, row in enumerate(rows)
    ]


def _cells(row: str, mark: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split(mark)]


def _rows(lines: Sequence[str]) -> list[str]:
    """Lines, joined where a quoted cell goes on in the next."""
    rows: list[str] = []
    is_open = False
    for line in lines:
        if is_open:
            rows[-1] += line
        else:
            rows.append(line)
        is_open ^= line.count('"') % 2 == 1
    return rows

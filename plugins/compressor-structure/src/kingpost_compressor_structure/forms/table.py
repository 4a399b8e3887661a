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
_FLAGS = ("true", "false", "null", "yes", "no")
_LONG, _KNOWN_BY, _SHORT_ROW = 100, 2, 0.5
"""Characters of a long text, how many other columns a row is known by, and what it is worth without its long texts."""
_LONG_LOSS = "long texts of rows"
_SAMPLE, _FEW_ROWS, _FEW_COLUMNS, _WORDS = 60, 8, 5, 6
"""Rows looked at for who speaks, at least, columns at most, and how many words a message has."""


def form(text: str, question: Question) -> Form | None:
    """A row makes no sense without the head."""
    lines = text.splitlines(keepends=True)
    mark = next((mark for mark in ("\t", "|", ";", ",") if lines and mark in lines[0]), None)
    if mark is None or len(lines) < 4 or text.count('"') % 2:
        return None
    heads = 2 if _RULE.match(lines[1]) else 1
    units = [Unit(("".join(lines[:heads]),), (1.0,), title=lines[0])]
    rows = [row for row in _rows(lines[heads:]) if row]
    units += of_rows(rows, _cells(rows, mark), 0, question)
    spoken = any(unit.speaker for unit in units)
    return Form(units, flows=spoken, is_speech=spoken)


def of_rows(
    rows: Sequence[str], cells: Sequence[Sequence[str]], parent: int, question: Question, mark: str = ""
) -> list[Unit]:
    """One unit for each row: the odd ones are worth most, the first shows how rows look.

    Where a ``mark`` that joins cells is given, rows can do without their long texts.
    """
    columns: list[Sequence[str]] = list(zip_longest(*(row[:_MOST_COLUMNS] for row in cells), fillvalue=""))
    lengths = list(map(len, cells))
    if len(set(lengths)) > 1:
        columns.append(list(map(str, lengths)))
    odd = odd_rows(columns, asked=bool(question.terms))
    loss = ROWS_LOSS if question.terms else LIKE_LOSS
    worths = [(odd.get(at, 0.0),) for at in range(len(rows))]
    if rows:
        worths[0] = (odd.get(0, 0.6),)
    units = [Unit((row,), worth, "", parent, (), loss) for row, worth in zip(rows, worths, strict=True)]
    if (by := _speaker(cells)) is not None:
        for unit, row in zip(units, cells, strict=True):
            unit.speaker = row[by] if by < len(row) else ""
    elif mark and (long := _long(columns[: max(lengths)])):
        for unit, row in zip(units, cells, strict=True):
            _shorten(unit, mark.join("…" if at in long else cell for at, cell in enumerate(row)) + "\n")
    return units


def _shorten(unit: Unit, short: str) -> None:
    """Let a row be shown without its long texts."""
    if len(short) < 0.7 * len(unit.whole):
        unit.shapes, unit.worth = (short, unit.whole), (unit.worth[0] or _SHORT_ROW, 0.0)
        unit.loss = f"{unit.loss}; {_LONG_LOSS}"


def _long(columns: Sequence[Sequence[str]]) -> set[int]:
    """The columns of long texts, where there are others to know a row by."""
    found = {at for at, column in enumerate(columns) if sum(map(len, column)) > _LONG * len(column)}
    return found if len(columns) - len(found) >= _KNOWN_BY else set()


def _speaker(cells: Sequence[Sequence[str]]) -> int | None:
    """The column of who says what stands in another one, where rows are the messages of a few people."""
    sample = [row for row in cells[:_SAMPLE] if len(row) == len(cells[0])]
    if len(sample) < _FEW_ROWS or len(cells[0]) > _FEW_COLUMNS:
        return None
    columns = list(zip(*sample, strict=True))
    spaces = [sum(cell.count(" ") for cell in column) / len(sample) for column in columns]
    if max(spaces, default=0.0) < _WORDS:
        return None
    few = [
        at
        for at, column in enumerate(columns)
        if 1 < len(set(column)) <= len(sample) // 4
        and all(cell[:1].isalpha() and cell not in _FLAGS for cell in column)
    ]
    return few[0] if len(few) == 1 else None


def _cells(rows: Sequence[str], mark: str) -> list[list[str]]:
    joined = "".join(rows)
    bare = [row.strip().strip("|") for row in rows] if "|" in joined else [row.strip() for row in rows]
    # To strip every cell takes five times as long as to split its row.
    if f" {mark}" in joined or f"{mark} " in joined:
        return [[cell.strip() for cell in row.split(mark)] for row in bare]
    return [row.split(mark) for row in bare]


def _rows(lines: Sequence[str]) -> list[str]:
    """Lines, joined where a quoted cell goes on in the next."""
    if '"' not in "".join(lines):
        return list(lines)
    rows: list[str] = []
    is_open = False
    for line in lines:
        if is_open:
            rows[-1] += line
        else:
            rows.append(line)
        is_open ^= line.count('"') % 2 == 1
    return rows

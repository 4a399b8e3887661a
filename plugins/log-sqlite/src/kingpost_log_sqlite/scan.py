"""Reads a table from one end to the other, around whatever cannot be read.

Called by ``verify``. A damaged page hides rows, and SQLite gives up at the first; here the rows before and behind it
are read all the same, and what lies between is told as a range of keys. Memory is bounded by a page of rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

PAGE = 500

END = 2**63 - 1
"""The largest key there can be."""

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged file makes Python's module raise; the second where SQLite's own message quotes the damage."""

_STEPS = 1000
"""How many unreadable keys are tried one by one, before the steps grow."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Rows with keys from ``first`` to ``last`` cannot be read, if there are any; ``END``: all that follow."""

    first: int
    last: int


Row = tuple[Any, ...]


def scanned(connection: sqlite3.Connection, question: str, after: int = 0) -> Iterator[Row | Unreadable]:
    """All rows behind the key ``after``, in order.

    ``question`` selects the key first and ends with ``> ? ORDER BY`` the key ``LIMIT ?``.
    """
    while after < END:
        page = _page(connection, question, after, PAGE)
        if page is None:
            page = _page(connection, question, after, 1)
        if page is None:
            gap = _gap(connection, question, after)
            yield gap
            after = gap.last
            continue
        if not page:
            return
        yield from page
        after = page[-1][0]


def _page(connection: sqlite3.Connection, question: str, after: int, limit: int) -> list[Row] | None:
    """The next rows; ``None`` where SQLite cannot say, or says what cannot be."""
    try:
        rows = connection.execute(question, (after, limit)).fetchall()
    except DAMAGE:
        return None
    keys = [after, *(row[0] for row in rows)]
    return rows if all(low < high for low, high in pairwise(keys)) else None


def _gap(connection: sqlite3.Connection, question: str, after: int) -> Unreadable:
    """What cannot be read behind ``after``, up to the next row that can."""
    unreadable, step = after, 1
    while (rows := _page(connection, question, unreadable + step, 1)) is None:
        unreadable += step
        step = 1 if unreadable - after < _STEPS else step * 2
        if unreadable + step >= END:
            return Unreadable(after + 1, END)
    readable = unreadable + step
    while readable - unreadable > 1:
        middle = (readable + unreadable) // 2
        found = _page(connection, question, middle, 1)
        readable, unreadable, rows = (readable, middle, rows) if found is None else (middle, unreadable, found)
    return Unreadable(after + 1, rows[0][0] - 1 if rows else END)

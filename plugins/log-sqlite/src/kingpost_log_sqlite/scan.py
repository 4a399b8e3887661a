"""Reads a table from one end to the other, around whatever cannot be read.

Called by whoever reads a whole file. A damaged page hides rows, and SQLite gives up at the first; here the rows before
and behind it are read all the same, and what lies between is told as a range of keys. Memory is bounded by a page of
rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from kingpost import Record

PAGE = 500

END = 2**63 - 1
"""The largest key there can be."""

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged file makes Python's module raise; the second where SQLite's own message quotes the damage."""

_STEPS = 1000
"""How many unreadable keys are tried one by one, before the steps grow."""

_SOME = 100
_PAGE_BYTES = 16 * 1024 * 1024


class Unreadable(Record):
    """Rows with keys from ``first`` to ``last`` cannot be read, if there are any; ``END``: all that follow."""

    first: int
    last: int


Row = tuple[Any, ...]


def scanned(connection: sqlite3.Connection, question: str, after: int = 0) -> Iterator[Row | Unreadable]:
    """All rows behind the key ``after``, in order; see ``pages``."""
    for page in pages(connection, question, after):
        if isinstance(page, Unreadable):
            yield page
        else:
            yield from page


def pages(connection: sqlite3.Connection, question: str, after: int = 0) -> Iterator[list[Row] | Unreadable]:
    """All rows behind the key ``after``, in order, some hundreds at a time.

    ``question`` selects the key first and the widest column last, and ends with ``> ? ORDER BY`` the key ``LIMIT ?``.
    """
    limit = PAGE
    while after < END:
        page = _page(connection, question, after, limit)
        if page is None and limit > 1:
            # What cannot be read comes nearer; small steps lead up to it.
            limit = 1
            continue
        if page is None:
            gap = _gap(connection, question, after)
            yield gap
            after = gap.last
            continue
        if not page:
            return
        yield page
        after = page[-1][0]
        limit = min(PAGE, limit * 2)


def _page(connection: sqlite3.Connection, question: str, after: int, limit: int) -> list[Row] | None:
    """The next rows; ``None`` where SQLite cannot say, or says what cannot be."""
    rows: list[Row] = []
    width = 0
    try:
        with closing(connection.execute(question, (after, limit))) as cursor:
            while width < _PAGE_BYTES and (some := cursor.fetchmany(_SOME)):
                rows += some
                width += sum([len(row[-1]) for row in some if isinstance(row[-1], bytes | str)])
    except DAMAGE:
        if connection.text_factory is not str:
            return None
        # Damaged text must not hide the rows around it. The module's own way is the quicker one where all is well.
        connection.text_factory = _readable
        return _page(connection, question, after, limit)
    keys = [after, *[row[0] for row in rows]]
    return rows if keys == sorted(set(keys)) else None


def _readable(raw: bytes) -> str:
    return raw.decode(errors="replace")


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

"""Prose, dialogue and everything else: sentences, and lines that stand for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..units import Form, Unit
from . import outline

_LONG, _LONG_TURN = 120, 240
"""A line up to here is one unit, even if it holds two sentences; more of what somebody says, or of one item."""

# Begins with one of a few signs, so that the places between them are passed over at once.
_SENTENCE_END = re.compile(r"[.!?…][\"')\]”’]?\s++(?![a-z])|[。！？]\s*+")  # noqa: RUF001 - full-width on purpose
_ENDS = (".", "!", "?", ":", ";", "…", "。", '"', "”", "|", ">", "*", "_", ")", "]", "}", "`")
# A bullet, a number, a speaker, a time, a quotation: the line begins something.
_BEGINS = re.compile(r"\s{0,40}(?:[-*+•>|#\[(]|\d{1,4}[.):/ -]|[A-Z][\w .'-]{0,40}:)")


def form(text: str) -> Form:
    """Sentences and lines, in one flow, or below the lines that head them."""
    lines = list(logical_lines(text))
    units = outline.units(lines, _split) or [Unit((part,)) for part in _in_parts(lines)]
    return Form(units, may_cut=True, is_speech=True)


def sentences(text: str) -> Iterator[str]:
    """The text in parts that make sense alone; together they are the text."""
    return _in_parts(logical_lines(text))


def _in_parts(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) <= (_LONG_TURN if _BEGINS.match(line) else _LONG):
            yield line
        else:
            yield from _split(line)


def logical_lines(text: str) -> Iterator[str]:
    """Lines with the blank ones behind them; lines that were wrapped are joined again."""
    part: list[str] = []
    open_end = False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if part and bare and not (open_end and not _BEGINS.match(line)):
            yield "".join(part)
            part = []
        part.append(line)
        # Blank lines belong to what is before them, and end it.
        open_end = bool(bare) and len(bare) >= 40 and not bare.endswith(_ENDS)
    if part:
        yield "".join(part)


def _split(line: str) -> Iterator[str]:
    start = 0
    for match in _SENTENCE_END.finditer(line):
        # Very short ones, an abbreviation or a number, stay with the next.
        if match.end() - start >= 30 and match.end() < len(line):
            yield line[start : match.end()]
            start = match.end()
    yield line[start:]

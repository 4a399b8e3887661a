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
_ENDLESS, _BREATH = 2_000, 150
# What is written without spaces.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{80}")
# A caption stands below its time, perhaps also below its number.
_STAMP = re.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d\d(?:[.,]\d{1,3})?[\])]?(?:[ ]-->[ ].{1,80})?\s*$")
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
    open_end = stamped = False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        is_stamp = ":" in bare[:8] and _STAMP.match(line) is not None
        if part and bare and (is_stamp or not stamped) and not (open_end and not _BEGINS.match(line)):
            yield "".join(part)
            part = []
        stamped = is_stamp
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
            yield from _in_breaths(line[start : match.end()])
            start = match.end()
    yield from _in_breaths(line[start:])


def _in_breaths(sentence: str) -> Iterator[str]:
    """A sentence; of one that never ends, as speech is written down without its points, some words at a time."""
    start = 0
    while len(sentence) - start > _ENDLESS or (start and len(sentence) - start > 2 * _BREATH):
        dense = _DENSE.match(sentence, start)
        end = dense.end() if dense else sentence.find(" ", start + _BREATH) + 1
        if not end:
            break
        yield sentence[start:end]
        start = end
    if start < len(sentence):
        yield sentence[start:]

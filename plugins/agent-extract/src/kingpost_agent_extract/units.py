"""A passage cut into what can be quoted by itself: a sentence, a list item, a table row, a block of code.

Called by ``question``. A unit is a place in the passage's text, so a quote is always what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kingpost import Record

from .words import content

_FENCE = re.compile(r"[ \t]*(```+|~~~+)")
_HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_ITEM = re.compile(r"([ \t]*)(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+(?=\S)")
_ROW = re.compile(r"[ \t]*\|")
_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}$|[ \t]*\|[ \t:|-]*$")
_LABEL = re.compile(r"[ \t]*(?:(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+)?(?:\*\*(.+?)\*\*|__(.+?)__|`([^`]+)`(?=:))")
_STOP = re.compile(r"[.!?\u2026](?:[\"'\u201d\u2019)\]*_`]*)(?=\s)|[\u3002\uff01\uff1f]")
_SHORT = re.compile(
    r"(?:\b(?i:e\.g|i\.e|etc|vs|cf|approx|incl|no|fig|dr|mr|mrs|ms|st|resp|ca|z\.B|d\.h|bzw)|\b[A-Z])\.$"
)
_LINES = frozenset({"python", "code", "json", "jsonl", "log", "table", "diff"})

BLOCK_LINES = 12
WHOLE_ITEM_CHARS = 320
MOST_CHARS = 900


class Unit(Record):
    """``text[start:end]`` of a passage. Units of one ``block`` follow one another without a gap.

    ``about`` are the words of the headings and labels that it stands under. ``form`` is ``sentence``, ``item``,
    ``row``, ``code`` or ``lines``.
    """

    start: int
    end: int
    form: str
    block: int
    about: tuple[str, ...] = ()


@dataclass(slots=True)
class _Block:
    """Lines that belong together, as they are gathered."""

    form: str
    start: int
    end: int


def units(text: str, kind: str) -> list[Unit]:
    """All units of a passage, in order. ``kind`` is the passage's own."""
    blocks = _code_blocks(text) if kind in _LINES else _blocks(text)
    found: list[Unit] = []
    headings: list[tuple[int, list[str]]] = []
    header: list[str] = []
    for number, block in enumerate(blocks):
        piece = text[block.start : block.end]
        if block.form == "heading":
            level, words = _heading(piece)
            headings = [(above, said) for above, said in headings if above < level] + [(level, words)]
            continue
        about = [word for _, said in headings for word in said]
        if block.form == "header":
            header = content(piece)
            continue
        if block.form == "row":
            about += header
        elif label := _LABEL.match(piece):
            about += content(next(group for group in label.groups() if group is not None))
        for start, end in _parts(piece, block.form):
            found.append(Unit(block.start + start, block.start + end, block.form, number, tuple(about)))
    return found


def _heading(line: str) -> tuple[int, list[str]]:
    found = _HEADING.match(line)
    return (len(found.group(1)), content(found.group(2))) if found else (1, [])


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line
        start += len(line)


def _blocks(text: str) -> list[_Block]:
    """Headings, paragraphs, list items, table rows and fenced code of a Markdown text, or of a plain one."""
    found: list[_Block] = []
    open_block: _Block | None = None
    fence = _inside(text)
    if fence:
        found.append(_Block("code", 0, 0))
    for start, line in _lines(text):
        end = start + len(line.rstrip())
        if fence:
            closing = line.strip().startswith(fence)
            if found and not closing:
                found[-1].end = max(found[-1].end, end)
            fence = "" if closing else fence
            continue
        if opening := _FENCE.match(line):
            fence, open_block = opening.group(1), None
            found.append(_Block("code", start + len(line), start + len(line)))
            continue
        form = _form(line)
        if form == "item" and open_block is not None and line.lstrip().startswith("+"):
            form = "text"
        if form == "rule" and found and found[-1].form == "row" and found[-1].end == start - 1:
            found[-1].form = "header"
        if form in ("blank", "rule"):
            open_block = None
        elif form == "text" and open_block is not None:
            open_block.end = end
        else:
            found.append(_Block("sentence" if form == "text" else form, start, end))
            open_block = found[-1] if form in ("text", "item") else None
    return [block for block in found if text[block.start : block.end].strip()]


def _inside(text: str) -> str:
    """The fence that closes a block of code which began before this passage; empty where none did."""
    fences = [line for _, line in _lines(text) if _FENCE.match(line)]
    if len(fences) % 2 and (first := _FENCE.fullmatch(fences[0].rstrip())):
        following = text[text.index(fences[0]) + len(fences[0]) :]
        return first.group(1) if not following.strip(" \t").strip("\n") or following.startswith("\n") else ""
    return ""


def _form(line: str) -> str:
    if not line.strip():
        return "blank"
    if _HEADING.match(line.rstrip()):
        return "heading"
    if _RULE.match(line.rstrip()):
        return "rule"
    if _ROW.match(line):
        return "row"
    return "item" if _ITEM.match(line) else "text"


def _code_blocks(text: str) -> list[_Block]:
    """Lines of code or data, parted at empty lines."""
    found: list[_Block] = []
    fresh = True
    for start, line in _lines(text):
        end = start + len(line.rstrip("\r\n"))
        if not line.strip():
            fresh = True
        elif fresh:
            found.append(_Block("lines", start, end))
            fresh = False
        else:
            found[-1].end = end
    return found


def _parts(piece: str, form: str) -> Iterator[tuple[int, int]]:
    for first, end in _whole_parts(piece, form):
        start = first
        while end - start > MOST_CHARS:
            # Between words where there are any; a line of data may have none.
            space = max(piece.rfind(sign, start + 1, start + MOST_CHARS) for sign in " \n")
            cut = space if space > start else start + MOST_CHARS
            yield start, cut
            start = cut + (space > start)
        if piece[start:end].strip():
            yield start, end


def _whole_parts(piece: str, form: str) -> Iterator[tuple[int, int]]:
    if form in ("code", "lines"):
        yield from _line_groups(piece)
    elif form == "row" or (form == "item" and len(piece) <= WHOLE_ITEM_CHARS):
        yield _trimmed(piece, 0, len(piece))
    else:
        yield from _sentences(piece)


def _line_groups(piece: str) -> Iterator[tuple[int, int]]:
    lines = list(_lines(piece))
    for at in range(0, len(lines), BLOCK_LINES):
        last, line = lines[min(at + BLOCK_LINES, len(lines)) - 1]
        start, end = lines[at][0], last + len(line.rstrip())
        if piece[start:end].strip():
            yield start, end


def _sentences(piece: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _STOP.finditer(piece):
        end = stop.end()
        if _goes_on(piece, start, end):
            continue
        yield _trimmed(piece, start, end)
        start = end
    if piece[start:].strip():
        yield _trimmed(piece, start, len(piece))


def _goes_on(piece: str, start: int, end: int) -> bool:
    """Whether what looks like the end of a sentence is none."""
    said = piece[start:end]
    following = piece[end:].lstrip()
    if following[:1].islower() or _SHORT.search(said.rstrip("\"'\u201d\u2019)]*_`")):
        return True
    if said.count("`") % 2 or said.count("(") > said.count(")"):
        return True
    # A label such as "**Durable turns.**" belongs to the sentence that it names.
    return len(content(said)) < 4 and _LABEL.fullmatch(said.strip()) is not None


def _trimmed(piece: str, start: int, end: int) -> tuple[int, int]:
    said = piece[start:end]
    return start + len(said) - len(said.lstrip()), start + len(said.rstrip())

"""A text file cut into pieces of a few hundred tokens, along its own seams.

Called by ``inputs``, in a thread. Reads line by line and never holds more than one piece, so that a file of a
gigabyte, or one that is a single line, costs no more memory than a small one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct, field

from ..errors import UnreadableInput
from ..records.memory import Piece

TARGET_CHARS = 1200
MOST_CHARS = 2400
_LINE_BYTES = 64 * 1024

KINDS = {
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".py": "python", ".pyi": "python",
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".log": "log", ".csv": "table", ".tsv": "table",
    ".diff": "diff", ".patch": "diff", ".txt": "prose", ".rst": "prose", ".adoc": "prose", ".org": "prose",
    **dict.fromkeys((
        ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".go", ".java", ".js", ".jsx", ".kt", ".lua", ".mjs", ".php",
        ".pl", ".r", ".rb", ".rs", ".scala", ".sh", ".bash", ".sql", ".swift", ".ts", ".tsx", ".vue", ".css",
        ".scss", ".html", ".xml", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".proto", ".tf", ".zig", ".ex",
        ".exs", ".hs",
    ), "code"),
}  # fmt: skip
"""The form that a suffix tells."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_PYTHON_SEAM = re.compile(r"(?:async def|def|class|@)\b|@")


class _Open(Struct):
    """The piece that is being filled: its lines, where it began, and the headings above it."""

    first: int = 1
    lines: list[str] = field(default_factory=list)
    size: int = 0
    headings: tuple[str, ...] = ()


def cut(path: Path, shown: str) -> Iterator[tuple[Piece, tuple[str, ...]]]:
    """Pieces of a UTF-8 text file in order, each with the Markdown headings that it stands under.

    ``shown`` is how the file is called in an error. Places are lines, ``10-24``, from 1.

    Raises:
        UnreadableInput: the file is no UTF-8 text.
    """
    return _pieces(lines(path, shown), KINDS.get(path.suffix.lower(), ""))


def cut_text(text: str, kind: str) -> Iterator[tuple[Piece, tuple[str, ...]]]:
    """Pieces of a text that is already at hand."""
    return _pieces(enumerate(text.splitlines(keepends=True), 1), kind)


def lines(path: Path, shown: str) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 text with their numbers from 1, very long ones in several parts.

    Raises:
        UnreadableInput: the file is no UTF-8 text.
    """
    number = 1
    offset = 0
    rest = b""
    with path.open("rb") as file:
        while raw := file.readline(_LINE_BYTES):
            block = rest + raw
            # A line longer than the block may end inside a character: at most three bytes wait for the next one.
            whole = block if raw.endswith(b"\n") else _whole(block)
            rest = block[len(whole) :]
            try:
                text = whole.decode("utf-8")
            except UnicodeDecodeError as problem:
                raise not_utf8(shown, offset + problem.start) from problem
            if "\0" in text:
                raise binary(shown)
            yield number, text.removeprefix("\ufeff") if offset == 0 else text
            offset += len(whole)
            number += raw.endswith(b"\n")
    if rest:
        raise not_utf8(shown, offset)


def _whole(block: bytes) -> bytes:
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte & 0xC0 == 0x80:
            continue
        need = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return block if need <= back else block[:-back]
    return block


def not_utf8(shown: str, byte: int) -> UnreadableInput:
    """The refusal of a text in another encoding."""
    return UnreadableInput(shown, f"is not UTF-8 (byte {byte})", "convert it, for instance with iconv -t UTF-8")


def binary(shown: str) -> UnreadableInput:
    """The refusal of something that is no text."""
    return UnreadableInput(shown, "is binary, not text", "leave it out, or install a reader plugin for its kind")


def _pieces(numbered: Iterable[tuple[int, str]], kind: str) -> Iterator[tuple[Piece, tuple[str, ...]]]:
    part = _Open()
    headings: list[tuple[int, str]] = []
    last = 1
    fenced = False
    for number, line in numbered:
        heading = None
        if kind == "markdown":
            fenced ^= line.lstrip().startswith(("```", "~~~"))
            heading = None if fenced else _HEADING.match(line)
        if part.lines and _seam(part, line, kind, heading is not None, fenced):
            yield from _close(part, last, kind)
            part = _Open(headings=tuple(text for _, text in headings))
        if heading is not None:
            level = len(heading.group(1))
            headings = [h for h in headings if h[0] < level] + [(level, heading.group(2).strip())]
            part.headings = tuple(text for _, text in headings)
        for chunk in _slices(line):
            if part.lines and part.size + len(chunk) > MOST_CHARS:
                yield from _close(part, number if chunk is not line else last, kind)
                part = _Open(headings=part.headings)
            if not part.lines:
                part.first = number
            part.lines.append(chunk)
            part.size += len(chunk)
        last = number
    yield from _close(part, last, kind)


def _seam(part: _Open, line: str, kind: str, heading: bool, fenced: bool) -> bool:
    """Whether a new piece begins with this line."""
    if heading:
        # A heading with nothing under it yet stays with what follows.
        return any(text.strip() and not _HEADING.match(text) for text in part.lines)
    if kind == "python":
        return part.size > TARGET_CHARS // 2 and _PYTHON_SEAM.match(line) is not None
    if kind in ("jsonl", "log", "table"):
        return part.size > TARGET_CHARS
    return part.size > TARGET_CHARS and not fenced and (not part.lines[-1].strip() or kind == "")


def _slices(line: str) -> Iterator[str]:
    if len(line) <= MOST_CHARS:
        yield line
        return
    start = 0
    while start < len(line):
        end = min(start + TARGET_CHARS, len(line))
        if end < len(line) and (space := line.rfind(" ", start + TARGET_CHARS // 2, end)) > 0:
            end = space + 1
        yield line[start:end]
        start = end


def _close(part: _Open, last: int, kind: str) -> Iterator[tuple[Piece, tuple[str, ...]]]:
    text = "".join(part.lines).strip("\n").rstrip()
    if text.strip():
        lead = 0
        while lead < len(part.lines) and not part.lines[lead].strip():
            lead += 1
        tail = len(part.lines)
        while tail > lead and not part.lines[tail - 1].strip():
            tail -= 1
        # Slices of one long line share its number, so lines are counted by their ends.
        first = part.first + sum(line.endswith("\n") for line in part.lines[:lead])
        end = first + sum(line.endswith("\n") for line in part.lines[lead : tail - 1])
        yield Piece(text=text, place=str(first) if first == end else f"{first}-{end}", kind=kind), part.headings

"""Level 2: comments of Python go, docstrings stay.

Called by ``fitting`` for whole passages and by ``skeleton`` for the bodies that are kept. Uses Python's tokenizer
wherever a line could be read in two ways, so that a ``#`` inside a string is no comment; a text that it cannot read
stays as it is.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable

LOSS = "comments removed"

_OPENS = re.compile(r"([^'\"#]*+)(\"\"\"|''')")
_OUTSIDE = re.compile(r"(?:[^\"'\\#}]|\"[^\"\\{}]*+\"|'[^'\\{}]*+')*+#")
"""Up to a ``#`` in front of which every string is closed."""
_FORMATTED = re.compile(r"[fFtT][rR]?[\"']|[rR][fFtT][\"']")


def strip(source: str, keep: Callable[[str], bool], *, parses: bool = False) -> str:
    """``source`` without the comments that ``keep`` does not hold on to; ``parses``: Python has read it already."""
    if "#" not in source or "\r" in source or "\f" in source:
        return source
    lines = source.split("\n")
    found = _at_sight(lines) if parses else None
    if found is None:
        found = _by_tokens(source)
    gone = set()
    for row, column in found:
        if keep(lines[row][column:]):
            continue
        lines[row] = lines[row][:column].rstrip()
        if not lines[row]:
            gone.add(row)
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def _by_tokens(source: str) -> list[tuple[int, int]]:
    """Where comments begin, line and column from 0; none in what Python cannot read."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return []
    if any(token.type == tokenize.ERRORTOKEN and not token.string.isspace() for token in tokens):
        return []
    return [(token.start[0] - 1, token.start[1]) for token in tokens if token.type == tokenize.COMMENT]


def _at_sight(lines: list[str]) -> list[tuple[int, int]] | None:
    """The same many times as fast, for what parses; ``None`` where a line could be read in two ways."""
    found: list[tuple[int, int]] = []
    mark = ""
    for row, line in enumerate(lines):
        at = line.find("#")
        if mark or '"""' in line or "'''" in line:
            told = _within(line, mark)
            if told is None:
                return None
            mark = told
        elif "'" not in line and '"' not in line:
            if at >= 0:
                found.append((row, at))
        elif at >= 0 and not line[:at].strip():
            found.append((row, at))
        elif _may_go_on(line) or (at >= 0 and not (outside := _OUTSIDE.match(line))):
            return None
        elif at >= 0 and outside:
            found.append((row, outside.end() - 1))
    return found


def _within(line: str, mark: str) -> str | None:
    """The mark that still closes the long string behind this line, given that before it; ``None`` if unsure."""
    start = 0
    if "\\" in line:
        return None
    if not mark:
        opens = _OPENS.match(line)
        # What is in a formatted string may be code.
        if not opens or opens[1][-1:].isalpha():
            return None
        mark, start = opens[2], opens.end()
    end = line.find(mark, start)
    if end < 0:
        return mark
    rest = line[end + 3 :]
    return None if "'" in rest or '"' in rest or "#" in rest else ""


def _may_go_on(line: str) -> bool:
    """Whether a string of this line may go on in the next."""
    return line.endswith("\\") or (line.count("{") != line.count("}") and _FORMATTED.search(line) is not None)


def share(source: str) -> float:
    """About how much of a text its comments are, at most; quick, to see whether it is worth while."""
    if "#" not in source:
        return 0.0
    marked = sum(len(line) - line.find("#") for line in source.split("\n") if "#" in line)
    return marked / len(source)

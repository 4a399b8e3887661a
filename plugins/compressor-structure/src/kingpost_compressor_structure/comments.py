"""Level 2: comments of Python go, docstrings stay.

Called by ``fitting`` for whole passages and by ``skeleton`` for the bodies that are kept. Uses Python's tokenizer, so
that a ``#`` inside a string is no comment; a text that it cannot read stays as it is.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Callable

LOSS = "comments removed"


def strip(source: str, keep: Callable[[str], bool]) -> str:
    """``source`` without the comments that ``keep`` does not hold on to."""
    if "#" not in source or "\r" in source or "\f" in source:
        return source
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return source
    if any(token.type == tokenize.ERRORTOKEN and not token.string.isspace() for token in tokens):
        return source
    lines = source.split("\n")
    gone = set()
    for row, column in [token.start for token in tokens if token.type == tokenize.COMMENT and not keep(token.string)]:
        lines[row - 1] = lines[row - 1][:column].rstrip()
        if not lines[row - 1]:
            gone.add(row - 1)
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def share(source: str) -> float:
    """About how much of a text its comments are, at most; quick, to see whether it is worth while."""
    if "#" not in source:
        return 0.0
    marked = sum(len(line) - line.find("#") for line in source.split("\n") if "#" in line)
    return marked / len(source)

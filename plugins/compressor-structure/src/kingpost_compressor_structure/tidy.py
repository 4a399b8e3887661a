"""Level 0: what no reader misses, spaces at the ends of lines and runs of blank lines.

Called by ``fitting`` for one text at a time. Python must have the same syntax tree afterwards, JSON the same value;
a text in which spaces may mean something stays as it is.
"""

from __future__ import annotations

import ast
import json
import re

from .syntax import parse

DEAR = ("json", "python")
"""The kinds that must be read to be tidied, which is for nothing where their structure is written anew."""

LOSS = "spaces and blank lines removed"

# Applied to valid JSON only, where every quote is closed and so nothing is looked at twice.
_JSON_SPACE = re.compile(r'("(?:[^"\\]|\\.)*+")|\s++')
_MAY_MEAN_SPACES = ('"""', "'''", "`", "<<")


def tidy(text: str, kind: str) -> str:
    """The same, with less white space around it."""
    if kind in ("diff", "table"):
        return text
    if kind == "json":
        return _json(text)
    if kind == "code" and any(mark in text for mark in _MAY_MEAN_SPACES):
        return text
    # Two blank lines between definitions cost as much as one, and are good manners.
    tidied = _lines(text, most=2 if kind == "python" else 1, breaks=kind == "markdown")
    if kind == "python" and tidied != text and not _same_tree(text, tidied):
        return text
    return tidied


def share(text: str) -> float:
    """About how much of a text of Python is white space that tells nothing; quick, to see whether it is worth while."""
    return 1 - len(_lines(text, most=2, breaks=False)) / len(text) if text else 0.0


def _lines(text: str, most: int, *, breaks: bool) -> str:
    """``breaks``: two spaces at the end of a line break it, as in Markdown, when more text follows."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    blank = 0
    for number, line in enumerate(lines):
        bare = line.rstrip(" \t")
        if not bare:
            blank += 1
            if blank > most or not kept:
                continue
        else:
            blank = 0
            if breaks and line.endswith("  ") and number + 1 < len(lines) and lines[number + 1].strip():
                bare += "  "
        kept.append(bare)
    end = "\n" if text.endswith("\n") else ""
    return "\n".join(kept).rstrip("\n") + end


def _same_tree(before: str, after: str) -> bool:
    trees = parse(before), parse(after)
    if trees[0] is None or trees[1] is None:
        return False
    try:
        return ast.dump(trees[0]) == ast.dump(trees[1])
    except RecursionError:
        return False


def _json(text: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _JSON_SPACE.sub(lambda match: match[1] or "", text)

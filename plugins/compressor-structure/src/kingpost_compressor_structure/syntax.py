"""Python's own parser, for any text.

Called by the levels that touch Python. What does not parse is an answer, not an error.
"""

from __future__ import annotations

import ast
import warnings

LONGEST = 200_000
"""Parsing holds everything else up; what is longer is treated line by line."""


def parse(source: str) -> ast.Module | None:
    """The syntax tree, or ``None``."""
    if len(source) > LONGEST:
        return None
    with warnings.catch_warnings():
        # The text is somebody else's; its odd escapes are not for our users' eyes.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None

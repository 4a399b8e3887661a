"""A token counter whose every answer is looked at: what it says decides what a prompt takes and what a turn costs.

Made by the host around the counter of a plugin. Never guesses in its place: what cannot be counted cannot be bounded.
"""

from __future__ import annotations

from typing import Any

from ..errors import PluginBroken
from ..protocols import TokenCounter
from .told import is_fault, thrown, told


class Counting:
    """``TokenCounter``: another one's answers, each a number of tokens or a blame on its ``plugin``.

    Raises:
        PluginBroken: from ``count`` and ``cut``, when the counter raised or answered with something else.
    """

    def __init__(self, counter: TokenCounter, plugin: str) -> None:
        self._counter, self._plugin = counter, plugin
        self.name, self.exact = counter.name, counter.exact
        self.error = error_of(counter)

    def count(self, text: str) -> int:
        try:
            tokens: Any = self._counter.count(text)
        except BaseException as problem:
            if not is_fault(problem):
                raise
            raise self._blame("count()", "a number of tokens", thrown(problem)) from problem
        if type(tokens) is int and tokens >= 0:
            return tokens
        raise self._blame("count()", "a number of tokens", told(repr(tokens), 80))

    def cut(self, text: str, limit: int) -> str:
        try:
            part: Any = self._counter.cut(text, limit)
        except BaseException as problem:
            if not is_fault(problem):
                raise
            raise self._blame("cut()", "the beginning of a text", thrown(problem)) from problem
        if isinstance(part, str) and text.startswith(part):
            return part
        raise self._blame("cut()", "the beginning of a text", type(part).__name__)

    def _blame(self, what: str, expected: str, came: str) -> PluginBroken:
        return PluginBroken(self._plugin, f"{what} of token counter {self.name!r}", expected, came)


def margin_of(counter: TokenCounter, window: int | None) -> int:
    """What of a model's window must stay free beside the answer, because the counter is calibrated and no proof."""
    margin: Any = getattr(counter, "margin", None)
    return int(margin(window)) if margin is not None and window is not None else 0


def error_of(counter: TokenCounter) -> float | None:
    """The part by which a calibrated counter may be off, ``None`` of one that is exact or a proven bound."""
    error: Any = getattr(counter, "error", None)
    return error if isinstance(error, float) else None


_MOST_PER_BYTE, _LABEL_BYTES = 4, 64
"""More tokens than any counter sees in a byte, and more bytes than stand around a task's own words."""


def surely_fits(description: str, budget: int) -> bool:
    """Whether a task's words are so far below a budget that nobody needs to count; the walk does, with all the rest."""
    return _MOST_PER_BYTE * (len(description.encode("utf-8", "replace")) + _LABEL_BYTES) <= budget

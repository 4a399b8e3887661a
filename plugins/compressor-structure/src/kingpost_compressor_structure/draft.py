"""A passage on its way through the levels: what it says now, what that costs, and what was lost.

Made and reported by ``fitting``, rewritten by the levels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kingpost import Dropped, Passage, replace


@dataclass(slots=True)
class Draft:
    """One passage. ``text`` and ``tokens`` are as of now, ``whole`` is what it cost when it came.

    ``exact`` is false while ``tokens`` is an estimate.
    """

    passage: Passage
    kind: str
    text: str
    tokens: int
    whole: int = 0
    exact: bool = True
    losses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """It comes whole."""
        self.whole = self.tokens

    @property
    def settled(self) -> bool:
        """Whether it stays as it is: it is pinned, costs nothing or is gone."""
        return self.passage.pinned or (self.exact and self.tokens == 0)

    def rewrite(self, text: str, tokens: int | None, loss: str) -> None:
        """Say it shorter, if it is shorter; where ``tokens`` are not counted they are estimated for now."""
        exact = tokens is not None or not text
        if tokens is None:
            tokens = max(1, self.tokens * len(text) // len(self.text)) if text else 0
        if tokens < self.tokens:
            self.text, self.tokens, self.exact = text, tokens, exact
            self.lose(loss)

    def firm(self, count: Callable[[str], int]) -> None:
        """Count what was estimated; what turns out to save nothing is taken back."""
        if not self.exact:
            self.tokens, self.exact = count(self.text), True
            if self.tokens >= self.whole:
                self.text, self.tokens, self.losses = self.passage.text, self.whole, []

    def drop(self, reason: str) -> None:
        """Leave it out."""
        self.text, self.tokens, self.exact, self.losses = "", 0, True, [reason]

    def lose(self, loss: str) -> None:
        """Remember why it is not whole."""
        if loss not in self.losses:
            self.losses.append(loss)

    def kept(self) -> Passage | None:
        """The passage as it goes into the prompt, if it does."""
        if self.losses and not self.text:
            return None
        return replace(self.passage, text=self.text, tokens=self.tokens)

    def dropped(self) -> Dropped | None:
        """What is told about it, if anything was lost."""
        if not self.losses:
            return None
        return Dropped(
            id=self.passage.id,
            source=self.passage.source,
            place=self.passage.place,
            tokens=self.whole - self.tokens,
            reason="; ".join(self.losses),
            whole=not self.text,
        )

"""A costly compressor at work for one task: never beyond what its grant has left, and with every fit on its account.

Made by ``pipeline`` for each attempt; ``context`` and ``backlog`` ask it like any other compressor. It records nothing:
``pipeline`` does, in the frame that keeps what was made.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..protocols import Compressor, Costly, TokenCounter
from ..records.action import Usage
from ..records.context import Fitted, Passage
from ..records.grant import Allowance
from ..state import Amount
from . import sound
from .journal import Journal
from .spend import Meter


class Paying:
    """``paid`` is what was paid for since it was last settled; ``None`` where nobody was asked."""

    def __init__(self, compressor: Costly, meter: Meter, journal: Journal) -> None:
        self.name = compressor.name
        self.paid: Usage | None = None
        self._compressor, self._meter, self._journal = compressor, meter, journal

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter) -> Fitted:
        async with self._meter.active(self._journal.state):
            fitted = await self._compressor.fit_within(passages, budget, query, counter, self._allowance())
        if fitted.usage is not None:
            # What is no usage makes the whole fit one that is not believed.
            sound.usage(fitted.usage)
            self.paid = _sum(self.paid, fitted.usage)
        return fitted

    def spent(self, milliseconds: int) -> Amount:
        """What was paid for as an amount, with so much active time."""
        paid = self.paid or Usage()
        return [(paid.input_tokens or 0) + (paid.output_tokens or 0), paid.money or 0, milliseconds]

    def _allowance(self) -> Allowance:
        """What is left beside the turn, and no more than is set aside for it: a crash in between is charged that."""
        state = self._journal.state
        if state.granted is None:
            return Allowance()
        paid, aside = self.spent(0), state.reserved or [0, 0, 0]
        tokens, money, _ = (
            None if left is None else max(min(left, most) - gone, 0)
            for left, most, gone in zip(state.left(), aside, paid, strict=True)
        )
        return Allowance(tokens=tokens, money=money, seconds=self._meter.left(state))


def fitting(compressor: Compressor, meter: Meter, journal: Journal) -> Compressor:
    """What fits for a task: the compressor itself, unless it is to be paid."""
    if getattr(compressor, "costly", False) and isinstance(compressor, Costly):
        return Paying(compressor, meter, journal)
    return compressor


def _sum(before: Usage | None, more: Usage) -> Usage:
    before = before or Usage()
    return Usage(
        input_tokens=(before.input_tokens or 0) + (more.input_tokens or 0),
        output_tokens=(before.output_tokens or 0) + (more.output_tokens or 0),
        money=(before.money or 0) + (more.money or 0),
    )

"""The order of the levels: each only as far as it is needed, the gentlest first.

Called by the kernel whenever a context does not fit. Level 0 loses nothing, 1 what was said before, 2 comments; then
3 structure, 4 the question and 5 a cut decide together, since what one passage does not need another can use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from kingpost import BudgetTooSmall, Fitted, Passage, TokenCounter, replace

from . import comments, tidy
from .draft import Draft
from .duplicates import Heard, bare, twins
from .kinds import tell
from .pace import Pace
from .question import Question
from .selection import select

_FAR = 2
"""So many times the budget the first levels are never enough, and nobody needs to know exactly what they saved."""
_BEGINNING, _COMPARED = 1_000, 64
_TOLD_BY = 20_000
"""Characters that tell the kind of a text; more of them cost hardly more."""


class StructureCompressor:
    """Fits by structure and question. Keeps nothing between two fits."""

    name = "structure"

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter) -> Fitted:
        pace = Pace()
        drafts = []
        for passage in passages:
            tokens = await pace.over(len(passage.text), counter.count, passage.text)
            drafts.append(Draft(passage, "", passage.text, tokens))
        if _used(drafts) <= budget:
            return Fitted(kept=tuple(replace(each.passage, tokens=each.tokens) for each in drafts))
        pinned = _used([draft for draft in drafts if draft.passage.pinned])
        if pinned > budget:
            raise BudgetTooSmall(budget, pinned, counter.name)
        work = _Work(drafts, budget, Question(query), counter, pace)
        await work.reduce()
        kept = [rest for draft in drafts if (rest := draft.kept()) is not None]
        dropped = [loss for draft in drafts if (loss := draft.dropped()) is not None]
        return Fitted(kept=tuple(kept), dropped=tuple(dropped))


class _Work:
    """One fit that is under way."""

    def __init__(
        self, drafts: Sequence[Draft], budget: int, question: Question, counter: TokenCounter, pace: Pace
    ) -> None:
        self._drafts, self._budget, self._question = drafts, budget, question
        self._counter, self._pace = counter, pace
        self._total = _used(drafts)

    async def reduce(self) -> None:
        """Level after level, until it fits."""
        for draft in self._drafts:
            if not draft.settled:
                draft.kind = await self._pace.over(
                    min(len(draft.text), _TOLD_BY), tell, draft.text, draft.passage.kind, draft.passage.source
                )
        for level in (self._tidy, self._say_once, self._uncomment, self._select):
            await level()
            if await self._fits():
                return

    async def _tidy(self) -> None:
        near = self._total < _FAR * self._budget
        # Proof that Python still says the same takes longer than all the rest: only where that is enough.
        hoped = sum(tidy.share(each.text) * each.tokens for each in self._open() if near and each.kind == "python")
        proven = self._total - 1.5 * hoped <= self._budget
        drafts = [
            draft
            for draft in self._open()
            if draft.kind not in tidy.DEAR or (near and (proven or draft.kind != "python"))
        ]
        await self._each(drafts, lambda draft: (tidy.tidy(draft.text, draft.kind), tidy.LOSS))

    async def _say_once(self) -> None:
        drafts = _alike([draft for draft in self._drafts if draft.tokens])
        said = [await self._pace.over(len(draft.text), bare, draft.text) for draft in drafts]
        for draft, stays in twins(list(zip(drafts, said, strict=True))):
            self._total -= draft.tokens
            draft.drop(f"duplicate of {stays.passage.id}")
            if await self._fits():
                return
        heard = Heard()
        for draft in self._drafts:
            if draft.passage.pinned:
                await self._pace.over(len(draft.text), heard.repeats, draft, draft.text)
        await self._each([draft for draft in self._drafts if not draft.settled], heard.once)

    async def _uncomment(self) -> None:
        python = [draft for draft in self._open() if draft.kind == "python"]
        hoped = sum(comments.share(draft.text) * draft.tokens for draft in python)
        # Where that is not enough, comments are looked at only in what is kept.
        if self._total - 1.5 * hoped <= self._budget:
            await self._each(python, lambda draft: (comments.strip(draft.text, self._question.mentions), comments.LOSS))

    async def _select(self) -> None:
        chosen = [draft for draft in self._drafts if not draft.settled]
        room = self._budget - _used([draft for draft in self._drafts if draft.settled])
        await select(chosen, room, self._question, self._counter, self._pace)
        self._total = _used(self._drafts)

    async def _each(self, drafts: Sequence[Draft], shorten: Callable[[Draft], tuple[str, str]]) -> None:
        """Passage by passage, until it fits."""
        for draft in drafts:
            text, loss = await self._pace.over(len(draft.text), shorten, draft)
            if text == draft.text:
                continue
            near = self._total < _FAR * self._budget
            tokens = await self._pace.over(len(text), self._counter.count, text) if near else None
            self._total -= draft.tokens
            draft.rewrite(text, tokens, loss)
            self._total += draft.tokens
            if await self._fits():
                return

    async def _fits(self) -> bool:
        if self._total <= self._budget:
            for draft in self._drafts:
                if not draft.exact:
                    await self._pace.over(len(draft.text), draft.firm, self._counter.count)
            self._total = _used(self._drafts)
        return self._total <= self._budget

    def _open(self) -> list[Draft]:
        """The passages that may still change, the least important first."""
        found = [draft for draft in self._drafts if not draft.settled]
        return sorted(found, key=lambda draft: draft.passage.score)


def _alike(drafts: Sequence[Draft]) -> list[Draft]:
    """Those that begin as another one does: no others say the same, so nothing else has to be compared."""
    begin = [bare(draft.text.lstrip()[:_BEGINNING])[:_COMPARED] for draft in drafts]
    counts = Counter(begin)
    return [draft for draft, said in zip(drafts, begin, strict=True) if counts[said] > 1]


def _used(drafts: Sequence[Draft]) -> int:
    return sum(draft.tokens for draft in drafts)

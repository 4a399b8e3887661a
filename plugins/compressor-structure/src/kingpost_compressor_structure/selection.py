"""Levels 3 to 5: the best units of all passages that fit, and at the very last a cut.

Called by ``fitting`` when the levels before were not enough. Units are counted one by one as they are taken, until a
passage's own rate is known; the texts that come out are counted whole, and units are put back until they fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kingpost import TokenCounter

from . import comments
from .draft import Draft
from .forms import form as form_of
from .pace import Pace
from .question import Question
from .units import ABSENT, Form, Unit
from .values import Item, rank

_CUT = "cut at the budget"
_LEAST_CUT = 12
_ROUNDS = 3
_LOOKED_AT = 256
_MANY, _ENOUGH, _SHORT = 400, 48, 400
_MISSES = 64
"""So many units that were counted and did not fit mean that what is left is little."""
_UNCOUNTED = 0.1
"""One that cannot fit by its length, to one that was counted."""


async def select(drafts: Sequence[Draft], room: int, question: Question, counter: TokenCounter, pace: Pace) -> None:
    """Rewrite the passages so that together they take at most ``room`` tokens."""
    fallback = "less relevant to the question" if question.terms else "less informative than the rest"
    if room <= 0:
        for draft in drafts:
            draft.drop(fallback)
        return
    forms = [
        await pace.over(len(draft.text), form_of, draft.text, draft.kind, question, draft.passage.source)
        for draft in drafts
    ]
    choice = _Choice(drafts, forms, counter, pace)
    items = await rank(drafts, forms, question, room, pace)
    for _ in range(_ROUNDS):
        if not await choice.fill(items, room) or choice.left(room) <= room // 64:
            break
    await choice.shrink(room)
    await choice.cut(items, room)
    choice.write(fallback)


class _Guess:
    """About what a text of a passage costs: counting all that cannot fit would take longer than all that can."""

    def __init__(self, draft: Draft, units: int) -> None:
        self._is_one_of_many = units > _MANY
        self._characters, self._tokens, self._share = len(draft.text), draft.tokens, 0.5
        self._counted = 0

    def at_least(self, characters: int) -> float:
        """Hardly ever more than what it costs."""
        return self._share * characters * self._tokens / self._characters

    def about(self, characters: int) -> int | None:
        """What a short text costs, once enough like it were counted; what comes out is counted in any case."""
        if not self._is_one_of_many or self._counted < _ENOUGH or characters > _SHORT:
            return None
        return max(1, round(characters * self._tokens / self._characters))

    def learn(self, characters: int, tokens: int) -> None:
        """What was counted tells more than the passage, whose units may be written in another way."""
        if not self._counted:
            self._characters = self._tokens = 0
        self._counted += 1
        self._characters, self._tokens = self._characters + characters, self._tokens + tokens
        self._share = 0.5 if self._counted < 20 else 0.8


class _Choice:
    """What is taken so far, and what it costs."""

    def __init__(self, drafts: Sequence[Draft], forms: Sequence[Form], counter: TokenCounter, pace: Pace) -> None:
        self._drafts, self._forms, self._counter, self._pace = drafts, forms, counter, pace
        self._texts = [""] * len(drafts)
        self._tokens = [0] * len(drafts)
        self._taken: list[tuple[Item, int]] = []
        self._costs: dict[tuple[int, int, int], int] = {}
        self._guesses = [_Guess(draft, len(form.units)) for draft, form in zip(drafts, forms, strict=True)]

    def left(self, room: int) -> int:
        """The tokens that nothing takes yet; below 0 when too much was taken."""
        return room - sum(self._tokens)

    async def fill(self, items: Iterable[Item], room: int) -> bool:
        """Take what fits into what is left, best first; whether anything was taken."""
        left = self.left(room)
        touched: set[int] = set()
        misses = 0.0
        for number, item in enumerate(items):
            if left <= 1 or misses > _MISSES:
                break
            if number % _LOOKED_AT == 0:
                await self._pace.after(10 * _LOOKED_AT)
            form = self._forms[item.draft]
            if form.chosen[item.unit] >= item.level:
                continue
            unit = form.units[item.unit]
            if self._guesses[item.draft].at_least(len(unit.shapes[item.level])) > left:
                misses += _UNCOUNTED
                continue
            chain = form.chain(item.unit)
            cost = sum(self._cost(item.draft, above, 0) for above in chain[:-1])
            cost += self._cost(item.draft, item.unit, item.level) - self._cost(
                item.draft, item.unit, form.chosen[item.unit]
            )
            cost += form.gaps and item.unit > 0 and form.chosen[item.unit - 1] == ABSENT
            await self._pace.after(len(unit.shapes[item.level]))
            if cost > left:
                misses += 1
                continue
            for above in chain[:-1]:
                self._take(Item(item.rank, item.draft, above, 0))
            self._take(item)
            left -= cost
            touched.add(item.draft)
        await self._settle(touched)
        return bool(touched)

    def _take(self, item: Item) -> None:
        chosen = self._forms[item.draft].chosen
        self._taken.append((item, chosen[item.unit]))
        chosen[item.unit] = item.level

    def _cost(self, draft: int, number: int, level: int) -> int:
        """The tokens of one shape, counted or guessed once. The last one is finished before."""
        if level == ABSENT:
            return 0
        key = (draft, number, level)
        if (cost := self._costs.get(key)) is None:
            unit = self._forms[draft].units[number]
            if level == len(unit.shapes) - 1:
                _finish(self._forms[draft], unit)
            text, guess = unit.shapes[level], self._guesses[draft]
            if (about := guess.about(len(text))) is None:
                cost = self._counter.count(text)
                guess.learn(len(text), cost)
            else:
                cost = about
            self._costs[key] = cost
        return cost

    async def _settle(self, touched: Iterable[int]) -> None:
        """Write out and count what has changed."""
        for number in sorted(touched):
            form, draft = self._forms[number], self._drafts[number]
            text = "" if form.is_whole else form.render()
            tokens = await self._pace.over(len(text), self._counter.count, text)
            if form.is_whole or tokens >= draft.tokens:
                await self._pace.over(len(draft.text), draft.firm, self._counter.count)
            # A form that saves nothing is none.
            whole = form.is_whole or tokens >= draft.tokens
            self._texts[number] = draft.text if whole else text
            self._tokens[number] = draft.tokens if whole else tokens

    async def shrink(self, room: int) -> None:
        """Put back what was taken last, a little more each time, until all of it fits."""
        margin = 0
        while (over := -self.left(room)) > 0 and self._taken:
            touched: set[int] = set()
            freed = 0
            while self._taken and freed < over + margin:
                item, before = self._taken.pop()
                self._forms[item.draft].chosen[item.unit] = before
                freed += self._cost(item.draft, item.unit, item.level) - self._cost(item.draft, item.unit, before)
                touched.add(item.draft)
            margin = 2 * margin + 1
            await self._settle(touched)

    async def cut(self, items: Iterable[Item], room: int) -> None:
        """When much is left and no whole unit fits in: a part of the best one that is left."""
        left = self.left(room)
        if left < max(_LEAST_CUT, room // 8):
            return
        for item in items:
            form = self._forms[item.draft]
            unit = form.units[item.unit]
            if form.chosen[item.unit] != ABSENT or not (form.may_cut or not self._taken):
                continue
            part = self._counter.cut(unit.whole, left - 4).rstrip()
            end = "\n" if unit.whole.endswith("\n") else ""
            form.units[item.unit] = Unit((f"{part} …{end}", unit.whole), (0.0, 0.0), parent=unit.parent, loss=_CUT)
            form.chosen[item.unit] = 0 if part else ABSENT
            await self._settle([item.draft])
            if self.left(room) < 0:
                form.chosen[item.unit] = ABSENT
                await self._settle([item.draft])
            return

    def write(self, fallback: str) -> None:
        """Hand the texts to the drafts."""
        for draft, form, text, tokens in zip(self._drafts, self._forms, self._texts, self._tokens, strict=True):
            if text == draft.text:
                continue
            if not text.strip():
                draft.drop(fallback)
                continue
            draft.text, draft.tokens = text, tokens
            for loss in form.losses(fallback):
                draft.lose(loss)


def _finish(form: Form, unit: Unit) -> None:
    if unit.finish is None:
        return
    whole, unit.finish = unit.finish(unit.whole), None
    if whole != unit.whole:
        unit.shapes = (*unit.shapes[:-1], whole)
        if comments.LOSS not in form.finished:
            form.finished.append(comments.LOSS)

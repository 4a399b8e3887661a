"""The compressor named ``summary``: another one, and in the room that it left, a summary of what it dropped.

Called by the kernel, which says what a summary may cost. The compressor below decides what is kept; the agent sees only
what is dropped then. Without a summary that is in order, the whole budget is fitted as if there were no agent.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from kingpost import (
    Agent,
    Allowance,
    BudgetTooSmall,
    Clock,
    Compressor,
    Dropped,
    Fitted,
    Passage,
    Record,
    TokenCounter,
    Trust,
    Unavailable,
    Usage,
    replace,
)

from .asking import Question, Reply, beyond, introduced, material
from .settings import Settings

LEAST_TOKENS = 32
"""A summary in less room says nothing that is worth the call."""
_REMEMBERED = 256
_NAMED = 4
"""So many ids stand in front of a summary; the loss report names all of them."""
_PARTS = (1, 2, 4)
"""Where the whole material is too dear, half of it may do, or a quarter."""


class _Job(Record):
    """What is summed up, whose place the summary takes, and the tokens that it may have with its heading."""

    shown: tuple[Passage, ...]
    place: Passage
    limit: int
    heading: str


class SummaryCompressor:
    """Use it once it was lent a compressor and an agent."""

    name = "summary"
    costly = True

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._lent: dict[str, Any] = {}
        # By what was asked; empty where no summary came, so that what failed gives the same output again.
        self._known: OrderedDict[str, str] = OrderedDict()

    @property
    def borrows(self) -> Sequence[tuple[str, str]]:
        """The compressor below, and who sums up."""
        return (("compressors", self._settings.compressor), ("agents", self._settings.agent))

    def lend(self, kind: str, name: str, offered: Any) -> None:
        """Take one of them."""
        self._lent[kind] = offered

    def _taken(self) -> tuple[Compressor, Agent]:
        if len(self._lent) < len(self.borrows):
            raise Unavailable(
                "the compressor 'summary' was not lent the compressor and the agent that it works through"
            )
        return self._lent["compressors"], self._lent["agents"]

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter) -> Fitted:
        return await self.fit_within(passages, budget, query, counter, Allowance())

    async def fit_within(
        self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter, allowance: Allowance
    ) -> Fitted:
        below, _ = self._taken()
        plain = await below.fit(passages, budget, query, counter)
        room = _rounded(int(budget * self._settings.share))
        if room < LEAST_TOKENS or not any(each.whole for each in plain.dropped):
            return plain
        try:
            rest = await below.fit(passages, budget - room, query, counter)
        except BudgetTooSmall:
            return plain
        why = ""
        for part in _PARTS:
            job = await self._job(passages, rest, room, self._settings.material // part, query, counter)
            if job is None:
                break
            came = await self._summary(job, query, counter, allowance)
            if isinstance(came, Reply):
                made = self._joined(passages, rest, job, came.text, counter) if came.text else plain
                return replace(made, usage=came.usage)
            why = came
        return plain if not why else replace(plain, dropped=tuple(self._unasked(each, why) for each in plain.dropped))

    async def _job(
        self, passages: Sequence[Passage], rest: Fitted, room: int, most: int, query: str, counter: TokenCounter
    ) -> _Job | None:
        gone = {each.id for each in rest.dropped if each.whole}
        lost = {each.id: replace(each, tokens=counter.count(each.text)) for each in passages if each.id in gone}
        if sum(each.tokens for each in lost.values()) <= room:
            return None
        shown = await material(list(lost.values()), self._taken()[0], most, query, counter)
        # A summary is no more to be trusted than the least of what is in it, and no passage may grow by it.
        whole = [lost[each.id] for each in shown]
        places = [each for each in whole if each.trust is Trust.OUTSIDE]
        places = places or [each for each in whole if each.trust is Trust.MEMORY]
        if not places:
            return None
        place = max(places, key=lambda each: each.tokens)
        heading = f"Summary of passages {_named(shown)} by the agent {self._settings.agent}:\n"
        limit = min(room, _rounded(place.tokens))
        job = _Job(tuple(shown), place, limit, heading)
        return job if limit - counter.count(heading) >= LEAST_TOKENS // 2 else None

    async def _summary(self, job: _Job, query: str, counter: TokenCounter, allowance: Allowance) -> Reply | str:
        """The text with its heading, within the limit, and what it has cost now; or why nobody may be asked for it."""
        key = self._key(job, query, counter)
        if (known := self._known.get(key)) is not None:
            self._known.move_to_end(key)
            return Reply(known)
        asking = await introduced(self._taken()[1], self._settings, self._clock)
        room = job.limit - counter.count(job.heading)
        question = None if asking is None else asking.question(job.shown, room, query, counter)
        if asking is None or question is None:
            return Reply(self._remember(key, ""))
        if why := beyond(question.most(), allowance, self._settings.seconds):
            return why
        reply = await asking.answer(question)
        text = job.heading + reply.text if reply.text else ""
        text = self._remember(key, text if counter.count(text) <= job.limit else "")
        return Reply(text, _charged(reply, question, allowance))

    def _remember(self, key: str, text: str) -> str:
        # Of two that asked at once both get the first answer.
        known = self._known.setdefault(key, text)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return known

    def _key(self, job: _Job, query: str, counter: TokenCounter) -> str:
        asked = [[each.id, each.source, each.place, each.kind, each.trust, each.text] for each in job.shown]
        return sha256(json.dumps([query, counter.name, job.limit, job.place.id, asked]).encode()).hexdigest()

    def _unasked(self, loss: Dropped, why: str) -> Dropped:
        reason = f"{loss.reason}; not summed up: the agent {self._settings.agent} {why}"
        return replace(loss, reason=reason) if loss.whole else loss

    def _joined(self, passages: Sequence[Passage], rest: Fitted, job: _Job, text: str, counter: TokenCounter) -> Fitted:
        """The summary stands where the passage stood whose place it takes; the loss report says what is in it."""
        agent, place = self._settings.agent, job.place
        kept = {each.id: each for each in rest.kept}
        tokens = counter.count(text)
        kept[place.id] = replace(place, text=text, tokens=tokens, reason=text.partition(":\n")[0])
        summed = {each.id for each in job.shown}
        dropped = []
        for each in rest.dropped:
            if each.id == place.id:
                ids = ", ".join(one.id for one in job.shown)
                reason = f"in its place stands a summary of {ids} by the agent {agent}; expand {each.id} brings it back"
                dropped.append(replace(each, reason=reason, whole=False, tokens=place.tokens - tokens))
            else:
                dropped.append(_told(each, place, agent) if each.whole and each.id in summed else each)
        return Fitted(kept=tuple(kept[each.id] for each in passages if each.id in kept), dropped=tuple(dropped))


def _charged(reply: Reply, question: Question, allowance: Allowance) -> Usage | None:
    """Where nobody knows what was paid, all that it may have been counts against a grant."""
    bounded = allowance.tokens is not None or allowance.money is not None
    return question.most() if reply.usage is None and bounded else reply.usage


def _told(loss: Dropped, place: Passage, agent: str) -> Dropped:
    return replace(loss, reason=f"{loss.reason}; summed up in {place.id} by the agent {agent}")


def _named(shown: Sequence[Passage]) -> str:
    ids = [each.id for each in shown]
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more


def _rounded(tokens: int) -> int:
    """Down to two binary digits: a budget that is corrected by a few tokens for labels asks for the same summary."""
    unit = 1 << max(tokens.bit_length() - 2, 0) if tokens > 0 else 1
    return tokens // unit * unit

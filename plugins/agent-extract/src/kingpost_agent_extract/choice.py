"""Which units answer a question, best first, and how much of each passage is quoted around them.

Called by ``agent``. Takes the unit that adds most to what the ones before it have said, again and again, so that a
question with two halves gets quotes for both.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from kingpost import Record

from .question import Candidate, Key, Question
from .words import is_empty, is_weak

MOST = 5
_ENOUGH = 0.24
_REPEATED = 0.55
_RELEVANT = 0.05
_ALIKE = 0.6
_SHARE = 0.4
_QUOTE_CHARS = 600
_SLICE = 400
_LEANING = re.compile(
    r"(?:it|its|this|that|these|those|they|them|their|he|she|his|her|so|then|thus|otherwise|however|therefore|also|but"
    r"|and|or|both|neither|such|there|which|instead)\b",
    re.IGNORECASE,
)
# How forms that are no sentences read as an answer.
_LISTED = {"row": 0.85, "lines": 0.8, "code": 0.5}
_DIGIT = re.compile(r"\d")

Gains = Mapping[Key, float]


class Quote(Record):
    """Literally ``text[start:end]`` of a passage. ``covers`` are the question's words that it speaks of."""

    candidate: Candidate
    start: int
    end: int
    covers: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """What is quoted."""
        return self.candidate.passage.text[self.start : self.end]


class _Scored(Record):
    candidate: Candidate
    gains: Gains
    fitness: float


async def choose(question: Question, pool: Sequence[Candidate]) -> list[Quote]:
    """At most ``MOST`` quotes that do not overlap, in the order of what each adds; none when nothing is relevant."""
    scored = await _scores(question, pool)
    said: Counter[Key] = Counter()
    quotes: list[Quote] = []
    first = 0.0
    while scored and len(quotes) < MOST:
        gain, at = max((_adds(each, said), -number) for number, each in enumerate(scored))
        if gain < _ENOUGH * first:
            break
        first = first or gain
        best = scored.pop(-at)
        if not any(_repeats(best.candidate, quote) for quote in quotes):
            said.update(best.gains.keys())
            quotes.append(_quote(best, pool, quotes))
        await asyncio.sleep(0)
    return _joined(quotes) if _relevant(question, {word for quote in quotes for word in quote.covers}) else []


def _joined(quotes: Sequence[Quote]) -> list[Quote]:
    """Quotes that follow each other in one paragraph are one, at the place of the better."""
    joined: list[Quote] = []
    for quote in quotes:
        beside = next((at for at, other in enumerate(joined) if _follow(quote, other)), None)
        if beside is None:
            joined.append(quote)
            continue
        other = joined[beside]
        start, end = min(quote.start, other.start), max(quote.end, other.end)
        joined[beside] = Quote(other.candidate, start, end, other.covers | quote.covers)
    return joined if len(joined) == len(quotes) else _joined(joined)


def _follow(quote: Quote, other: Quote) -> bool:
    here, there = quote.candidate, other.candidate
    if (here.passage.id, here.unit.block) != (there.passage.id, there.unit.block):
        return False
    between = here.passage.text[min(quote.end, other.end) : max(quote.start, other.start)]
    return not between.strip() and max(quote.end, other.end) - min(quote.start, other.start) <= _QUOTE_CHARS


def _relevant(question: Question, covered: set[str]) -> bool:
    """False where quotes and question share too little, or words only that any two texts share."""
    telling = {word for word in question.weights if not is_weak(word)} or question.weights.keys()
    return question.share(covered) >= _RELEVANT and not covered.isdisjoint(telling)


def beginnings(pool: Sequence[Candidate]) -> list[Quote]:
    """The first sentence of each of the first passages, for a task that asks for nothing in particular."""
    found: dict[str, Quote] = {}
    for each in pool:
        if each.passage.id not in found and (len(each.said) > 5 or each.unit.form in ("code", "lines")):
            found[each.passage.id] = Quote(each, each.unit.start, each.unit.end)
    return list(found.values())[:MOST]


async def _scores(question: Question, pool: Sequence[Candidate]) -> list[_Scored]:
    found = []
    for number, each in enumerate(pool):
        if number % _SLICE == 0:
            await asyncio.sleep(0)
        if gains := question.gains(each):
            share = question.share(key for key in gains if isinstance(key, str))
            found.append(_Scored(each, gains, (1 - _SHARE + _SHARE * share) * _fitness(each, question)))
    return found


def _adds(scored: _Scored, said: Counter[Key]) -> float:
    """What a unit says beyond what the quotes before it have said."""
    return scored.fitness * sum(gain * _REPEATED ** said[key] for key, gain in scored.gains.items())


def _fitness(candidate: Candidate, question: Question) -> float:
    """How well a unit reads as an answer by itself, and how well its passage did before."""
    text, size, form = candidate.text, len(candidate.said), candidate.unit.form
    fit = 1.0 - 0.2 * min(candidate.rank, 20) / 20
    if size < 7:
        fit *= 0.4 if size < 4 else 0.8
    if text.endswith((":", "?")):
        fit *= 0.65
    if question.amount and _DIGIT.search(text):
        fit *= 1.25
    if question.manner and form != "code" and "`" in text:
        fit *= 1.15
    if form == "code" and question.manner and text.count("\n") < 8:
        return fit
    if form in _LISTED:
        return fit * _LISTED[form]
    # What has hardly any of the small words that join others is a list of names.
    joined = sum(is_empty(word) for word in candidate.said) / max(size, 1)
    return fit * (1.0 if joined >= 0.12 else 0.75)


def _repeats(candidate: Candidate, quote: Quote) -> bool:
    """Whether a quote says it already: in the very place, or elsewhere in nearly the same words."""
    if candidate.passage.id == quote.candidate.passage.id:
        return candidate.unit.start < quote.end and quote.start < candidate.unit.end
    here, there = set(candidate.said), set(quote.candidate.said)
    return len(here & there) >= _ALIKE * max(len(here), len(there))


def _quote(scored: _Scored, pool: Sequence[Candidate], quotes: Sequence[Quote]) -> Quote:
    """The unit; a sentence that leans on the one before it takes that one along."""
    candidate = scored.candidate
    start, end = candidate.unit.start, candidate.unit.end
    if candidate.unit.form in ("sentence", "item") and _leans(candidate):
        inside = candidate.passage.id, candidate.unit.block
        before = [e.unit for e in pool if (e.passage.id, e.unit.block) == inside and e.unit.end <= start]
        taken = [q.end for q in quotes if q.candidate.passage.id == candidate.passage.id]
        if before and end - before[-1].start <= _QUOTE_CHARS:
            free = not any(before[-1].start < other <= start for other in taken)
            start = before[-1].start if free else start
    covers = frozenset(word for word in scored.gains if isinstance(word, str))
    return Quote(candidate, start, end, covers)


def _leans(candidate: Candidate) -> bool:
    return _LEANING.match(candidate.text.lstrip("-*+`_ \t")) is not None

"""What every unit is worth in one scale, over all passages.

Called by ``selection``. The best answer to the question is worth 1; the structure of a passage, its signatures or
errors, as much as the best unit in it; what is next to a good unit gains from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kingpost import Trust

from .cues import Cues, answers_before
from .draft import Draft
from .measure import Measure
from .pace import Pace
from .question import Question
from .units import ABSENT, Form, Unit

_NEXT, _ANSWER = 0.3, 0.5
_BELOW = 0.3
_LEAST = 0.15
_TOLD, _SPOKEN = 0.05, 0.4
_BENEATH = 0.6
_STRUCTURE = 1.2
_NEARER, _SHORTER = 0.02, 2e-5
_PIECE = 6_000
_NOTHING = (0.0,)
_FIRST_BELOW, _FIRST = 1.5, 1.5
"""What stands at once below a heading, and what a text begins with, beside the rest of it."""
_CHARACTERS = 4
"""In a token, about."""


class Item(NamedTuple):
    """One shape of one unit, which takes the place of the shape before. Sorted, the best comes first."""

    rank: float
    draft: int
    unit: int
    level: int


async def rank(drafts: Sequence[Draft], forms: Sequence[Form], question: Question, room: int, pace: Pace) -> list[Item]:
    """All that can be chosen for a room of so many tokens, best first; among equals in reading order."""
    asked, told = await _weighed(forms, question, pace)
    has_answer = any(map(any, asked))
    merits = _merits(drafts)
    told = _scaled(told, 0.98)
    for at, form in enumerate(forms):
        own = _spread(form, asked[at]) if has_answer else _opening(form, told[at])
        factor = 0.7 + 0.3 * merits[at]
        likely = _SPOKEN if form.is_speech else _TOLD
        asked[at] = [value * factor + likely * also for value, also in zip(own, told[at], strict=True)]
        await pace.after(20 * len(own))
    asked = _scaled(asked)
    items: list[Item] = []
    for at, form in enumerate(forms):
        items += _items(at, form, asked[at], merits[at], room, has_answer=has_answer)
        await pace.after(20 * len(form.units))
    items.sort()
    return items


async def _weighed(
    forms: Sequence[Form], question: Question, pace: Pace
) -> tuple[list[list[float]], list[list[float]]]:
    """How much each unit of each form has of the question, and how much it tells that others do not."""
    speakers = {unit.speaker for form in forms for unit in form.units if unit.speaker}
    measure = Measure(question, " ".join(sorted(speakers)))
    pieces = [list(_pieces(form.units)) for form in forms]
    for piece in pieces:
        for units in piece:
            measure.add(units)
            await pace.after(_PIECE)
    for _ in measure.weigh():
        await pace.after(_PIECE)
    cues = Cues(question, measure) if any(form.is_speech for form in forms) else None
    asked: list[list[float]] = []
    told: list[list[float]] = []
    start = 0
    for form, piece in zip(forms, pieces, strict=True):
        asked.append([])
        told.append([])
        for units in piece:
            numbers = range(start, start := start + len(units))
            relevance, density = measure.relevance(numbers), measure.density(numbers)
            if form.is_speech and cues:
                for at, (unit, number) in enumerate(zip(units, numbers, strict=True)):
                    factor, likely = cues.weigh(unit, measure.words(number))
                    relevance[at] *= factor
                    density[at] *= likely
            asked[-1] += relevance
            told[-1] += density
            await pace.after(_PIECE)
    return asked, told


def _pieces(units: Sequence[Unit]) -> Iterator[Sequence[Unit]]:
    """So many at once as take a millisecond or two, by how long they are."""
    start = length = 0
    for at, unit in enumerate(units):
        length += 60 + len(unit.shapes[-1])
        if length > _PIECE:
            yield units[start : at + 1]
            start, length = at + 1, 0
    yield units[start:]


def _items(number: int, form: Form, asked: Sequence[float], merit: float, room: int, *, has_answer: bool) -> list[Item]:
    best = max([*asked, _LEAST])
    # Without a question structure is what there is to go by.
    share = 1.0 if has_answer or not any(1.0 in unit.worth for unit in form.units) else _BENEATH
    spacious = max(1.0, _CHARACTERS * room / 2)
    nearer, shorter = (_NEARER, _SHORTER) if has_answer else (0.0, 5 * _SHORTER)
    items = []
    for at, unit in enumerate(form.units):
        # What would fill the room alone must be worth all that it keeps out.
        plain = share * asked[at] / (1 + len(unit.shapes[-1]) / spacious) + 0.1 * merit
        if unit.worth == _NOTHING:
            items.append(Item(-plain, number, at, 0))
            continue
        last = len(unit.worth) - 1
        for level, worth in enumerate(unit.worth):
            value = 0.0
            if worth:
                value = _STRUCTURE * worth * best + nearer * plain + 0.1 * merit
                # Among equals what adds the least text first: so more of them find room.
                more = len(unit.shapes[level]) - (len(unit.shapes[level - 1]) if level else 0)
                value -= min(shorter * more, 0.01 * value)
            items.append(Item(-plain if level == last and plain > value else -value, number, at, level))
    return items


def _merits(drafts: Sequence[Draft]) -> list[float]:
    """How well each passage was recalled, between 0 and 1; what was handed along with the task is worth the most."""
    best = max((draft.passage.score for draft in drafts), default=0.0)
    return [
        1.0 if draft.passage.trust is Trust.TASK else max(0.0, draft.passage.score / best) if best > 0 else 0.0
        for draft in drafts
    ]


def _spread(form: Form, own: Sequence[float]) -> list[float]:
    """An answer stands next to its question, and under its heading."""
    values = list(own)
    if form.flows:
        for at in range(len(own)):
            before = own[at - 1] if at else 0.0
            after = own[at + 1] if at + 1 < len(own) else 0.0
            if before or after:
                next_to = _ANSWER if before and answers_before(form.units, at) else _NEXT
                values[at] += max(next_to * before, _NEXT * after)
    for at, unit in enumerate(form.units):
        if unit.parent != ABSENT:
            values[at] += _BELOW * own[unit.parent]
    return values


def _opening(form: Form, told: Sequence[float]) -> list[float]:
    """Without a question: what a passage, or a section of it, begins with is often what it is about."""
    values = [value * (1.3 if at == 0 else 1.1 if at < 3 else 1.0) for at, value in enumerate(told)]
    if form.is_speech and not any(unit.speaker for unit in form.units):
        below = [at for at, unit in enumerate(form.units) if at and unit.parent == at - 1]
        for at in below:
            values[at] *= _FIRST_BELOW
        for at in below[:1] or range(min(2, len(values))):
            values[at] *= _FIRST
    return values


def _scaled(values: Sequence[Sequence[float]], best_of: float = 1.0) -> list[list[float]]:
    """The same with 1 for the best of all, or of a share of all."""
    ranked = sorted(value for row in values for value in row)
    best = (ranked[int((len(ranked) - 1) * best_of)] if ranked else 0.0) or 1.0
    return [[value / best for value in row] for row in values]

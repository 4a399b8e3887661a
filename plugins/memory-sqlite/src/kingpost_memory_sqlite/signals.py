"""What speaks for a memory beside its words: who said it, what was said around it, when, how often it was of use. Pure.

Called by ``search`` once all candidates of a question are weighed by their words. Each signal is a term of the score,
bounded, with a name that a user understands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import Any

from kingpost import Memory, Record, Tier

from . import rows
from .dates import Window
from .forms import TIMED
from .question import TIME_TERMS, Question
from .weigh import Scale, Weight, weigh

SPEAKER = 0.3
"""The question names who says it."""

AROUND = 0.5
BEFORE, BEHIND, FURTHER = 0.7, 0.35, 0.25
"""What is said just before says most about a turn: it may be the question that the turn answers."""

SESSION = 0.2
ASKING = 0.2
"""A turn that only asks holds the words of an answer without being one."""

TIME, TIMELY = 0.35, 0.12
RECENCY, RECENT_DAYS = 0.03, 90.0
LATEST, LATEST_DAYS = 0.25, 180.0
"""The same for a question that asks how things are now."""

USE = 0.05
BOOST = 1.0
SMALL = 0.1
"""A turn of two words says nothing, whatever stands around it."""

_SMALL_WORDS = 6
_EPISODIC = rows.TIERS.index(Tier.EPISODIC)


@dataclass(slots=True)
class Candidate:
    """A memory that may fit, with its place: its number, its conversation, who speaks (numbers of the file)."""

    row: Any
    seq: int
    body: str
    weight: Weight
    session: int | None
    speaker: int | None
    created: float
    since: float
    boost: float = 0.0
    hop: float = 0.0
    copies: int = 1

    @property
    def memory(self) -> Memory:
        """The memory as it was remembered; made when it is needed, because most candidates are dropped."""
        return rows.memory_of(self.row)

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What decides between equal scores: source, place, scope and id."""
        source, place, scope = ("" if self.row[n] is None else rows.text(self.row[n]) for n in (9, 10, 4))
        return source, place, scope, rows.id_of(self.row[5])

    @property
    def life(self) -> tuple[object, ...]:
        """Scope, tier and ends: copies of one text with another life are two memories."""
        return (self.row[1], self.row[rows.TIER], self.row[16], self.row[15])

    @property
    def score(self) -> float:
        """The sum of its terms."""
        return sum(self.weight.terms.values())


def candidate(row: Any, by: Scale) -> Candidate:
    """A candidate out of a row of ``SELECT``, weighed by its words."""
    body = row[rows.BODY] if isinstance(row[rows.BODY], str) else rows.text(row[rows.BODY])
    speaker = row[rows.SPEAKER]
    return Candidate(
        row, row[0], body, weigh(body, rows.above(row), row[rows.IMPORTANCE], by), row[rows.SESSION],
        abs(speaker) if speaker is not None else None, row[rows.CREATED],
        row[rows.CREATED] if row[rows.VALID_FROM] is None else row[rows.VALID_FROM],
        copies=row[rows.COPIES] if len(row) > rows.COPIES else 1,
    )  # fmt: skip


class Surroundings(Record):
    """What the signals are read from: neighbours of a turn by number, speakers that the question names, and now."""

    neighbours: Mapping[int, tuple[int | None, ...]]
    named: frozenset[int]
    now: float


def signal(found: Sequence[Candidate], question: Question, by: Surroundings) -> None:
    """Add the terms of each candidate that its words do not tell."""
    own = {each.seq: each.weight.own for each in found}
    asks = {each.seq: _asks(each.body) for each in found}
    sessions = _sessions(found, own)
    newest = by.now or max((each.created for each in found), default=0.0)
    windows = question.windows
    recency, days = (LATEST, LATEST_DAYS) if question.asks_now else (RECENCY, RECENT_DAYS)
    for each in found:
        seq, talks = each.seq, each.session is not None
        near = by.neighbours.get(seq)
        terms = {
            "speaker": SPEAKER if each.speaker in by.named else 0.0,
            "around": AROUND * _around(seq, own, asks, near) if near else 0.0,
            "session": SESSION * _session(own[seq], sessions[each.session]) if talks else 0.0,
            "asking": -ASKING if talks and asks[seq] else 0.0,
            "time": TIME * _time(each.since, windows) if windows else 0.0,
            "timely": TIMELY if question.asks_when and _is_timed(each) else 0.0,
            # In whole days: the second in which somebody asks must not change the answer.
            "recency": recency * exp(-(max(newest - each.created, 0.0) // 86_400) / days),
            "use": USE * _used(each) if each.row[rows.USES] else 0.0,
            "small": -SMALL * _small(each) if talks else 0.0,
            "boost": BOOST * each.boost,
            "hop": each.hop,
        }
        each.weight.terms.update([term for term in terms.items() if term[1]])


def _is_timed(each: Candidate) -> bool:
    """Whether it says when; most texts hold none of the words that could."""
    return not TIME_TERMS.isdisjoint(each.weight.words) and TIMED.search(each.body[:2000].lower()) is not None


def _asks(body: str) -> bool:
    text = body.rstrip()
    return text.endswith("?") and len(text) < 400


def _around(seq: int, own: Mapping[int, float], asks: Mapping[int, bool], near: Sequence[int | None]) -> float:
    """What its neighbours in the conversation are worth by their words: two before it, two behind it."""
    further, before, behind, last = near
    heard = [
        FURTHER * own.get(further, 0.0) if further is not None else 0.0,
        (1.0 if asks.get(before) else BEFORE) * own.get(before, 0.0) if before is not None else 0.0,
        BEHIND * own.get(behind, 0.0) if behind is not None else 0.0,
        FURTHER * own.get(last, 0.0) if last is not None else 0.0,
    ]
    most = max(heard)
    return min(most + 0.3 * (sum(heard) - most), 1.5) / 1.5


def _sessions(found: Sequence[Candidate], own: Mapping[int, float]) -> dict[int | None, tuple[float, float]]:
    """The best and the second best worth of each conversation."""
    best: dict[int | None, list[float]] = defaultdict(list)
    for each in found:
        best[each.session].append(own[each.seq])
    return {key: ((top := sorted(of, reverse=True))[0], top[1] if len(top) > 1 else 0.0) for key, of in best.items()}


def _session(own: float, best: tuple[float, float]) -> float:
    """The best worth that another turn of its conversation has."""
    first, second = best
    return min(second if own == first else first, 1.0)


def _used(each: Candidate) -> float:
    """How often it was of use; a pattern that worked counts twice."""
    return min(log1p(each.row[rows.USES]) / log1p(20), 1.0) * (2.0 if each.row[rows.TIER] == _EPISODIC else 1.0)


def _time(at: float, windows: Sequence[Window]) -> float:
    """Whether it was told, or is valid, in a time that the question names; told soon after counts half."""
    best = 0.0
    for begin, end in windows:
        span = min(max(end - begin, 86_400.0), 21 * 86_400.0)
        if begin <= at < end:
            best = 1.0
        elif end <= at < end + span:
            best = max(best, 0.5 * (1 - (at - end) / span))
    return best


def _small(each: Candidate) -> float:
    return max(0.0, 1 - len(each.weight.words) / _SMALL_WORDS)

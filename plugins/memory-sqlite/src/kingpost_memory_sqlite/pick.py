"""Of all memories that hold a term, the few that are worth weighing word by word.

Called by ``look``, on the reader's thread. Postings are added up here rather than in SQL, whose sorting and windowing
took three times as long; a step through some rows ends as soon as no other one can be among the best.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from heapq import nlargest
from typing import Any

from kingpost import Record

from .file import Read
from .rows import SELECT

LIVE = """
    m.kind = 0 AND m.tier IN (:tier_0, :tier_1, :tier_2)
    AND (m.valid_from IS NULL OR m.valid_from <= :now OR :now <= 0)
    AND CASE WHEN :as_of IS NULL THEN m.until IS NULL OR m.until > :now
        ELSE m.created <= :as_of AND (m.valid_to IS NULL OR m.valid_to > :now) AND coalesce(
            m.expires, CASE WHEN m.tier = 0 THEN m.created + :short END, :as_of + 1) > :as_of END
"""
"""What may be recalled, of a memory ``m``."""

# One row for all: each row that is handed over costs the interpreter's lock twice.
_HOLDING = "SELECT group_concat(rowid) FROM (SELECT rowid FROM term WHERE term MATCH ? LIMIT ?)"
_LOOK = f"""
    SELECT m.seq, m.words, abs(m.speaker), m.created, m.digest, m.tier, m.expires, m.valid_to
    FROM memory m WHERE m.seq IN (SELECT value FROM json_each(:seqs)) AND {LIVE}
"""  # noqa: S608 - our own words
_WHOLE = f"{SELECT} WHERE m.seq IN (SELECT value FROM json_each(?))"  # noqa: S608 - as above

_LOOKED = 600
"""So many of those that hold the most are looked at one by one: who speaks, when it was, whether it may be recalled."""

_CHUNK = 64
_NAMED, _TIMELY = 1.5, 2.0
_LEAST, _LENGTH = 0.6, 0.4
"""A memory without any words would have its worth divided by the first, one of average length by both together."""

Hits = list[tuple[str, float]]
"""Expressions for MATCH, and what a memory that one of them finds is worth."""


class Taste(Record):
    """What makes one memory worth more than another that holds the same: its length, who speaks, when it was."""

    average: float
    named: frozenset[int]
    begin: float
    end: float

    @property
    def most(self) -> float:
        """The most that a worth is multiplied by."""
        return (_NAMED if self.named else 1.0) * (_TIMELY if self.begin < self.end else 1.0) / _LEAST

    def of(self, words: int, speaker: int | None, created: float) -> float:
        """What the worth of such a memory is multiplied by."""
        taste = _NAMED if speaker in self.named else 1.0
        if self.begin <= created < self.end:
            taste *= _TIMELY
        return taste / (_LEAST + _LENGTH * words / self.average)


_Best = tuple[float, tuple[float, float, int], int]
"""What stands for all copies of one text that live equally long: its rank, its key, and how many they are."""


def picked(
    read: Read, hits: Hits, bound: int, wanted: int, taste: Taste, live: Mapping[str, Any]
) -> dict[int, tuple[Any, ...]]:
    """The best as rows of ``SELECT`` with the number of copies behind, best first.

    Of each of the ``hits`` at most ``bound`` are read; ``live`` are the parameters of ``LIVE``.
    """
    worths: dict[int, float] = {}
    for expression, worth in hits:
        held = read(_HOLDING, (expression, bound))[0][0]
        for seq in json.loads(f"[{held or ''}]"):
            worths[seq] = worths.get(seq, 0.0) + worth
    order = sorted(worths, reverse=True)
    order.sort(key=worths.__getitem__, reverse=True)
    best: dict[tuple[object, ...], _Best] = {}
    for start in range(0, min(len(order), _LOOKED), _CHUNK):
        if len(best) >= wanted and worths[order[start]] * taste.most < _last(best, wanted):
            break
        chunk = order[start : min(start + _CHUNK, _LOOKED)]
        _add(best, read(_LOOK, {**live, "seqs": json.dumps(chunk)}), worths, taste)
    kept = sorted(best.values(), key=lambda each: (-each[0], -each[1][2]))[:wanted]
    rows = {row[0]: row for row in read(_WHOLE, (json.dumps([-key[2] for _, key, _ in kept]),))}
    return {seq: (*rows[seq], copies) for _, key, copies in kept if (seq := -key[2]) in rows}


def _last(best: Mapping[tuple[object, ...], _Best], wanted: int) -> float:
    """The rank of the last that is wanted: what comes later must exceed it."""
    return nlargest(wanted, [each[0] for each in best.values()])[-1]


def _add(best: dict[tuple[object, ...], _Best], rows: Sequence[Any], worths: Mapping[int, float], taste: Taste) -> None:
    """Add what was looked at. Of copies the newest stands for all, and all are counted.

    Copies hold the same terms, so they are worth the same and are looked at together.
    """
    for row in rows:
        seq, words, speaker, created = row[:4]
        worth = worths[seq]
        rank, key, life = worth * taste.of(words, speaker, created), (created, worth, -seq), row[4:]
        if (other := best.get(life)) is None:
            best[life] = (rank, key, 1)
        else:
            best[life] = (rank, key, other[2] + 1) if key > other[1] else (*other[:2], other[2] + 1)

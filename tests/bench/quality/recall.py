"""How much of the evidence a memory finds: conversational, multi-hop, temporal; and what it says to nonsense.

Called by ``tests.bench.recall``. The baselines are what most users would build first: FTS5 with porter and stop words
dropped, and the newest turns.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean

from kingpost import Memory, MemoryBackend, Query

from .dialogues import Dialogue, Question, dialogues
from .material import NONSENSE

LIMIT = 10
_STOP = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "she",
        "that",
        "the",
        "their",
        "they",
        "this",
        "to",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "s",
    ]
)


class PlainFts:
    """FTS5 with porter, stop words dropped, the rest joined by OR: the baseline."""

    def __init__(self, turns: Sequence[Memory]) -> None:
        self._turns = turns
        self._table = sqlite3.connect(":memory:")
        self._table.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize = 'porter unicode61')")
        self._table.executemany("INSERT INTO t VALUES (?)", [(f"{turn.speaker}: {turn.body}",) for turn in turns])

    def found(self, text: str) -> list[str]:
        """The ids of the best, best first."""
        words = [word for word in re.findall(r"\w+", text.lower()) if word not in _STOP]
        if not words:
            return []
        asked = " OR ".join(f'"{word}"' for word in words)
        sql = "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?"
        return [self._turns[row - 1].id for (row,) in self._table.execute(sql, (asked, LIMIT))]


def share(question: Question, found: Sequence[str]) -> float:
    """How much of the evidence was found; where there is none, nothing should be."""
    if not question.evidence:
        return float(not found)
    return len(set(question.evidence) & set(found)) / len(set(question.evidence))


async def measured(memory: MemoryBackend, asked: Iterable[Dialogue]) -> dict[str, dict[str, float]]:
    """The share of evidence by kind of question, of the memory and of the baselines.

    Of a question without evidence it is 1 where nothing is found; such are not part of ``all``.
    """
    shares: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for dialogue in asked:
        await memory.remember(dialogue.turns)
        plain = PlainFts(dialogue.turns)
        recent = [turn.id for turn in dialogue.turns[-LIMIT:]]
        for question in dialogue.questions:
            found = await memory.recall(_query(dialogue, question.text))
            answers = {
                "kingpost": [each.memory.id for each in found],
                "plain FTS5": plain.found(question.text),
                "recency": recent,
            }
            for name, ids in answers.items():
                for kind in (question.kind, "all") if question.evidence else (question.kind,):
                    shares[name][kind].append(share(question, ids))
    return {name: {kind: fmean(of) for kind, of in sorted(kinds.items())} for name, kinds in shares.items()}


async def nonsense(memory: MemoryBackend, half: str) -> float:
    """The share of questions without an answer that get none."""
    (dialogue,) = dialogues(half, 1)
    await memory.remember(dialogue.turns)
    return fmean([not await memory.recall(_query(dialogue, text)) for text in NONSENSE])


def _query(dialogue: Dialogue, text: str) -> Query:
    return Query(text=text, scopes=(dialogue.scope,), limit=LIMIT, now=dialogue.turns[-1].created + 3600)

"""What holds for any texts, budgets, questions and counters."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost import Fitted, Passage, TokenCounter, Trust
from kingpost.testing import WordCounter
from kingpost_compressor_structure.fitting import StructureCompressor


class QuarterCounter:
    """Four bytes to a token, rounded up: tokens never add up over joins."""

    name, exact = "quarters", True

    def count(self, text: str) -> int:
        return -(-len(text.encode(errors="replace")) // 4)

    def cut(self, text: str, limit: int) -> str:
        return text[: max(0, limit)] if self.count(text) > limit else text


class SeamCounter(WordCounter):
    """Words, and one more for each blank line: what is joined can cost more than its parts."""

    def count(self, text: str) -> int:
        return super().count(text) + text.count("\n\n")

    def cut(self, text: str, limit: int) -> str:
        while self.count(text) > limit:
            text = text[: len(text) // 2]
        return text


PARTS = [
    "The harbour crane lifts forty tonnes. It was built in 1931. Nobody has ever seen it rest.\n\n",
    "# Cranes\n\nSome text under a heading.\n\n## Red ones\n\n- a list\n- of two\n\n```\ncode  \n\n\nmore\n```\n",
    'def lift(load: int) -> int:\n    """How far it goes up."""\n    # the crane is old\n    return 40 - load\n\n\n',
    "class Crane:\n    reach: int = 3\n\n    def turn(self): return 1\n\n    def _oil(self):\n        return 1\n",
    '{"crane": {"tonnes": 40, "built": 1931, "notes": ["old", "red", "loud"]}}\n',
    '[{"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 3, "name": "c"}, {"id": 4, "name": "d"}]',
    "2026-01-01 10:00:01 INFO lifted 12 t\n2026-01-01 10:00:02 ERROR rope 7 is torn\n",
    "name,tonnes,built\nred,40,1931\nblue,12,1950\ngreen,7,1960\n",
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n",
    "function lift(load) {\n  if (load > 40) {\n    throw new Error('too much');\n  }\n  return 40 - load;\n}\n",
    "  \t \n\n\n\n   \n",
    "漢字かな交じり文。もう一つの文。\n",
    "\ud800 half a pair\n",
    *("x" * 90 + "\n", "(((((", '"', "Ann: hello there\n"),
]
KINDS = ["", "code", "diff", "json", "jsonl", "log", "markdown", "prose", "python", "table", "unheard of"]

bodies = st.lists(st.sampled_from(PARTS) | st.text(max_size=30), max_size=12).map("".join)
one = st.builds(
    Passage,
    id=st.just(""),
    text=bodies | st.builds(lambda body, times: body * times, bodies, st.integers(2, 6)),
    source=st.just("docs/a"),
    kind=st.sampled_from(KINDS),
    score=st.sampled_from([0.0, 0.5, 7.0, -1.0]),
    trust=st.sampled_from(list(Trust)),
    pinned=st.sampled_from([False, False, False, True]),
)
several = st.lists(one, max_size=5).map(
    lambda found: [
        Passage(id=str(at), text=p.text, source=p.source, kind=p.kind, score=p.score, trust=p.trust, pinned=p.pinned)
        for at, p in enumerate(found)
    ]
)
queries = st.sampled_from(["", "What does the red crane lift?", "lift", "1931 ERROR rope", "漢字"]) | st.text(
    max_size=20
)
COUNTERS = [WordCounter(), QuarterCounter(), SeamCounter()]


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(given=several, share=st.floats(0, 1.1), query=queries, counter=st.sampled_from(COUNTERS))
def test_any_passages_in_any_budget(given: list[Passage], share: float, query: str, counter: TokenCounter) -> None:
    """Within the budget, in order, nothing grows, what is pinned stays, every loss is named."""
    before = {passage.id: counter.count(passage.text) for passage in given}
    texts = {passage.id: passage.text for passage in given}
    budget = max(int(share * sum(before.values())), sum(before[passage.id] for passage in given if passage.pinned))

    fitted = asyncio.run(StructureCompressor().fit(given, budget, query, counter))

    kept = {passage.id: passage for passage in fitted.kept}
    assert sum(counter.count(passage.text) for passage in fitted.kept) <= budget
    assert list(kept) == [passage.id for passage in given if passage.id in kept]
    assert all(passage.tokens == counter.count(passage.text) <= before[passage.id] for passage in fitted.kept)
    assert all(kept[passage.id].text == passage.text for passage in given if passage.pinned)
    assert {each.id for each in fitted.dropped if each.whole} == texts.keys() - kept.keys()
    assert {each.id for each in fitted.dropped if not each.whole} == {
        id for id, passage in kept.items() if passage.text != texts[id]
    }
    saved = {each.id: each.tokens for each in fitted.dropped}
    assert all(saved[id] == before[id] - (kept[id].tokens if id in kept else 0) for id in saved)
    assert all(each.reason for each in fitted.dropped)


def test_the_answer_is_the_same_in_every_process() -> None:
    """Sets have another order in each; nothing that is chosen may depend on it."""
    code = (
        "import asyncio, glob; from kingpost import Passage; from kingpost.testing import WordCounter;"
        "from kingpost_compressor_structure.fitting import StructureCompressor as S, __file__ as at;"
        "p = [Passage(id=str(n), text=open(f).read(), source=f) for n, f in"
        " enumerate(sorted(glob.glob(at.replace('fitting.py', '**/*.py'), recursive=True)))];"
        "print([asyncio.run(S().fit(p, 900, q, WordCounter())) for q in ('', 'which bodies are kept')])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(answers) == 1


@pytest.mark.parametrize("share", [0.9, 0.5, 0.2, 0.05])
def test_the_budget_is_used(share: float, fit: Callable[..., Fitted], passages: Callable[..., list[Passage]]) -> None:
    """What is left over is filled with what matters next."""
    given = passages(*(f"Sentence {n} of the story tells about crane {n * n}." for n in range(200)))
    budget = int(share * sum(WordCounter().count(passage.text) for passage in given))

    fitted = fit(given, budget, "What about crane 49?")

    assert sum(passage.tokens for passage in fitted.kept) >= 0.95 * budget

"""Ten thousand texts of every form, whole, mixed and damaged, in budgets of every size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kingpost import Passage, TokenCounter
from kingpost.testing import WordCounter
from kingpost_compressor_structure.fitting import StructureCompressor
from random_texts import FORMS, QUERIES, passages

EXAMPLES = 780
"""Of each form; with the thirteen forms more than 10,000."""


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


COUNTERS: list[TokenCounter] = [WordCounter(), QuarterCounter(), SeamCounter()]


def hold(given: list[Passage], share: float, query: str, counter: TokenCounter) -> None:
    """Fit them into a share of what they cost, and look whether every promise was kept."""
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


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS)
def test_ten_thousand_texts_and_budgets(form: str) -> None:
    """Within the budget, in order, nothing grows, what is pinned stays, every loss is named."""
    tried = 0

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(chance=st.randoms(use_true_random=True))
    def one(chance: Random) -> None:
        nonlocal tried
        tried += 1
        share = chance.choice([chance.random(), chance.random() / 10, 1.0, 0.0])
        hold(passages(form, chance), share, chance.choice(QUERIES), chance.choice(COUNTERS))

    run: Callable[[], None] = one
    run()
    assert tried >= EXAMPLES


one_of_any = st.builds(
    Passage,
    id=st.just("0"),
    text=st.lists(
        st.text(max_size=30) | st.sampled_from(["\n", "def f():\n", '{"a": [', "Ann: ", "# "]), max_size=12
    ).map("".join),
    source=st.just("a"),
    kind=st.sampled_from(["", "unheard of", *FORMS]),
)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(passage=one_of_any, share=st.floats(0, 1.1), query=st.text(max_size=20), counter=st.sampled_from(COUNTERS))
def test_characters_of_all_sorts(passage: Passage, share: float, query: str, counter: TokenCounter) -> None:
    """The same for what nobody would write, and a question nobody would ask."""
    hold([passage], share, query, counter)

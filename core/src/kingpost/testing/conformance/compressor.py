"""The promises of a ``Compressor``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...errors import BudgetTooSmall
from ...protocols import Compressor, TokenCounter
from ...records.context import Fitted, Passage, Trust
from ...records.record import replace
from ..fakes import WordCounter
from .ground import STRANGE, Ground, examples, missing, texts

PROSE = "The harbour crane lifts forty tonnes. It was built in 1931. Nobody has ever seen it rest.\n\n"
CODE = 'def lift(load: int) -> int:\n    """How far it goes up."""\n    # the crane is old\n    return 40 - load\n\n\n'
NUMBERS = '{"crane": {"tonnes": 40, "built": 1931, "notes": ["old", "red", "loud"]}}\n'
LINES = "2026-01-01 10:00:01 INFO lifted 12 t\n2026-01-01 10:00:02 INFO lifted 12 t\n"

_bodies = texts | st.builds(
    lambda text, times: text * times, st.sampled_from([PROSE, CODE, NUMBERS, LINES]), st.integers(1, 30)
)
_kinds = st.sampled_from(["", "markdown", "python", "json", "log", "unheard of"])


@st.composite
def _passages(draw: st.DrawFn) -> list[Passage]:
    bodies = draw(st.lists(_bodies, max_size=6))
    pinned = draw(st.sets(st.integers(0, 5), max_size=2))
    return [
        Passage(
            id=str(number),
            text=body,
            source=f"docs/{number % 3}.md",
            place=f"{number}-{number + 9}",
            tokens=draw(st.integers(0, 9)),
            trust=draw(st.sampled_from(list(Trust))),
            kind=draw(_kinds),
            score=draw(st.sampled_from([0.0, 0.5, 1.0])),
            pinned=number in pinned,
        )
        for number, body in enumerate(bodies)
    ]


class CompressorConformance(Ground):
    """Inherit, and override ``subject``; ``counter`` counts words unless it is overridden."""

    door = "compressors"

    @pytest.fixture
    def subject(self) -> Compressor:
        """The compressor that is tested, started."""
        missing("subject", "yield a started compressor")

    @pytest.fixture
    def counter(self) -> TokenCounter:
        """Whose tokens the budgets are in."""
        return WordCounter()

    @examples
    @given(passages=_passages(), budget=st.integers(0, 800), query=texts)
    async def test_what_is_kept_is_within_the_budget(
        self, subject: Compressor, counter: TokenCounter, passages: list[Passage], budget: int, query: str
    ) -> None:
        """Passages whose texts count at most ``budget`` tokens together."""
        budget = max(budget, _pinned(passages, counter))

        fitted = await subject.fit(passages, budget, query, counter)

        assert sum(counter.count(passage.text) for passage in fitted.kept) <= budget

    @examples
    @given(passages=_passages(), budget=st.integers(0, 800))
    async def test_the_order_stays_and_tokens_are_counted_anew(
        self, subject: Compressor, counter: TokenCounter, passages: list[Passage], budget: int
    ) -> None:
        """Kept passages come in the order they came, with ``tokens`` counted anew."""
        fitted = await _fit(subject, passages, budget, counter)

        came = [passage.id for passage in passages]
        kept = [passage.id for passage in fitted.kept]
        assert kept == [id for id in came if id in kept]
        assert all(passage.tokens == counter.count(passage.text) for passage in fitted.kept)

    @examples
    @given(passages=_passages(), budget=st.integers(0, 800))
    async def test_no_passage_grows(
        self, subject: Compressor, counter: TokenCounter, passages: list[Passage], budget: int
    ) -> None:
        """No passage grows. Nor does it change whose words it holds."""
        fitted = await _fit(subject, passages, budget, counter)

        before = {passage.id: passage for passage in passages}
        for passage in fitted.kept:
            assert passage.tokens <= counter.count(before[passage.id].text)
            assert (passage.trust, passage.source) == (before[passage.id].trust, before[passage.id].source)

    @examples
    @given(passages=_passages(), budget=st.integers(0, 800))
    async def test_pinned_passages_stay_as_they_are(
        self, subject: Compressor, counter: TokenCounter, passages: list[Passage], budget: int
    ) -> None:
        """Pinned passages stay as they are."""
        fitted = await _fit(subject, passages, budget, counter)

        kept = {passage.id: passage.text for passage in fitted.kept}
        assert all(kept.get(passage.id) == passage.text for passage in passages if passage.pinned)

    @examples
    @given(passages=_passages(), budget=st.integers(0, 800))
    async def test_every_loss_is_named_with_its_reason(
        self, subject: Compressor, counter: TokenCounter, passages: list[Passage], budget: int
    ) -> None:
        """Every passage that is not kept whole is named in ``dropped`` with a reason."""
        fitted = await _fit(subject, passages, budget, counter)

        kept = {passage.id: passage.text for passage in fitted.kept}
        gone = {passage.id for passage in passages if passage.id not in kept}
        shorter = {passage.id for passage in passages if passage.id in kept and kept[passage.id] != passage.text}
        assert {each.id for each in fitted.dropped if each.whole} == gone
        assert {each.id for each in fitted.dropped if not each.whole} == shorter
        assert all(each.reason.strip() for each in fitted.dropped)

    @examples
    @given(passages=_passages())
    async def test_what_already_fits_stays_as_it_is(
        self, subject: Compressor, counter: TokenCounter, passages: list[Passage]
    ) -> None:
        """What already fits stays as it is."""
        enough = sum(counter.count(passage.text) for passage in passages)

        fitted = await subject.fit(passages, enough, "the crane", counter)

        counted = [replace(passage, tokens=counter.count(passage.text)) for passage in passages]
        assert list(fitted.kept) == counted
        assert fitted.dropped == ()

    @examples
    @given(passages=_passages(), budget=st.integers(0, 800), query=texts)
    async def test_the_same_input_gives_the_same_output(
        self, subject: Compressor, counter: TokenCounter, passages: list[Passage], budget: int, query: str
    ) -> None:
        """The same input gives the same output."""
        budget = max(budget, _pinned(passages, counter))

        first = await subject.fit(passages, budget, query, counter)

        assert await subject.fit(passages, budget, query, counter) == first

    async def test_long_work_lets_others_run(self, subject: Compressor, counter: TokenCounter) -> None:
        """Yields to the event loop on long work."""
        long = [_passage(n, (PROSE, CODE, NUMBERS, LINES)[n % 4] * 10) for n in range(400)]
        fitting = asyncio.ensure_future(subject.fit(long, 1000, "What does the crane lift?", counter))
        passes = 0
        while not fitting.done():
            await asyncio.sleep(0)
            passes += 1

        assert passes > 3
        assert sum(passage.tokens for passage in (await fitting).kept) <= 1000

    @pytest.mark.parametrize("strange", STRANGE)
    async def test_any_text_can_be_fitted(self, subject: Compressor, counter: TokenCounter, strange: str) -> None:
        """Passages whose texts count at most ``budget`` tokens together: whatever the texts are."""
        passages = [_passage(1, STRANGE[strange] + PROSE * 5), _passage(2, PROSE + STRANGE[strange])]

        fitted = await subject.fit(passages, 20, STRANGE[strange], counter)

        assert sum(counter.count(passage.text) for passage in fitted.kept) <= 20

    async def test_pinned_passages_that_do_not_fit_are_refused(
        self, subject: Compressor, counter: TokenCounter
    ) -> None:
        """BudgetTooSmall: the pinned passages alone do not fit."""
        pinned = replace(_passage(1, PROSE), pinned=True)
        needed = counter.count(PROSE)

        with pytest.raises(BudgetTooSmall) as caught:
            await subject.fit([pinned, _passage(2, CODE)], needed - 1, "", counter)

        assert (caught.value.budget, caught.value.needed) == (needed - 1, needed)


def _passage(number: int, text: str) -> Passage:
    return Passage(id=str(number), text=text, source=f"docs/{number}.md", place="1-9")


def _pinned(passages: Sequence[Passage], counter: TokenCounter) -> int:
    return sum(counter.count(passage.text) for passage in passages if passage.pinned)


async def _fit(subject: Compressor, passages: Sequence[Passage], budget: int, counter: TokenCounter) -> Fitted:
    budget = max(budget, _pinned(passages, counter))
    return await subject.fit(passages, budget, "What does the crane lift?", counter)

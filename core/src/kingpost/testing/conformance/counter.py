"""The promises of a ``TokenCounter``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ...protocols import TokenCounter
from .ground import STRANGE, Ground, examples, missing, texts

_many = settings(examples, max_examples=100)
_PROSE = "The quick brown fox jumps over the lazy dog, 1931 times; and again. " * 40


class CounterConformance(Ground):
    """Inherit, and override ``subject``."""

    door = "counters"

    @pytest.fixture
    def subject(self) -> TokenCounter:
        """The counter that is tested."""
        missing("subject", "return a counter")

    def test_it_says_whether_it_is_exact(self, subject: TokenCounter) -> None:
        """False when ``count`` is a proven upper bound instead of the model's own count."""
        assert subject.exact in (True, False)

    def test_empty_text_has_no_tokens(self, subject: TokenCounter) -> None:
        """Never fails on any text; empty text has none."""
        assert subject.count("") == 0

    @_many
    @given(text=texts)
    def test_any_text_can_be_counted(self, subject: TokenCounter, text: str) -> None:
        """Never fails on any text; empty text has none."""
        assert isinstance(subject.count(text), int)
        assert subject.count(text) >= 0

    @pytest.mark.parametrize("token", ["<|endoftext|>", "<|im_start|>", "</s>", "[INST]"])
    def test_special_tokens_are_plain_text(self, subject: TokenCounter, token: str) -> None:
        """Tokens in ``text``, special tokens read as plain text."""
        assert subject.count(token) > 1

    @_many
    @given(text=texts)
    def test_the_same_text_has_the_same_count(self, subject: TokenCounter, text: str) -> None:
        """Pure, and safe to call from any thread."""
        assert subject.count(text) == subject.count(text)

    def test_threads_count_alike(self, subject: TokenCounter) -> None:
        """Pure, and safe to call from any thread."""
        samples = [_PROSE[number:] for number in range(60)]
        alone = [subject.count(text) for text in samples]

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(subject.count, samples)) == alone

    @_many
    @given(text=texts, limit=st.integers(0, 60))
    def test_what_is_cut_is_a_prefix_within_the_limit(self, subject: TokenCounter, text: str, limit: int) -> None:
        """The longest prefix, or nearly, that counts at most ``limit`` tokens and ends between characters."""
        cut = subject.cut(text, limit)

        assert text.startswith(cut)
        assert subject.count(cut) <= limit

    @pytest.mark.parametrize("strange", [*STRANGE, "prose"])
    def test_what_fits_is_not_cut(self, subject: TokenCounter, strange: str) -> None:
        """The longest prefix, or nearly, that counts at most ``limit`` tokens: all of it where it fits."""
        text = STRANGE.get(strange, _PROSE)

        assert subject.cut(text, subject.count(text)) == text

    @pytest.mark.parametrize("limit", [10, 100, 300])
    def test_little_room_is_left_unused(self, subject: TokenCounter, limit: int) -> None:
        """The longest prefix, or nearly, that counts at most ``limit`` tokens."""
        assert subject.count(subject.cut(_PROSE, limit)) >= limit * 0.8

"""The promise at its full size: more than ten megabytes of everything, counted by both engines."""

from __future__ import annotations

import pytest
from kingpost_tokens_tiktoken.counting import TiktokenCounter
from kingpost_tokens_tiktoken.engines import Tiktoken, fast
from kingpost_tokens_tiktoken.vocabulary import CL100K_BASE, O200K_BASE, Vocabulary, load

from tests.bench._texts import texts


@pytest.mark.long
@pytest.mark.parametrize("vocabulary", [CL100K_BASE, O200K_BASE], ids=lambda each: each.name)
def test_ten_megabytes_in_twenty_languages_and_formats_count_as_tiktoken_counts_them(vocabulary: Vocabulary) -> None:
    """Fed to tiktoken whole, to ours as one text each, and rs-bpe where this Python has it."""
    found = texts(300_000)
    engines = [engine for engine in (Tiktoken(vocabulary), fast(vocabulary)) if engine is not None]

    assert len(found) >= 20
    assert sum(len(text.encode()) for text in found.values()) > 10_000_000
    for name, text in found.items():
        expected = len(load(vocabulary).encode_ordinary(text))
        for engine in engines:
            assert TiktokenCounter(vocabulary, engine).count(text) == expected, f"{name} by {type(engine).__name__}"

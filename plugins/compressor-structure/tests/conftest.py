from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from kingpost import Fitted, Passage, TokenCounter
from kingpost.testing import WordCounter
from kingpost_compressor_structure.fitting import StructureCompressor

# The texts are made by no plugin, so what makes them stands beside the tests.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def passages() -> Callable[..., list[Passage]]:
    """One passage for each text, numbered from 1."""

    def make(*texts: str, kind: str = "", pinned: Sequence[int] = ()) -> list[Passage]:
        return [
            Passage(id=str(number), text=text, source=f"{number}.txt", kind=kind, pinned=number in pinned)
            for number, text in enumerate(texts, 1)
        ]

    return make


@pytest.fixture
def fit() -> Callable[..., Fitted]:
    """One fit, on a loop of its own; counts words unless told otherwise."""

    def run(given: Sequence[Passage], budget: int, query: str = "", counter: TokenCounter | None = None) -> Fitted:
        return asyncio.run(StructureCompressor().fit(given, budget, query, counter or WordCounter()))

    return run


@pytest.fixture
def shorten(fit: Callable[..., Fitted], passages: Callable[..., list[Passage]]) -> Callable[..., str]:
    """What is left of one text in a share of its words."""

    def run(text: str, share: float, query: str = "", kind: str = "") -> str:
        fitted = fit(passages(text, kind=kind), int(WordCounter().count(text) * share), query)
        return "".join(passage.text for passage in fitted.kept)

    return run

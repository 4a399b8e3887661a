from __future__ import annotations

from collections.abc import Callable

import pytest
from kingpost import Compressor
from kingpost.testing import CompressorConformance, ScriptedAgent
from kingpost_compressor_summary.fitting import SummaryCompressor

Over = Callable[..., SummaryCompressor]


class TestSummary(CompressorConformance):
    """Every promise of a compressor holds while an agent sums up."""

    @pytest.fixture
    def subject(self, over: Over) -> Compressor:
        return over(ScriptedAgent(["The crane lifts forty tonnes [1]."]), share=0.4)


class TestSummaryOfAnAgentThatSaysTooMuch(CompressorConformance):
    """And while one does not keep to its room."""

    @pytest.fixture
    def subject(self, over: Over) -> Compressor:
        return over(ScriptedAgent(["The crane lifts forty tonnes. " * 500]), share=0.4)

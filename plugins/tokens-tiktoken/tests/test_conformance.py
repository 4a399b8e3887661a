from __future__ import annotations

import pytest
from kingpost import TokenCounter
from kingpost.testing import CounterConformance
from kingpost_tokens_tiktoken import provide_counters


class TestCl100k(CounterConformance):
    @pytest.fixture
    def subject(self) -> TokenCounter:
        return provide_counters()[0]


class TestO200k(CounterConformance):
    @pytest.fixture
    def subject(self) -> TokenCounter:
        return provide_counters()[1]

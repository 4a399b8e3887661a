from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kingpost import Agent, Compressor, Ports
from kingpost.testing import FirstFitCompressor
from kingpost_compressor_summary import provide_compressors
from kingpost_compressor_summary.fitting import SummaryCompressor
from kingpost_compressor_summary.settings import Settings

# Who sums up here is no plugin, so it stands beside the tests.
sys.path.insert(0, str(Path(__file__).parent))

Over = Callable[..., SummaryCompressor]


@pytest.fixture
def over(tmp_path_factory: pytest.TempPathFactory) -> Over:
    """The compressor over an agent, and over one that drops whole passages unless told otherwise."""
    ports = Ports(tmp_path_factory.mktemp("home"))

    def made(agent: Agent, below: Compressor | None = None, **settings: object) -> SummaryCompressor:
        (compressor,) = provide_compressors(
            Settings.model_validate({"compressor": "first-fit", "agent": agent.name, **settings}), ports
        )
        assert isinstance(compressor, SummaryCompressor)
        compressor.lend("compressors", "first-fit", below or FirstFitCompressor())
        compressor.lend("agents", agent.name, agent)
        return compressor

    return made

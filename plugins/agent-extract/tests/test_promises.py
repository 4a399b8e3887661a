from __future__ import annotations

import pytest
from kingpost import Agent
from kingpost.testing import AgentConformance
from kingpost_agent_extract import provide_agents


class TestExtract(AgentConformance):
    @pytest.fixture
    def subject(self) -> Agent:
        (agent,) = provide_agents()
        return agent

    @pytest.fixture
    def unknown_model(self) -> str:
        """It has none at all."""
        return "llama3.2"

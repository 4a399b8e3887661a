from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from kingpost import Agent, Embedder, Ports, TokenCounter
from kingpost.testing import AgentConformance, CounterConformance, EmbedderConformance, SeededClock
from kingpost_agent_ollama import provide_agents, provide_counters, provide_embedders
from kingpost_agent_ollama.agent import Ollama
from kingpost_agent_ollama.embedder import OllamaEmbedder
from kingpost_agent_ollama.settings import Settings
from ollama_server import OllamaServer


class TestOllama(AgentConformance):
    @pytest.fixture
    def subject(self, agent: Ollama) -> Agent:
        return agent

    @pytest.fixture(params=["llama3.2", "llama3.2:latest"])
    def model(self, request: pytest.FixtureRequest) -> str:
        name: str = request.param
        return name

    @pytest.fixture
    def unknown_model(self) -> str:
        return "lama3.2"

    @pytest.fixture
    def dark(self) -> Agent:
        return Ollama(Settings(base_url="http://127.0.0.1:9"), SeededClock())


class TestOllamaThatCalls(TestOllama):
    @pytest.fixture
    def subject(self, server: OllamaServer, agent: Ollama) -> Agent:
        server.call = ("echo", {"text": "crane"})
        return agent


class TestOllamaEmbedder(EmbedderConformance):
    @pytest.fixture
    async def subject(self, server: OllamaServer) -> AsyncIterator[Embedder]:
        embedder = OllamaEmbedder(Settings(base_url=server.url))
        yield embedder
        await embedder.stop()

    @pytest.fixture
    def dark(self) -> Embedder:
        return OllamaEmbedder(Settings(base_url="http://127.0.0.1:9"))


class TestUtf8Bytes(CounterConformance):
    @pytest.fixture
    def subject(self) -> TokenCounter:
        (counter,) = provide_counters()
        return counter


def test_the_doors_open_no_connection(make: Callable[..., Ollama]) -> None:
    """A door is asked when a plugin is first named; a server may be started later."""
    settings = Settings(base_url="http://127.0.0.1:9")

    (embedder,) = provide_embedders(settings)

    assert embedder.name == make().name == "ollama"


def test_the_agent_comes_through_its_door(tmp_path: Path) -> None:
    (agent,) = provide_agents(Settings(), Ports(home=tmp_path))

    assert agent.name == "ollama"

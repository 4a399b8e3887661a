from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from kingpost import Context, Pack, Passage, Trust, render
from kingpost.testing import SeededClock
from kingpost_agent_ollama.agent import Ollama
from kingpost_agent_ollama.settings import Settings

# The server is a program too, so it stands beside the tests and not in a package.
sys.path.insert(0, str(Path(__file__).parent))

from ollama_server import OllamaServer, installed


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    """A server with one model that chats and one that embeds."""
    async with OllamaServer(models=installed("llama3.2")).serve() as server:
        yield server


@pytest.fixture
def make(server: OllamaServer) -> Callable[..., Ollama]:
    """Makes an agent of that server, with other settings than the usual ones where they are given."""
    return lambda **more: Ollama(Settings.model_validate({"base_url": server.url, **more}), SeededClock())


@pytest.fixture
async def agent(make: Callable[..., Ollama]) -> AsyncIterator[Ollama]:
    """An agent of that server."""
    agent = make()
    yield agent
    await agent.stop()


@pytest.fixture
def context() -> Context:
    """A question with two passages."""
    question = "How much does the crane lift?"
    kept = (
        Passage(id="task", text=question, source="task", trust=Trust.TASK, pinned=True),
        Passage(id="1", text="The crane lifts forty tonnes.", source="docs/crane.md", place="3", trust=Trust.OUTSIDE),
        Passage(id="2", text="It was built in 1931.", source="docs/crane.md", place="5", trust=Trust.MEMORY),
    )
    prompt = render(kept)
    pack = Pack(budget=8000, used=len(prompt.encode()) + 1, framing=0, counter="utf8-bytes", exact=False, kept=kept)
    return Context(task="t", description=question, prompt=prompt, pack=pack, model="llama3.2")

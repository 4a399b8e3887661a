"""The agent for local models served by Ollama, with an embedder and the bound that their tokens are counted by.

Settings (section ``agent-ollama``): ``base_url``, ``model``, ``embed_model``, ``room``, ``window``, ``counter``,
``think``, ``keep_alive``, ``options``, ``api_key`` and how long to wait; see ``settings``.
"""

from __future__ import annotations

from kingpost import Agent, Embedder, Ports, TokenCounter, hookimpl

from .settings import Settings


@hookimpl
def provide_agents(settings: Settings, ports: Ports) -> list[Agent]:
    """One agent, which opens no connection before it is used."""
    from .agent import Ollama  # with the HTTP client behind it, which the counter needs not

    return [Ollama(settings, ports.clock)]


@hookimpl
def provide_embedders(settings: Settings) -> list[Embedder]:
    """One embedder, with connections of its own."""
    from .embedder import OllamaEmbedder

    return [OllamaEmbedder(settings)]


@hookimpl
def provide_counters() -> list[TokenCounter]:
    """One counter, which needs no server."""
    from .counter import Utf8Bytes

    return [Utf8Bytes()]

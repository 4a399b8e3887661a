"""A memory over another memory, which finds what is near in meaning too; and an embedder in this process.

Settings (section ``memory-vectors``): ``memory`` and ``embedder`` that it works through; see ``settings``.
"""

from __future__ import annotations

from kingpost import Embedder, MemoryBackend, Ports, hookimpl

from .settings import Settings


@hookimpl
def provide_memory(settings: Settings | None, ports: Ports) -> list[MemoryBackend]:
    """The memory named ``vectors``."""
    from .memory import VectorMemory

    return [VectorMemory(settings or Settings(), ports)]


@hookimpl
def provide_embedders(settings: Settings | None) -> list[Embedder]:
    """The embedder named ``sentence``; its model is loaded when it is first used."""
    from .sentence import SentenceEmbedder

    return [SentenceEmbedder(settings or Settings())]

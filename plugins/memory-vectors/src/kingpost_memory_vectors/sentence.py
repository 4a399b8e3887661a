"""The embedder "sentence": a sentence-transformers model in this process, loaded from the disk, never downloaded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from kingpost import Unavailable

from .settings import Settings


class SentenceEmbedder:
    """Embeds on the processor, in a thread. The model is loaded at the first text."""

    name = "sentence"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._model: Any = None

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if not texts:
            return []
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> list[list[float]]:
        with self._lock:
            if self._model is None:
                self._model = self._load()
            vectors = self._model.encode(texts, batch_size=16, show_progress_bar=False)
        return [[float(value) for value in vector] for vector in vectors]

    def _load(self) -> Any:
        wanted = self._settings.sentence_model
        if not wanted:
            raise Unavailable(
                "no sentence_model is named under [memory-vectors]; name the folder of one that is on this machine"
            )
        try:
            library: Any = import_module("sentence_transformers")
        except ImportError as problem:
            raise Unavailable("install kingpost-memory-vectors[sentence] for the embedder 'sentence'") from problem
        try:
            return library.SentenceTransformer(wanted, device="cpu", local_files_only=True)
        except (OSError, ValueError) as problem:
            raise Unavailable(
                f"the model {wanted!r} is not on this machine ({problem}); it is never downloaded"
            ) from problem

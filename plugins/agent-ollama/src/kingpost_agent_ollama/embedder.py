"""The embedder "ollama": texts as vectors of a local model."""

from __future__ import annotations

from collections.abc import Sequence

from kingpost import InvalidRequest, Unavailable, UnknownName

from .server import Refusal, Server
from .settings import Settings

_BATCH = 64


class OllamaEmbedder:
    """Embeds with the model that the settings name."""

    name = "ollama"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = Server(settings)

    async def stop(self) -> None:
        """Close the connections."""
        await self._server.stop()

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        vectors: list[list[float]] = []
        for first in range(0, len(texts), _BATCH):
            vectors += await self._batch(texts[first : first + _BATCH])
        if len({len(vector) for vector in vectors}) > 1:
            raise self._strange("vectors of different lengths")
        return vectors

    async def _batch(self, texts: Sequence[str]) -> list[list[float]]:
        body = {
            "model": self._settings.embed_model,
            # No model embeds nothing at all.
            "input": [text or " " for text in texts],
            "truncate": False,
            "keep_alive": self._settings.keep_alive,
        }
        try:
            answer = await self._server.ask("POST", "/api/embed", body)
        except Refusal as refusal:
            model = self._settings.embed_model
            if refusal.status == 404:
                raise UnknownName("model", model, (), f"install it with `ollama pull {model}`") from refusal
            if "context" in refusal.said and refusal.status < 500:
                raise InvalidRequest(
                    f"a text is longer than the model {model!r} can embed; embed it in parts"
                ) from refusal
            raise self._server.failure(refusal) from refusal
        vectors = answer.get("embeddings")
        if not isinstance(vectors, list) or len(vectors) != len(texts):
            raise self._strange(f"no vector for each of {len(texts)} texts")
        try:
            return [[float(value) for value in vector] for vector in vectors]
        except (TypeError, ValueError):
            raise self._strange("vectors that hold no numbers") from None

    def _strange(self, what: str) -> Unavailable:
        return Unavailable(
            f"the Ollama server at {self._server.url} answered with {what}; set embed_model under [agent-ollama] to a "
            "model that embeds"
        )

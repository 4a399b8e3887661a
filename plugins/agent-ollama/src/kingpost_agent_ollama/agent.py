"""The agent "ollama": one decision is one chat request, streamed."""

from __future__ import annotations

from contextlib import aclosing

from kingpost import Action, Clock, Context, Description, Say, Unavailable

from .models import Model, Models
from .reply import Reply, note
from .request import body_of
from .server import Refusal, Server
from .settings import Settings

_FREE = "a model on a server of your own"


class Ollama:
    """Decides by a local model. Holds connections and what the server said of its models, nothing of any task."""

    name = "ollama"

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._server = Server(settings)
        self._models = Models(self._server, settings.model, clock)

    async def stop(self) -> None:
        """Close the connections."""
        await self._server.stop()

    async def describe(self, model: str | None) -> Description:
        found = await self._models.find(model)
        window = min(found.window, self._settings.window or found.window)
        free = _free(found)
        return Description(
            model=found.name,
            window=window,
            room=min(self._settings.room, window // 2),
            counter=self._settings.counter,
            prices=(0, 0) if free is not None else None,
            prices_source=free,
            tools=found.tools,
        )

    async def decide(self, context: Context, say: Say) -> Action:
        model = await self._models.find(context.model)
        body = body_of(context, model, self._settings)
        reply = Reply()
        try:
            async with aclosing(self._server.stream("/api/chat", body)) as pieces:
                async for piece in pieces:
                    reply.take(piece, say)
        except Refusal as refusal:
            if refusal.status == 404:
                raise await self._models.missing(model.name) from refusal
            raise self._server.failure(refusal) from refusal
        if not reply.done:
            raise Unavailable(
                f"the Ollama server at {self._server.url} broke off before the end of its answer; "
                "see its log, and try again"
            )
        usage = reply.usage(free=_free(model))
        note(usage, say)
        return reply.action(context, body, usage)


def _free(model: Model) -> str | None:
    return None if model.remote else _FREE

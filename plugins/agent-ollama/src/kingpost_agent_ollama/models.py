"""Which models a server has, and what each can do.

Called by ``agent``. What was asked once is kept for a short while, so that one task asks once.
"""

from __future__ import annotations

import difflib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from kingpost import Clock, Record, UnknownName

from .server import Json, Refusal, Server

_FRESH_SECONDS = 30.0
# What Ollama gives a model that does not say how much it can hold.
_WINDOW = 4096
_TRIED = 20
_EMBEDDING = ("bert", "nomic-bert", "jina-bert-v2", "roberta", "xlm-roberta")


class Model(Record):
    """One installed model. ``window`` is its context length in tokens."""

    name: str
    window: int
    chats: bool
    tools: bool
    thinks: bool
    family: str
    remote: bool


class Models:
    """The models of one server."""

    def __init__(self, server: Server, preferred: str | None, clock: Clock) -> None:
        self._server, self._preferred, self._clock = server, preferred, clock
        self._kept: dict[str, tuple[float, Model]] = {}
        self._newest: tuple[float, str] | None = None

    async def find(self, name: str | None) -> Model:
        """The model of this name; for ``None`` the preferred one, else the newest that can chat.

        Raises:
            UnknownName: the server does not have it. Unavailable: there is no server.
        """
        name = name or self._preferred or await self._choose()
        kept = self._kept.get(name)
        if kept is not None and self._clock.monotonic() < kept[0]:
            return kept[1]
        try:
            shown = await self._server.ask("POST", "/api/show", {"model": name})
        except Refusal as refusal:
            if refusal.status in (400, 404):
                raise await self.missing(name) from refusal
            raise self._server.failure(refusal) from refusal
        model = _model(name, shown, self._server.url)
        self._kept[name] = (self._clock.monotonic() + _FRESH_SECONDS, model)
        return model

    async def missing(self, name: str) -> UnknownName:
        """The error for a model that is not there, with those that are."""
        self._kept.pop(name, None)
        known = {short: full for full in await self._installed() for short in (full, full.removesuffix(":latest"))}
        nearest = dict.fromkeys(known[each] for each in difflib.get_close_matches(name, known, 5, 0.5))
        return UnknownName("model", name, list(nearest)[:3], f"install it with `ollama pull {name}`")

    async def _choose(self) -> str:
        if self._newest is not None and self._clock.monotonic() < self._newest[0]:
            return self._newest[1]
        for name in (await self._installed())[:_TRIED]:
            if (await self.find(name)).chats:
                self._newest = (self._clock.monotonic() + _FRESH_SECONDS, name)
                return name
        mend = f"the server at {self._server.url} has none that can chat: install one, `ollama pull llama3.2` for one"
        raise UnknownName("model", "(any)", (), mend)

    async def _installed(self) -> list[str]:
        """The names of all models, the newest first."""
        try:
            listed = await self._server.ask("GET", "/api/tags")
        except Refusal as refusal:
            raise self._server.failure(refusal) from refusal
        models = [each for each in listed.get("models") or () if isinstance(each, dict) and each.get("name")]
        models.sort(key=lambda each: str(each["name"]))
        models.sort(key=_modified, reverse=True)
        return [str(each["name"]) for each in models]


def _modified(listed: Json) -> float:
    try:
        when = datetime.fromisoformat(str(listed.get("modified_at")))
    except ValueError:
        return 0.0
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _model(name: str, shown: Json, url: str) -> Model:
    details = _object(shown.get("details"))
    info = _object(shown.get("model_info"))
    family = str(details.get("family") or info.get("general.architecture") or "")
    can = shown.get("capabilities")
    length = info.get(f"{info.get('general.architecture')}.context_length") or details.get("context_length")
    if not isinstance(can, list):
        # A server from before 0.6.4 does not say; its templates do.
        can = ["completion"] if family not in _EMBEDDING else ["embedding"]
        can += ["tools"] if ".Tools" in str(shown.get("template")) else []
    return Model(
        name=name,
        window=length if isinstance(length, int) and length > 0 else _WINDOW,
        chats="completion" in can,
        tools="tools" in can,
        thinks="thinking" in can,
        family=family,
        remote=bool(shown.get("remote_host")) or (urlsplit(url).hostname or "").endswith("ollama.com"),
    )


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}

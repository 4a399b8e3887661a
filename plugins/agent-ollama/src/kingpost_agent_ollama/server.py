"""The wire to an Ollama server: JSON out, JSON or lines of JSON back, and every failure with its mend.

Called by ``models``, ``agent`` and ``embedder``. Knows addresses and time, nothing of what is asked.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from kingpost import AgentFailed, KingpostError, SettingsInvalid, Unavailable

from .settings import Settings

_LINE_BYTES = 32 * 1024 * 1024
_WORDS = 500

Json = dict[str, Any]


class Refusal(Exception):
    """The server understood and says no: the status, and its own words."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


class Server:
    """One server. Connections are opened when they are needed and closed by ``stop``."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.base_url
        self._settings = settings
        self._client: httpx.AsyncClient | None = None

    async def stop(self) -> None:
        """Close every connection; the next question opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """One answer.

        Raises:
            Refusal: the server says no. Unavailable: it does not answer, or is no Ollama server.
        """
        try:
            async with asyncio.timeout(self._settings.load_seconds):
                response = await self._http().request(method, path, content=_written(body))
        except (httpx.TransportError, TimeoutError) as problem:
            raise self._dark(problem, self._settings.load_seconds) from problem
        self._check(response)
        return self._object(response.content)

    async def stream(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[Json, None]:
        """One answer in pieces, as they come. Who stops early closes the connection, and the server stops too.

        Raises:
            Refusal: the server says no, at once or in the middle. Unavailable: it does not answer, or breaks off.
        """
        request = self._http().build_request("POST", path, content=_written(body))
        response: httpx.Response | None = None
        waiting = self._settings.load_seconds
        try:
            async with asyncio.timeout(waiting):
                response = await self._http().send(request, stream=True)
                if response.status_code != httpx.codes.OK:
                    await response.aread()
            self._check(response)
            waiting = self._settings.idle_seconds
            async for line in self._lines(response):
                piece = self._object(line)
                if isinstance(said := piece.get("error"), str):
                    raise Refusal(int(piece.get("status") or httpx.codes.INTERNAL_SERVER_ERROR), said[:_WORDS])
                yield piece
        except (httpx.TransportError, httpx.StreamError, TimeoutError) as problem:
            raise self._dark(problem, waiting) from problem
        finally:
            if response is not None:
                await response.aclose()

    async def _lines(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Cut at line feeds only: the client's own lines end at characters that stand inside a JSON string too."""
        pieces = response.aiter_bytes()
        rest = b""
        while True:
            async with asyncio.timeout(self._settings.idle_seconds):
                piece = await anext(pieces, None)
            if piece is None:
                break
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > _LINE_BYTES:
                raise self._strange("a line without an end")
            for line in lines:
                if line.strip():
                    yield line
        if rest.strip():
            yield rest

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            key = self._settings.api_key
            headers = {"Content-Type": "application/json"}
            if key is not None:
                headers["Authorization"] = f"Bearer {key.get_secret_value()}"
            self._client = httpx.AsyncClient(
                base_url=self.url,
                headers=headers,
                timeout=httpx.Timeout(None, connect=self._settings.connect_seconds),
                verify=_tls(self.url),
                # A proxy that the environment names for the web knows no server on this machine.
                trust_env=urlsplit(self.url).hostname not in ("127.0.0.1", "localhost", "::1"),
            )
        return self._client

    def _check(self, response: httpx.Response) -> None:
        if response.status_code == httpx.codes.OK:
            return
        said = None
        with suppress(ValueError, AttributeError, RecursionError):
            said = response.json().get("error")
        if not isinstance(said, str) or response.status_code < httpx.codes.BAD_REQUEST:
            raise self._strange(f"HTTP {response.status_code} without an error that Ollama would give")
        raise Refusal(response.status_code, said[:_WORDS])

    def _object(self, content: bytes) -> Json:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self._strange("something that is no JSON object")
        return found

    def _strange(self, what: str) -> Unavailable:
        return Unavailable(
            f"{self.url} answers with {what}; if it is no Ollama server, mend [agent-ollama] base_url, else upgrade it"
        )

    def _dark(self, problem: Exception, waited: float) -> Unavailable:
        if isinstance(problem, (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)):
            return Unavailable(
                f"no Ollama server at {self.url}; start it with `ollama serve` or set [agent-ollama] base_url"
            )
        if isinstance(problem, (TimeoutError, httpx.TimeoutException)):
            return Unavailable(
                f"the Ollama server at {self.url} said nothing for {waited:g} s; choose a smaller model, or raise "
                "load_seconds and idle_seconds under [agent-ollama]"
            )
        return Unavailable(
            f"the Ollama server at {self.url} broke off ({type(problem).__name__}); see its log, and try again"
        )

    def failure(self, refusal: Refusal) -> KingpostError:
        """What a refusal means for whoever has to deal with it; a model that is missing is not among it."""
        said = refusal.said
        if refusal.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return SettingsInvalid("[agent-ollama]", f"{self.url} refuses: {said}", "set api_key, or sign in to Ollama")
        if "context" in said and any(word in said for word in ("long", "exceed", "length")):
            return too_long(f"the Ollama server refuses the prompt: {said}")
        if "memory" in said and ("requires" in said or "available" in said):
            return Unavailable(
                f"the Ollama server at {self.url} cannot load the model: {said}; choose a smaller one, or a smaller "
                "--budget, which takes a smaller context"
            )
        if refusal.status >= httpx.codes.INTERNAL_SERVER_ERROR or refusal.status == httpx.codes.TOO_MANY_REQUESTS:
            return Unavailable(f"the Ollama server at {self.url} failed: {said}; see its log, and try again")
        return AgentFailed(
            f"the Ollama server at {self.url} refuses: {said}; mend [agent-ollama] or choose another model"
        )


def _tls(url: str) -> ssl.SSLContext:
    """Reading the certificates of the world takes 30 ms; without TLS a context that trusts nobody will do."""
    return ssl.create_default_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def too_long(what: str) -> AgentFailed:
    """A prompt that the model cannot hold: an answer to a part of it would be a lie."""
    return AgentFailed(f"{what}; lower --budget, or choose a model with a longer context")


def _written(body: Mapping[str, Any] | None) -> bytes | None:
    # All in ASCII: a lone surrogate, which UTF-8 cannot hold, then arrives as U+FFFD instead of not at all.
    return None if body is None else json.dumps(body, ensure_ascii=True, allow_nan=False).encode()

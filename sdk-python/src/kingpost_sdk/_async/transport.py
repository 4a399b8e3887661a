"""Carries one request over the wire, again where that may help. Called by every resource; knows no operation."""

from __future__ import annotations

import os
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from .. import _http
from .._errors import ApiError, ConnectionFailed, TimedOut, read, told
from .._policy import pause, worth_another
from .._settings import Options, Received, Settings
from ._wire import sleep_for, wired

_AGENT = "kingpost-sdk-python/0.1.0"
_BEHIND = "position.ahead"


class AsyncTransport:
    """One client's connections, its token and the newest position of the log that it has seen."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.position = 0
        self._wire = wired(
            base_url=settings.url, timeout=settings.timeout, follow_redirects=False,
            # Loading certificates takes 40 ms, which plain HTTP has no use for.
            verify=settings.url.startswith("https:"),
            limits=_http.Limits(max_connections=None, max_keepalive_connections=64),
        )  # fmt: skip

    async def ask(self, sent: Mapping[str, Any], options: Options) -> Received:
        """The answer to a request, which is tried again as the policy says.

        Raises:
            ApiError: the server refused.
            ConnectionFailed: nobody answered.
        """
        settings, attempt = self.settings, 0
        retries = settings.retry.retries if options.retries is None else options.retries
        headers = self.headers(sent, options)
        timeout = settings.timeout if options.timeout is None else options.timeout
        while True:
            if attempt:
                headers["x-retry-count"] = str(attempt)
            problem: ApiError | ConnectionFailed
            received = None
            try:
                response = await self._wire.request(**{**sent, "headers": headers}, timeout=timeout)
                received = self._seen(response, options)
                if response.is_success:
                    return received
                problem = told(received.status, received.headers, received.content)
            except (_http.HTTPError, _http.InvalidURL) as failure:
                problem = _failed(failure)
            if attempt >= retries or not _again(problem, received):
                raise problem
            answered = received.headers if received else {}
            await sleep_for(pause(attempt, answered, settings.retry, random.random(), time.time()))  # noqa: S311 - spreads load, guards nothing
            attempt += 1

    async def read(self, sent: Mapping[str, Any], options: Options) -> dict[str, Any]:
        """The JSON object that answers a request.

        Raises:
            ApiError: the server refused, or something else than the API answered: ``AnswerInvalid``.
            ConnectionFailed: nobody answered.
        """
        received = await self.ask(sent, options)
        return read(*self.where(sent), received.status, received.headers, received.content)

    def where(self, sent: Mapping[str, Any]) -> tuple[str, str]:
        """What was asked and at which address, as an error tells it."""
        url = f"{self.settings.url}{sent['url']}"
        return f"{sent['method'].upper()} {url}", url

    @asynccontextmanager
    async def opened(
        self, sent: Mapping[str, Any], options: Options, more: Mapping[str, str]
    ) -> AsyncIterator[_http.Response]:
        """One answer that is read as it comes; tried once.

        Raises:
            ApiError: the server refused.
            ConnectionFailed: nobody answered.
        """
        settings = self.settings
        timeout = _http.Timeout(settings.timeout if options.timeout is None else options.timeout, read=settings.idle)
        headers = {**self.headers(sent, options), **more}
        try:
            async with self._wire.stream(**{**sent, "headers": headers}, timeout=timeout) as response:
                if not response.is_success:
                    await response.aread()
                    received = self._seen(response, options)
                    raise told(received.status, received.headers, received.content)
                yield response
        except (_http.HTTPError, _http.InvalidURL) as failure:
            raise _failed(failure) from failure

    def headers(self, sent: Mapping[str, Any], options: Options) -> dict[str, str]:
        """What goes with every request; a POST carries a key, so that the server does it once."""
        made: dict[str, str] = {**sent.get("headers", {}), "user-agent": _AGENT}
        if self.settings.token:
            made["authorization"] = f"Bearer {self.settings.token}"
        if self.position:
            made["kingpost-position"] = str(self.position)
        if sent["method"].lower() == "post":
            made["idempotency-key"] = options.idempotency_key or os.urandom(16).hex()
        return {**made, **options.headers}

    def _seen(self, response: _http.Response, options: Options) -> Received:
        position = response.headers.get("kingpost-position", "")
        if position.isascii() and position.isdigit():
            self.position = max(self.position, int(position))
        received = Received(response.status_code, dict(response.headers.items()), response.content)
        if options.on_response is not None:
            options.on_response(received)
        return received

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()


def _again(problem: ApiError | ConnectionFailed, received: Received | None) -> bool:
    if isinstance(problem, ApiError):
        return worth_another(problem.status, problem.code, received.headers if received else {})
    return True


def _failed(failure: Exception) -> ConnectionFailed:
    shape = TimedOut if isinstance(failure, _http.TimeoutException) else ConnectionFailed
    return shape(f"{type(failure).__name__}: {failure}".rstrip(": "))

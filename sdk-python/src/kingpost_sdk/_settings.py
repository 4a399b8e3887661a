"""Where the server is and how patient the client is: arguments, else the environment, else what is usual."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ._policy import Retry

URL = "http://127.0.0.1:8420"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a client is made of. Seconds everywhere; ``idle`` is how long a stream may be silent.

    ``url`` and ``token`` come from ``KINGPOST_URL`` and ``KINGPOST_TOKEN`` where they are not given, ``timeout`` from
    ``KINGPOST_TIMEOUT`` and ``retry.retries`` from ``KINGPOST_RETRIES``.
    """

    url: str
    token: str | None = field(repr=False)
    timeout: float
    retry: Retry
    idle: float = 45.0


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came over the wire; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def request_id(self) -> str | None:
        """What the server's log knows the request by."""
        return self.headers.get("x-request-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one call does differently. ``on_response`` is handed every answer as it came, failures too."""

    timeout: float | None = None
    retries: int | None = None
    idempotency_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    on_response: Callable[[Received], None] | None = None


def settled(url: str | None, token: str | None, timeout: float | None, retry: Retry | None) -> Settings:
    """The settings of a client.

    Raises:
        ValueError: the environment names a number that is none.
    """
    environment = os.environ
    if retry is None:
        retry = Retry(retries=int(environment.get("KINGPOST_RETRIES", Retry().retries)))
    return Settings(
        url=(url or environment.get("KINGPOST_URL") or URL).rstrip("/"),
        token=token or environment.get("KINGPOST_TOKEN") or None,
        timeout=float(environment.get("KINGPOST_TIMEOUT", 60)) if timeout is None else timeout,
        retry=retry,
    )

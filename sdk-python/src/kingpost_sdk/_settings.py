"""Where the server is and how patient the client is: arguments, else the environment, else what is usual."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ._errors import SettingsInvalid
from ._policy import Retry

URL = "http://127.0.0.1:8420"
_URL = re.compile(r"(?i:https?)://(?:[^\s/?#@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(?::[0-9]{1,5})?(?:/[^\s?#]*)?")


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
        SettingsInvalid: the environment names a number that is none, or the URL is none.
    """
    environment = os.environ
    return Settings(
        url=_address(url, environment.get("KINGPOST_URL")),
        token=token or environment.get("KINGPOST_TOKEN") or None,
        timeout=_number("KINGPOST_TIMEOUT", 60.0, 0.001) if timeout is None else timeout,
        retry=Retry(retries=int(_number("KINGPOST_RETRIES", Retry().retries, 0))) if retry is None else retry,
    )


def _address(given: str | None, there: str | None) -> str:
    found = given or there or URL
    if not _URL.fullmatch(found):
        name = "url" if given else "KINGPOST_URL"
        raise SettingsInvalid(f"{name} is {found!r}; give the server's address, such as {URL}")
    return found.rstrip("/")


def _number(name: str, usual: float, least: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        found = float(text) if text else usual
    except ValueError:
        found = math.nan
    if not least <= found < math.inf:
        raise SettingsInvalid(f"{name} is {text!r}; give a number of {least} or more, or leave it out")
    return found

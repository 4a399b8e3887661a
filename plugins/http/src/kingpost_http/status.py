"""How the face stands: what the operation ``http.status`` tells.

Filled by the face when it opens.
"""

from __future__ import annotations

from collections.abc import Collection

from kingpost import Kernel, Operation, Record

from .metrics import Metrics


class AskStatus(Record):
    """No question is needed."""


class HttpStatus(Record, kw_only=True):
    """The face since it was opened. ``since`` is in seconds since the epoch."""

    url: str
    since: float
    requests: int
    connections: int
    streams: int
    delivered: int


class Standing:
    """What there is to tell."""

    def __init__(self) -> None:
        self._url, self._since = "", 0.0
        self._metrics, self._connections = Metrics(), ()  # type: tuple[Metrics, Collection[object]]

    def begin(self, url: str, metrics: Metrics, connections: Collection[object], now: float) -> None:
        """The face is open."""
        self._url, self._metrics, self._connections, self._since = url, metrics, connections, now

    @property
    def url(self) -> str:
        """Where the face listens."""
        return self._url

    def status(self) -> HttpStatus:
        """As of now."""
        return HttpStatus(
            url=self._url, since=self._since, requests=self._metrics.requests(), connections=len(self._connections),
            streams=self._metrics.streams, delivered=self._metrics.delivered,
        )  # fmt: skip


STATUS = Operation(
    id="http.status", summary="How the HTTP face stands.", request=AskStatus, response=HttpStatus, scope="system:read",
    route="GET /http/status",
)  # fmt: skip


class FaceStatus:
    """Answers ``http.status``."""

    name, operation = STATUS.id, STATUS

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    async def answer(self, kernel: Kernel, request: AskStatus, tenant: str) -> HttpStatus:
        return self._standing.status()

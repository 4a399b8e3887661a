"""One connection: uvicorn's protocol with bounds that it lacks.

Made by the face for each connection. A head that trickles in, a body that never ends, two lengths for one body: each
gets a problem document and a closed connection. Knows nothing of operations.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from .problem import CONTENT_TYPE, document
from .settings import Settings

_DISCARDED_BYTES = 64 * 1024 * 1024
"""What is read of a body that was refused, so that its sender gets to read the refusal."""

_IDLE, _HEAD, _BODY, _ANSWER = range(4)


class Bounds:
    """What all connections of a face share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.addresses: Counter[str] = Counter()


class Connection(HttpToolsProtocol):
    """A connection whose every part has an end."""

    bounds: Bounds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.stage, self.since = _IDLE, self.loop.time()
        self.size, self.lost, self.counted = 0, False, False
        self.on_lost: Callable[[], None] | None = None
        settings, address = self.bounds.settings, self.client[0] if self.client else ""
        if (
            len(self.connections) > settings.connections
            or self.bounds.addresses[address] >= settings.address_connections
        ):
            transport.abort()
        else:
            self.counted = True
            self.bounds.addresses[address] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if self.counted:
            address = self.client[0] if self.client else ""
            self.bounds.addresses[address] -= 1
            if not self.bounds.addresses[address]:
                del self.bounds.addresses[address]
        self.lost = True
        if self.on_lost is not None:
            self.on_lost()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.lost or self.transport.is_closing():
            return
        if self.stage == _IDLE:
            self.stage, self.since, self.size = _HEAD, self.loop.time(), 0
        super().data_received(data)
        if self.stage == _HEAD:
            self.size += len(data)
            if self.size > self.bounds.settings.header_bytes:
                self.refuse(431, "http.headers", "the head of the request is too large")
        elif self.stage == _BODY:
            self.size += len(data)
            if self.size > _DISCARDED_BYTES:
                self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self.stage != _HEAD:
            self.stage, self.since, self.size = _HEAD, self.loop.time(), 0

    def on_headers_complete(self) -> None:
        headers = self.headers
        if not self.url.startswith(b"/"):
            self._name_the_target()
        if sum([len(name) + len(value) for name, value in headers]) + len(self.url) > self.bounds.settings.header_bytes:
            self.refuse(431, "http.headers", "the head of the request is too large")
            return
        names = [name for name, _ in headers]
        if b"transfer-encoding" in names and (b"content-length" in names or not _plain(headers)):
            self.refuse(400, "http.framing", "the length of the body is told in more than one way")
            return
        self.stage, self.since, self.size = _BODY, self.loop.time(), 0
        self.scope["state"]["connection"] = self
        super().on_headers_complete()

    def _name_the_target(self) -> None:
        """The host of a target in absolute form is the one that is meant, whatever Host says (RFC 9112, 3.2.2)."""
        scheme, separator, rest = self.url.partition(b"://")
        if separator and scheme.lower() in {b"http", b"https"}:
            host = (b"host", re.split(rb"[/?#]", rest, maxsplit=1)[0])
            self.headers[:] = [host if name == b"host" else (name, value) for name, value in self.headers]

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.transport.is_closing():
            self.stage = _ANSWER
            super().on_message_complete()

    def on_response_complete(self) -> None:
        if self.stage == _ANSWER:
            self.stage, self.since = _IDLE, self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self.refuse(400, "http.invalid", "this is no HTTP request that can be understood")

    def refuse(self, status: int, code: str, detail: str) -> None:
        """Answer with a problem and close."""
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self.transport.close()
            return
        body = document(status, code, detail, "")
        head = b"HTTP/1.1 %d Refused\r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (status, CONTENT_TYPE, len(body)) + body)
        self.transport.close()

    def overdue(self, now: float) -> None:
        """Look whether it has taken too long; asked about once a second."""
        settings, seconds = self.bounds.settings, now - self.since
        if self.stage == _HEAD and seconds > settings.header_seconds:
            self.refuse(408, "http.slow", "the head of the request did not come in time")
        elif self.stage == _BODY and seconds > settings.body_seconds:
            self.refuse(408, "http.slow", "the body of the request did not come in time")
        elif self.stage == _IDLE and seconds > settings.idle_seconds:
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Nobody needs to be told in the log that somebody asked for another protocol."""


async def answered(
    cycle: RequestResponseCycle, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes
) -> None:
    """Give a whole answer in one write: uvicorn's ``send`` makes two, and each is a call of the system.

    The headers are our own, or were matched against what they may hold.
    """
    if cycle.flow.write_paused and not cycle.disconnected:
        await cycle.flow.drain()
    if cycle.disconnected or cycle.response_started:
        return
    parts = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        parts += (name, b": ", value, b"\r\n")
    parts.append(b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n")
    if cycle.scope["method"] != "HEAD":
        parts.append(body)
    cycle.transport.write(b"".join(parts))
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


def _plain(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the body comes in chunks and in nothing else."""
    return [value.strip().lower() for name, value in headers if name == b"transfer-encoding"] == [b"chunked"]


def connections(bounds: Bounds) -> type[Connection]:
    """The protocol of one face."""
    shared: Any = type("Connection", (Connection,), {"bounds": bounds})
    made: type[Connection] = shared
    return made

"""One connection: bytes become requests, answers become bytes, and every part has an end.

Made by the face for each connection, parsed by httptools. Hands one request after the other to the edge. A head that
trickles in, a body that never ends, two lengths for one body: each gets a problem document and a closed connection.
Knows nothing of operations.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from itertools import chain
from typing import Any, Protocol

import httptools

from .headers import Header, lines
from .problem import CONTENT_TYPE, document
from .request import Request
from .settings import Settings

_DISCARDED_BYTES = 64 * 1024 * 1024
"""What is read of a body that was refused, so that its sender gets to read the refusal."""

_HELD_BYTES = 64 * 1024
"""What is read of a body before anybody wants it."""

_LINGER_SECONDS = 10.0
"""How long a caller who has not said everything is read on behind the last answer, so that it gets to read that."""

_CHUNK_LINE_BYTES = 64
"""What is kept of a chunk's first line that came in pieces; a longer one is not looked at."""

_BARE = frozenset((HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED))
_HEX = re.compile(rb"[0-9A-Fa-f]{1,16}")

_IDLE, _HEAD, _BODY, _ANSWER = range(4)


class Taker(Protocol):
    """Who answers requests."""

    def take(self, request: Request) -> None:
        """Answer it, now or later, by way of its connection."""
        ...

    def refused(self, status: int) -> bytes:
        """Take note of a request that was refused before it was one; the id that it is told by."""
        ...


class Shared:
    """What all connections of a face share. ``tasks`` are requests that are being answered."""

    def __init__(self, settings: Settings, edge: Taker) -> None:
        self.settings, self.edge = settings, edge
        self.addresses: Counter[str] = Counter()
        self.connections: set[Connection] = set()
        self._heads: dict[int, bytes] = {}
        self.tick()

    def tick(self) -> None:
        """A second has passed."""
        self._date = formatdate(usegmt=True).encode()
        self._heads.clear()

    def head(self, status: int) -> bytes:
        """The first lines of an answer, with its date."""
        if (known := self._heads.get(status)) is None:
            phrase = HTTPStatus(status).phrase.encode()
            known = self._heads[status] = b"HTTP/1.1 %d %b\r\ndate: %b\r\n" % (status, phrase, self._date)
        return known


def push(part: bytes, connections: Iterable[Connection]) -> list[Connection]:
    """Write a part of the answers that these give in chunks; back come those that are full, and were left out.

    What is touched for each of them, itself and its transport, is most of what it costs beside the sockets.
    """
    chunk, now = framed(part), asyncio.get_running_loop().time()
    full = []
    for one in connections:
        if one.full:
            full.append(one)
        else:
            one.written = now
            one.transport.write(chunk)
    return full


def framed(part: bytes) -> bytes:
    """A part as a chunk (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(part), part)


class Connection(asyncio.Protocol):
    """A connection whose every part has an end.

    ``full`` while the caller does not take what is written; ``written`` is when the last part was, by the loop's clock.
    """

    __slots__ = (
        "_advancing", "_again", "_before", "_came", "_chunk", "_client", "_coming", "_counted", "_current", "_fields",
        "_headers", "_left", "_loop", "_over", "_parser", "_scheme", "_settings", "_shared", "_since", "_size",
        "_stage", "_still", "_url", "_waiting", "_writable", "full", "lost", "on_lost", "transport",
        "written",
    )  # fmt: skip

    def __init__(self, shared: Shared) -> None:
        self._shared, self._settings = shared, shared.settings
        self._loop = asyncio.get_running_loop()
        self._parser, self._again = self._new_parser(), False
        # What came of the head or of the body before this data, and how long this data is.
        self._size = self._came = 0
        self._url, self._headers, self._fields = b"", list[Header](), dict[bytes, bytes]()
        self._coming: Request | None = None
        # Bytes of the open chunk that came with this data, -1 where none was opened; what came before it.
        self._chunk, self._before = -1, b""
        self._current: Request | None = None
        self._waiting: deque[Request] = deque()
        self._stage, self._since, self._left = _IDLE, self._loop.time(), 0
        self.written = self._since
        self.lost = self._counted = self._advancing = self._still = self._over = False
        self._writable: asyncio.Future[None] | None = None
        self.full = False
        self.on_lost: Callable[[], None] | None = None
        self.transport: asyncio.Transport
        self._client: tuple[str, int] | None = None

    def _new_parser(self) -> httptools.HttpRequestParser:
        made = httptools.HttpRequestParser(self)
        with suppress(AttributeError):
            # The first of several requests gets its answer, also when it says that it is the last.
            made.set_dangerous_leniencies(lenient_data_after_close=True)
        return made

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvloop's are no subclass
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self._client = (str(peer[0]), int(peer[1])) if isinstance(peer, tuple) else None
        self._scheme = "https" if transport.get_extra_info("sslcontext") is not None else "http"
        shared, address = self._shared, self._client[0] if self._client else ""
        shared.connections.add(self)
        most = self._settings.address_connections
        if len(shared.connections) > self._settings.connections or shared.addresses[address] >= most:
            transport.abort()
        else:
            self._counted = True
            shared.addresses[address] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        shared = self._shared
        shared.connections.discard(self)
        if self._counted:
            address = self._client[0] if self._client else ""
            shared.addresses[address] -= 1
            if not shared.addresses[address]:
                del shared.addresses[address]
        self.lost = True
        for request in (self._current, self._coming, *self._waiting):
            if request is not None:
                request.gone = True
                request.came()
        self._waiting.clear()
        self.resume_writing()
        if self.on_lost is not None:
            self.on_lost()

    def data_received(self, data: bytes) -> None:
        if self.lost or self._over or self.transport.is_closing():
            self._discard(data)
            return
        if self._stage == _IDLE:
            self._stage, self._since, self._size = _HEAD, self._loop.time(), 0
        self._chunk, self._came = -1, len(data)
        try:
            self._parse(data)
        except httptools.HttpParserError:
            self.refuse(400, "http.invalid", "this is no HTTP request that can be understood")
            return
        if self._stage == _HEAD:
            self._size += len(data)
            if self._size > self._settings.header_bytes:
                self.refuse(431, "http.headers", "the head of the request is too large")
                return
        elif self._stage == _BODY:
            self._size += len(data)
            self._look_at_chunk(data)
            if self._size > _DISCARDED_BYTES:
                self.transport.abort()
        self._advance()

    def _parse(self, data: bytes) -> None:
        """Take in what came, as HTTP to its end.

        Nobody here speaks anything else. Where a request asks for something else, the parser stops behind its head and
        takes its body for no HTTP: so another one goes on there, which is told how long that body is.

        Raises:
            httptools.HttpParserError: it is no HTTP.
        """
        while True:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as ended:
                data = data[ended.args[0] :]
                if (request := self._coming) is None:
                    return
                framing = [h for h in request.headers if h[0] in {b"content-length", b"transfer-encoding"}]
                self._parser, self._again = self._new_parser(), True
                self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % lines(*framing))
                self._again = False
            else:
                return

    def _discard(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > _DISCARDED_BYTES:
            self.transport.abort()

    def on_message_begin(self) -> None:
        if self._again:
            return
        self._url, self._headers, self._fields, self._coming = b"", [], {}, None
        if self._stage != _HEAD:
            self._stage, self._since, self._size = _HEAD, self._loop.time(), 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        # What comes behind the body is no header (RFC 9110, 6.5.1), and there may be any number of it.
        if self._coming is None:
            name = name.lower()
            self._headers.append((name, value))
            self._fields[name] = value

    def on_headers_complete(self) -> None:
        if self._again or self._over:
            return
        headers, fields, parser = self._headers, self._fields, self._parser
        most = self._settings.header_bytes
        modern = (version := parser.get_http_version()) == "1.1"
        if not modern and version != "1.0":
            self.refuse(400, "http.invalid", "this version of HTTP is not spoken here; send version 1.1")
            return
        if not self._url.startswith(b"/"):
            headers = _named_by(self._url, headers)
            fields = dict(headers)
        # Nearly always all that came is less than a head may have.
        if self._size + self._came > most and len(self._url) + sum(map(len, chain.from_iterable(headers))) > most:
            self.refuse(431, "http.headers", "the head of the request is too large")
            return
        chunked = b"transfer-encoding" in fields
        # HTTP/1.0 knows no chunks: somebody on the way may have taken them for the next request (RFC 9112, 6.1).
        if chunked and (not modern or b"content-length" in fields or not _plain(headers)):
            self.refuse(400, "http.framing", "the length of the body is told in more than one way, or in chunks in 1.0")
            return
        request = Request(self, self._client, self._scheme, headers, fields)
        request.method = parser.get_method().decode("ascii")
        request.path, request.query = _split(self._url)
        # Behind CONNECT comes what is meant for somebody else.
        request.keep_alive = modern and request.method != "CONNECT" and parser.should_keep_alive()
        request.chunked = modern
        request.expects = modern and fields.get(b"expect", b"").lower() == b"100-continue"
        self._stage, self._since, self._size = _BODY, self._loop.time(), 0
        self._before = b""
        self._coming = request
        self._waiting.append(request)

    def on_body(self, body: bytes) -> None:
        request = self._coming
        if self._chunk >= 0:
            self._chunk += len(body)
        if request is None or request.answered or self._over:
            return
        if not request.content:
            request.content = body
            return
        if isinstance(request.content, bytes):
            request.content = bytearray(request.content)
        request.content += body

    def on_chunk_header(self) -> None:
        self._chunk = 0

    def on_chunk_complete(self) -> None:
        self._chunk = -1

    def _look_at_chunk(self, data: bytes) -> None:
        """Note how large a chunk that was begun says it will be, which the parser knows and does not tell."""
        request = self._coming
        if request is None or b"transfer-encoding" not in request.fields:
            return
        data, came = self._before + data, self._chunk
        self._before = data[-_CHUNK_LINE_BYTES:]
        if came < 0:
            return
        # What came of the chunk is the end of the data, and its first line stands just before.
        head = data[: len(data) - came]
        size = head[:-2].rpartition(b"\n")[2].partition(b";")[0].strip()
        if head.endswith(b"\r\n") and _HEX.fullmatch(size):
            request.announced = len(request.content) - came + int(size, 16)

    def on_message_complete(self) -> None:
        if self._over:
            return
        if self._parser.should_upgrade():
            return  # only its head is: see _parse
        request, self._coming = self._coming, None
        if request is None:
            return
        request.complete = True
        self._stage = _ANSWER
        if request.answered:
            self._stage, self._since = _IDLE, self._loop.time()

    def _advance(self) -> None:
        """Take the next request when the one before is answered, and read on only as fast as that goes."""
        if self._advancing:
            return
        self._advancing = True
        try:
            while self._current is None and self._waiting and self._writable is None:
                if self.transport.is_closing():
                    return
                self._current = self._waiting.popleft()
                self._shared.edge.take(self._current)
        finally:
            self._advancing = False
        if (request := self._current) is not None and not request.gone:
            request.came()
        held = self._coming
        full = held is not None and len(held.content) > _HELD_BYTES and not held.body_wanted
        if self._waiting or full or self._still:
            self._read(not (self._waiting or full))

    def _read(self, on: bool) -> None:
        if on == self._still and not self.lost and not self.transport.is_closing():
            self._still = not on
            (self.transport.resume_reading if on else self.transport.pause_reading)()

    def wanted(self, request: Request) -> None:
        """Somebody waits for the body of this request."""
        if request.expects and not self.transport.is_closing():
            request.expects = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._read(on=True)

    def answer(self, request: Request, status: int, headers: bytes, body: bytes) -> None:
        """Give a whole answer in one write. ``headers`` are lines: our own, or matched against what they may hold."""
        if request.answered or request.gone:
            return
        if request.begun:
            self.transport.close()
            return
        length = b"" if status in _BARE else b"content-length: %d\r\n" % len(body)
        end = b"\r\n" if request.keep_alive else b"connection: close\r\n\r\n"
        shown = b"" if request.method == "HEAD" else body
        self.transport.write(b"".join((self._shared.head(status), headers, length, end, shown)))
        self._done(request)

    def begin(self, request: Request, status: int, headers: bytes) -> None:
        """Begin an answer whose length nobody knows."""
        request.begun = True
        framing = b"transfer-encoding: chunked\r\n" if request.chunked else b""
        closing = b"" if request.keep_alive else b"connection: close\r\n"
        self.transport.write(b"".join((self._shared.head(status), headers, framing, closing, b"\r\n")))
        if request.method == "HEAD":
            self._done(request)

    def write(self, request: Request, part: bytes) -> None:
        """A part of such an answer, which is not empty."""
        if not request.answered and not self.lost:
            self.written = self._loop.time()
            self.transport.write(framed(part) if request.chunked else part)

    def end(self, request: Request) -> None:
        """The end of such an answer."""
        if not request.answered and not self.lost:
            if request.chunked:
                self.transport.write(b"0\r\n\r\n")
            self._done(request)

    async def drained(self) -> None:
        """Wait until the caller has taken most of what was written."""
        while self._writable is not None and not self.lost:
            await asyncio.shield(self._writable)

    def _done(self, request: Request) -> None:
        request.answered, request.content = True, b""
        self._current = None
        if not request.keep_alive:
            if request.complete:
                self.transport.close()
            else:
                self._linger()
            return
        if self._stage == _ANSWER and not self._waiting:
            self._stage, self._since = _IDLE, self._loop.time()
        if not self._advancing and (self._waiting or self._still):
            self._advance()

    def pause_writing(self) -> None:
        if self._writable is None:
            self._writable, self.full = self._loop.create_future(), True

    def resume_writing(self) -> None:
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable, self.full = None, False
            if self._stage == _ANSWER:
                self._since = self._loop.time()
            self._advance()

    def shutdown(self) -> None:
        """Close as soon as what was taken is answered."""
        if self._current is None:
            self.transport.close()
        else:
            self._current.keep_alive = False

    def refuse(self, status: int, code: str, detail: str) -> None:
        """Answer with a problem and close."""
        if self._over or self.transport.is_closing():
            return
        self._over = True
        taken = [one for one in (self._current, *self._waiting) if one is not None]
        whole = [one for one in taken if one.complete]
        for one in taken[len(whole) :]:
            one.gone = True
            one.came()
        if whole:
            # What came before the fault is still answered, and nothing behind it.
            whole[-1].keep_alive = False
            self._waiting = deque(one for one in whole if one is not self._current)
            self._advance()
            return
        self._waiting.clear()
        if any(one.begun for one in taken):
            # Nothing that is said now would be taken for more than a part of the answer that is under way.
            self.transport.abort()
            return
        id = self._shared.edge.refused(status)
        id = next((one.id for one in taken if one.id), id)
        body = document(status, code, detail, id.decode())
        headers = lines(
            (b"content-type", CONTENT_TYPE), (b"x-request-id", id), (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        )  # fmt: skip
        self.transport.write(b"%b%b\r\n%b" % (self._shared.head(status), headers, body))
        self._linger()

    def _linger(self) -> None:
        """Close when the caller has: what still comes would else be answered with a reset (RFC 9112, 9.6)."""
        self._over = True
        if self.transport.is_closing():
            return
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._read(on=True)
            self._loop.call_later(_LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()

    def overdue(self, now: float) -> None:
        """Look whether it has taken too long; asked about once a second."""
        settings, seconds = self._settings, now - self._since
        if self._stage == _HEAD and seconds > settings.header_seconds:
            self.refuse(408, "http.slow", "the head of the request did not come in time")
        elif self._stage == _BODY and seconds > settings.body_seconds:
            self.refuse(408, "http.slow", "the body of the request did not come in time")
        elif self._stage in (_IDLE, _ANSWER) and self._current is None and seconds > settings.idle_seconds:
            self._rested(now)

    def _rested(self, now: float) -> None:
        """Nothing is asked, or nothing that was answered is taken: the end, unless a slow caller still takes some."""
        left = self.transport.get_write_buffer_size()
        if left != self._left:
            self._left, self._since = left, now
        else:
            (self.transport.abort if left else self.transport.close)()


def _split(url: bytes) -> tuple[bytes, bytes]:
    """Path and query of a request's target.

    Raises:
        httptools.HttpParserInvalidURLError: it is none.
    """
    if url.find(b"#") >= 0 or not url.isascii():
        raise httptools.HttpParserInvalidURLError("no target")
    if url.startswith(b"/"):
        path, _, query = url.partition(b"?")
        return path, query
    if url == b"*":
        return url, b""
    parsed: Any = httptools.parse_url(url)
    if parsed.host is None:
        raise httptools.HttpParserInvalidURLError("no host")
    return parsed.path or b"/", parsed.query or b""


def _named_by(target: bytes, headers: list[Header]) -> list[Header]:
    """The host of a target in absolute form is the one that is meant, whatever Host says (RFC 9112, 3.2.2).

    Raises:
        httptools.HttpParserInvalidURLError: it is meant for none that speaks HTTP.
    """
    if target == b"*":
        return headers
    scheme, separator, rest = target.partition(b"://")
    if not separator or scheme.lower() not in {b"http", b"https"}:
        raise httptools.HttpParserInvalidURLError("no web address")
    host = (b"host", re.split(rb"[/?#]", rest, maxsplit=1)[0])
    return [host if name == b"host" else (name, value) for name, value in headers]


def _plain(headers: Iterable[Header]) -> bool:
    """Whether the body comes in chunks and in nothing else."""
    return [value.strip().lower() for name, value in headers if name == b"transfer-encoding"] == [b"chunked"]

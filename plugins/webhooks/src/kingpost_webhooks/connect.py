"""One request over one connection to a checked address: HTTP/1.1 by httptools, TLS to the name.

Called by ``sender`` for each attempt. Follows no redirect, knows no proxy, reads no more of an answer than it keeps,
and ends when its time is over, however the far side behaves.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from kingpost import Record, Unavailable

from .resolve import Forbidden, Resolver
from .target import Target

KEPT_BYTES = 4096
"""How much of an answer is kept for the delivery log."""

_MOST_BYTES = 64 * 1024
_MOST_HEAD = 16 * 1024
_ADDRESSES = 3
_CONNECT_SECONDS = 5.0


class Reply(Record):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Broken(Unavailable):
    """The far side could not be reached, or did not speak HTTP."""

    code = "webhook.connection"


class Connection(asyncio.Protocol):
    """A connection to one target that can carry several requests, one after another.

    ``open`` says whether another one can be sent. The methods that begin with ``on_`` are called by the parser.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: HttpResponseParser | None = HttpResponseParser(self)
        self._waits: asyncio.Future[Reply] | None = None
        self.open = False
        self._begin()

    def _begin(self) -> None:
        self._head: dict[str, str] = {}
        self._status = self._size = self._heading = 0
        self._kept = b""
        self._headed = False

    async def post(self, target: Target, headers: Sequence[tuple[str, str]], body: bytes) -> Reply:
        """Send a body and read the answer.

        Raises:
            Broken: the connection ended, or what came is no answer.
        """
        if self._transport is None or not self.open:
            raise Broken("the connection broke (it was closed meanwhile)")
        self._begin()
        self._waits = asyncio.get_running_loop().create_future()
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
        start = f"POST {target.path} HTTP/1.1\r\nHost: {target.authority}\r\nContent-Length: {len(body)}\r\n"
        self._transport.write(f"{start}{lines}\r\n".encode("ascii") + body)
        try:
            return await self._waits
        finally:
            self._waits = None

    def close(self) -> None:
        """Let go at once: nothing is waited for."""
        self.open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.open = cast("asyncio.Transport", transport), True

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        lengthless = "content-length" not in self._head and "chunked" not in self._head.get("transfer-encoding", "")
        if self._headed and lengthless and exc is None:
            self._answered()
        else:
            self._failed(str(exc)[:200] if exc is not None else "it was closed before an answer came")
        # They hold one another, and ten thousand such pairs would wait for the garbage collector.
        self._parser = None

    def data_received(self, data: bytes) -> None:
        if self._waits is None or self._waits.done() or self._parser is None:
            # Nothing was asked, so this is no answer to anything.
            self.close()
            return
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._answered()
            self.close()
        except HttpParserError as problem:
            self._failed(f"what came is no HTTP/1.1: {str(problem)[:200]}")
        else:
            if not self._headed and self._size > _MOST_HEAD:
                self._failed("the head of the answer is too long")
            elif self._size > _MOST_BYTES:
                # The answer has been given; how long the rest of it is, trailers too, is no concern of ours.
                self._answered()
                self.close()

    def on_message_begin(self) -> None:
        if self._waits is None or self._waits.done():
            # A second answer to one request would be taken for the answer to the next one.
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._heading += len(name) + len(value)
        if self._headed or self._heading > _MOST_HEAD:
            # Behind the body, or too much: nothing that anybody here reads.
            return
        self._head[name.decode("latin-1").lower()] = value.decode("latin-1")[:500]

    def on_headers_complete(self) -> None:
        assert self._parser is not None, "it calls"
        self._status = self._parser.get_status_code()
        self._headed = not self._passing
        if self._heading > _MOST_HEAD:
            self._failed("the head of the answer is too long")
        elif self._passing:
            self._head = {}

    @property
    def _passing(self) -> bool:
        """Whether this is one of those that come before the answer (RFC 9110, section 15.2)."""
        return 100 <= self._status < 200 and self._status != HTTPStatus.SWITCHING_PROTOCOLS

    def on_body(self, data: bytes) -> None:
        if len(self._kept) < KEPT_BYTES:
            self._kept += data[: KEPT_BYTES - len(self._kept)]

    def on_message_complete(self) -> None:
        if self._headed:
            if self._parser is None or not self._parser.should_keep_alive():
                self.close()
            self._answered()

    def _answered(self) -> None:
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(Reply(self._status, self._head, self._kept))

    def _failed(self, why: str) -> None:
        if self._waits is not None and not self._waits.done():
            self._waits.set_exception(Broken(f"the connection broke ({why})"))
        self.close()


class Connector:
    """Opens connections to addresses that were checked."""

    def __init__(self, resolver: Resolver, tls: ssl.SSLContext | None = None) -> None:
        self._resolver = resolver
        self._tls = tls or ssl.create_default_context()

    async def connect(self, target: Target) -> Connection:
        """A connection to one of the target's addresses; the certificate must be for its name.

        Raises:
            Forbidden: it may not be connected to. Broken, Unavailable: nobody answers there.
        """
        if not target.secure and not self._resolver.guard.named(target.host):
            raise Forbidden(f"{target.host}: only https:// leaves this machine, unless the operator has named the host")
        addresses = await self._resolver.addresses(target.host, target.port)
        problem: Exception | None = None
        for address in addresses[:_ADDRESSES]:
            try:
                if len(addresses) == 1:
                    # There is no other one to leave time for, and the attempt has an end of its own.
                    return await self._open(target, str(address))
                async with asyncio.timeout(_CONNECT_SECONDS):
                    return await self._open(target, str(address))
            except ssl.SSLError as wrong:
                raise Broken(f"TLS to {target.host} failed ({str(wrong)[:200]})") from wrong
            except OSError as failed:
                problem = failed
        what = str(problem)[:200] or type(problem).__name__
        raise Broken(f"{target.authority} cannot be reached ({what})") from problem

    async def _open(self, target: Target, address: str) -> Connection:
        # The last dot of a name is no part of what a certificate is for (RFC 6066, section 3).
        tls, name = (self._tls, target.host.removesuffix(".")) if target.secure else (None, None)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, address, target.port, ssl=tls, server_hostname=name)
        return connection

"""One request over one connection to a checked address: HTTP/1.1 by h11, TLS to the name.

Called by ``outbox`` for each attempt. Follows no redirect, knows no proxy, reads no more of an answer than it keeps,
and ends when its time is over, however the far side behaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import h11
from kingpost import Unavailable

from .resolve import Forbidden, Resolver
from .target import Target

KEPT_BYTES = 4096
"""How much of an answer is kept for the delivery log."""

_MOST_BYTES = 64 * 1024
_BLOCK = 16 * 1024
_ADDRESSES = 3
_CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Broken(Unavailable):
    """The far side could not be reached, or did not speak HTTP."""

    code = "webhook.connection"


class Connection:
    """A connection to one target that can carry several requests, one after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_BLOCK)
        self.used = False

    async def post(self, target: Target, headers: list[tuple[str, str]], body: bytes) -> Reply:
        """Send a body and read the answer.

        Raises:
            Broken: the connection ended, or what came is no answer.
        """
        self.used = True
        lines = [("Host", target.authority), ("Content-Length", str(len(body))), *headers]
        request = h11.Request(method="POST", target=target.path, headers=lines)
        parts = [self._http.send(request), self._http.send(h11.Data(data=body)), self._http.send(h11.EndOfMessage())]
        try:
            self._writer.write(b"".join(part for part in parts if part))
            await self._writer.drain()
            return await self._reply()
        except (OSError, h11.RemoteProtocolError, asyncio.IncompleteReadError) as problem:
            raise Broken(f"the connection broke ({str(problem)[:200] or type(problem).__name__})") from problem

    async def _reply(self) -> Reply:
        status, headers, kept, size = 0, {}, b"", 0
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(_BLOCK))
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = {name.decode(): value.decode("latin-1")[:500] for name, value in event.headers}
            elif isinstance(event, h11.Data):
                size += len(event.data)
                if len(kept) < KEPT_BYTES:
                    kept += bytes(event.data[: KEPT_BYTES - len(kept)])
                if size > _MOST_BYTES:
                    # The answer has been given; how long the rest of it is, is no concern of ours.
                    self.close()
                    return Reply(status, headers, kept)
            elif isinstance(event, h11.EndOfMessage):
                self._end()
                return Reply(status, headers, kept)
            elif isinstance(event, h11.ConnectionClosed):
                raise h11.RemoteProtocolError("it was closed before an answer came")

    def _end(self) -> None:
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self.close()

    @property
    def open(self) -> bool:
        """Whether another request can be sent."""
        return not self._writer.is_closing() and not self._reader.at_eof()

    def close(self) -> None:
        """Let go at once: nothing is waited for."""
        with contextlib.suppress(Exception):
            self._writer.transport.abort()


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
                async with asyncio.timeout(_CONNECT_SECONDS):
                    reader, writer = await asyncio.open_connection(
                        str(address), target.port, limit=_BLOCK, ssl=self._tls if target.secure else None,
                        server_hostname=target.host if target.secure else None,
                    )  # fmt: skip
            except ssl.SSLError as wrong:
                raise Broken(f"TLS to {target.host} failed ({str(wrong)[:200]})") from wrong
            except (OSError, TimeoutError) as failed:
                problem = failed
                continue
            return Connection(reader, writer)
        what = str(problem)[:200] or type(problem).__name__
        raise Broken(f"{target.authority} cannot be reached ({what})") from problem

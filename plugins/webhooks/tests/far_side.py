"""Receivers of webhooks that behave well, badly, or not at all: one server, a behaviour for each path.

Used by the tests and by the bench. Speaks HTTP/1.1 by hand, because what is tested is how others break it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Received:
    """A request that arrived whole."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass
class FarSide:
    """A server on loopback. ``answers`` maps a path to a status, or to a behaviour; anything else is answered 204."""

    answers: dict[str, Any] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    patient: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, backlog=4096)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def url(self, path: str = "/ok", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        return [one for one in self.received if one.path == path]

    async def until(self, path: str, count: int, seconds: float = 60.0) -> list[Received]:
        """Everything that has arrived at a path, once it is so many."""
        async with asyncio.timeout(seconds):
            while len(found := self.at(path)) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
                while await self._one(reader, writer):
                    pass
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
        body = await reader.readexactly(int(headers["content-length"]))
        path = first.split(" ")[1]
        self.received.append(Received(path, headers, body))
        self.arrived.set()
        answer = self.answers.get(path, 204)
        if callable(answer):
            answer = answer(len(self.at(path)))
        if answer == "late":
            # When it is told to, and then as it should be.
            await self.patient.wait()
            answer = 204
        if isinstance(answer, int):
            answer = (answer, {})
        if isinstance(answer, str):
            await BEHAVIOURS[answer](writer)
            await writer.drain()
            await asyncio.sleep(0.02)
            return False
        status, more = answer
        extra = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        length = "" if status == 204 else "Content-Length: 0\r\n"
        writer.write(f"HTTP/1.1 {status} So\r\n{length}{extra}\r\n".encode())
        await writer.drain()
        return True


async def _stall(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _drip(writer: asyncio.StreamWriter) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def _short(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this")
    await writer.drain()


async def _doubled(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")
    await writer.drain()


async def _long(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more\r\n\r\nHTTP/1.1 500 No\r\n\r\n")
    await writer.drain()


async def _both(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    await writer.drain()


async def _ancient(writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello")
    await writer.drain()


async def _body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _trailers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n")
    while True:
        writer.write(b"X-More: " + b"a" * 4000 + b"\r\n")
        await writer.drain()


async def _extension(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=")
    while True:
        writer.write(b"a" * 4000)
        await writer.drain()


async def _upgrade(writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    )
    await writer.drain()


async def _packed(writer: asyncio.StreamWriter) -> None:
    bomb = zlib.compress(bytes(1_000_000))
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)
    await writer.drain()


async def _rubbish(writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 smtp.example.com ESMTP\r\n" * 3)
    await writer.drain()


async def _flood(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        await writer.drain()


async def _headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"a" * 4000 + b"\r\n")
        await writer.drain()


async def _head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-More: a\r\n" * 3000 + b"Content-Length: 0\r\n\r\n")
    await writer.drain()


async def _early(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


BEHAVIOURS: Mapping[str, Callable[[asyncio.StreamWriter], Awaitable[None]]] = {
    "stall": _stall, "reset": _reset, "drip": _drip, "short": _short, "doubled": _doubled, "rubbish": _rubbish,
    "flood": _flood, "headers": _headers, "early": _early, "long": _long, "both": _both, "ancient": _ancient,
    "body": _body, "trailers": _trailers, "extension": _extension, "upgrade": _upgrade, "packed": _packed,
    "head": _head,
}  # fmt: skip

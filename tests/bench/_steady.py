"""Load that goes on: many who follow events, submits at an even rate, tasks that are waited for.

Called by ``http`` with its server. Latencies count from when a request was due, so that a server which is late is not
asked less often for it.
"""

from __future__ import annotations

import asyncio
import json
import select
import socket
import time
from collections.abc import Sequence
from typing import Any, Protocol

CONNECTIONS = 64
PAUSE_SECONDS = 0.1


class Served(Protocol):
    """The server."""

    port: int

    def cpu(self) -> float: ...
    def rss_mb(self) -> float: ...
    def post(self, path: bytes, body: Any) -> bytes: ...
    def get(self, path: bytes) -> bytes: ...


def at(sorted_values: Sequence[float], share: float) -> float:
    """The value below which this share of them is."""
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


class _Subscribers:
    """Connections that follow, read on one thread as soon as anything is there: when each event came, in seconds.

    Plain sockets: a reader that takes as long for each part as the server does would be what is measured.
    """

    def __init__(self, port: int, request: bytes, many: int) -> None:
        self.came: list[float] = []
        self._room, self._poll = bytearray(1 << 18), select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        for _ in range(many):
            one = socket.create_connection(("127.0.0.1", port))
            one.sendall(request)
            self._sockets[one.fileno()] = one
        for one in self._sockets.values():
            said = b""
            while b"retry: " not in said:
                said += one.recv(4096)
            self._poll.register(one, select.EPOLLIN)

    def read(self, until: float) -> None:
        """Read what comes until then."""
        came, room, sockets = self.came, self._room, self._sockets
        while (left := until - time.perf_counter()) > 0:
            for file, _ in self._poll.poll(left):
                many = room.count(b"\nevent: ", 0, sockets[file].recv_into(room))
                came += [time.perf_counter()] * many

    def close(self) -> None:
        """Follow no more."""
        for one in self._sockets.values():
            one.close()
        self._poll.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    place = head.index(b"content-length: ") + 16
    return head, await reader.readexactly(int(head[place : head.index(b"\r", place)]))


def stream(server: Served, task: Any, subscribers: int, events: int) -> dict[str, float]:
    """So many who follow all events, and an event ten times a second: milliseconds from the submit to each of them."""
    before = server.rss_mb()
    following = _Subscribers(server.port, server.get(b"/v1/events/stream"), subscribers)
    each_kb = (server.rss_mb() - before) * 1000 / subscribers
    submit = server.post(b"/v1/tasks", task)
    late: list[float] = []
    cpu, own = server.cpu(), time.process_time()
    with socket.create_connection(("127.0.0.1", server.port)) as asking:
        for _ in range(events):
            sent, seen = time.perf_counter(), len(following.came)
            asking.sendall(submit)
            following.read(sent + PAUSE_SECONDS)
            # The submit's own answer, which nobody waits for; in time it has come long ago.
            asking.recv(1 << 16)
            late += [one - sent for one in following.came[seen:]]
    spent, own = server.cpu() - cpu, time.process_time() - own
    following.close()
    late.sort()
    return {
        "kb_each": each_kb, "delivered_share": len(late) / (subscribers * events), "p50_ms": at(late, 0.5) * 1000,
        "p99_ms": at(late, 0.99) * 1000, "cpu_us_per_delivery": spent / max(len(late), 1) * 1e6,
        "reader_cpu_us": own / max(len(late), 1) * 1e6, "per_s": subscribers / PAUSE_SECONDS,
    }  # fmt: skip


def steady(server: Served, request: bytes, rate: float, seconds: float) -> dict[str, float]:
    """An even rate of submits: errors, latencies, and by how much the memory grew in the second half."""
    return asyncio.run(_steady(server, request, rate, seconds))


async def _steady(server: Served, request: bytes, rate: float, seconds: float) -> dict[str, float]:
    late, errors = list[float](), list[bytes]()
    began = time.perf_counter() + 0.1

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        due = began + number / rate
        while due < began + seconds:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            writer.write(request)
            head, _ = await _answer(reader)
            late.append(time.perf_counter() - due)
            if not head.startswith(b"http/1.1 202"):
                errors.append(head[:40])
            due += CONNECTIONS / rate
        writer.close()

    async def half_time() -> float:
        await asyncio.sleep(seconds / 2)
        return server.rss_mb()

    cpu, looking = server.cpu(), asyncio.create_task(half_time())
    await asyncio.gather(*[one(number) for number in range(CONNECTIONS)])
    spent, half, end = server.cpu() - cpu, await looking, server.rss_mb()
    late.sort()
    return {
        "seconds": seconds, "requests": len(late), "errors": len(errors), "p50_ms": at(late, 0.5) * 1000,
        "p95_ms": at(late, 0.95) * 1000, "p99_ms": at(late, 0.99) * 1000, "cpu_us": spent / len(late) * 1e6,
        "rss_mb": end, "grown_mb": end - half,
    }  # fmt: skip


def waited(server: Served, task: Any, tasks: int) -> dict[str, float]:
    """Tasks that are submitted and waited for until they have an outcome, in one request."""
    return asyncio.run(_waited(server, task, tasks))


async def _waited(server: Served, task: Any, tasks: int) -> dict[str, float]:
    request = server.post(b"/v1/tasks", task).replace(b"\r\n\r\n", b"\r\nPrefer: wait=60\r\n\r\n", 1)
    took: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(max(tasks // CONNECTIONS, 1)):
            sent = time.perf_counter()
            writer.write(request)
            ended = json.loads((await _answer(reader))[1])
            took.append(time.perf_counter() - sent)
            if ended["status"] != "succeeded":
                raise RuntimeError(f"{ended['status']}: {ended.get('outcome')}")
        writer.close()

    cpu, began = server.cpu(), time.perf_counter()
    await asyncio.gather(*[one() for _ in range(CONNECTIONS)])
    wall, spent = time.perf_counter() - began, server.cpu() - cpu
    took.sort()
    return {"cpu_us": spent / len(took) * 1e6, "per_s": len(took) / wall, "p99_ms": at(took, 0.99) * 1000}

"""Webhooks: what a verified, durable delivery costs, and how soon the living have their events beside the dead.

In: a server process of its own takes signed deliveries over 32 connections; the baseline is the same server taking the
same texts as ``POST /v1/tasks``. Beside: one takes them while it sends what two endpoints have missed; the baseline
is the same server while they are disabled. Out: one event for 10,000 endpoints of which 1,000 never answer, all on one
host and then each on its own; the baseline is ``httpx.AsyncClient`` posting the same bytes to the same receiver.
``WEBHOOK_DELIVERIES`` and ``WEBHOOK_ENDPOINTS`` change the sizes.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import httpx
import psutil
import uvloop
from kingpost import Event, Ports, dump, task_stream
from kingpost._host.heap import settle
from kingpost.testing import facts
from kingpost_log_sqlite import provide_log
from kingpost_webhooks.endpoint import Endpoint, Key
from kingpost_webhooks.registry import Registry
from kingpost_webhooks.settings import Settings
from kingpost_webhooks.sink import WebhookSink
from kingpost_webhooks.vault import Vault

from tests.bench._measure import close, fsync_ms, tell

DELIVERIES = int(os.environ.get("WEBHOOK_DELIVERIES", "6000"))
ENDPOINTS = int(os.environ.get("WEBHOOK_ENDPOINTS", "10000"))
CONNECTIONS = 32
_SLOW = ("first", "second")
SECRET = "a secret of the bench"
KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
_TOML = f"""[kernel]
queue = 10000000
[http]
address_rate = 1000000
[webhooks.sources.git]
scheme = "github"
secrets = ["{SECRET}"]
[[webhooks.sources.git.rules]]
description = "Look at {{number}}: {{title}}"
"""


@contextmanager
def served(folder: Path, settings: str = _TOML) -> Iterator[tuple[psutil.Process, int]]:
    """A server that accepts and does no work."""
    (folder / "kingpost.toml").write_text(settings)
    environ = {**os.environ, "KINGPOST_HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [
        sys.executable,
        "-m",
        "kingpost",
        "serve",
        "--port",
        "0",
        *([] if "agent_parallel" in settings else ["--no-work"]),
    ]
    with subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", line := process.stderr.readline())
        assert found, line
        try:
            yield psutil.Process(process.pid), int(found[1])
        finally:
            process.terminate()


def delivery(number: int) -> bytes:
    """One request, about the size of a small push."""
    body = json.dumps({"number": number, "title": "Oil the hook", "text": "x" * 1500}).encode()
    sum = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST /v1/hooks/git HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={sum}\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: d-{number}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def submission(number: int) -> bytes:
    """The same text as a task of the API."""
    asked = {"description": f'Look at {number}: "Oil the hook"', "context": "x" * 1500}
    body = json.dumps(asked).encode()
    head = "POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def load(port: int, requests: list[bytes]) -> tuple[float, list[float]]:
    """Send all of them over some connections, one after another on each; seconds in all, and of each."""
    times: list[float] = []
    waiting = iter(requests)

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith((b"HTTP/1.1 202", b"HTTP/1.1 201")), head
            length = re.search(rb"content-length: (\d+)", head.lower())
            assert length is not None
            await reader.readexactly(int(length[1]))
            times.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return time.perf_counter() - began, sorted(times)


def incoming() -> dict[str, float]:
    """Deliveries, and tasks of the API, taken in turns by one server."""
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as (process, port):
        asyncio.run(load(port, [delivery(number) for number in range(-300, 0)]))
        figures: dict[str, float] = {}
        for kind, made in (("delivery", delivery), ("task", submission)):
            requests = [made(number) for number in range(DELIVERIES)]
            before = _cpu(process)
            seconds, times = asyncio.run(load(port, requests))
            figures |= {
                f"{kind}_per_s": DELIVERIES / seconds,
                f"{kind}_p99_ms": times[int(len(times) * 0.99)] * 1000,
                f"{kind}_cpu_us": (_cpu(process) - before) / DELIVERIES * 1e6,
            }
        return figures


def beside(target: int) -> dict[str, float]:
    """Deliveries alone, and while some 10,000 events and more are on their way out of the same process."""
    kernel = '[kernel]\nsinks = ["webhooks"]\nagent_parallel = {extract = 0}'
    settings = _TOML.replace("[kernel]", kernel) + '[webhooks]\nallow = ["127.0.0.0/8"]\n'
    with tempfile.TemporaryDirectory() as name, served(Path(name), settings) as (_, port):
        server = httpx.Client(base_url=f"http://127.0.0.1:{port}/v1/webhooks/endpoints", trust_env=False)
        for id in _SLOW:
            asked = {"url": f"http://127.0.0.1:{target}/{id}", "events": ["task.queued"]}
            server.put(f"/{id}", json=asked).raise_for_status()
            server.post(f"/{id}/disable", json={}).raise_for_status()
        asyncio.run(load(port, [delivery(number) for number in range(-300, 0)]))
        _, alone = asyncio.run(load(port, [delivery(number) for number in range(DELIVERIES)]))
        for id in _SLOW:
            server.post(f"/{id}/enable").raise_for_status()
        before = told(target)
        seconds, with_ = asyncio.run(load(port, [delivery(number) for number in range(DELIVERIES, 2 * DELIVERIES)]))
        sent = told(target) - before
    return {
        "alone_p99_ms": alone[int(DELIVERIES * 0.99)] * 1000, "beside_p99_ms": with_[int(DELIVERIES * 0.99)] * 1000,
        "beside_per_s": DELIVERIES / seconds, "beside_sent": sent,
    }  # fmt: skip


def told(target: int) -> int:
    """How many posts the receiver has taken."""
    count: int = httpx.get(f"http://127.0.0.1:{target}/count", trust_env=False).json()
    return count


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


class Receiver(asyncio.Protocol):
    """Answers 204, notes when each path was asked for, and never answers a path of the dead."""

    arrived: ClassVar[dict[str, float]] = {}
    posts = 0

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"(?i)content-length: (\d+)", self.buffer[:end])
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < whole:
                return
            path, self.buffer = self.buffer.split(b" ", 2)[1].decode(), self.buffer[whole:]
            if path in {"/report", "/count"}:
                body = json.dumps(self.arrived if path == "/report" else Receiver.posts).encode()
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            elif not path.startswith("/dead"):
                Receiver.posts += 1
                self.arrived.setdefault(path, time.monotonic())
                self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def receive() -> None:
    """The receiver, in a process of its own."""
    server = await asyncio.get_running_loop().create_server(Receiver, "0.0.0.0", 0, backlog=8192)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def outgoing(port: int, *, apart: bool) -> dict[str, float]:
    """One event for all endpoints, one in ten of them dead; ``apart`` each has a host of its own."""
    with tempfile.TemporaryDirectory() as name:
        ports = Ports(home=Path(name))
        (log,) = provide_log(None, ports)
        await log.start()  # type: ignore[attr-defined]  # this log has one
        registry = Registry({}, ports)
        sink = WebhookSink(Settings(allow=("127.0.0.0/8",)), ports, registry)
        sink.lend("log", "sqlite", log)
        await sink.start()
        assert sink.outbox is not None
        await _set_up(log, registry, ports, port, apart=apart)
        await sink.accept(await log.read(0, 100_000))
        arrived: dict[str, float] = {}
        living = ENDPOINTS - ENDPOINTS // 10
        async with httpx.AsyncClient(trust_env=False) as client:
            # What the client itself costs at first is not to be measured.
            await client.get(f"http://127.0.0.1:{port}/report")
            settle()
            began, cpu = time.monotonic(), time.process_time()
            await log.append(task_stream("t-1"), "", [facts.queued("t-1")])
            await sink.accept(await log.read(sink.outbox.reached, 100))
            while len(arrived) < living and time.monotonic() - began < 60:
                await asyncio.sleep(1.0)
                found = (await client.get(f"http://127.0.0.1:{port}/report")).json()
                arrived = {path: at for path, at in found.items() if path.startswith(f"/ok/{apart:d}/")}
        spent = time.process_time() - cpu
        waits = sorted(at - began for at in arrived.values())
        await sink.stop()
        await log.stop()  # type: ignore[attr-defined]  # this log has one
    assert len(waits) == living, f"{len(waits)} of {living} have arrived"
    name = "out_apart" if apart else "out"
    return {
        f"{name}_p50_s": waits[living // 2], f"{name}_p99_s": waits[int(living * 0.99)], f"{name}_max_s": waits[-1],
        f"{name}_cpu_us": spent / living * 1e6,
    }  # fmt: skip


async def _set_up(log: Any, registry: Registry, ports: Ports, port: int, *, apart: bool) -> None:
    vault, events = Vault(ports.home, ports.entropy), []
    for number in range(ENDPOINTS):
        id = f"e-{number}"
        host = f"127.1.{number // 250}.{number % 250 + 1}" if apart else "127.0.0.1"
        url = f"http://{host}:{port}/{'dead' if number % 10 == 0 else 'ok'}/{apart:d}/{number}"
        endpoint = Endpoint(id=id, url=url, events=("task.queued",))
        keys = [dump(Key(secret=vault.seal(KEY, f"default/endpoint/{id}")))]
        events.append(Event("endpoint.set", {"name": id}, {**dump(endpoint), "keys": keys}))
    for start in range(0, len(events), 200):
        await registry.append(log, "default", *events[start : start + 200])


async def posted(port: int, count: int) -> float:
    """CPU microseconds of one post by httpx, a connection for each as endpoints have."""
    body, headers = b"x" * 300, {"Content-Type": "application/json"}
    before = time.process_time()
    gate = asyncio.Semaphore(200)

    async def one(client: httpx.AsyncClient, number: int) -> None:
        async with gate:
            await client.post(f"http://127.0.0.1:{port}/httpx/{number}", content=body, headers=headers)

    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(trust_env=False, limits=limits) as client:
        await asyncio.gather(*(one(client, number) for number in range(count)))
    return (time.process_time() - before) / count * 1e6


def main() -> None:
    """Both directions, apart and beside each other."""
    figures = incoming()
    tell(f"in: {figures['delivery_per_s']:.0f}/s, p99 {figures['delivery_p99_ms']:.1f} ms")
    command = [sys.executable, "-m", "tests.bench.webhooks", "--receive"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout is not None
        port = int(receiver.stdout.readline())
        try:
            figures |= beside(port)
            tell(f"beside: p99 {figures['beside_p99_ms']:.1f} ms, alone {figures['alone_p99_ms']:.1f} ms")
            for name, apart in (("out", False), ("out_apart", True)):
                figures |= uvloop.run(outgoing(port, apart=apart))
                tell(f"{name}: p99 {figures[f'{name}_p99_s']:.2f} s, {figures[f'{name}_cpu_us']:.0f} us")
            figures["httpx_cpu_us"] = uvloop.run(posted(port, 2000))
        finally:
            receiver.terminate()
    with tempfile.TemporaryDirectory() as name:
        figures["fsync_ms"] = fsync_ms(Path(name))
    ratios = {
        "task_cpu_over_delivery": figures["task_cpu_us"] / figures["delivery_cpu_us"],
        "beside_p99_over_alone": figures["beside_p99_ms"] / figures["alone_p99_ms"],
        "httpx_cpu_over_out": figures["httpx_cpu_us"] / figures["out_cpu_us"],
        "httpx_cpu_over_out_apart": figures["httpx_cpu_us"] / figures["out_apart_cpu_us"],
    }
    close("webhooks", figures, ratios)


if __name__ == "__main__":
    asyncio.run(receive()) if "--receive" in sys.argv else main()

"""What a request costs over real sockets: a durable submit, a read, a batch; and the same submit as others serve it.

The server is ``kingpost serve`` with a token asked for and everything on; this process makes the load. CPU is that of
the server's whole tree. The baselines insert one row and answer 202 when it is committed, with ``synchronous=FULL``.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.bench import _servers
from tests.bench._edge import edge_us
from tests.bench._measure import close, fsync_ms, tell
from tests.bench._steady import steady, stream, waited

CONNECTIONS = 64
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "12800"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
"""Of submits at an even rate; 300 for the long run."""

RATE, SUBSCRIBERS, EVENTS = 1000, 1000, 50
BASELINES = Path(sys.prefix) / "baselines"
LANGGRAPH = os.environ.get("BENCH_LANGGRAPH")
"""The program ``langgraph`` of an environment with ``langgraph-cli[inmem]``, which fits into no lock of ours."""

TASK = {
    "description": "summarise the quarterly report and list the open questions", "agent": "extract",
    "context": "a short context", "priority": 3, "thread": "abc", "scopes": ["default"], "depth": 2, "not_before": 4e9,
}  # fmt: skip
"""Not due for long, so that nobody works on it."""

NOW = {"description": "say nothing", "agent": "extract"}
"""Worked on at once, by the agent that asks no model and all of the memory."""

NOTHING = {"description": "say nothing", "agent": "noop"}
"""Worked on at once, by an agent that does nothing, as the node of the graph that ``langgraph dev`` serves."""

AGENT = """
from kingpost import Agent, Answer, Description, hookimpl


class Noop:
    name = "noop"

    async def describe(self, model):
        return Description(model=model)

    async def decide(self, context, say):
        return Answer(text="done")


@hookimpl
def provide_agents() -> list[Agent]:
    return [Noop()]
"""
INSTALLED = {
    "kingpost_noop/__init__.py": AGENT,
    "kingpost_noop/kingpost-plugin.toml": 'id = "noop"\n[provides]\nagents = ["noop"]\n',
    "kingpost_noop-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: kingpost-noop\nVersion: 1.0\n",
    "kingpost_noop-1.0.dist-info/entry_points.txt": "[kingpost.plugins]\nnoop = kingpost_noop\n",
}
FORGETFUL = "recall = 0\nremember = false\nuses = false\n"
"""Settings with which a task asks no memory and is kept in none."""


class Server:
    """A server in a process of its own."""

    def __init__(self, command: list[str], port: int, env: dict[str, str], folder: Path | None = None) -> None:
        began = time.perf_counter()
        self.port, self.token = port, b""
        self._process = subprocess.Popen(
            command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
        )
        self._tree = psutil.Process(self._process.pid)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if self._process.poll() is not None or time.perf_counter() - began > 60:
                    raise
                time.sleep(0.005)
        self.ready_ms = (time.perf_counter() - began) * 1000

    def cpu(self) -> float:
        """Seconds of the whole tree so far."""
        return sum(sum(one.cpu_times()[:2]) for one in (self._tree, *self._tree.children(recursive=True)))

    def rss_mb(self) -> float:
        """Memory of the tree."""
        return sum(one.memory_info().rss for one in (self._tree, *self._tree.children(recursive=True))) / 1e6

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)

    def post(self, path: bytes, body: Any) -> bytes:
        """A request as bytes."""
        content = json.dumps(body).encode()
        head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n"
        return head % (path, self._shown, len(content)) + content

    def get(self, path: bytes) -> bytes:
        """A request as bytes."""
        return b"GET %b HTTP/1.1\r\nHost: localhost\r\n%b\r\n" % (path, self._shown)

    @property
    def _shown(self) -> bytes:
        return b"Authorization: Bearer %b\r\n" % self.token if self.token else b""


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if b"transfer-encoding: chunked" not in head:
        place = head.index(b"content-length: ") + 16
        return await reader.readexactly(int(head[place : head.index(b"\r", place)]))
    body = b""
    while (size := int(await reader.readline(), 16)) > 0:
        body += (await reader.readexactly(size + 2))[:size]
    await reader.readline()
    return body


async def _connection(port: int, many: int, request: Callable[[], bytes], took: list[float]) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b""
    for _ in range(many):
        began = time.perf_counter()
        writer.write(request())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await _body(reader, head)
        took.append(time.perf_counter() - began)
        if not head.startswith(b"http/1.1 2"):
            raise RuntimeError(f"refused: {head[:80]!r} {body[:200]!r}")
    writer.close()
    return body


def load(server: Server, many: int, request: Callable[[], bytes], connections: int = CONNECTIONS) -> dict[str, float]:
    """CPU microseconds of each request, requests per second and p99 in milliseconds."""
    took: list[float] = []

    async def all_of_them() -> None:
        each = max(many // connections, 1)
        await asyncio.gather(*[_connection(server.port, each, request, took) for _ in range(connections)])

    cpu, began = server.cpu(), time.perf_counter()
    asyncio.run(all_of_them())
    wall, spent = time.perf_counter() - began, server.cpu() - cpu
    took.sort()
    return {
        "cpu_us": spent / len(took) * 1e6, "per_s": len(took) / wall, "p99_ms": took[int(len(took) * 0.99)] * 1000
    }  # fmt: skip


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def kingpost(folder: Path, *options: str, settings: str = "") -> Iterator[Server]:
    """Ours, with a token, and an agent installed that does nothing."""
    home, plugins = Path(tempfile.mkdtemp(dir=folder)), folder / "plugins"
    (home / "kingpost.toml").write_text(f"[kernel]\nqueue = 10000000\n{settings}", encoding="utf-8")
    for name, text in INSTALLED.items():
        (plugins / name).parent.mkdir(parents=True, exist_ok=True)
        (plugins / name).write_text(text, encoding="utf-8")
    paths = [str(plugins), os.environ.get("PYTHONPATH", "")]
    # The index of what is installed is kept for this run only: nobody else has that agent.
    env = {
        "KINGPOST_HOME": str(home),
        "XDG_CACHE_HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    program = [sys.executable, "-m", "kingpost"]
    made = subprocess.run([*program, "token", "create"], env={**os.environ, **env}, capture_output=True, check=True)
    port = _free()
    server = Server([*program, "serve", *options, "--port", str(port)], port, env)
    server.token = made.stdout.strip()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def baseline(kind: str, folder: Path) -> Iterator[Server]:
    """One of the others."""
    port = _free()
    command = [sys.executable, "-m", "tests.bench._servers", kind, str(port), str(folder / f"{kind}.db")]
    server = Server(command, port, {"PYTHONPATH": str(BASELINES)})
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def langgraph(folder: Path) -> Iterator[Server]:
    """``langgraph dev`` with a graph whose only node does nothing."""
    assert LANGGRAPH is not None
    _servers.langgraph(folder / "graph")
    port = _free()
    command = [LANGGRAPH, "dev", "--no-browser", "--no-reload", "--port", str(port)]
    server = Server(command, port, {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGSMITH_TRACING": "false"}, folder / "graph")
    try:
        yield server
    finally:
        server.stop()


def _ours(folder: Path, figures: dict[str, Any]) -> None:
    with kingpost(folder, "--no-work") as server:
        figures["ready_ms"], figures["idle_rss_mb"] = server.ready_ms, server.rss_mb()
        submit = server.post(b"/v1/tasks", TASK)
        load(server, 640, lambda: submit)
        rounds = [load(server, REQUESTS, lambda: submit) for _ in range(ROUNDS)]
        best = min(rounds, key=lambda one: one["cpu_us"])
        figures |= {f"submit_{name}": value for name, value in best.items()}
        took: list[float] = []
        page = asyncio.run(_connection(server.port, 1, lambda: server.get(b"/v1/tasks?limit=500"), took))
        ids = [task["id"].encode() for task in json.loads(page)["tasks"]]
        reads = [load(server, REQUESTS, lambda: server.get(b"/v1/tasks/" + random.choice(ids))) for _ in range(ROUNDS)]
        figures |= {f"read_{name}": value for name, value in min(reads, key=lambda one: one["cpu_us"]).items()}
        batch = server.post(b"/v1/tasks/batch", {"tasks": [TASK] * 100})
        batches = load(server, REQUESTS // 100, lambda: batch, 4)
        figures["batch_tasks_per_s"] = batches["per_s"] * 100
        figures["batch_cpu_us_per_task"] = batches["cpu_us"] / 100
        _told(figures, "stream", stream(server, TASK, SUBSCRIBERS, EVENTS))
        _told(figures, "steady", steady(server, submit, RATE, SECONDS))
    with kingpost(folder) as server:
        waited(server, NOW, 640)
        _told(figures, "waited_extract", waited(server, NOW, max(REQUESTS // 10, 640)))
    with kingpost(folder, settings=f"{FORGETFUL}parallel = {CONNECTIONS}\n") as server:
        waited(server, NOTHING, 640)
        rounds = [waited(server, NOTHING, max(REQUESTS // 5, 640)) for _ in range(ROUNDS)]
        _told(figures, "waited", min(rounds, key=lambda one: one["cpu_us"]))


def _told(figures: dict[str, Any], name: str, found: dict[str, float]) -> None:
    tell(f"{name}: {', '.join(f'{key} {value:.1f}' for key, value in found.items())}")
    figures |= {f"{name}_{key}": value for key, value in found.items()}


def speed_ms() -> float:
    """CPU milliseconds of a fixed loop: how fast this machine is right now, the best of five."""
    took = []
    for _ in range(5):
        began, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number
        took.append(time.process_time() - began)
    return min(took) * 1000


def main() -> None:
    """Measure and print."""
    figures: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures["fsync_ms"], figures["speed_ms"] = fsync_ms(folder), speed_ms()
        figures |= {f"{name}_us": value for name, value in edge_us().items()}
        _ours(folder, figures)
        tell(f"kingpost: submit {figures['submit_cpu_us']:.0f} us CPU, read {figures['read_cpu_us']:.0f} us CPU")
        with baseline("sockets", folder) as server:
            _told(figures, "sockets", found := stream(server, TASK, SUBSCRIBERS, EVENTS))
        ratios["stream_sockets_cpu"] = figures["stream_cpu_us_per_delivery"] / found["cpu_us_per_delivery"]
        ratios["stream_sockets_p99"] = figures["stream_p99_ms"] / found["p99_ms"]
        if not BASELINES.is_dir():
            tell("no baselines here; 'make bench BENCH=http' installs them")
        for kind in ("bare", "fastapi_aiosqlite", "fastapi_shared", "flask") if BASELINES.is_dir() else ():
            with baseline(kind, folder) as server:
                submit = server.post(b"/v1/tasks", TASK)
                found = load(server, max(REQUESTS // 10, 640), lambda submit=submit: submit)  # type: ignore[misc]  # as it is now
            figures |= {f"{kind}_{name}": value for name, value in found.items()}
            ratios[f"submit_{kind}"] = figures["submit_per_s"] / found["per_s"]
            ratios[f"submit_{kind}_cpu"] = found["cpu_us"] / figures["submit_cpu_us"]
            tell(f"{kind}: {found['cpu_us']:.0f} us CPU, {found['per_s']:.0f}/s")
        if LANGGRAPH is not None:
            with langgraph(folder) as server:
                run = server.post(b"/runs/wait", {"assistant_id": "noop", "input": {"text": "task"}})
                load(server, 64, lambda: run)
                found = load(server, 640, lambda: run)
            figures |= {f"langgraph_{name}": value for name, value in found.items()}
            ratios["waited_langgraph"] = figures["waited_per_s"] / found["per_s"]
            ratios["waited_langgraph_cpu"] = found["cpu_us"] / figures["waited_cpu_us"]
            tell(f"langgraph dev: {found['cpu_us']:.0f} us CPU, {found['per_s']:.0f}/s")
    close("http", figures, ratios)


if __name__ == "__main__":
    main()

"""The face named ``http``: a socket, a protocol for each connection, and the edge behind it.

Opened and closed by the kernel. Runs on the kernel's own event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Callable

from kingpost import ConfigurationError, Kernel, Ports

from .connection import Connection, Shared
from .edge import Edge
from .metrics import Metrics
from .routes import routes
from .settings import Settings
from .status import Standing

_LOOK_SECONDS = 1.0


class HttpFace:
    """Serves one kernel. Opened once."""

    name = "http"

    def __init__(self, settings: Settings, ports: Ports, standing: Standing) -> None:
        self._settings, self._ports, self._standing = settings, ports, standing
        self._shared: Shared | None = None
        self._edge: Edge | None = None
        self._server: asyncio.Server | None = None
        self._looking: asyncio.Task[None] | None = None
        self._heeds: Callable[[], None] = lambda: None
        self.url = ""

    async def open(self, kernel: Kernel) -> None:
        settings = self._settings
        if not _is_loopback(settings.host) and not kernel.guarded:
            raise ConfigurationError(
                f"{settings.host} is beyond this machine, and there are no tokens; make one with 'kingpost token "
                "create', or listen on 127.0.0.1"
            )
        metrics = Metrics()
        self._edge = Edge(kernel, settings, routes(kernel), metrics, _names(settings))
        shared = self._shared = Shared(settings, self._edge)
        bound = _bound(settings)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Connection(shared), sock=bound, ssl=_tls(settings), backlog=2048
        )
        host, port = bound.getsockname()[:2]
        scheme = "http" if settings.cert is None else "https"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        self._standing.begin(self.url, metrics, shared.connections, self._ports.clock.now())
        self._heeds = kernel.heed(self._edge.look)
        self._looking = asyncio.create_task(self._look(shared, self._edge), name="kingpost http")

    async def _look(self, shared: Shared, edge: Edge) -> None:
        """What is due once a second: the date, connections that take too long, and tokens that have expired."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            shared.tick()
            edge.look()
            now = asyncio.get_running_loop().time()
            for connection in list(shared.connections):
                connection.overdue(now)

    async def close(self) -> None:
        server, self._server = self._server, None
        if server is None or self._shared is None or self._edge is None:
            return
        server.close()
        self._heeds()
        connections, tasks = self._shared.connections, self._edge.tasks
        for connection in list(connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.drain_seconds):
                while tasks:
                    await asyncio.wait(tasks.values())
        for connection in list(connections):
            connection.transport.close()
        for task in list(tasks.values()):
            task.cancel()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _names(settings: Settings) -> frozenset[str]:
    """The names in a Host header that mean this server."""
    names = {"localhost", "127.0.0.1", "[::1]", *settings.hosts}
    if settings.host not in {"", "0.0.0.0", "::"}:  # noqa: S104 - told apart, not bound
        names.add(f"[{settings.host}]" if ":" in settings.host else settings.host)
    elif not settings.hosts:
        # Every address of the machine; tokens guard it, and no browser sends them by itself.
        names.add("*")
    return frozenset(name.lower() for name in names)


def _bound(settings: Settings) -> socket.socket:
    # As bytes a name goes without the tables of names that are not ASCII.
    host = settings.host.encode() if settings.host.isascii() else settings.host
    try:
        (family, kind, proto, _, address), *_ = socket.getaddrinfo(
            host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        made = socket.socket(family, kind, proto)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as problem:
        raise ConfigurationError(
            f"cannot listen on {settings.host}:{settings.port} ({problem.strerror or problem}); take another port "
            "with --port, or end who has it"
        ) from problem
    made.setblocking(False)
    return made


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.cert, settings.key)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigurationError(f"the certificate {str(settings.cert)!r} cannot be used: {problem}") from problem
    return context

"""The sink "webhooks": lends the log to an outbox and hands it every frame.

Opened by the kernel where the settings name it. Accepting waits for no endpoint.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from typing import Any

from kingpost import Log, Ports, Recorded

from .connect import Connector
from .guard import Guard
from .outbox import Outbox
from .registry import Registry
from .resolve import Resolver
from .sender import Sender
from .settings import Settings

_HANDLES = 16_384


class WebhookSink:
    """Sends events to endpoints. ``tls`` replaces the machine's trust, for tests."""

    name = "webhooks"

    def __init__(self, settings: Settings, ports: Ports, registry: Registry, tls: ssl.SSLContext | None = None) -> None:
        self._settings, self._ports, self._registry, self._tls = settings, ports, registry, tls
        self._log: Log | None = None
        self._resolver: Resolver | None = None
        self.outbox: Outbox | None = None

    @property
    def borrows(self) -> Sequence[tuple[str, str]]:
        """The log is the outbox."""
        return (("log", self._settings.log),)

    def lend(self, kind: str, name: str, offered: Any) -> None:
        self._log = offered

    async def start(self) -> None:
        """Find out how far every endpoint is."""
        assert self._log is not None
        await asyncio.to_thread(_more_handles)
        self._resolver = Resolver(Guard(self._settings.allow), self._ports.clock)
        sender = Sender(Connector(self._resolver, self._tls), self._ports, self._settings)
        self.outbox = Outbox(self._log, self._registry, sender, self._ports, self._settings)
        await self.outbox.start()

    async def stop(self) -> None:
        """Send no more."""
        if self.outbox is not None:
            await self.outbox.stop()
        if self._resolver is not None:
            self._resolver.stop()

    async def accept(self, frames: Sequence[Recorded]) -> None:
        assert self.outbox is not None
        await self.outbox.accept(frames)


def _more_handles() -> None:
    """Let this process open as many sockets as its user may; the usual soft limit is for programs that use select."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = _HANDLES if hard == resource.RLIM_INFINITY else min(hard, _HANDLES)
        if soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))

"""All that somebody outside needs of a kernel besides its work: tokens, tenants, feeds, answers by key, faces.

Made by ``kernel`` with its log, opened when the first of it is asked for. Knows no transport.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..ports import Ports
from ..protocols import Face, Kernel, Log
from .ask import Answered
from .feeds import Feeds
from .keyring import Keyring
from .plugins import Plugins
from .tail import Tail
from .tenants import Tenants


class Reception:
    """What stands between a kernel and its faces."""

    def __init__(
        self, log: Log, tail: Tail, ports: Ports, hear: Callable[[Callable[[str, Any], None]], object]
    ) -> None:
        self.keyring = Keyring(log, tail, ports)
        self.tenants = Tenants(log, tail, self.keyring.bound)
        self.feeds = Feeds(log, tail, hear)
        self.answered = Answered(log)
        self._faces: list[Face] = []
        self._open = False

    async def open(self) -> None:
        """Read tokens and tenants out of the log. Opening twice is no error."""
        if not self._open:
            await self.keyring.open()
            await self.tenants.open()
            self._open = True

    async def serve(self, kernel: Kernel, plugins: Plugins, names: Iterable[str]) -> None:
        """Open faces; those that are open stay so."""
        for name in dict.fromkeys(names):
            face: Face = await plugins.use("faces", name)
            if face not in self._faces:
                self._faces.append(face)
                await face.open(kernel)

    async def close(self) -> None:
        """Close the faces, the newest first: whatever they accepted is answered; who follows is let go."""
        await self.feeds.stop()
        while self._faces:
            await self._faces.pop().close()

"""Names to addresses, each checked before anybody connects to it.

Asked by ``connect``. Resolves once: what was checked is what is connected to, so a name that says something else a
moment later gains nothing. Never blocks the loop, and asks on threads of its own.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from kingpost import Clock, KingpostError, Unavailable

from .guard import Address, Guard, spelled

KEPT_SECONDS = 30.0
_MOST = 10_000
_THREADS = 32


class Forbidden(KingpostError):
    """The address is not one that may be connected to."""

    code = "webhook.address"


class Resolver:
    """Checked addresses of hosts, kept for half a minute."""

    def __init__(self, guard: Guard, clock: Clock) -> None:
        self.guard, self._clock = guard, clock
        self._threads = ThreadPoolExecutor(_THREADS, "kingpost-resolve")
        self._known: dict[tuple[str, int], tuple[float, list[Address]]] = {}

    def stop(self) -> None:
        """Let go of the threads; those that still ask are left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def addresses(self, host: str, port: int) -> list[Address]:
        """Every address of a host, all of them checked.

        Raises:
            Forbidden: one of them may not be connected to, so none is. Unavailable: the name does not resolve.
        """
        now = self._clock.monotonic()
        kept = self._known.get((host, port))
        if kept is not None and now - kept[0] < KEPT_SECONDS:
            return kept[1]
        found = await self._resolved(host, port)
        for address in found:
            if not self.guard.allows(address, host):
                raise Forbidden(f"{host} is {address}, which is not on the public internet nor allowed by name")
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[host, port] = now, found
        return found

    async def _resolved(self, host: str, port: int) -> list[Address]:
        if (address := spelled(host)) is not None:
            return [address]
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(
                self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
            return list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))
        except (OSError, UnicodeError, ValueError) as problem:
            raise Unavailable(f"the name {host!r} does not resolve ({problem}); mend it, or wait") from problem

"""Names to addresses, each checked before anybody connects to it.

Asked by ``connect``. Resolves once: what was checked is what is connected to, so a name that says something else a
moment later gains nothing. Never blocks the loop, and lets no name that hangs keep another one waiting.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

from kingpost import Clock, KingpostError, Unavailable

from .guard import Address, Guard, spelled
from .threads import Threads

KEPT_SECONDS = 30.0
_MOST = 10_000
_THREADS, _LATE_THREADS = 1024, 64
_SLOW_SECONDS = 2.0


class Forbidden(KingpostError):
    """The address is not one that may be connected to."""

    code = "webhook.address"


class Resolver:
    """Checked addresses of hosts, kept for half a minute.

    Each name is asked for once at a time, on a thread of its own. Those that took long the last time share fewer.
    """

    def __init__(self, guard: Guard, clock: Clock, threads: int = _THREADS, late: int = _LATE_THREADS) -> None:
        self.guard, self._clock = guard, clock
        self._quick, self._late = Threads[list[Address]](threads), Threads[list[Address]](late)
        self._known: dict[tuple[str, int], tuple[float, list[Address]]] = {}
        self._asked: dict[tuple[str, int], asyncio.Future[list[Address]]] = {}
        self._slow: set[str] = set()

    def stop(self) -> None:
        """Let go of the threads; those that still ask are left behind."""
        self._quick.stop()
        self._late.stop()

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
        asked = self._asked.get((host, port)) or self._ask(host, port)
        try:
            # Who gives up takes the answer from nobody, and asks for no second thread the next time.
            return await asyncio.shield(asked)
        except (OSError, UnicodeError, ValueError) as problem:
            raise Unavailable(f"the name {host!r} does not resolve ({problem}); mend it, or wait") from problem

    def _ask(self, host: str, port: int) -> asyncio.Future[list[Address]]:
        threads, began = self._late if host in self._slow else self._quick, self._clock.monotonic()
        asked = self._asked[host, port] = threads.run(lambda: _looked_up(host, port))

        def answered(_: object) -> None:
            del self._asked[host, port]
            # Nobody may be left who wants to know.
            asked.exception()
            if self._clock.monotonic() - began <= _SLOW_SECONDS:
                self._slow.discard(host)
            elif len(self._slow) < _MOST:
                self._slow.add(host)

        asked.add_done_callback(answered)
        return asked


def _looked_up(host: str, port: int) -> list[Address]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))

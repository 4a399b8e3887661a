"""One attempt to deliver one event to one endpoint, and what follows from how it went.

Called by ``outbox``. Signs anew for each attempt, with the same id and the same bytes. Never follows a redirect.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from kingpost import Event, KingpostError, Ports, Record

from .connect import Broken, Connection, Connector, Reply
from .courier import Due
from .endpoint import Endpoint
from .idle import Idle, Place
from .lanes import Lane
from .notice import Message
from .pace import Circuit, retry_after
from .settings import Settings
from .sign import signed
from .target import Target, target

_MOST_CIRCUITS = 50_000
_SLOW_SECONDS = 2.0
_HEADERS = [("Content-Type", "application/json"), ("User-Agent", "kingpost-webhooks"), ("Accept", "*/*")]

Fate = Literal["delivered", "failed", "gone", "ours", "resting"]
_Went = tuple[Fate, float | None, str]
"""A fate, what the far side asked to be waited for, and why."""


class Verdict(Record):
    """How an attempt went. ``wait`` is what the far side asked for, or how long its host rests, in seconds.

    ``ours`` is a fault of this side: the event is a dead letter that no far side can mend. ``resting`` was no attempt.
    ``slow`` says that it held a connection for seconds.
    """

    fate: Fate
    wait: float | None = None
    why: str = ""
    note: Event | None = None
    slow: bool = False


@dataclass(slots=True)
class Line:
    """The connection that an endpoint's courier keeps while it has more to send, and where it leads."""

    connection: Connection | None = None
    place: Place | None = None

    def close(self) -> None:
        """Let go of it."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@dataclass(slots=True)
class _Trace:
    """One attempt: what ends it, and what is written down of it."""

    limit: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    request: Sequence[tuple[str, str]] = ()
    reply: Reply | None = None


class Sender:
    """Makes attempts, as many at once as the lanes let pass."""

    def __init__(self, connector: Connector, ports: Ports, settings: Settings) -> None:
        self._connector, self._clock, self._seconds = connector, ports.clock, settings.timeout
        self._living = Lane(settings.places, settings.connections, settings.patience)
        self._failing = Lane(max(settings.places // 4, 1), max(settings.connections // 4, 1), settings.patience)
        self._idle = Idle()
        self._circuits: OrderedDict[tuple[str, str], Circuit] = OrderedDict()

    def release(self, line: Line) -> None:
        """Its courier has nothing more to send now: whoever sends to the same place next may have the connection."""
        if line.connection is not None and line.place is not None:
            self._idle.give(line.place, line.connection)
            line.connection = None

    def stop(self) -> None:
        """Keep no connection."""
        self._idle.close()

    async def attempt(self, endpoint: Endpoint, due: Due, line: Line, *, failing: bool) -> Verdict:
        """Try once, when there is a place; ``line`` is used again if it still holds.

        ``failing`` is for those whose last attempt failed, or took long: they stand in a lane of their own.
        """
        try:
            to = target(endpoint.url)
        except KingpostError as problem:
            return self._verdict(endpoint, due, _Trace(), 0.0, ("ours", None, str(problem)))
        circuit, place = self._circuit(endpoint.tenant, to), (endpoint.tenant, to.secure, to.host, to.port)
        if line.place != place:
            line.close()
            line.place = place
        async with (self._failing if failing else self._living).place(endpoint.tenant) as held:
            began = self._clock.monotonic()
            if rest := circuit.rest(began):
                return Verdict("resting", wait=rest)
            trace = _Trace(held.within(self._seconds))
            went = await self._tried(endpoint, due.message, to, line, trace)
        now = self._clock.monotonic()
        if trace.reply is not None:
            circuit.succeeded(now)
        elif went[0] == "failed":
            circuit.failed(now)
        if went[0] != "delivered":
            line.close()
        return self._verdict(endpoint, due, trace, now - began, went)

    async def _tried(self, endpoint: Endpoint, message: Message, to: Target, line: Line, trace: _Trace) -> _Went:
        now = self._clock.now()
        try:
            trace.request = [*_HEADERS, *signed(message.id, now, message.body, endpoint.keys)]
        except ValueError as problem:
            return "ours", None, f"a key of the endpoint cannot sign ({problem})"
        try:
            async with trace.limit:
                trace.reply = await self._posted(message, to, line, trace.request)
        except TimeoutError:
            return "failed", None, f"no answer within {self._seconds:g} s"
        except Broken as problem:
            return "failed", None, str(problem)
        except KingpostError as problem:
            return "ours" if problem.code == "webhook.address" else "failed", None, str(problem)
        except Exception as problem:  # noqa: BLE001 - whatever went wrong here, the event is tried again and not lost
            return "failed", None, f"the attempt broke off ({type(problem).__name__}: {str(problem)[:200]})"
        return self._judged(trace.reply, now)

    @staticmethod
    def _judged(reply: Reply, now: float) -> _Went:
        """What an answer means (Standard Webhooks, "Deliverability")."""
        status = reply.status
        if 200 <= status < 300:
            return "delivered", None, ""
        if status == HTTPStatus.GONE:
            return "gone", None, "it answered 410 Gone"
        what = "a redirect, which is not followed" if 300 <= status < 400 else "no success"
        return "failed", retry_after(reply.headers, now), f"it answered {status}: {what}"

    async def _posted(self, message: Message, to: Target, line: Line, headers: Sequence[tuple[str, str]]) -> Reply:
        if line.connection is None and line.place is not None:
            line.connection = self._idle.take(line.place)
        if line.connection is not None and line.connection.open:
            try:
                return await line.connection.post(to, headers, message.body)
            except Broken:
                # It may have been closed for being idle, just now: that is no failure of the endpoint.
                pass
        line.close()
        line.connection = await self._connector.connect(to)
        return await line.connection.post(to, headers, message.body)

    def _verdict(self, endpoint: Endpoint, due: Due, trace: _Trace, seconds: float, went: _Went) -> Verdict:
        message, (fate, wait, why) = due.message, went
        header = {
            "name": endpoint.id, "message": message.id, "kind": message.kind, "task": message.key,
            "place": list(message.place), "attempt": due.attempts + 1, "fate": fate,
            "at": self._clock.now(), "ms": round(seconds * 1000),
        }  # fmt: skip
        reply: Mapping[str, Any] | None = None
        if trace.reply is not None:
            header["status"] = trace.reply.status
            body = trace.reply.body.decode("utf-8", "replace").replace("\0", "\ufffd")
            reply = {"status": trace.reply.status, "headers": dict(trace.reply.headers), "body": body}
        payload = {"url": endpoint.url, "request": dict(trace.request), "reply": reply, "why": why}
        return Verdict(fate, wait, why, Event("delivery.tried", header, payload), seconds > _SLOW_SECONDS)

    def _circuit(self, tenant: str, to: Target) -> Circuit:
        """Each tenant's own: what one makes of a host that many use keeps nothing from the others."""
        name = tenant, to.authority
        circuit = self._circuits.get(name)
        if circuit is None:
            circuit = self._circuits[name] = Circuit()
            if len(self._circuits) > _MOST_CIRCUITS:
                self._circuits.popitem(last=False)
        return circuit

"""What a tenant has brought in by itself: workers that offer tools and agents, and personas.

One of them serves a kernel; asked by ``draft`` for names that no plugin offers, by ``equip`` for tools, and by the
operations on both. Their life stands in the stream ``guests/<tenant>``. Signs of life do not: a file for each worker
holds the time of its newest one, which every process of this home can see.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from msgspec import Struct, field

from .._walk.journal import read_stream, stow, unstow_frame
from ..errors import NotFound
from ..operations.personas import SetPersona
from ..operations.workers import OfferedAgent, Register
from ..ports import Ports
from ..protocols import Log
from ..records.action import Tool
from ..records.codec import dump, load
from ..records.event import Event, Recorded
from ..records.record import Record

STALE_SECONDS = 3600.0
"""Who has been dead for so long is forgotten when the next worker comes."""


class Worker(Record):
    """A worker as it registered, and when (seconds since the epoch)."""

    id: str
    offers: Register
    since: float


class Guests(Struct):
    """What one tenant has brought in, up to a position of the log."""

    workers: dict[str, Worker] = field(default_factory=dict)
    personas: dict[str, SetPersona] = field(default_factory=dict)
    position: int = 0

    def fold(self, frame: Recorded) -> None:
        """Take in one more frame; one that was taken already changes nothing."""
        if frame.position <= self.position:
            return
        self.position = frame.position
        for event in frame.events:
            name = str(event.header.get("worker") or event.header.get("persona"))
            if event.kind == "worker.registered" and event.payload is not None:
                self.workers[name] = Worker(name, load(Register, event.payload), frame.at / 1e6)
            elif event.kind in {"worker.registered", "worker.left"}:
                self.workers.pop(name, None)
            elif event.kind == "persona.set" and event.payload is not None:
                self.personas[name] = load(SetPersona, event.payload)
            elif event.kind in {"persona.set", "persona.removed"}:
                self.personas.pop(name, None)

    def tools(self) -> Mapping[str, Tool]:
        """Every tool that a worker offers, by name; of several with one name the newest."""
        return {tool.name: tool for worker in self._in_order() for tool in worker.offers.tools}

    def agents(self) -> Mapping[str, OfferedAgent]:
        """The same for agents."""
        return {agent.name: agent for worker in self._in_order() for agent in worker.offers.agents}

    def _in_order(self) -> Iterable[Worker]:
        return sorted(self.workers.values(), key=lambda worker: worker.since)


class GuestBook:
    """The guests of every tenant, each read when it is first asked for."""

    def __init__(self, log: Log, ports: Ports) -> None:
        self._log, self._ports = log, ports
        self._known: dict[str, Guests] = {}

    async def of(self, tenant: str) -> Guests:
        """What a tenant has brought in, as the log says now."""
        stream = stream_of(tenant)
        guests = self._known.setdefault(tenant, Guests())
        if guests.position == 0:
            async for frame in read_stream(self._log, stream, tenant):
                guests.fold(frame)
        while page := await self._log.read(guests.position, 500, stream):
            for frame in page:
                guests.fold(await unstow_frame(self._log, tenant, frame))
        return guests

    def forget(self) -> None:
        """Content was erased."""
        self._known.clear()

    async def record(self, tenant: str, *events: Event) -> Guests:
        """Append, and take it in."""
        stowed = [await stow(self._log, tenant, event) for event in events]
        await self._log.append(stream_of(tenant), None, stowed)
        return await self.of(tenant)

    async def worker(self, tenant: str, id: str) -> Worker:
        """One worker.

        Raises:
            NotFound: it never came, or has left.
        """
        found = (await self.of(tenant)).workers.get(id)
        if found is None:
            raise NotFound("worker", id, "register it (again); a worker that was dead for an hour is forgotten")
        return found

    def beat(self, tenant: str, id: str) -> None:
        """A sign of life."""
        path = self._ports.home / "beats" / _file_of(tenant, id)
        now = self._ports.clock.now()
        try:
            os.utime(path, (now, now))
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            os.utime(path, (now, now))

    def seen(self, tenant: str, worker: Worker) -> float:
        """When it last gave a sign of life, in seconds since the epoch."""
        try:
            beat = (self._ports.home / "beats" / _file_of(tenant, worker.id)).stat().st_mtime
        except FileNotFoundError:
            beat = worker.since
        return max(beat, worker.since)

    def alive(self, tenant: str, worker: Worker | None) -> bool:
        """Whether it has been heard of within its time."""
        return worker is not None and self._ports.clock.now() - self.seen(tenant, worker) < worker.offers.ttl

    def gone(self, tenant: str, id: str) -> None:
        """It has left: its sign of life goes with it."""
        (self._ports.home / "beats" / _file_of(tenant, id)).unlink(missing_ok=True)

    def stale(self, tenant: str, guests: Guests) -> list[str]:
        """Workers that have been dead for long."""
        now = self._ports.clock.now()
        return [one.id for one in guests.workers.values() if now - self.seen(tenant, one) > STALE_SECONDS]


def stream_of(tenant: str) -> str:
    """The stream of what a tenant has brought in."""
    return f"guests/{tenant}"


def registered(id: str, offers: Register) -> Event:
    """The event that brings a worker in."""
    return Event("worker.registered", {"worker": id}, _plain(offers))


def left(id: str) -> Event:
    """The event by which a worker goes."""
    return Event("worker.left", {"worker": id})


def persona_set(persona: SetPersona) -> Event:
    """The event that makes or changes a persona."""
    return Event("persona.set", {"persona": persona.name}, _plain(persona))


def persona_removed(name: str) -> Event:
    """The event by which a persona goes."""
    return Event("persona.removed", {"persona": name})


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = dump(value)
    return plain


def _file_of(tenant: str, id: str) -> str:
    return sha256(f"{tenant}\0{id}".encode()).hexdigest()[:32]

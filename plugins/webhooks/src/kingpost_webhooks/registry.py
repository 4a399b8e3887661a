"""Sources and endpoints as the log says: one stream for each tenant, read on whenever somebody asks.

Shared by ``receive``, ``outbox`` and the operations of one process. Another process sees a change within a second.
Secrets stand in the log sealed, and leave here opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from kingpost import Conflict, Event, Log, NotFound, Ports, Recorded, SettingsInvalid, dump, load, replace

from .endpoint import Endpoint, Key
from .schemes import check as check_source
from .source import Source, check_name
from .vault import Vault

TENANTS = "webhooks"
"""The stream that names the tenants which have any."""

LOOK_SECONDS = 1.0
_PAGE = 1000


def stream_of(tenant: str) -> str:
    """The stream of a tenant's sources and endpoints."""
    return f"webhooks/{tenant}"


class Registry:
    """What is set up, of all tenants. Those of the settings cannot be changed here."""

    def __init__(self, fixed: Mapping[str, Source], ports: Ports) -> None:
        self._fixed, self._ports = fixed, ports
        self._vault = Vault(ports.home, ports.entropy)
        self._read: dict[str, int] = {}
        self._looked = float("-inf")
        self._looking = asyncio.Lock()
        self.sources: dict[str, Source] = dict(fixed)
        self.endpoints: dict[tuple[str, str], Endpoint] = {}
        self.generation = 0

    async def fresh(self, log: Log, *, now: bool = False) -> None:
        """Take in what was set up since the last look, if that is a second ago, or at once."""
        if not now and self._ports.clock.monotonic() - self._looked < LOOK_SECONDS:
            return
        async with self._looking:
            await self._follow(log, TENANTS)
            for tenant in [name for name in self._read if name != TENANTS]:
                await self._follow(log, tenant)
            self._looked = self._ports.clock.monotonic()

    async def _follow(self, log: Log, name: str) -> None:
        stream = TENANTS if name == TENANTS else stream_of(name)
        while page := await log.read(self._read.get(name, 0), _PAGE, stream):
            for frame in page:
                self._read[name] = frame.position
                for event in frame.events:
                    if name == TENANTS:
                        self._read.setdefault(event.header["tenant"], 0)
                    else:
                        self._apply(name, frame, event)

    def _apply(self, tenant: str, frame: Recorded, event: Event) -> None:
        name = event.header.get("name", "")
        known = self.endpoints.get((tenant, name))
        if event.kind == "source.set" and event.payload is not None:
            self._set_source(tenant, name, dict(event.payload))
        elif event.kind in {"source.removed", "source.set"}:
            if name in self.sources and self.sources[name].tenant == tenant and name not in self._fixed:
                del self.sources[name]
        elif event.kind == "endpoint.set" and event.payload is not None:
            since, disabled = (known.since, known.disabled) if known is not None else (frame.position, None)
            try:
                payload = self._opened(tenant, name, dict(event.payload))
            except SettingsInvalid as problem:
                payload, disabled = {**event.payload, "keys": []}, f"its keys cannot be opened: {problem}"
            self.endpoints[tenant, name] = replace(load(Endpoint, payload), since=since, disabled=disabled)
        elif event.kind in {"endpoint.removed", "endpoint.set"}:
            self.endpoints.pop((tenant, name), None)
        elif event.kind in {"endpoint.enabled", "endpoint.disabled"} and known is not None:
            self.endpoints[tenant, name] = replace(known, disabled=event.header.get("reason"))
        self.generation += 1

    def _set_source(self, tenant: str, name: str, payload: dict[str, Any]) -> None:
        # A name is one sender's address: who came first keeps it.
        if name in self._fixed or (name in self.sources and self.sources[name].tenant != tenant):
            return
        place = f"{tenant}/source/{name}"
        try:
            payload["secrets"] = [self._vault.open(sealed, place) for sealed in payload["secrets"]]
        except SettingsInvalid:
            # Nothing can be verified with it, so nobody is let in; it can be set up anew.
            self.sources.pop(name, None)
            return
        self.sources[name] = load(Source, payload)

    def _opened(self, tenant: str, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        place = f"{tenant}/endpoint/{name}"
        keys = [{**key, "secret": self._vault.open(key["secret"], place)} for key in payload["keys"]]
        return {**payload, "keys": keys}

    async def set_source(self, log: Log, source: Source) -> None:
        """Write a source down; one of that name is replaced.

        Raises:
            InvalidRequest: it cannot verify anything. Conflict: the name is another's, or stands in the settings.
        """
        check_name("source", source.name)
        check_source(source)
        await self.fresh(log, now=True)
        known = self.sources.get(source.name)
        if source.name in self._fixed or (known is not None and known.tenant != source.tenant):
            what = f"source {source.name!r} stands in the settings, or is another tenant's; take another name"
            raise Conflict(stream_of(source.tenant), "a free name", source.name, what)
        place = f"{source.tenant}/source/{source.name}"
        sealed = [self._vault.seal(secret, place) for secret in source.secrets]
        event = Event("source.set", {"name": source.name}, {**dump(source), "secrets": sealed})
        await self.append(log, source.tenant, event)

    async def set_endpoint(self, log: Log, endpoint: Endpoint) -> None:
        """Write an endpoint down; one of that id is replaced, and goes on where it stands."""
        place = f"{endpoint.tenant}/endpoint/{endpoint.id}"
        keys = [dump(Key(secret=self._vault.seal(key.secret, place), until=key.until)) for key in endpoint.keys]
        event = Event("endpoint.set", {"name": endpoint.id}, {**dump(endpoint), "keys": keys})
        await self.append(log, endpoint.tenant, event)

    async def append(self, log: Log, tenant: str, *events: Event) -> None:
        """Append to a tenant's stream, and read it."""
        await self.fresh(log, now=True)
        if tenant not in self._read:
            await log.append(TENANTS, None, [Event("webhooks.tenant", {"tenant": tenant})])
        await log.append(stream_of(tenant), None, list(events))
        await self.fresh(log, now=True)

    def endpoint(self, tenant: str, id: str) -> Endpoint:
        """An endpoint of a tenant.

        Raises:
            NotFound: it has none of this id.
        """
        if (found := self.endpoints.get((tenant, id))) is None:
            raise NotFound("webhook endpoint", id, "'kingpost webhooks endpoint list' lists them")
        return found

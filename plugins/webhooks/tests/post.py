"""A log, and the webhook sinks that were opened on it one after another, as processes are.

Used by the tests and by the bench.
"""

from __future__ import annotations

from typing import Any

from kingpost import Event, Ports, task_stream
from kingpost.testing import MemoryLog, facts
from kingpost_webhooks.endpoint import Endpoint, Key
from kingpost_webhooks.registry import Registry
from kingpost_webhooks.settings import Settings
from kingpost_webhooks.sink import WebhookSink

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class Post:
    """A log and the sinks that were opened on it, one after another as processes are."""

    def __init__(self, log: MemoryLog, ports: Ports) -> None:
        self.log, self.ports = log, ports
        self.sink: WebhookSink | None = None
        self.registry = Registry({}, ports)

    async def open(self, tls: Any = None, allow: tuple[str, ...] = ("127.0.0.1/32",), **settings: Any) -> WebhookSink:
        given = Settings(**{"allow": allow, "timeout": 20.0, "patience": 0.2, **settings})
        self.registry = Registry({}, self.ports)
        self.sink = WebhookSink(given, self.ports, self.registry, tls)
        self.sink.lend("log", "memory", self.log)
        await self.sink.start()
        return self.sink

    async def close(self) -> None:
        if self.sink is not None:
            await self.sink.stop()
            self.sink = None

    async def endpoint(self, id: str, url: str, **more: Any) -> Endpoint:
        made = Endpoint(id=id, url=url, **{"keys": (Key(secret=SECRET),), **more})
        await self.registry.set_endpoint(self.log, made)
        await self.hand_over()
        return made

    async def say(self, task: str, *events: Event, **more: Any) -> int:
        """Events of a task; the first of them begins it. The position of the frame."""
        stream = task_stream(task)
        if not await self.log.read(0, 1, stream):
            await self.log.append(stream, "", [facts.queued(task, **more)])
        for event in events:
            await self.log.append(stream, None, [event])
        await self.hand_over()
        return (await self.log.head()).position

    async def hand_over(self) -> None:
        """What the kernel does: every frame that is new, in order."""
        if self.sink is not None and self.sink.outbox is not None:
            while frames := await self.log.read(self.sink.outbox.reached, 100):
                await self.sink.accept(frames)

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
from kingpost import Ports, Sink
from kingpost.testing import MemoryLog, SinkConformance
from kingpost_webhooks import provide_sinks
from kingpost_webhooks.settings import Settings
from kingpost_webhooks.sink import WebhookSink


class TestWebhooks(SinkConformance):
    """What it has accepted is what its cursor has passed; the endpoints have theirs in ``test_sending``."""

    @pytest.fixture
    def log(self, ports: Ports) -> MemoryLog:
        return MemoryLog(ports)

    @pytest.fixture
    async def subject(self, ports: Ports, log: MemoryLog) -> AsyncIterator[Sink]:
        (sink,) = provide_sinks(Settings(log="memory"), ports)
        assert isinstance(sink, WebhookSink)
        assert sink.borrows == (("log", "memory"),)
        sink.lend("log", "memory", log)
        await sink.start()
        yield sink
        await sink.stop()

    @pytest.fixture
    async def twin(self, subject: WebhookSink) -> Sink:
        return subject

    @pytest.fixture
    def arrived(self, subject: WebhookSink) -> Callable[[], Awaitable[Sequence[int]]]:
        async def arrived() -> list[int]:
            assert subject.outbox is not None
            return list(range(1, subject.outbox.reached + 1))

        return arrived

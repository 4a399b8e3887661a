from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from kingpost import Ports, Sink
from kingpost.testing import SinkConformance
from kingpost_sink_jsonl import provide_sinks
from kingpost_sink_jsonl.settings import Settings
from kingpost_sink_jsonl.sink import JsonlSink


class TestJsonl(SinkConformance):
    @pytest.fixture
    def home(self, ports: Ports) -> Path:
        return ports.home

    @pytest.fixture
    async def subject(self, ports: Ports) -> AsyncIterator[Sink]:
        (sink,) = provide_sinks(Settings(payloads=True), ports)
        assert isinstance(sink, JsonlSink)
        yield sink
        await sink.stop()

    @pytest.fixture
    def twin(self, ports: Ports) -> Sink:
        (sink,) = provide_sinks(None, ports)
        return sink

    @pytest.fixture
    def arrived(self, lines: Callable[[], list[dict[str, Any]]]) -> Callable[[], Awaitable[Sequence[int]]]:
        async def arrived() -> list[int]:
            return [line["position"] for line in lines()]

        return arrived

    @pytest.fixture
    def dark(self, ports: Ports) -> Sink:
        """A disk that is not mounted."""
        return JsonlSink(Settings.model_validate({"path": "not/here.jsonl"}), ports.home)

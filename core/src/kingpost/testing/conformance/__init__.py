"""The promises of ``kingpost.protocols`` as tests.

A plugin's test module inherits the class of what it provides and overrides the fixture ``subject``::

    class TestSqliteMemory(MemoryConformance):
        @pytest.fixture
        async def subject(self, ports: Ports) -> AsyncIterator[MemoryBackend]:
            memory = SqliteMemory(ports)
            await memory.start()
            yield memory
            await memory.stop()

``ports`` is a seeded world with an empty home and ``clock`` its clock. What else a class needs to know of a subject
are fixtures too; each says what it wants when it is not overridden. Every docstring quotes the promise it proves.
"""

from __future__ import annotations

from pkgutil import iter_modules

import pytest

# Before the imports below, so that a failing assert shows its values in a plugin author's terminal too.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in iter_modules(__path__)))

from .agent import AgentConformance  # noqa: E402 - see above
from .compressor import CompressorConformance  # noqa: E402 - see above
from .counter import CounterConformance  # noqa: E402 - see above
from .embedder import EmbedderConformance  # noqa: E402 - see above
from .executor import ExecutorConformance  # noqa: E402 - see above
from .face import FaceConformance  # noqa: E402 - see above
from .log import LogConformance  # noqa: E402 - see above
from .memory import MemoryConformance  # noqa: E402 - see above
from .reader import ReaderConformance  # noqa: E402 - see above
from .sink import SinkConformance  # noqa: E402 - see above

__all__ = [
    "AgentConformance",
    "CompressorConformance",
    "CounterConformance",
    "EmbedderConformance",
    "ExecutorConformance",
    "FaceConformance",
    "LogConformance",
    "MemoryConformance",
    "ReaderConformance",
    "SinkConformance",
]

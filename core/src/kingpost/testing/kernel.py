"""A kernel in one ``async with``: real walk, real host, and a log, memory, counter and compressor that leave no file.

For tests of plugins and applications: hand in what is under test, the rest is there.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from .._host.kernel import Kernel
from ..operations.tasks import SUBMIT, WAIT, Submit, TaskView, Wait
from ..ports import Ports
from ..protocols import Agent, Answerer, Compressor, Executor, Face, Log, MemoryBackend, Reader, TokenCounter
from .fakes import DictMemory, FirstFitCompressor, ScriptedAgent, WordCounter
from .log import MemoryLog
from .plugin import in_process_plugin


class OpenKernel:
    """An open kernel and the two things that most tests ask of it."""

    def __init__(self, kernel: Kernel, agent: str) -> None:
        self.kernel, self._agent = kernel, agent

    async def run(self, description: str, *, seconds: float = 30.0, **request: Any) -> TaskView:
        """Submit a task, work on it, and return it with its outcome."""
        asked = Submit(description=description, **{"agent": self._agent, **request})
        submitted = await self.kernel.perform(SUBMIT, asked)
        await self.kernel.work(submitted.id)
        return await self.kernel.perform(WAIT, Wait(id=submitted.id, seconds=seconds))


@asynccontextmanager
async def open_kernel(  # noqa: PLR0913 - one parameter for each door, by name
    *,
    agents: Sequence[Agent] = (),
    executors: Sequence[Executor] = (),
    readers: Sequence[Reader] = (),
    operations: Sequence[Answerer] = (),
    faces: Sequence[Face] = (),
    memory: MemoryBackend | None = None,
    compressor: Compressor | None = None,
    counter: TokenCounter | None = None,
    log: Log | None = None,
    plugins: Sequence[Any] = (),
    settings: Mapping[str, Any] | None = None,
    ports: Ports | None = None,
    version: str = "0",
) -> AsyncIterator[OpenKernel]:
    """A kernel with what is named; the first agent does the tasks, and one that answers "done" if there is none.

    ``version`` is the version of the plugin that offers all of it. ``plugins`` are there beside it, made by
    ``in_process_plugin``.
    """
    agents = agents or [ScriptedAgent()]
    memory, compressor, counter = memory or DictMemory(), compressor or FirstFitCompressor(), counter or WordCounter()
    with tempfile.TemporaryDirectory() as folder:
        ports = ports or Ports(home=Path(folder))
        opened: Log = log or MemoryLog(ports)
        plugin = in_process_plugin(
            "test-kernel", agents=agents, executors=executors, readers=readers,
            operations=operations, faces=faces, memory=[memory],
            compressors=[compressor], counters=[counter], log=[opened],
        )  # fmt: skip
        plugin.manifest["version"] = version
        names = {
            "agent": agents[0].name, "memory": memory.name, "compressor": compressor.name, "counter": counter.name,
            "log": opened.name,
        }  # fmt: skip
        given = dict(settings or {})
        given["kernel"] = {**names, **given.get("kernel", {})}
        async with Kernel.open(settings=given, plugins=[plugin, *plugins], ports=ports) as kernel:
            yield OpenKernel(kernel, agents[0].name)

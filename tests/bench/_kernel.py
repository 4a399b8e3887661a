"""A kernel as the benchmarks open it: a real home, a real log, and one plugin with what the benchmark itself brings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from kingpost import Agent, Executor, Ports, Recorded
from kingpost._host.heap import settle
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations.tasks import SUBMIT, Submit
from kingpost.testing import DictMemory, FirstFitCompressor, MemoryLog, WordCounter, in_process_plugin
from kingpost_log_sqlite import provide_log

Where = Literal["sqlite", "memory"]

ENDS = frozenset({"task.succeeded", "task.failed", "task.cancelled"})


@asynccontextmanager
async def opened(
    home: Path,
    agents: Sequence[Agent],
    *,
    log: Where = "sqlite",
    executors: Iterable[Executor] = (),
    standard: bool = False,
    **settings: Any,
) -> AsyncIterator[Kernel]:
    """A kernel that works on every task of ``home``; the first agent takes those that name none.

    Counter, compressor and memory are the small ones of the kit, or those that are installed if ``standard``.
    ``settings`` are those of the section ``kernel``.
    """
    ports = Ports(home=home)
    given = {"agent": agents[0].name, "parallel": 128, **settings}
    if standard:
        plugins = [*installed(), in_process_plugin("bench", agents=agents, executors=executors)]
    else:
        kit = (DictMemory(), FirstFitCompressor(), WordCounter())
        logs = provide_log(settings=None, ports=ports) if log == "sqlite" else [MemoryLog(ports)]
        plugin = in_process_plugin(
            "bench", agents=agents, executors=executors, memory=[kit[0]], compressors=[kit[1]], counters=[kit[2]],
            log=logs,
        )  # fmt: skip
        plugins = [plugin]
        given |= {"memory": kit[0].name, "compressor": kit[1].name, "counter": kit[2].name, "log": log}
    async with Kernel.open(settings={"kernel": given}, plugins=plugins, ports=ports) as kernel:
        await kernel.work()
        settle()
        yield kernel


class Outcomes:
    """Hears how tasks end: one listener for all who wait, since a hundred that ask would be what is measured."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._early: dict[str, str] = {}
        kernel.listen(self._hear)

    async def run(self, request: Submit) -> None:
        """Submit a task and wait until its success has been recorded."""
        task = (await self._kernel.perform(SUBMIT, request)).id
        ended = self._early.pop(task, None)
        if ended is None:
            future = self._waiting[task] = asyncio.get_running_loop().create_future()
            ended = await future
        if ended != "task.succeeded":
            raise RuntimeError(f"task {task} has not done what is measured: {ended}")

    def _hear(self, task: str, what: Any) -> None:
        if isinstance(what, Exception):
            for each in self._waiting.values():
                each.set_exception(what)
            self._waiting.clear()
        if not isinstance(what, Recorded):
            return
        for event in what.events:
            if event.kind in ENDS:
                if (future := self._waiting.pop(task, None)) is None:
                    self._early[task] = event.kind
                else:
                    future.set_result(event.kind)


async def together(submitters: int, one: Callable[[], Coroutine[Any, Any, None]], seconds: float) -> tuple[int, float]:
    """How many tasks so many submitters got done, each waiting for its outcome before the next, and in what time."""
    done, began = 0, perf_counter()

    async def submitter() -> None:
        nonlocal done
        while perf_counter() - began < seconds:
            await one()
            done += 1

    await asyncio.gather(*(submitter() for _ in range(submitters)))
    return done, perf_counter() - began

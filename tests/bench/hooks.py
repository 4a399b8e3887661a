"""What the kernel itself costs: asking a door, finding a name, and walking a task whose agent does nothing.

Baselines in the same run: a plain function call, and the same question asked through pluggy's own multicall.
"""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pluggy
from kingpost import Ports, hookimpl
from kingpost._host.plugins import Plugins
from kingpost._host.settings import Settings
from kingpost.operations.tasks import SUBMIT, WAIT, Submit, Wait
from kingpost.testing import ScriptedAgent, in_process_plugin
from kingpost.testing.kernel import open_kernel

from tests.bench._measure import close, interleaved, tell

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
TASKS = 300


def _us(function: Callable[[], object], times: int) -> float:
    """CPU microseconds of one call."""
    gc.collect()
    before = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - before) / times * 1e6


def _doors(home: Path) -> dict[str, float]:
    agent = ScriptedAgent()
    ports = Ports(home=home)
    settings = Settings({}, "bench")
    plugins = Plugins([in_process_plugin("bench", agents=[agent])], settings, ports)
    plugins.get("agents", "scripted")

    class Spec:
        @pluggy.HookspecMarker("kingpost")
        def provide_agents(self, settings: object, ports: Ports) -> object: ...

    class Plugin:
        @hookimpl
        def provide_agents(self, settings: object, ports: Ports) -> list[ScriptedAgent]:
            return [agent]

    manager = pluggy.PluginManager("kingpost")
    manager.add_hookspecs(Spec)
    manager.register(Plugin())

    def first() -> object:
        return Plugins([in_process_plugin("bench", agents=[agent])], settings, ports).get("agents", "scripted")

    return interleaved(
        ROUNDS,
        plain_call_us=lambda: _us(lambda: [agent], 20_000),
        pluggy_call_us=lambda: _us(lambda: manager.hook.provide_agents(settings=None, ports=ports), 5_000),
        name_us=lambda: _us(lambda: plugins.get("agents", "scripted"), 5_000),
        first_ask_us=lambda: _us(first, 50),
    )


async def _steps() -> dict[str, float]:
    """CPU microseconds of a whole no-op task: intake, claim, walk, outcome, all on the memory log."""
    found: dict[str, float] = {}
    async with open_kernel() as opened:
        kernel = opened.kernel
        await kernel.work()

        async def one(number: int) -> None:
            asked = await kernel.perform(SUBMIT, Submit(description=f"task {number}"))
            await kernel.perform(WAIT, Wait(id=asked.id))

        found["task_us_alone"] = await _tasks(lambda: _in_turn(one))
        found["task_us_100"] = await _tasks(lambda: _together(one))
    return found


async def _tasks(run: Callable[[], Awaitable[None]]) -> float:
    await run()
    before = time.process_time()
    await run()
    return (time.process_time() - before) / TASKS * 1e6


async def _in_turn(one: Callable[[int], Awaitable[None]]) -> None:
    for number in range(TASKS):
        await one(number)


async def _together(one: Callable[[int], Awaitable[None]]) -> None:
    for first in range(0, TASKS, 100):
        await asyncio.gather(*(one(number) for number in range(first, first + 100)))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        figures = _doors(Path(folder))
    for name, value in figures.items():
        tell(f"{name}: {value:.2f}")
    figures |= asyncio.run(_steps())
    ratios = {"name_over_pluggy_call": figures["name_us"] / figures["pluggy_call_us"]}
    close("hooks", figures, ratios)


main()

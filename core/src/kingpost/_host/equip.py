"""A task's crew as live objects.

Called by ``work`` for each attempt. The crew was frozen when the task was queued: after an upgrade the same major
version of a plugin goes on with it, another one leaves the task waiting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from packaging.version import InvalidVersion, Version

from .._walk.gear import Bounds, Gear
from ..errors import ConfigurationError
from ..ports import Ports
from ..protocols import Agent, Log, Reader, TokenCounter
from ..records.speech import Progress, Speech
from ..records.task import Crew, Part, Task
from .intake import default_budget, reader_suffixes, tools_for
from .plugins import Plugins
from .settings import KernelSettings

KINDS = {"agent": "agents", "memory": "memory", "compressor": "compressors", "counter": "counters"}


async def equip(
    task: Task,
    log: Log,
    plugins: Plugins,
    settings: KernelSettings,
    ports: Ports,
    say: Callable[[Speech | Progress], None],
) -> Gear:
    """The gear for one attempt.

    Raises:
        ConfigurationError: a plugin of the crew is missing, broken, or of another major version.
    """
    for kind, part in parts(task.crew):
        if (why := unfit(part, plugins.part(kind, part.name))) is not None:
            raise ConfigurationError(why)
    crew = task.crew
    agent: Agent = await plugins.use("agents", crew.agent.name)
    description = await agent.describe(task.model)
    counter: TokenCounter = await plugins.use("counters", crew.counter.name if crew.counter else settings.counter)
    bounds = Bounds(
        budget=task.budget or default_budget(counter, settings),
        recall=settings.recall,
        recall_seconds=settings.recall_seconds,
        turns=settings.turns,
        input_bytes=settings.input_bytes,
    )
    tools = await tools_for(task, description, plugins)
    return Gear(
        log=log,
        ports=ports,
        agent=agent,
        description=description,
        counter=counter,
        compressor=await plugins.use("compressors", crew.compressor.name if crew.compressor else settings.compressor),
        bounds=bounds,
        memory=await plugins.use("memory", crew.memory.name) if crew.memory else None,
        tools=tools,
        reader=finder(plugins),
        say=say,
        workspace=_workspace(task, ports.home, needed=bool(tools)),
    )


def parts(crew: Crew) -> list[tuple[str, Part]]:
    """Every part of a crew with its kind."""
    single = [(kind, getattr(crew, field)) for field, kind in KINDS.items()]
    return [(kind, part) for kind, part in single if part is not None] + [("executors", p) for p in crew.executors]


def unfit(chosen: Part, now: Part) -> str | None:
    """Why the plugin that is installed now cannot take the chosen one's place; ``None`` when it can."""
    if chosen.plugin != now.plugin:
        return f"the task was begun with plugin {chosen.plugin!r} for {chosen.name!r}, which is {now.plugin!r} now"
    if _major(chosen.version) != _major(now.version):
        return (
            f"the task was begun with {chosen.plugin} {chosen.version}, installed is {now.version}; install the former"
        )
    return None


def _major(version: str) -> int | str:
    try:
        return Version(version).major
    except InvalidVersion:
        return version


def finder(plugins: Plugins) -> Callable[[str], Awaitable[Reader | None]]:
    """How the walk finds a reader for a suffix."""

    async def find(suffix: str) -> Reader | None:
        name = (await reader_suffixes(plugins)).get(suffix)
        reader: Reader | None = await plugins.use("readers", name) if name is not None else None
        return reader

    return find


def _workspace(task: Task, home: Path, *, needed: bool) -> Path:
    """The folder that the task named, or a fresh one of its own."""
    if task.grant.workspace is not None:
        return Path(task.grant.workspace)
    folder = home / "work" / task.id.replace("/", "_")
    if needed:
        folder.mkdir(parents=True, exist_ok=True)
    return folder

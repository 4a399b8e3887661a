"""A task's crew as live objects.

Called by ``work`` for each attempt. The crew was frozen when the task was queued: after an upgrade the same major
version of a plugin goes on with it, another one leaves the task waiting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from .._walk.gear import Bounds, Gear
from ..errors import ConfigurationError, KingpostError
from ..ports import Ports
from ..protocols import Agent, Log, Reader, TokenCounter
from ..records.speech import Progress, Speech
from ..records.task import Crew, Part, Task
from .intake import default_budget, reader_suffixes, tools_for
from .plugins import Plugins
from .settings import KernelSettings

KINDS = {"agent": "agents", "memory": "memory", "compressor": "compressors", "counter": "counters"}


@dataclass(frozen=True, slots=True)
class Outfitter:
    """Makes a crew live. ``tell`` hears what its agents say, by task."""

    log: Log
    plugins: Plugins
    settings: KernelSettings
    ports: Ports
    tell: Callable[[str, Speech | Progress], None]

    def changed(self, crew: Crew) -> Mapping[Part, Part]:
        """Which parts of a crew are installed in another version now, old to new.

        Raises:
            ConfigurationError: a plugin is missing, another one, or of another major version.
        """
        changes = {}
        for kind, chosen in _parts(crew):
            try:
                now = self.plugins.part(kind, chosen.name)
            except KingpostError as problem:
                raise ConfigurationError(f"the task was begun with plugin {chosen.plugin!r}: {problem}") from problem
            if chosen.plugin != now.plugin:
                raise ConfigurationError(
                    f"the task was begun with plugin {chosen.plugin!r} for {chosen.name!r}, which {now.plugin!r} "
                    "offers now; choose the former under [plugins]"
                )
            if _major(chosen.version) != _major(now.version):
                raise ConfigurationError(
                    f"the task was begun with {chosen.plugin} {chosen.version}, installed is {now.version}; "
                    "install the former to finish it, or cancel it"
                )
            if chosen.version != now.version:
                changes[chosen] = now
        return changes

    async def gear(self, task: Task) -> Gear:
        """The gear for one attempt.

        Raises:
            KingpostError: a plugin does not start, or a model does not answer.
        """
        plugins, settings, crew = self.plugins, self.settings, task.crew
        agent: Agent = await plugins.use("agents", crew.agent.name)
        description = await agent.describe(task.model)
        counter: TokenCounter = await plugins.use("counters", crew.counter.name if crew.counter else settings.counter)
        compressor = crew.compressor.name if crew.compressor else settings.compressor
        tools = await tools_for(task, description, plugins)
        return Gear(
            log=self.log,
            ports=self.ports,
            agent=agent,
            description=description,
            counter=counter,
            compressor=await plugins.use("compressors", compressor),
            bounds=_bounds(task, counter, settings),
            memory=await plugins.use("memory", crew.memory.name) if crew.memory else None,
            tools=tools,
            reader=finder(plugins),
            say=lambda said: self.tell(task.id, said),
            workspace=_workspace(task, self.ports.home, needed=bool(tools)),
        )


def _bounds(task: Task, counter: TokenCounter, settings: KernelSettings) -> Bounds:
    return Bounds(
        budget=task.budget or default_budget(counter, settings),
        recall=settings.recall,
        recall_seconds=settings.recall_seconds,
        turns=settings.turns,
        input_bytes=settings.input_bytes,
    )


def _parts(crew: Crew) -> list[tuple[str, Part]]:
    single = [(kind, getattr(crew, field)) for field, kind in KINDS.items()]
    return [(kind, part) for kind, part in single if part is not None] + [("executors", p) for p in crew.executors]


def replaced(crew: Crew, changes: Mapping[Part, Part]) -> Crew:
    """The crew with some of its parts in another version."""
    single = {field: changes.get(part, part) for field in KINDS if (part := getattr(crew, field)) is not None}
    return replace(crew, **single, executors=tuple(changes.get(part, part) for part in crew.executors))


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

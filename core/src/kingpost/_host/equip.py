"""A task's crew as live objects.

Called by ``work`` for each attempt. The crew was frozen when the task was queued: after an upgrade the same major
version of a plugin goes on with it, another one leaves the task waiting.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from .._walk.breaker import Breakers, Key
from .._walk.gear import Bounds, Gear
from .._walk.inputs import Root
from .._walk.kit import DELEGATE, Kit
from .._walk.patience import Patience
from .._walk.policy import Rule, parsed
from .._walk.remote import WORKERS, RemoteAgent, RemoteTools, decide_tool
from ..errors import ConfigurationError, InvalidRequest, KingpostError, SettingsInvalid, TransientError, Unavailable
from ..protocols import Agent, Executor, Log, MemoryBackend, Reader
from ..records.action import Tool
from ..records.context import Description
from ..records.record import replace
from ..records.speech import Progress, Speech
from ..records.task import Crew, Part, Task
from .absent import AbsentMemory
from .delegate import Children
from .draft import Drafter, default_budget, tools_for
from .offered import tools_of
from .plugins import Plugins
from .settings import KernelSettings

_MOST_CREWS = 256
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._~-]{0,119}")
_STRANGE = re.compile(r"[^A-Za-z0-9@._~-]")
KINDS = {"agent": "agents", "memory": "memory", "compressor": "compressors", "counter": "counters"}


@dataclass(frozen=True, slots=True)
class Outfitter:
    """Makes a crew live. ``tell`` hears what its agents say, by task. One of them serves a kernel."""

    log: Log
    drafter: Drafter
    tell: Callable[[str, Speech | Progress | KingpostError], None]
    breakers: Breakers
    policy: tuple[Rule, ...] = field(init=False)
    bounds: Bounds = field(init=False)
    patience: Patience = field(init=False)
    reader: Callable[[str], Awaitable[Reader | None]] = field(init=False)
    _seen: dict[str, Sequence[Tool]] = field(default_factory=dict, init=False)
    same: set[Crew] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        """What is the same for every task is made once.

        Raises:
            SettingsInvalid: a rule of the policy is none.
        """
        object.__setattr__(self, "bounds", _bounds(self.drafter.settings))
        object.__setattr__(self, "patience", Patience(self.drafter.settings.silence_seconds))
        object.__setattr__(self, "reader", finder(self.plugins))
        try:
            object.__setattr__(self, "policy", parsed(self.drafter.settings.policy))
        except InvalidRequest as problem:
            raise SettingsInvalid("[kernel] policy", str(problem), "mend the rule") from problem

    @property
    def plugins(self) -> Plugins:
        """Where the parts come from."""
        return self.drafter.plugins

    def changed(self, crew: Crew) -> Mapping[Part, Part]:
        """Which parts of a crew are installed in another version now, old to new.

        Raises:
            ConfigurationError: a plugin is missing, another one, or of another major version.
        """
        if crew in self.same:
            return {}
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
        if not changes and len(self.same) < _MOST_CREWS:
            self.same.add(crew)
        return changes

    async def gear(self, task: Task) -> Gear:
        """The gear for one attempt.

        Raises:
            KingpostError: a plugin does not start, or a model does not answer.
        """
        plugins, settings, ports, crew = self.plugins, self.drafter.settings, self.drafter.ports, task.crew
        description = await self.drafter.described(crew.agent, task.model, task.tenant)
        name = crew.counter.name if crew.counter else settings.counter
        counter = await self.drafter.counter(name, description.model)
        tools = await self.tools(task, description)
        return Gear(
            log=self.log,
            ports=ports,
            agent=await self._agent(task, description),
            description=description,
            counter=counter,
            compressor=await plugins.use("compressors", crew.compressor.name if crew.compressor else ""),
            bounds=replace(self.bounds, budget=task.budget or default_budget(counter, settings)),
            memory=await self._memory(task),
            tools=tools,
            reader=self.reader,
            say=lambda said: self.tell(task.id, said),
            workspace=_workspace(task, ports.home, needed=bool(tools)),
            breakers=self.breakers,
            patience=self.patience,
            policy=self.policy,
            learn=None if description.model is None else await self.drafter.learner(name, description.model),
            delegates=Children(self.drafter, self.log, tuple(tools)) if DELEGATE in tools else None,
            anew=lambda: self.tools(task, description),
        )

    async def tools(self, task: Task, description: Description) -> Mapping[str, tuple[Tool, Executor]]:
        """What a task's agent may use, the kernel's own tools among it."""
        if not description.tools and task.crew.agent.plugin != WORKERS:
            return {}
        settings = self.drafter.settings
        kit = Kit(
            task=task,
            log=self.log,
            ports=self.drafter.ports,
            memory=await self._memory(task),
            breakers=self.breakers,
            scopes=(*task.grant.scopes, *(Root.of(path).scope for path in task.inputs)),
            keeps=task.grant.scopes[0] if task.grant.scopes else None,
            ask_seconds=settings.ask_seconds,
            recall_seconds=settings.recall_seconds,
        )
        remote = RemoteTools(self.drafter.ports, settings.ask_seconds)
        tools: dict[str, tuple[Tool, Executor]] = {}
        if description.tools:
            agents = await self.drafter.named(task.tenant)
            tools |= await tools_for(task, description, agents, kit, lambda name: self._lent(name, task, remote))
        if task.crew.agent.plugin == WORKERS:
            tools[decide_tool(task.crew.agent.name)] = (_asks(task.crew.agent.name), remote)
        return tools

    async def _agent(self, task: Task, description: Description) -> Agent:
        """Who decides: a plugin's agent, or a worker's."""
        name = task.crew.agent.name
        if task.crew.agent.plugin == WORKERS:
            return RemoteAgent(name, self.log, task.tenant, description.tools)
        return await self.drafter.agents.get(name)

    async def _lent(self, executor: str, task: Task, remote: RemoteTools) -> Mapping[str, tuple[Tool, Executor]]:
        if executor != WORKERS:
            return await self._offered(executor)
        # To ask a worker is only to write the question down, which a crash may repeat.
        offered = (await self.drafter.guests(task.tenant)).tools()
        return {name: (replace(tool, repeatable=True), remote) for name, tool in offered.items()}

    async def _offered(self, executor: str) -> Mapping[str, tuple[Tool, Executor]]:
        """None while it cannot say what its tools are: that must not keep up those who do not need them."""
        key: Key = ("executor", f"{executor}, tools()")
        try:
            self.breakers.check(key)
        except Unavailable:
            return {}
        try:
            tools = self._seen[executor] = await tools_of(self.plugins, executor, self._seen.get(executor, ()))
        except KingpostError as problem:
            self.breakers.failed(key, problem)
            self.tell("", problem)
            return {}
        self.breakers.succeeded(key)
        live: Executor = await self.plugins.use("executors", executor)
        return {tool.name: (tool, live) for tool in tools}

    async def _memory(self, task: Task) -> MemoryBackend | None:
        """What stands in for one that does not start says so when it is asked, and each attempt tries it again."""
        part = task.crew.memory
        if part is None:
            return None
        try:
            memory: MemoryBackend = await self.plugins.use("memory", part.name)
        except TransientError as problem:
            return AbsentMemory(part.name, str(problem))
        return memory


def _asks(agent: str) -> Tool:
    says = f"Ask a worker what agent {agent!r} decides."
    return Tool(name=decide_tool(agent), description=says, parameters={"type": "object"}, repeatable=True)


def _bounds(settings: KernelSettings) -> Bounds:
    """What the settings bound; each task has a budget of its own."""
    return Bounds(
        budget=0,
        recall=settings.recall,
        recall_seconds=settings.recall_seconds,
        turns=settings.turns,
        input_bytes=settings.input_bytes,
        calls=settings.calls,
        calls_together=settings.calls_together,
        tool_seconds=settings.tool_seconds,
        ask_seconds=settings.ask_seconds,
        answer_bytes=settings.answer_bytes,
        outcome_tokens=settings.outcome_tokens,
        thread=settings.thread,
        artefact_bytes=settings.artefact_bytes,
    )


def _parts(crew: Crew) -> list[tuple[str, Part]]:
    single = [(kind, getattr(crew, field)) for field, kind in KINDS.items()]
    parts = [(kind, part) for kind, part in single if part is not None and part.plugin != WORKERS]
    return parts + [("executors", part) for part in crew.executors]


def replaced(crew: Crew, changes: Mapping[Part, Part]) -> Crew:
    """The crew with some of its parts in another version."""
    single = {field: changes.get(part, part) for field in KINDS if (part := getattr(crew, field)) is not None}
    return replace(crew, **single, executors=tuple(changes.get(part, part) for part in crew.executors))


def _major(version: str) -> int | str:
    from packaging.version import InvalidVersion, Version  # needed once a plugin has changed

    try:
        return Version(version).major
    except InvalidVersion:
        return version


async def reader_suffixes(plugins: Plugins) -> Mapping[str, str]:
    """Which suffix which reader takes."""
    names = plugins.names("readers")
    return {suffix: name for name in names for suffix in (await plugins.use("readers", name)).suffixes}


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
    if not needed:
        return home
    folder = work_folder(home, task.id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def work_folder(home: Path, task: str) -> Path:
    """The folder that a task has for itself: two ids that only look alike, or one too long for a name, share none."""
    if _PLAIN.fullmatch(task):
        return home / "work" / task
    return home / "work" / f"{_STRANGE.sub('_', task)[:100]}-{sha256(task.encode()).hexdigest()[:24]}"

"""Operations on the installation: agents, tools, plugins, the log."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Corrupted, DoorEmpty, Unavailable
from ..records.action import Tool
from ..records.event import Head, LogInfo, Report
from .table import Operation


@dataclass(frozen=True, slots=True)
class Nothing:
    """No question is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentView:
    """An agent that can be named in a task. ``problem`` says why it cannot be used, if it cannot."""

    name: str
    plugin: str
    default: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AgentList:
    """Every agent that a plugin's manifest offers, by name."""

    agents: tuple[AgentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolView:
    """A tool and who executes it."""

    tool: Tool
    executor: str


@dataclass(frozen=True, slots=True)
class ToolList:
    """Every tool of every executor, by name."""

    tools: tuple[ToolView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginView:
    """An installed plugin: what it offers at each door, and what is wrong with it, if anything."""

    id: str
    version: str
    provides: dict[str, tuple[str, ...]]
    enabled: bool = True
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PluginList:
    """Every plugin found, by id."""

    plugins: tuple[PluginView, ...]


@dataclass(frozen=True, slots=True)
class Backup:
    """Where the copy goes: a folder that does not exist yet or is empty."""

    target: str


@dataclass(frozen=True, slots=True)
class Restore:
    """A folder that ``backup`` wrote."""

    source: str


@dataclass(frozen=True, slots=True)
class Copied:
    """The head of the log that the copy holds, and the memories in it."""

    head: Head
    memories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding of ``doctor``: whether it is well, what was seen, and the mend where it is not."""

    name: str
    well: bool
    seen: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Everything that ``doctor`` looked at."""

    version: str
    home: str
    log: LogInfo
    checks: tuple[Check, ...]


AGENTS = Operation(
    id="agents.list",
    summary="Agents that can be named.",
    request=Nothing,
    response=AgentList,
    scope="system:read",
)
TOOLS = Operation(
    id="tools.list", summary="Tools that agents can be granted.", request=Nothing, response=ToolList,
    scope="system:read",
)  # fmt: skip
PLUGINS = Operation(
    id="plugins.list", summary="Installed plugins.", request=Nothing, response=PluginList, scope="system:read"
)
VERIFY = Operation(
    id="log.verify", summary="Read the whole log and name what is wrong.", request=Nothing, response=Report,
    scope="log:read",
)  # fmt: skip
BACKUP = Operation(
    id="log.backup", summary="Copy memories and log while work goes on.", request=Backup, response=Copied,
    scope="log:write", errors=(Unavailable,),
)  # fmt: skip
RESTORE = Operation(
    id="log.restore", summary="Take the state of a backup.", request=Restore, response=Copied, scope="log:write",
    errors=(Corrupted,),
)  # fmt: skip
DOCTOR = Operation(
    id="system.health", summary="Look at everything and say what to mend.", request=Nothing, response=Health,
    scope="system:read", errors=(DoorEmpty,),
)  # fmt: skip

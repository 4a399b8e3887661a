"""Operations on the installation: agents, tools, plugins, the log."""

from __future__ import annotations

from ..errors import Corrupted, DoorEmpty, NotFound, Unavailable, UnknownName
from ..records.action import Tool
from ..records.event import Head, LogInfo, Report, Segment
from ..records.head import SignedHead
from ..records.record import Record
from .bounds import Name, Seconds
from .table import Operation


class Nothing(Record):
    """No question is needed."""


class AgentView(Record, kw_only=True):
    """An agent that can be named in a task. ``problem`` says why it cannot be used, if it cannot.

    ``kind`` is ``plugin``, ``worker`` where a process of the tenant's own serves it, or ``persona`` where it is data.
    """

    name: str
    plugin: str
    kind: str = "plugin"
    default: bool = False
    problem: str | None = None


class AgentList(Record):
    """Every agent that a task of the tenant can name, by name."""

    agents: tuple[AgentView, ...]


class ToolView(Record, kw_only=True):
    """A tool and who executes it."""

    tool: Tool
    executor: str


class ToolList(Record):
    """Every tool of every executor, by name."""

    tools: tuple[ToolView, ...]


class PluginView(Record, kw_only=True):
    """An installed plugin: what it offers at each door, and what is wrong with it, if anything."""

    id: str
    version: str
    provides: dict[str, tuple[str, ...]]
    enabled: bool = True
    problem: str | None = None


class PluginList(Record):
    """Every plugin found, by id."""

    plugins: tuple[PluginView, ...]


class Backup(Record):
    """Where the copy goes: a folder that does not exist yet, is empty, or holds a backup that was broken off."""

    target: Name


class Restore(Record):
    """A folder that ``backup`` wrote."""

    source: str


class Copied(Record):
    """The head of the log that the copy holds, and the memories in it."""

    head: Head
    memories: int


class Check(Record, kw_only=True):
    """One finding of ``doctor``: whether it is well, what was seen, and the mend where it is not."""

    name: str
    well: bool
    seen: str
    mend: str = ""


class Health(Record, kw_only=True):
    """Everything that ``doctor`` looked at."""

    version: str
    home: str
    log: LogInfo
    checks: tuple[Check, ...]


class Verify(Record, kw_only=True):
    """``heads`` is a file with heads of this log that was kept elsewhere: what ``heads.export`` or a sink wrote."""

    heads: str | None = None


class Rebuild(Record, kw_only=True):
    """``since`` (seconds since the epoch) begins at the newest snapshot before it."""

    since: Seconds | None = None


class Erase(Record, kw_only=True):
    """Names the task whose content goes; ``everything`` of the tenant instead, memories too. It cannot be undone."""

    task: Name | None = None
    everything: bool = False


class Erasure(Record, kw_only=True):
    """What is gone."""

    tasks: int
    payloads: int
    blobs: int
    memories: int


class Seal(Record, kw_only=True):
    """Moves what is older than ``before`` (seconds since the epoch) into a new file at ``target``."""

    before: Seconds
    target: Name


class Sealing(Record, kw_only=True):
    """The segment that was written, or ``None`` when nothing could be moved."""

    segment: Segment | None = None


class AgentName(Record):
    """Names an agent."""

    name: str


class Statistics(Record, kw_only=True):
    """What an agent's tasks came to. ``samples`` is how many ended tasks the figures are made of.

    ``succeeded``, ``failed`` and ``cancelled`` add up to it; means are ``None`` where there is no sample. ``seconds``
    is from the submit to the end.
    """

    agent: str
    samples: int
    succeeded: int
    failed: int
    cancelled: int
    unfinished: int
    turns: float | None = None
    tokens: float | None = None
    seconds: float | None = None


AGENTS = Operation(
    id="agents.list",
    summary="Agents that can be named.",
    request=Nothing,
    response=AgentList,
    scope="system:read",
    route="GET /agents",
)
TOOLS = Operation(
    id="tools.list", summary="Tools that agents can be granted.", request=Nothing, response=ToolList,
    scope="system:read",
    route="GET /tools",
)  # fmt: skip
PLUGINS = Operation(
    id="plugins.list",
    summary="Installed plugins.",
    request=Nothing,
    response=PluginList,
    scope="system:read",
    route="GET /plugins",
)
VERIFY = Operation(
    id="log.verify", summary="Read the whole log and name what is wrong.", request=Verify, response=Report,
    scope="log:read", errors=(Corrupted,),
)  # fmt: skip
REBUILD = Operation(
    id="log.rebuild", summary="Fold the log into fresh tables.", request=Rebuild, response=Report, scope="log:write",
    errors=(Unavailable,),
)  # fmt: skip
HEAD = Operation(
    id="heads.export", summary="The head of the log, signed, to be kept elsewhere.", request=Nothing,
    response=SignedHead, scope="log:read",
    route="GET /log/head",
)  # fmt: skip
ERASE = Operation(
    id="log.erase", summary="Erase the content of a task, or of everything that the tenant has.", request=Erase,
    response=Erasure, scope="log:erase", errors=(NotFound, Unavailable),
    route="POST /log/erase",
)  # fmt: skip
SEAL = Operation(
    id="log.seal", summary="Move old frames into a segment file.", request=Seal, response=Sealing, scope="log:write",
    errors=(Unavailable,),
    route="POST /log/seal", files=("target",),
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
    route="GET /doctor",
)  # fmt: skip
AGENT = Operation(
    id="agents.get", summary="One agent.", request=AgentName, response=AgentView, scope="system:read",
    errors=(UnknownName,), route="GET /agents/{name}",
)  # fmt: skip
STATISTICS = Operation(
    id="agents.statistics", summary="What an agent's tasks came to, with the number of samples.", request=AgentName,
    response=Statistics, scope="tasks:read", errors=(UnknownName,), route="GET /agents/{name}/statistics",
)  # fmt: skip

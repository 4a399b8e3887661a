"""What the walk of one task is equipped with: its crew as live objects, and its bounds.

Made by the host for each attempt; the verbs beside this file take what they need from it and know nobody else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ..ports import Ports
from ..protocols import Agent, Compressor, Executor, Log, MemoryBackend, Reader, TokenCounter
from ..records.action import Tool
from ..records.context import Description
from ..records.record import Record
from ..records.speech import Progress, Speech
from ..records.task import Task
from ..state import Bound
from .breaker import Breakers
from .patience import Patience
from .policy import Rule


class Bounds(Record, kw_only=True):
    """Limits of one walk, out of the settings. ``budget`` is the context budget in tokens.

    ``tool_seconds`` is how long a tool may take, ``ask_seconds`` how long somebody has to answer. ``outcome_tokens`` is
    the most that a child's answer takes, ``artefact_bytes`` the most that the files handed in by a task take together.
    """

    budget: int
    recall: int | None
    recall_seconds: float
    turns: int
    input_bytes: int
    calls: int = 1024
    tool_seconds: float = 60.0
    calls_together: int = 32
    ask_seconds: float | None = None
    answer_bytes: int = 1_000_000
    outcome_tokens: int = 1000
    thread: int = 8
    artefact_bytes: int = 50_000_000


class Delegates(Protocol):
    """How a walk begins another task. The host has it; a child is made of names that only the host can resolve."""

    async def child(self, parent: Task, id: str, arguments: Mapping[str, Any], cut: Bound) -> Task:
        """The task that a call of ``delegate`` asks for. Writes nothing.

        Raises:
            InputError: it cannot be, with the mend.
        """
        ...

    async def begin(self, child: Task) -> None:
        """Queue it, unless that was done before."""
        ...

    async def begun(self, ids: list[str]) -> set[str]:
        """Which of these tasks exist."""
        ...


class Gear(Record, kw_only=True):
    """The crew of one task. ``tools`` maps a tool's name to itself and to who executes it.

    ``anew`` looks again which there are. ``delegates`` is ``None`` for a task that may not delegate. ``learn`` is told
    how many tokens a server made of a text, where nothing counts exactly.
    """

    log: Log
    ports: Ports
    agent: Agent
    description: Description
    counter: TokenCounter
    compressor: Compressor
    bounds: Bounds
    memory: MemoryBackend | None = None
    tools: Mapping[str, tuple[Tool, Executor]]
    reader: Callable[[str], Awaitable[Reader | None]]
    say: Callable[[Speech | Progress], None]
    workspace: Path
    breakers: Breakers
    patience: Patience
    policy: tuple[Rule, ...] = ()
    delegates: Delegates | None = None
    learn: Callable[[str, int], None] | None = None
    anew: Callable[[], Awaitable[Mapping[str, tuple[Tool, Executor]]]] | None = None

"""What the walk of one task is equipped with: its crew as live objects, and its bounds.

Made by the host for each attempt; the verbs beside this file take what they need from it and know nobody else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..ports import Ports
from ..protocols import Agent, Compressor, Executor, Log, MemoryBackend, Reader, TokenCounter
from ..records.action import Tool
from ..records.context import Description
from ..records.speech import Progress, Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Limits of one walk, out of the settings. ``budget`` is the context budget in tokens."""

    budget: int
    recall: int
    recall_seconds: float
    turns: int
    input_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """The crew of one task. ``tools`` maps a tool's name to itself and to who executes it."""

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

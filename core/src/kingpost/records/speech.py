"""What an agent says while it decides. Only a Checkpoint is durable."""

from __future__ import annotations

from dataclasses import dataclass

from .action import Usage


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolNote:
    """A tool that an agent with a loop of its own used, for the eyes of the user."""

    tool: str
    text: str


@dataclass(frozen=True, slots=True)
class UsageNote:
    """What the turn has cost so far, so that the kernel can stop it in its middle."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The agent's own mark (a session id, say); stored, and handed back with the next context."""

    mark: str


Speech = Text | Thought | ToolNote | UsageNote | Checkpoint


@dataclass(frozen=True, slots=True)
class Progress:
    """What the kernel itself is doing: a step, and how much of it is done where that is known."""

    step: str
    done: int = 0
    total: int | None = None
    detail: str = ""

"""What an agent says while it decides. Only a Checkpoint is durable."""

from __future__ import annotations

from .action import Usage
from .record import Record


class Text(Record):
    """A piece of the answer as it is written."""

    text: str


class Thought(Record):
    """A piece of the model's reasoning."""

    text: str


class ToolNote(Record):
    """A tool that an agent with a loop of its own used, for the eyes of the user."""

    tool: str
    text: str


class UsageNote(Record):
    """What the turn has cost so far, so that the kernel can stop it in its middle."""

    usage: Usage


class Checkpoint(Record):
    """The agent's own mark (a session id, say); stored, and handed back with the next context."""

    mark: str


Speech = Text | Thought | ToolNote | UsageNote | Checkpoint


class Progress(Record):
    """What the kernel itself is doing: a step, and how much of it is done where that is known."""

    step: str
    done: int = 0
    total: int | None = None
    detail: str = ""

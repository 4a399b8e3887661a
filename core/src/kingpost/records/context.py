"""What an agent decides on, and the account of every token in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from .action import Action, Call, Observation, Tool, Usage
from .record import Record, field


class Trust(StrEnum):
    """Whose words a passage holds; the label goes into the prompt with it."""

    TASK = "task"
    MEMORY = "memory"
    OUTSIDE = "outside"


class Passage(Record, kw_only=True):
    """One piece of the prompt.

    ``id`` is its number in this task, stable from turn to turn. ``source`` and ``place`` say where it stands
    (a path and ``10-24`` for lines, ``p. 3`` for pages). ``tokens`` counts ``text`` alone. ``reason`` says in a
    user's words why it is here. ``pinned`` passages are never dropped and never shortened. ``kind`` names the
    form of the text where the source tells it (``python``, ``json``, ``markdown`` ...), empty where it does not.
    """

    id: str
    text: str
    source: str
    place: str = ""
    tokens: int = 0
    reason: str = ""
    trust: Trust = Trust.OUTSIDE
    kind: str = ""
    score: float = 0.0
    pinned: bool = False


class Dropped(Record, kw_only=True):
    """A passage, or a part of one, that is not in the prompt, and why, in words that a user understands.

    ``tokens`` is what was saved. ``whole`` is false when a shorter form of the passage was kept.
    """

    id: str
    source: str
    place: str = ""
    tokens: int = 0
    reason: str = ""
    whole: bool = True


class Fitted(Record, kw_only=True):
    """What a compressor made of a list of passages: ``kept`` in the order they came, and the loss report.

    ``usage`` is what a costly one has paid for it, its money included; ``None`` where nobody was asked. Two that differ
    in it alone are equal.
    """

    kept: tuple[Passage, ...]
    dropped: tuple[Dropped, ...] = ()
    usage: Usage | None = None

    def __eq__(self, other: object) -> bool:
        """Equal in what is kept and dropped."""
        return isinstance(other, Fitted) and (self.kept, self.dropped) == (other.kept, other.dropped)

    def __hash__(self) -> int:
        """By what is kept and dropped."""
        return hash((self.kept, self.dropped))


class Pack(Record, kw_only=True):
    """The passages of one prompt with their account, all in tokens of ``counter``.

    ``used`` is the count of the rendered prompt: the sum over ``kept`` plus ``framing`` (headings, labels, and
    what tokens merge over the joins, so it can be negative). ``exact`` is false where ``counter`` is an upper bound, or
    was calibrated by what a server reported; then ``error`` is the part that it was off by, and it is counted in.
    """

    budget: int
    used: int
    framing: int
    counter: str
    exact: bool
    error: float | None = None
    kept: tuple[Passage, ...] = ()
    dropped: tuple[Dropped, ...] = ()


class Turn(Record):
    """One decision and what came back, never split from each other.

    ``messages`` came from the user behind this decision, and no decision has seen them before the next one.
    """

    number: int
    action: Action
    observations: tuple[Observation, ...] = ()
    messages: tuple[str, ...] = ()


class Context(Record, kw_only=True):
    """All that ``Agent.decide`` sees.

    ``prompt`` is the rendered pack: exactly the text whose tokens the ledger accounts for. ``room`` is the longest
    answer in tokens. ``now`` is in seconds since the epoch. ``checkpoint`` is the agent's own last one.
    """

    task: str
    description: str
    prompt: str
    pack: Pack
    instructions: str = ""
    turns: tuple[Turn, ...] = ()
    pending: tuple[Call, ...] = ()
    tools: tuple[Tool, ...] = ()
    model: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    response_schema: Mapping[str, Any] | None = None
    room: int = 1024
    now: float = 0.0
    checkpoint: str | None = None


class Description(Record, kw_only=True):
    """What an agent says of itself for one model.

    ``window`` is the model's context window in tokens, ``None`` when nothing bounds it; ``room`` the longest
    answer it will give; ``counter`` the name of the token counter that is right for the model, ``None`` for the
    one of the settings; ``model`` what will really run, ``None`` when no model does. ``prices`` are micro-units
    per million tokens (input, output): 0 is free, ``None`` unknown.
    """

    model: str | None = None
    window: int | None = None
    room: int = 0
    counter: str | None = None
    prices: tuple[int, int] | None = None
    prices_source: str | None = None
    tools: bool = False
    owns_loop: bool = False

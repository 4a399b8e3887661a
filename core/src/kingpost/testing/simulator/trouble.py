"""What may go wrong in a simulated world, and what of it does in one history.

``Faults`` is handed in by whoever simulates; ``history`` draws ``Trouble`` from it, and the stage's dice say when.
"""

from __future__ import annotations

from dataclasses import fields
from random import Random

from msgspec import Struct

from ...records.record import Record


class Faults(Record, kw_only=True):
    """How often each kind of trouble is part of a history at all, from 0 to 1.

    Few kinds at a time find more than all of them always. ``crash`` is kill -9 of a process, at a crash point or
    between any two steps; ``freeze`` a process that stands still and is taken for dead; ``cut`` one that cannot reach
    the log for a while; ``stale`` reads that are behind other processes' writes; ``full`` a disk that is full for a
    while; ``clock`` clocks that are wrong and are set back; ``memory`` a memory that is down or slow; ``model`` agents
    that do not answer, hang, or answer with rubbish; ``tool`` tools that raise or hang; ``cancel`` and ``message``
    what comes from outside; ``double`` what is asked twice: answers to pending calls, and letters that are replayed.
    """

    crash: float = 0.6
    freeze: float = 0.15
    stale: float = 0.4
    cut: float = 0.1
    full: float = 0.15
    clock: float = 0.25
    memory: float = 0.2
    model: float = 0.35
    tool: float = 0.3
    cancel: float = 0.25
    message: float = 0.3
    double: float = 0.3

    @classmethod
    def none(cls) -> Faults:
        """A world in which everything works."""
        return cls(**{one.name: 0.0 for one in fields(cls)})

    def draw(self, dice: Random) -> Trouble:
        """The kinds of trouble of one history."""
        return Trouble(frozenset(one.name for one in fields(self) if dice.random() < getattr(self, one.name)))


class Trouble(Struct):
    """The kinds of trouble of one history; none any more once it is healed."""

    kinds: frozenset[str]

    def __contains__(self, kind: str) -> bool:
        """Whether there is trouble of this kind now."""
        return kind in self.kinds

    def heal(self) -> None:
        """From now on everything works."""
        self.kinds = frozenset()

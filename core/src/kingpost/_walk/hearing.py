"""What an agent says while it decides: a sign of life, and what matters afterwards.

Made by ``turn`` for each decision and closed with it. Speech that is none is kept from the listeners, and so is all
that is said by an agent that was told to stop: talking on does not keep it alive.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct

from ..records.action import Usage
from ..records.speech import Checkpoint, UsageNote
from ..state import Amount, Bound
from . import sound
from .gear import Gear
from .spend import charge
from .told import told


class Heard(Struct):
    """What an agent said in one decision that matters afterwards: its last checkpoint, and what the turn has cost."""

    mark: str | None = None
    usage: Usage | None = None
    over: bool = False


class Ear:
    """``Say`` of one decision: never blocks, never raises. ``flaw`` is the first thing said that was no speech.

    ``timeout`` ends the decision when the patience with it is over. ``left`` is what the turn may cost.
    """

    def __init__(self, gear: Gear, heard: Heard, left: Bound) -> None:
        self._gear, self._heard, self._left = gear, heard, left
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._wait = gear.patience.begin(self._loop.time())
        self.timeout = self._wait.timeout
        self._closed = False
        self.flaw: str | None = None

    def __call__(self, came: object) -> None:
        now = self._loop.time()
        over = self._closed or self._gear.patience.is_over(self._wait, now)
        if over or (self._task is not None and self._task.cancelling()):
            return
        self._wait.sign = now
        try:
            speech = sound.speech(came, self._gear.bounds)
            if isinstance(speech, Checkpoint):
                self._heard.mark = speech.mark
            elif isinstance(speech, UsageNote):
                self._count(speech.usage, now)
        except Exception as problem:  # noqa: BLE001 - whatever was wrong with it, the agent hears of it when it is done
            self.flaw = self.flaw or told(problem)
            return
        self._gear.say(speech)

    def close(self) -> None:
        """The decision is over, or is to end."""
        self._closed = True
        self._gear.patience.end(self._wait)

    def _count(self, usage: Usage, now: float) -> None:
        self._heard.usage = usage
        if _beyond(charge(usage, self._gear.description, (0, 0), 0), self._left):
            self._heard.over = True
            self.close()
            self.timeout.reschedule(now)


def _beyond(cost: Amount, left: Bound) -> bool:
    return any(bound is not None and one > bound for one, bound in zip(cost, left, strict=True))

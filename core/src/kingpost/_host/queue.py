"""Which task next. Pure: a choice out of folded states, the same on every log.

Called by ``work`` whenever it has a free slot.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..state import TaskState

AGEING_SECONDS = 60.0
"""Waiting this long weighs as much as one step of priority, so that nobody waits for ever."""


def choose(ready: Sequence[TaskState], held: Collection[str], now: float) -> TaskState | None:
    """The most urgent of the tasks that nobody works on; ``None`` when there is none. ``now`` in seconds."""
    free = [state for state in ready if state.id not in held]
    return max(free, key=lambda state: (_urgency(state, now), -state.created, state.id), default=None)


def _urgency(state: TaskState, now: float) -> float:
    waited = max(now - state.created / 1e6, 0.0)
    return state.priority + waited / AGEING_SECONDS

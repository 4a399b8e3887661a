"""An agent that notes what it is asked."""

from __future__ import annotations

import asyncio

from kingpost import Answer, Call, Calls, Context, Description, Say, Usage, UsageNote
from kingpost.testing import ScriptedAgent

Line = str | Answer | Calls | Exception

GOOD = "The crane was built in 1931 [2] and rests on Sundays [3]."


class Summing(ScriptedAgent):
    """Says one and the same each time it is asked; ``None``: nothing, until it is cancelled."""

    def __init__(
        self, line: Line | None = GOOD, window: int | None = None, who: Description | None = None,
        notes: Usage | None = None,
    ) -> None:  # fmt: skip
        super().__init__(self._said, "summing", who or Description(window=window))
        self.asked: list[Context] = []
        self.stopped = 0
        self._always, self._notes = line, notes

    async def _said(self, context: Context, say: Say) -> Line:
        self.asked.append(context)
        if self._notes is not None:
            say(UsageNote(self._notes))
        if self._always is None:
            try:
                await asyncio.Event().wait()
            finally:
                self.stopped += 1
        assert self._always is not None
        return self._always


def calls() -> Calls:
    """What no summary is."""
    return Calls(calls=(Call(id="1", tool="search", arguments={}),))

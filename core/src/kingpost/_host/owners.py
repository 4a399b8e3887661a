"""Whose a stream is. Asked by ``feeds`` for every frame that somebody may follow."""

from __future__ import annotations

from ..protocols import Log
from ..records.event import Recorded, TaskQuery
from ..state import TASK_STREAM

_MOST_OWNERS = 50_000


class Owners:
    """Whose a stream is, and of which root and thread: asked once for each."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.known: dict[str, tuple[str, str, str | None]] = {}

    async def of(self, frame: Recorded) -> tuple[str, str, str | None]:
        """Tenant, root and thread; the first is empty for what is nobody's."""
        stream = frame.stream
        if (known := self.known.get(stream)) is not None:
            return known
        if not stream.startswith(TASK_STREAM):
            kind, _, owner = stream.partition("/")
            return ("" if kind in {"sink", "answer"} else owner, "", None)
        h = frame.events[0].header
        if frame.events[0].kind == "task.queued":
            found = (h["tenant"], h.get("root") or h["task"], h.get("thread"))
        else:
            states = await self._log.select(TaskQuery(ids=[stream[len(TASK_STREAM) :]], limit=1))
            found = (states[0].tenant, states[0].root, states[0].thread) if states else ("", "", None)
        if len(self.known) >= _MOST_OWNERS:
            self.known.clear()
        self.known[stream] = found
        return found

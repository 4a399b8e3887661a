"""What tasks came to, kept in the memory: a sink of the kernel's own.

Run by ``kernel`` beside the sinks of plugins, with the same promises: in order, at its own cursor, tried again for
ever, and never in the way of a task. What is kept is found by the tool ``recall`` and by search, and never among the
passages that a question is answered from.
"""

from __future__ import annotations

from collections.abc import Sequence

from .._walk.kit import OUTCOMES
from ..errors import InputError
from ..protocols import Log, MemoryBackend
from ..records.codec import load
from ..records.event import Recorded, TaskQuery
from ..records.memory import Memory, Tier
from ..records.task import Outcome, Task
from ..state import TASK_STREAM
from .attempt import read_task
from .plugins import Plugins

REMEMBER = "kingpost-memory"
_LONGEST = 4000


class Rememberer:
    """``Sink``: each answer becomes one episodic memory, named by its task."""

    name = REMEMBER

    def __init__(self, log: Log, plugins: Plugins) -> None:
        self._log, self._plugins = log, plugins

    async def accept(self, frames: Sequence[Recorded]) -> None:
        for frame in frames:
            last = frame.events[-1]
            if last.kind == "task.succeeded" and last.payload is not None and "keep" in last.header:
                await self._keep(frame, load(Outcome, last.payload["outcome"]))

    async def _keep(self, frame: Recorded, outcome: Outcome) -> None:
        id = frame.stream.removeprefix(TASK_STREAM)
        found = await self._log.select(TaskQuery(ids=[id], limit=1))
        if not found or not outcome.answer.strip():
            return
        try:
            task: Task = await read_task(self._log, found[0])
        except InputError:
            return  # erased since
        if not task.grant.scopes or task.crew.memory is None:
            return
        memory: MemoryBackend = await self._plugins.use("memory", task.crew.memory.name)
        body = f"Asked: {task.description[:_LONGEST]}\n\nAnswered: {outcome.answer[:_LONGEST]}"
        kept = Memory(
            id=f"task {id}", scope=task.grant.scopes[0] + OUTCOMES, body=body, tenant=task.tenant, tier=Tier.EPISODIC,
            source=f"task {id}", created=frame.at / 1e6, origin="agent",
        )  # fmt: skip
        await memory.remember([kept])

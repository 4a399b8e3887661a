"""What tasks came to, and what helped them, kept in the memory: a sink of the kernel's own.

Run by ``kernel`` beside the sinks of plugins, with the same promises: in order, at its own cursor, tried again for
ever, and never in the way of a task. What is kept is found by the tool ``recall`` and by search, and never among the
passages that a question is answered from.
"""

from __future__ import annotations

from collections.abc import Sequence

from .._walk.kit import OUTCOMES
from ..errors import DoorEmpty, InputError, UnknownName
from ..ports import Ports
from ..protocols import Log, MemoryBackend
from ..records.codec import load
from ..records.event import Recorded, TaskQuery
from ..records.memory import Memory, Tier
from ..records.task import Outcome, Task
from ..state import TASK_STREAM
from .attempt import read_task
from .plugins import Plugins
from .settings import KernelSettings
from .uses import count, may_have_used

REMEMBER = "kingpost-memory"
_LONGEST = 4000


class Rememberer:
    """``Sink``: each answer becomes an episodic memory, named by its task, and what it was made with counts as used."""

    name = REMEMBER

    def __init__(self, log: Log, plugins: Plugins, settings: KernelSettings, ports: Ports) -> None:
        self._log, self._plugins, self._settings, self._ports = log, plugins, settings, ports

    async def accept(self, frames: Sequence[Recorded]) -> None:
        for frame in frames:
            last = frame.events[-1]
            if last.kind == "task.succeeded" and last.payload is not None:
                counts = self._settings.uses and may_have_used(frame)
                keeps = self._settings.remember and "keep" in last.header
                if counts or keeps:
                    await self._learn(frame, load(Outcome, last.payload["outcome"]), counts=counts, keeps=keeps)

    async def _learn(self, frame: Recorded, outcome: Outcome, *, counts: bool, keeps: bool) -> None:
        task = await self._task(frame.stream.removeprefix(TASK_STREAM))
        if task is None or task.crew.memory is None:
            return
        try:
            memory: MemoryBackend = await self._plugins.use("memory", task.crew.memory.name)
        except (UnknownName, DoorEmpty):
            return  # its plugin was removed since; who waited for it would hold up all that comes after
        if counts:
            await count(self._log, memory, task, frame, outcome)
            self._ports.point("uses.counted")
        if keeps and outcome.answer.strip():
            await self._keep(memory, task, frame, outcome)

    async def _task(self, id: str) -> Task | None:
        """The task as it was asked for; ``None`` where that was erased since."""
        found = await self._log.select(TaskQuery(ids=[id], limit=1))
        try:
            return await read_task(self._log, found[0]) if found else None
        except InputError:
            return None

    async def _keep(self, memory: MemoryBackend, task: Task, frame: Recorded, outcome: Outcome) -> None:
        if not task.grant.scopes:
            return
        body = f"Asked: {task.description[:_LONGEST]}\n\nAnswered: {outcome.answer[:_LONGEST]}"
        kept = Memory(
            id=f"task {task.id}", scope=task.grant.scopes[0] + OUTCOMES, body=body, tenant=task.tenant,
            tier=Tier.EPISODIC, source=f"task {task.id}", created=frame.at / 1e6, origin="agent",
        )  # fmt: skip
        await memory.remember([kept])

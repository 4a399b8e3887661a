"""What was asked and answered before in a task's thread, as passages of its context.

Called by ``pipeline`` when it packs a frame. A thread is the tasks that were submitted under one name by one tenant.
"""

from __future__ import annotations

from ..errors import NotFound
from ..protocols import Log
from ..records.codec import load
from ..records.context import Passage, Trust
from ..records.event import TaskQuery
from ..records.task import Outcome, Status, Task
from ..state import TaskState, task_stream
from .journal import read_stream


async def earlier(log: Log, task: Task, limit: int) -> list[Passage]:
    """The last tasks of the thread that came to an answer, oldest first; none where there is no thread."""
    if task.thread is None or limit <= 0:
        return []
    query = TaskQuery(
        tenant=task.tenant, thread=task.thread, statuses=[Status.SUCCEEDED.value], limit=limit
    )  # fmt: skip
    found = [await _said(log, state) for state in await log.select(query) if state.id != task.id]
    passages = []
    for number, (state, text) in enumerate(reversed(found), 1):
        reason = "earlier in this thread"
        passages.append(
            Passage(
                id=f"thread {number}",
                text=text,
                source=f"task {state.id}",
                reason=reason,
                trust=Trust.MEMORY,
                score=1000.0 + number,
            )
        )
    return passages


async def _said(log: Log, state: TaskState) -> tuple[TaskState, str]:
    try:
        asked, answered = await _words(log, state)
    except NotFound:
        asked = answered = "(this has been sealed)"
    return state, f"Asked: {asked}\n\nAnswered: {answered}"


async def _words(log: Log, state: TaskState) -> tuple[str, str]:
    asked = answered = ""
    async for frame in read_stream(log, task_stream(state.id), state.tenant):
        for event in frame.events:
            if event.payload is None:
                continue
            if event.kind == "task.queued":
                asked = load(Task, event.payload).description
            elif "outcome" in event.payload:
                answered = load(Outcome, event.payload["outcome"]).answer
    return asked, answered

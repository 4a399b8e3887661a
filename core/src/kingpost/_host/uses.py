"""Which memories an answer was made with, counted by the kernel itself: so what helps comes a little earlier.

Called by ``remember`` with each frame in which a task succeeded. What was cited counts, and where an answer names no
sources all that its agent had before it; what the agent looked up with ``recall`` counts too. A task counts once in
each scope, however often its frame is handed over. Pieces of input files never count: the same question about the same
files gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from .._walk.journal import read_stream
from .._walk.kit import OUTCOMES
from .._walk.ledger import memories_of
from ..errors import NotFound
from ..protocols import Log, MemoryBackend, Tended
from ..records.event import Event, Recorded
from ..records.task import Outcome, Task


async def count(log: Log, memory: MemoryBackend, task: Task, frame: Recorded, outcome: Outcome) -> None:
    """Count one use of each memory that helped ``task``, which succeeded with ``frame``."""
    if not isinstance(memory, Tended):
        return
    learnt = {*task.grant.scopes, *(scope + OUTCOMES for scope in task.grant.scopes)}
    scopes: dict[str, dict[str, None]] = {}
    for scope, id in _helped(await _history(log, task, frame), outcome):
        if scope in learnt:
            scopes.setdefault(scope, {})[id] = None
    for scope, ids in scopes.items():
        await memory.use(task.tenant, scope, tuple(ids), frame.at / 1e6, f"task {task.id}")


def _helped(history: Sequence[Event], outcome: Outcome) -> list[tuple[str, str]]:
    seen = memories_of(history)
    cited = [seen.passages[source.passage] for source in outcome.sources if source.passage in seen.passages]
    return [name for names in (*(cited or seen.passages.values()), seen.looked_up) for name in names]


def may_have_used(frame: Recorded) -> bool:
    """Whether the task that succeeded with this frame may have had memories before it, as far as the frame tells."""
    if (first := _first_turn(frame)) is None:
        return True
    return first.payload is not None and ("memories" in first.payload or not _is_whole(first))


def _first_turn(frame: Recorded) -> Event | None:
    """The first turn's account of its context, which only a task of one turn has in its last frame."""
    for event in frame.events:
        if event.kind == "context.packed" and event.header["turn"] == 1:
            return event
    return None


def _is_whole(account: Event) -> bool:
    """Whether it names the passages; what a costly compressor left of them stands in a frame of its own before."""
    return account.payload is not None and "frame" in account.payload


async def _history(log: Log, task: Task, frame: Recorded) -> Sequence[Event]:
    """The task's events; most end in the frame of their first turn, which holds all that is asked of them."""
    if (first := _first_turn(frame)) is not None and _is_whole(first):
        return frame.events
    try:
        return [event async for one in read_stream(log, frame.stream, task.tenant) for event in one.events]
    except NotFound:
        return ()  # erased or sealed since

"""The unfinished tasks of a home, or of some trees of it, as their frames add up; only they are kept in memory.

Fed by ``work`` with every frame of the log. ``work`` takes from it what to claim, ``react`` what follows from what.
Reads the log only when it is opened, and for a task of which it cannot know whether it has seen all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ..errors import FinalError
from ..protocols import Log
from ..records.event import Recorded, TaskQuery
from ..records.task import Status
from ..state import TASK_STREAM, TaskState, fold
from .echo import Told
from .queue import Queue

UNFINISHED = (Status.QUEUED.value, Status.RUNNING.value, Status.WAITING.value)
_PAGE = 1000

Change = tuple[TaskState | None, TaskState]
"""A task before a frame, if it was known, and behind it."""


class Desk:
    """Tasks by id; ``queue`` holds those that wait for a worker, ``running`` those that one holds."""

    def __init__(self, log: Log, queue: Queue) -> None:
        self._log, self.queue = log, queue
        self.only: set[str] | None = set()
        self.tasks: dict[str, TaskState] = {}
        self.running: dict[str, TaskState] = {}
        self.children: dict[str, set[str]] = {}
        self._queued: Counter[str] = Counter()
        self.payloads: dict[str, Recorded] = {}
        # Where the claims of running tasks stand in the log, as far as they were told; the others are older.
        self._claims: dict[str, int] = {}
        # Read from the tables while frames were under way: those up to this position may be in the state already.
        self._unsure: dict[str, float] = {}
        self.doubtful: set[str] = set()

    def mine(self, state: TaskState) -> bool:
        """Whether this desk is concerned with a task."""
        return self.only is None or state.root in self.only

    def take(self, frame: Recorded) -> Change | None:
        """Fold one more frame of the log; ``None`` when it is of no task that lies here."""
        if not frame.stream.startswith(TASK_STREAM):
            return None
        id = frame.stream[len(TASK_STREAM) :]
        before = self.tasks.get(id)
        if before is None and frame.events[0].kind != "task.queued":
            return None
        after: TaskState | None = frame.state if isinstance(frame, Told) else None
        if after is None:
            if before is not None and self._seen(before, frame):
                return None
            try:
                after = fold(before, frame.stream, frame.version, frame.at, frame.events)
            except FinalError:
                self.doubtful.add(id)
                return None
        if after is None or not self.mine(after):
            return None
        self._unsure.pop(id, None)
        if before is None:
            self.payloads[id] = frame
        self.put(after)
        if before is not None and after.attempt > before.attempt and id in self.running:
            self._claims[id] = frame.position
        return before, after

    def _seen(self, before: TaskState, frame: Recorded) -> bool:
        """Whether the state holds this frame, or nobody can tell before it is read again."""
        if frame.version == before.version:
            return True
        if frame.position > self._unsure.get(before.id, 0) and before.id not in self.doubtful:
            return False
        self.doubtful.add(before.id)
        return True

    def put(self, state: TaskState) -> None:
        """This is how a task stands now."""
        id = state.id
        if state.final:
            self.drop(id)
            return
        before = self.tasks.get(id)
        if before is None and state.parent is not None:
            self.children.setdefault(state.parent, set()).add(id)
        self._count(before, -1)
        self._count(state, 1)
        self.tasks[id] = state
        if state.status == "running":
            self.running[id] = state
        else:
            self.running.pop(id, None)
            self._claims.pop(id, None)
        if state.status == "queued":
            self.queue.put(state)
        else:
            self.queue.drop(id, begun=state.status == "running")

    def drop(self, id: str) -> None:
        """A task has ended."""
        state = self.tasks.pop(id, None)
        self._count(state, -1)
        self.running.pop(id, None)
        self._claims.pop(id, None)
        self.payloads.pop(id, None)
        self._unsure.pop(id, None)
        self.queue.drop(id)
        if state is not None and state.parent is not None:
            siblings = self.children.get(state.parent, set())
            siblings.discard(id)
            if not siblings:
                self.children.pop(state.parent, None)

    async def load(self, roots: Iterable[str] | None = None) -> None:
        """Read every unfinished task, or those of some trees, from the tables."""
        for root in [None] if roots is None else list(roots):
            after: str | None = None
            while True:
                query = TaskQuery(statuses=UNFINISHED, root=root, after=after, limit=_PAGE, oldest_first=True)
                page = await self._log.select(query)
                await self._loaded(page)
                if len(page) < _PAGE:
                    break
                after = page[-1].id

    async def settle_doubts(self) -> list[Change]:
        """Look up the tasks that the frames alone do not tell; returns what has changed."""
        if not self.doubtful:
            return []
        doubtful, self.doubtful = self.doubtful, set()
        return await self._loaded(await self._log.select(TaskQuery(ids=sorted(doubtful), limit=len(doubtful))))

    async def _loaded(self, states: Iterable[TaskState]) -> list[Change]:
        changes: list[Change] = []
        for state in states:
            known = self.tasks.get(state.id)
            if self.mine(state) and (known is None or known.version != state.version):
                self.put(state)
                changes.append((known, state))
                if not state.final:
                    self._unsure[state.id] = float("inf")
        # Whatever was appended behind the head that is read now, was appended behind the states above.
        head = (await self._log.head()).position
        self._unsure |= {after.id: head for _, after in changes if after.id in self._unsure}
        return changes

    def abandoned(self, id: str) -> None:
        """Nobody alive holds this task: it can be claimed as it stands."""
        if (state := self.running.get(id)) is not None:
            self.queue.put(state)

    def let_go(self, id: str, *, again: bool) -> None:
        """This process has no hand on a task any more. While it had, the queue may have offered it in vain."""
        state = self.tasks.get(id)
        if state is None or state.status != "running":
            self.running.pop(id, None)
        if again and state is not None and state.status == "queued":
            self.queue.put(state)

    def running_before(self, position: int) -> list[TaskState]:
        """The running tasks that were claimed earlier in the log; all of them, once every frame before it was told."""
        return [
            state
            for id, state in self.running.items()
            if state.status == "running" and self._claims.get(id, 0) < position
        ]

    def queued(self) -> Mapping[str, int]:
        """How many tasks each tenant has queued. Counted as they come and go: it is asked for every task that comes."""
        return self._queued

    def _count(self, state: TaskState | None, by: int) -> None:
        if state is not None and state.status == "queued":
            self._queued[state.tenant] += by
            if not self._queued[state.tenant]:
                del self._queued[state.tenant]

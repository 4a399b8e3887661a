"""A memory that did not start, in the place of itself: whoever asks it is told why.

Put into a task's gear by ``equip``, so that a memory that is out of order costs what it costs when it fails later: its
passages, not the task.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from ..errors import Unavailable
from ..records.memory import Memory, Query, Recollection, Selection
from ..records.record import Record


class AbsentMemory(Record):
    """Answers nothing but what its start said."""

    name: str
    problem: str

    async def remember(self, memories: Sequence[Memory]) -> int:
        raise Unavailable(self.problem)

    async def recall(self, query: Query) -> Sequence[Recollection]:
        raise Unavailable(self.problem)

    async def get(self, tenant: str, scope: str, ids: Sequence[str]) -> Sequence[Memory]:
        raise Unavailable(self.problem)

    async def forget(self, selection: Selection) -> int:
        raise Unavailable(self.problem)

    def export(self, selection: Selection) -> AsyncIterator[Memory]:
        raise Unavailable(self.problem)

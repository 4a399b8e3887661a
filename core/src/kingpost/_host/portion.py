"""How much of the log is brought along at once, in bytes of large payloads, and what its frames look like then.

Used by ``feeds`` and by the answers that give out pages, so that nobody who asks for a page of large events, or reads
it slowly, takes more memory than one of small ones does.
"""

from __future__ import annotations

from ..operations.events import EventView
from ..protocols import Log
from ..records.event import Recorded
from ..state import TASK_STREAM

FEED_BYTES = 256 * 1024
"""What is brought along for one who follows; one frame always is."""

PAGE_BYTES = 4 * 1024 * 1024
"""What is brought along for a page that somebody asks for."""


class Portion:
    """The blobs of a log, counted as they are fetched."""

    def __init__(self, log: Log, most: int = FEED_BYTES) -> None:
        self._log, self._most, self.bytes = log, most, 0

    @property
    def full(self) -> bool:
        """Whether the rest is for another time."""
        return self.bytes >= self._most

    async def get(self, tenant: str, digest: str) -> bytes:
        """As the log's own ``get``."""
        content = await self._log.get(tenant, digest)
        self.bytes += len(content)
        return content


def views_of(frame: Recorded) -> list[EventView]:
    """The events of a frame as they are followed, their payloads in place."""
    stream, at = frame.stream, frame.at / 1e6
    task = stream[len(TASK_STREAM) :] if stream.startswith(TASK_STREAM) else None
    return [
        EventView(
            id=f"{frame.position}.{number}", position=frame.position, at=at, stream=stream, kind=event.kind,
            v=event.v, header=event.header, payload=event.payload, task=task,
        )
        for number, event in enumerate(frame.events)
    ]  # fmt: skip

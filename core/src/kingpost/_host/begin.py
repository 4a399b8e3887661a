"""Where a log begins, with its first frame or behind what was sealed; and where one of its streams ends.

Asked by whoever reads all of a log. A log refuses to read what was moved into a segment, so that nobody takes the rest
for the whole by mistake.
"""

from __future__ import annotations

from ..errors import NotFound
from ..protocols import Log
from ..records.event import Recorded


async def beginning(log: Log) -> int:
    """The position behind which every frame can be read: 0, or that of the last one that was sealed."""
    if await _readable(log, 0):
        return 0
    low, high = 0, (await log.head()).position
    while high - low > 1:
        middle = (low + high) // 2
        if await _readable(log, middle):
            high = middle
        else:
            low = middle
    return high


async def _readable(log: Log, after: int) -> bool:
    try:
        await log.read(after, 1)
    except NotFound:
        return False
    return True


async def newest(log: Log, stream: str) -> Recorded | None:
    """The newest frame of a stream, found in as many reads as the log's length has bits."""
    found: Recorded | None = None
    low, high = 0, (await log.head()).position
    while low < high:
        middle = (low + high) // 2
        if page := await log.read(middle, 1, stream):
            found = page[0]
            low = found.position
        else:
            high = middle
    return found

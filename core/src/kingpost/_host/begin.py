"""Where a log begins, with its first frame or behind what was sealed; and where one of its streams ends.

Asked by whoever reads all of a log. A log refuses to read what was moved into a segment, so that nobody takes the rest
for the whole by mistake.
"""

from __future__ import annotations

from ..errors import InvalidRequest, NotFound
from ..protocols import Log
from ..records.event import Recorded, TaskQuery

LATEST = 10**15
"""A number that no event of a frame has: behind the whole of it."""


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


async def has_ended(log: Log, task: str | None) -> bool:
    """Whether the one task that is followed has ended: nothing more will come."""
    if task is None:
        return False
    states = await log.select(TaskQuery(ids=[task], limit=1))
    return bool(states) and states[0].final


def place_of(after: str) -> tuple[int, int]:
    """Position and number of an event's id; a position alone names the whole frame.

    Raises:
        InvalidRequest: it is none.
    """
    position, dot, number = after.partition(".")
    if not (position.isascii() and position.isdigit() and len(position) < 16):
        raise InvalidRequest(f"after is {after[:40]!r}; give the id of an event, such as '117.0'")
    if dot and not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InvalidRequest(f"after is {after[:40]!r}; give the id of an event, such as '117.0'")
    return int(position), int(number) if dot else LATEST

"""``Prefer: wait=N`` (RFC 7240, section 4.3): an answer held back until its task has ended or waits for somebody.

Asked by the edge once an operation that begins a task, or goes on with one, has done its work. Changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kingpost import Access, Kernel, operations, replace

from .endpoint import JSON, LONGEST_WAIT, Endpoint
from .headers import Answer, Header
from .shapes import dumped

op = operations.tasks
_WAIT = re.compile(rb"wait[ \t]*=[ \t]*\"?([0-9]+)\"?[ \t]*(?:;|$)", re.IGNORECASE)
_DIGITS = 6
_ENDED = 200


def preferred(headers: Iterable[Header]) -> int | None:
    """The seconds that the caller likes to wait, at most ``LONGEST_WAIT``; what is no such preference is passed by."""
    for name, value in headers:
        if name == b"prefer":
            for one in value.split(b","):
                if found := _WAIT.match(one.strip()):
                    # Longer numbers are cut: what is left of them is more than may be waited.
                    return min(int(found[1][:_DIGITS]), int(LONGEST_WAIT))
    return None


async def awaited(kernel: Kernel, endpoint: Endpoint, begun: Any, seconds: int, access: Access) -> Answer:
    """The task that ``begun`` names: itself once it has ended or waits for somebody, else as ``endpoint`` answers."""
    view = await kernel.ask(op.AWAIT, op.Wait(id=begun.id, seconds=float(seconds)), access)
    applied = b"preference-applied: wait=%d\r\n" % seconds
    if view.status.final or view.paused:
        return _ENDED, dumped(op.TaskView)(view), JSON + applied
    now = view if isinstance(begun, op.TaskView) else replace(begun, status=view.status)
    status, body, headers = endpoint.written(now)
    return status, body, headers + applied

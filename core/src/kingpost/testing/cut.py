"""Callers that go away: work that is cancelled wherever it waits, one place after the other.

Used by tests of plugins whose work must be whole or not begun, whatever its caller does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import suppress
from itertools import count
from typing import Any

_LONGEST_SECONDS = 30.0


class Cut:
    """Awaits something, and is cancelled when it waits for the ``at``-th time; ``whole`` says that it never was."""

    def __init__(self, work: Coroutine[Any, Any, object], at: int) -> None:
        self._work, self._at, self.whole = work, at, False

    def __await__(self) -> Generator[Any, Any, None]:
        waits = self._work.__await__()
        waited: asyncio.Future[Any] | None = None
        for number in count(1):
            try:
                waited = next(waits)
            except StopIteration:
                self.whole = True
                return
            if number == self._at:
                break
            yield waited
        # As a task is cancelled: first what it waits for.
        if waited is not None:
            waited.cancel()
        with suppress(asyncio.CancelledError):
            waits.throw(asyncio.CancelledError())


async def cuts(work: Callable[[], Coroutine[Any, Any, object]]) -> AsyncIterator[None]:
    """Cut the work off at its first wait, at its second and so on, until one is whole; yields behind each.

    Raises:
        TimeoutError: one of them took 30 s.
    """
    for at in count(1):
        cut = Cut(work(), at)
        async with asyncio.timeout(_LONGEST_SECONDS):
            await cut
        yield
        if cut.whole:
            assert at > 1, "it never waited, so nothing was cut"
            return

"""The end of the log, read once for everybody in this process who waits for something to be appended.

Owned by ``kernel``; ``work`` and the operations that wait listen to it. Frames come in order, whoever wrote them, in
this process or another. It reads only while somebody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from ..ports import Ports
from ..protocols import Log
from ..records.event import Recorded

PATIENCE_SECONDS = 1.0

Ear = Callable[[Recorded], None]


class Tail:
    """Tells listeners about new frames, each listener about one stream or about all."""

    def __init__(self, log: Log, ports: Ports, trouble: Callable[[Exception], None]) -> None:
        self._log, self._ports, self._trouble = log, ports, trouble
        self._ears: dict[str | None, list[Ear]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._position = 0

    async def listen(self, stream: str | None, ear: Ear) -> Callable[[], None]:
        """Tell ``ear`` every frame of a stream (``None``: of all) from now on; returns how to stop."""
        if self._reading is None:
            # Nobody may append between the look at the end and the first read; the first read begins there.
            self._position = (await self._log.head()).position
            if self._reading is None:
                self._reading = asyncio.create_task(self._read(), name="kingpost tail")
        self._ears.setdefault(stream, []).append(ear)
        return lambda: self._leave(stream, ear)

    async def stop(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
            self._reading = None

    def _leave(self, stream: str | None, ear: Ear) -> None:
        left = self._ears.get(stream, [])
        if ear in left:
            left.remove(ear)
        if not left:
            self._ears.pop(stream, None)
        if not self._ears and self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def _read(self) -> None:
        while True:
            try:
                frames = await self._log.read(self._position, 500)
                if not frames:
                    await self._log.wait(self._position + 1, PATIENCE_SECONDS)
            except Exception as problem:  # noqa: BLE001 - a full disk passes; whoever waits must be woken when it has
                self._trouble(problem)
                await self._ports.clock.sleep(PATIENCE_SECONDS)
                continue
            for frame in frames:
                self._position = frame.position
                for ear in (*self._ears.get(frame.stream, ()), *self._ears.get(None, ())):
                    ear(frame)

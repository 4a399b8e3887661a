"""The end of the log, told once to everybody in this process who waits for something to be appended.

Owned by ``kernel``; ``work`` and the operations that wait listen to it. Frames come in order, whoever wrote them, in
this process or another: what this process appends is told by ``echo``, and only what is missing in between is read.
It reads only while somebody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from ..errors import KingpostError
from ..ports import Ports
from ..protocols import Log
from ..records.event import Recorded

PATIENCE_SECONDS = 1.0
RECENT_FRAMES = 2048
_MOST_EARLY = 10_000
_PAGE = 500

BREATH_SECONDS = 0.02
"""How long the log is not asked after this process has told all there was by itself. It may add so much to the time
until it hears of another process's frames, where one of its own is not missing one of those: then it asks at once."""

Ear = Callable[[Recorded], None]


class Tail:
    """Tells listeners about new frames, each listener about one stream or about all."""

    def __init__(self, log: Log, ports: Ports, trouble: Callable[[Exception], None]) -> None:
        self._log, self._ports, self._trouble = log, ports, trouble
        self._ears: dict[str | None, list[Ear]] = {}
        self._reading: asyncio.Task[None] | None = None
        # The newest frame that was told, or was there when somebody began to listen.
        self.position = 0
        self._recent: deque[Recorded] = deque(maxlen=RECENT_FRAMES)
        self._early: dict[int, Recorded] = {}
        self._missing = asyncio.Event()
        self._waiting: dict[asyncio.Future[bool], int] = {}

    async def listen(self, stream: str | None, ear: Ear) -> Callable[[], None]:
        """Tell ``ear`` every frame of a stream (``None``: of all) from now on; returns how to stop."""
        if self._reading is None:
            # Nobody may append between the look at the end and the first read; the first read begins there.
            self.position = (await self._log.head()).position
            if self._reading is None:
                self._early.clear()
                self._recent.clear()
                self._reading = asyncio.create_task(self._read(), name="kingpost tail")
        self._ears.setdefault(stream, []).append(ear)
        return lambda: self._leave(stream, ear)

    def echo(self, frame: Recorded) -> None:
        """A frame that this process has just appended. Its turn comes when all before it were told."""
        if self._reading is None or frame.position <= self.position:
            return
        if frame.position == self.position + 1:
            self._tell(frame)
            while (following := self._early.pop(self.position + 1, None)) is not None:
                self._tell(following)
        else:
            self._missing.set()
            if len(self._early) < _MOST_EARLY:
                self._early[frame.position] = frame

    async def settle(self) -> None:
        """Tell all that the log has by now, for who stops listening; a log that cannot be read tells no more."""
        if self._reading is None:
            return
        with contextlib.suppress(KingpostError):
            end = (await self._log.head()).position
            while self.position < end and (frames := await self._log.read(self.position, _PAGE)):
                self._take(frames)

    def recent(self, after: int, limit: int) -> list[Recorded]:
        """Frames behind ``after`` out of memory, without a gap; none when the log must be asked."""
        recent = self._recent
        if not recent or self._reading is None or not recent[0].position <= after + 1 <= recent[-1].position:
            return []
        first = after + 1 - recent[0].position
        return list(islice(recent, first, first + limit))

    async def wait(self, position: int, timeout: float) -> bool:
        """As ``Log.wait``, without asking the log where what is told here is enough."""
        if self.position >= position and self._reading is not None:
            return True
        if timeout <= 0 or self._reading is None:
            return await self._log.wait(position, timeout)
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bool] = loop.create_future()
        self._waiting[told] = position
        limit = loop.call_later(timeout, _settle, told, False)
        try:
            return await told
        finally:
            limit.cancel()
            self._waiting.pop(told, None)

    async def stop(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
            self._silent()

    def _leave(self, stream: str | None, ear: Ear) -> None:
        left = self._ears.get(stream, [])
        if ear in left:
            left.remove(ear)
        if not left:
            self._ears.pop(stream, None)
        if not self._ears and self._reading is not None:
            self._reading.cancel()
            self._silent()

    def _silent(self) -> None:
        """Nobody reads any more, so nobody would be woken."""
        self._reading = None
        for told in self._waiting:
            _settle(told, False)

    async def _read(self) -> None:
        while True:
            try:
                told = self.position
                await self._log.wait(told + 1, PATIENCE_SECONDS)
                # Who appended here is woken beside us, and tells sooner than the log can be read.
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                if self.position != told and not self._early:
                    await self._breathe()
                    continue
                frames = await self._log.read(self.position, _PAGE)
            except Exception as problem:  # noqa: BLE001 - a full disk passes; whoever waits must be woken when it has
                self._trouble(problem)
                await self._ports.clock.sleep(PATIENCE_SECONDS)
                continue
            self._take(frames)

    def _take(self, frames: Sequence[Recorded]) -> None:
        for frame in frames:
            if frame.position > self.position:
                self.echo(frame)

    def _tell(self, frame: Recorded) -> None:
        self.position = frame.position
        if self._recent and self._recent[-1].position != frame.position - 1:
            self._recent.clear()
        self._recent.append(frame)
        for ear in (*self._ears.get(frame.stream, ()), *self._ears.get(None, ())):
            ear(frame)
        for told, position in self._waiting.items():
            if position <= frame.position:
                _settle(told, True)

    async def _breathe(self) -> None:
        """Wait a little, or until a frame is missing."""
        self._missing.clear()
        limit = asyncio.get_running_loop().call_later(BREATH_SECONDS, self._missing.set)
        try:
            await self._missing.wait()
        finally:
            limit.cancel()


def _settle(told: asyncio.Future[bool], reached: bool) -> None:
    if not told.done():
        told.set_result(reached)

"""Hands what was recorded to the sinks: one follower for each, behind the work and never in its way.

Started and stopped by ``kernel``. A follower reads the log behind a cursor of its own, hands frames over in order, and
where the sink fails tries again for ever. The cursor is an event in a stream of its own that is written seldom: after
a crash a sink is handed some frames twice, and never misses one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from .._walk.backoff import delay
from .._walk.journal import is_stowed, unstow
from .._walk.told import is_fault, thrown, told
from ..errors import NotFound, Unavailable
from ..ports import Ports
from ..protocols import Log, Sink
from ..records.event import Event, Recorded, TaskQuery
from ..records.record import Record
from ..state import TASK_STREAM, UPCASTERS, upcast
from .begin import beginning, newest

CURSORS = "sink/"
"""Streams of cursors. They are never handed over: a cursor would follow itself for ever."""

GRACE_SECONDS = 1.0
"""How long is waited for what was cancelled; whoever ignores that is left behind."""

Use = Callable[[str], Awaitable[Sink]]
Trouble = Callable[[Exception], None]


class Pace(Record, kw_only=True):
    """The bounds of delivery; times in seconds.

    A batch has at most ``frames`` frames and about ``blobs`` large payloads, and a sink has ``seconds`` to accept it.
    The cursor is written once ``mark_frames`` were accepted or ``mark_seconds`` have passed since the first of them.
    A failed batch is tried again after a random time below ``retry_seconds``, doubled with each failure in a row up to
    ``retry_most_seconds``. While another process delivers, this one looks again every ``look_seconds``. A stop waits
    ``drain_seconds`` for sinks that are behind.
    """

    frames: int = 100
    blobs: int = 8
    seconds: float = 30.0
    mark_frames: int = 1000
    mark_seconds: float = 5.0
    retry_seconds: float = 0.5
    retry_most_seconds: float = 60.0
    look_seconds: float = 5.0
    drain_seconds: float = 2.0


class Standing(Record):
    """How far a sink is: the last frame that it needs no more, and what is wrong. 0 where another process delivers."""

    sink: str
    position: int
    problem: str | None


class Delivery:
    """All sinks of a kernel, by name. ``use`` opens one; ``trouble`` is told what goes wrong.

    One for each open log: the process delivers to a sink for as long as the log is open, also between a stop and the
    next start.
    """

    def __init__(
        self, log: Log, ports: Ports, sinks: Sequence[str], use: Use, trouble: Trouble, pace: Pace | None = None
    ) -> None:
        self._clock, self._pace = ports.clock, pace or Pace()
        self._followers = [_Follower(name, log, ports, use, trouble, self._pace) for name in dict.fromkeys(sinks)]
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to follow; opening the sinks keeps nobody waiting."""
        for each in self._followers:
            each.reopen()
            self._tasks.append(asyncio.create_task(each.follow(), name=f"kingpost sink {each.name}"))

    async def stop(self) -> None:
        """Hand over what was recorded until now, in a bounded time, and write the cursors. Twice is no error."""
        tasks, self._tasks = self._tasks, []
        for each in self._followers:
            each.close()
        if tasks:
            await _first(_all(tasks), self._clock.sleep(self._pace.drain_seconds))
            for each in self._followers:
                await each.mark()

    def standings(self) -> Sequence[Standing]:
        """How far each sink is."""
        return tuple(Standing(each.name, each.position, each.problem) for each in self._followers)


class _Follower:
    """One sink's way through the log."""

    def __init__(self, name: str, log: Log, ports: Ports, use: Use, trouble: Trouble, pace: Pace) -> None:
        self.name, self._log, self._use, self._pace = name, log, use, pace
        self._clock, self._entropy, self._trouble = ports.clock, ports.entropy, trouble
        self._sink: Sink | None = None
        self._holds, self._behind = False, True
        self._closing = asyncio.Event()
        self._size = pace.frames
        self._owed, self._owed_since = 0, 0.0
        self.position = 0
        self.problem: str | None = None

    def reopen(self) -> None:
        """Be ready to follow, again."""
        self._closing.clear()
        self._behind = True

    def close(self) -> None:
        """Go on to the end of the log and no further; not at all where the sink fails."""
        self._closing.set()

    async def follow(self) -> None:
        """Until ``close``."""
        failures = 0
        while self._behind or not self._closing.is_set():
            try:
                await self._step()
                failures, self.problem = 0, None
            except Exception as problem:  # noqa: BLE001 - whatever a sink raises, it is handed the frames again
                failures += 1
                # What takes too long as a whole may pass in smaller parts.
                self._size, self._behind = max(1, self._size // 2), False
                await self._pause(self._tell(problem, failures))

    async def mark(self) -> None:
        """Write the cursor, if there is anything new to say."""
        if not self._owed:
            return
        event = Event("sink.reached", {"sink": self.name, "position": self.position})
        try:
            await self._log.append(CURSORS + self.name, None, [event])
        except Exception as problem:  # noqa: BLE001 - a cursor that is not written costs doubles after a crash, no loss
            self._trouble(problem)
            self._owed_since = self._clock.monotonic()
        else:
            self._owed = 0

    async def _step(self) -> None:
        if self._sink is None and not await self._open():
            self._behind = False
            await self._pause(self._pace.look_seconds)
            return
        if self._is_due():
            await self.mark()
        frames, reached, more = await self._next()
        if frames:
            await self._hand_over(frames)
            self._size = min(self._pace.frames, self._size * 2)
            self._owed_since = self._owed_since if self._owed else self._clock.monotonic()
            self._owed += len(frames)
        # Who is to end with the end of the log must have seen it; who goes on is woken.
        self._behind = more or (reached > self.position and self._closing.is_set())
        self.position = reached
        if not self._behind and not self._closing.is_set():
            await _first(self._log.wait(reached + 1, self._pace.mark_seconds), self._closing.wait())
            self._behind = True

    def _is_due(self) -> bool:
        late = self._clock.monotonic() - self._owed_since >= self._pace.mark_seconds
        return self._owed >= self._pace.mark_frames or (self._owed > 0 and late)

    async def _open(self) -> bool:
        """Be the one process that delivers to this sink, and go on where the last one stopped."""
        if not self._holds:
            worker = f"sink:{self.name}"
            if await self._log.alive(worker):
                return False
            await self._log.enlist(worker)
            self._holds = True
        opened: list[Sink] = []

        async def use() -> None:
            opened.append(await self._use(self.name))

        if not await _first(use(), self._clock.sleep(self._pace.seconds)):
            raise Unavailable(f"it has not started within {self._pace.seconds:g} s")
        cursor = await newest(self._log, CURSORS + self.name)
        self.position = cursor.events[-1].header["position"] if cursor is not None else 0
        self._sink = opened[0]
        return True

    async def _next(self) -> tuple[list[Recorded], int, bool]:
        """The next frames to hand over, the position that is reached with them, and whether there may be more."""
        reached, blobs = self.position, 0
        frames: list[Recorded] = []
        try:
            page = await self._log.read(reached, self._size)
        except NotFound:
            # What it had not had yet was sealed: the first frame that is there tells how much.
            page = await self._log.read(await beginning(self._log), self._size)
        for frame in page:
            if frame.position > reached + 1:
                lost = (
                    f"frames {reached + 1} to {frame.position - 1} have left the log before sink {self.name!r} had them"
                )
                self._trouble(NotFound("frame", str(reached + 1), f"{lost}; they stand in a sealed segment"))
            reached = frame.position
            if not frame.stream.startswith(CURSORS):
                blobs += sum(is_stowed(event) for event in frame.events)
                frames.append(await _whole(self._log, frame))
            if blobs >= self._pace.blobs:
                break
        return frames, reached, bool(page) and (len(page) >= self._size or page[-1].position > reached)

    async def _hand_over(self, frames: Sequence[Recorded]) -> None:
        assert self._sink is not None
        if not await _first(self._sink.accept(frames), self._clock.sleep(self._pace.seconds)):
            raise Unavailable(f"it has not accepted {len(frames)} frames within {self._pace.seconds:g} s")

    def _tell(self, problem: Exception, failures: int) -> float:
        """Say what is wrong; the seconds until the next try, with full jitter."""
        wait = delay(failures - 1, self._entropy, self._pace.retry_seconds, self._pace.retry_most_seconds)
        said = told(problem) if isinstance(problem, Unavailable) else thrown(problem)
        self.problem = f"sink {self.name!r} waits at frame {self.position + 1}: {said}"
        self._trouble(Unavailable(f"{self.problem}; tasks go on, and it is tried again in {wait:.1f} s"))
        return wait

    async def _pause(self, seconds: float) -> None:
        await _first(self._clock.sleep(seconds), self._closing.wait())


async def _first(work: Coroutine[Any, Any, Any], bound: Coroutine[Any, Any, Any]) -> bool:
    """Do ``work``, but cancel it when ``bound`` is done first; true when the work was done."""
    doing, limit = asyncio.ensure_future(_tame(work)), asyncio.ensure_future(bound)
    try:
        await asyncio.wait((doing, limit), return_when=asyncio.FIRST_COMPLETED)
        if doing.done() and not doing.cancelled():
            doing.result()
            return True
    finally:
        limit.cancel()
        if not doing.done():
            doing.cancel()
            await asyncio.wait((doing,), timeout=GRACE_SECONDS)
        if doing.done() and not doing.cancelled():
            doing.exception()  # asyncio complains of one that nobody has looked at
    return False


async def _tame(work: Coroutine[Any, Any, Any]) -> Any:
    """Do ``work``; what of its own would pass by everybody, and end this process, is a failure like any other."""
    try:
        return await work
    except BaseException as problem:
        if isinstance(problem, Exception) or not is_fault(problem):
            raise
        raise RuntimeError(thrown(problem)) from problem


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


async def _whole(log: Log, frame: Recorded) -> Recorded:
    """The frame as it is handed over: payloads in place, newest shapes; what was erased meanwhile is marked so."""
    if not any((event.kind, event.v) in UPCASTERS or is_stowed(event) for event in frame.events):
        return frame
    tenant = await _tenant(log, frame.stream) if any(map(is_stowed, frame.events)) else ""
    events = [upcast(await _event(log, tenant, event)) for event in frame.events]
    return Recorded(frame.position, frame.stream, frame.version, frame.at, tuple(events), frame.hash)


async def _event(log: Log, tenant: str, event: Event) -> Event:
    try:
        return await unstow(log, tenant, event)
    except NotFound:
        return Event(event.kind, event.header, None, event.v, erased=True)


async def _tenant(log: Log, stream: str) -> str:
    """Whose blobs a stream's are: a task's by its folded state, any other's by what follows on its kind."""
    if stream.startswith(TASK_STREAM):
        states = await log.select(TaskQuery(ids=[stream.removeprefix(TASK_STREAM)], limit=1))
        return states[0].tenant if states else ""
    return stream.partition("/")[2]

"""Events to everybody who follows them: replayed out of the log, then live, without a gap and without a duplicate.

Made by ``kernel``, opened by the operation ``events.stream``. Each frame is made ready once, whoever follows. Who does
not keep up is sent back to the log, so that a slow reader costs memory for nobody.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from .._walk.journal import unstow_frame
from ..errors import InvalidRequest
from ..operations.events import EventView, Follow, SpeechView, Take, Views
from ..protocols import Log
from ..records.event import Recorded
from ..records.speech import Text, Thought, ToolNote
from ..state import task_stream
from .audience import ENDS, ROW, Audience, Audiences, Row
from .begin import LATEST, beginning, has_ended, place_of
from .owners import Owners
from .portion import FEED_BYTES, Portion, views_of
from .tail import Tail

_MOST_WAITING = 512
"""Events that a feed holds for its reader; more are read from the log again when their turn comes."""

_PAGE = 200


class Feeds:
    """Everybody who follows, told of each frame once."""

    def __init__(self, log: Log, tail: Tail, hear: Callable[[Callable[[str, Any], None]], object]) -> None:
        self.log, self._tail, self._hear = log, tail, hear
        self.owners = Owners(log)
        self.audiences = Audiences()
        self._frames: asyncio.Queue[Recorded] = asyncio.Queue()
        self._going: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self.position = 0

    async def open(self, request: Follow, tenant: str) -> LiveFeed:
        """A feed, from where it was asked to begin.

        Raises:
            InvalidRequest: ``after`` names no event.
        """
        await self._begin()
        log = self.log
        head = (await log.head()).position
        if request.after:
            after, number = place_of(request.after)
            if after > head:
                raise InvalidRequest(f"after is {request.after!r}, and the log ends at {head}; begin anew without it")
        elif request.task is not None:
            after, number = 0, -1
        else:
            after, number = head, LATEST
        if request.task is None and after == 0:
            # Behind what was sealed; who names a place that was sealed is told so by the log.
            after, number = max(after, await beginning(log)), LATEST if after else number
        return LiveFeed(self, self.audiences.of(request, tenant), tenant, (after, number))

    async def _begin(self) -> None:
        async with self._opening:
            if self._going is None:
                # What is appended from here on is told; what is behind the head by then is in the log.
                await self._tail.listen(None, self._frames.put_nowait)
                self.position = (await self.log.head()).position
                self._hear(self._said)
                self._going = asyncio.create_task(self._go(), name="kingpost feeds")

    async def stop(self) -> None:
        """End every feed."""
        for feed in self.audiences.everybody():
            feed.end()
        if self._going is not None:
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)

    async def _go(self) -> None:
        while True:
            frame = await self._frames.get()
            if self.audiences and frame.position > self.position:
                await self._tell(frame)
            self.position = max(self.position, frame.position)

    async def _tell(self, frame: Recorded) -> None:
        try:
            tenant, root, thread = await self.owners.of(frame)
            audiences = self.audiences.who_want(frame.stream, tenant, root, thread)
            if not audiences:
                return
            portion = Portion(self.log)
            views = await self.views(frame, tenant, portion)
        except Exception:  # noqa: BLE001 - one frame that cannot be told must not silence all that follow
            # Erased while it was under way, or the log cannot be read now: they find out in the log themselves.
            for lagging in self.audiences.everybody():
                lagging.lag()
            return
        told, place = 0, (frame.position, len(views) - 1)
        for audience in audiences:
            for many in audience.tell(views, portion.bytes, place):
                # Who asks for something else gets a turn before many more are told.
                if (told := told + many) > ROW:
                    told = many
                    await asyncio.sleep(0)

    async def views(self, frame: Recorded, tenant: str, portion: Portion) -> list[EventView]:
        """The events of a frame as they are followed."""
        return views_of(await unstow_frame(portion, tenant, frame))

    def _said(self, task: str, what: Any) -> None:
        if not isinstance(what, Text | Thought | ToolNote) or not self.audiences:
            return
        stream = task_stream(task)
        if (owner := self.owners.known.get(stream)) is not None:
            for audience in self.audiences.who_want(stream, *owner):
                for each in audience.everybody() if audience.request.live else ():
                    each.said(SpeechView(task=task, kind=type(what).__name__.lower(), text=what.text))


class LiveFeed:
    """One who follows. ``place`` is the last event that was handed over: position and number in its frame."""

    __slots__ = ("_audience", "_behind", "_bytes", "_ended", "_feeds", "_stream", "_waiting", "_wake", "finished",
                 "handing", "place", "row", "tenant")  # fmt: skip

    def __init__(self, feeds: Feeds, audience: Audience, tenant: str, place: tuple[int, int]) -> None:
        self._feeds, self._audience, self.tenant, self.place = feeds, audience, tenant, place
        self._stream = audience.stream
        self._waiting: deque[EventView | SpeechView] = deque()
        self._bytes = 0
        self._wake: asyncio.Future[None] | None = None
        self.handing: tuple[Take, Any] | None = None
        self.row: Row | None = None
        # Behind until the log was read up to what comes live.
        self._behind = True
        self._ended = self.finished = False
        audience.standing[self] = None

    def hand(self, take: Take, to: Any) -> None:
        self.stand()
        self.handing = take, to

    def waits(self, position: int) -> bool:
        # Who follows one task is told of its end as well.
        if self.handing is None or self._stream is not None or self._behind or self._waiting:
            return False
        return self._wake is not None and not self._wake.done() and self.place[0] < position

    def stand(self) -> None:
        """Be handed nothing any more until there is nothing else to bring."""
        if (row := self.row) is not None and self.handing is not None:
            del row.members[self.handing[1]]
            self.row, self.place = None, max(self.place, row.place)
            self._audience.standing[self] = None

    def take(self, views: Views, size: int) -> None:
        """Events that have just come, with so many bytes in large payloads."""
        if not self._behind:
            self._bytes += size
            if len(self._waiting) + len(views) > _MOST_WAITING or self._bytes > FEED_BYTES:
                self.lag()
            else:
                self._waiting.extend(views)
        self._rouse()

    def said(self, what: SpeechView) -> None:
        """What was just said; lost to who does not keep up."""
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(what)
            self._rouse()

    def lag(self) -> None:
        """Hold nothing any more: the rest comes out of the log."""
        self.stand()
        self._waiting.clear()
        self._behind, self._bytes = True, 0
        self._rouse()

    def end(self) -> None:
        """Nothing more comes."""
        self._ended = True
        self._rouse()

    def _stopped(self) -> bool:
        return self._ended

    def _rouse(self) -> None:
        self.stand()
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def close(self) -> None:
        self._leave()
        self.end()

    def _leave(self) -> None:
        self.stand()
        self._audience.standing.pop(self, None)
        self._feeds.audiences.leave(self._audience, self.tenant)

    async def next(self) -> Views:
        while not self._ended:
            found = await self._replayed() if self._behind else self._drained()
            if found and (chosen := self._closing(found)):
                return chosen
            if not self._behind and not self._waiting and not self._stopped():
                self._wake = asyncio.get_running_loop().create_future()
                try:
                    await self._wake
                finally:
                    self.stand()
        return ()

    def _closing(self, found: list[EventView | SpeechView]) -> Views:
        """Who follows one task has seen all with its end."""
        if self._stream is not None:
            for number, one in enumerate(found):
                if isinstance(one, EventView) and one.kind in ENDS:
                    self._finish()
                    return self._audience.chosen(found[: number + 1])
        return self._audience.chosen(found)

    def _finish(self) -> None:
        self._ended = self.finished = True
        self._leave()

    def _drained(self) -> list[EventView | SpeechView]:
        found = [one for one in self._waiting if isinstance(one, SpeechView) or self._is_new(one)]
        self._waiting.clear()
        self._bytes = 0
        for one in reversed(found):
            if isinstance(one, EventView):
                self._step(one)
                break
        return found

    def _is_new(self, one: EventView) -> bool:
        return (one.position, int(one.id.partition(".")[2])) > self.place

    def _step(self, one: EventView) -> None:
        self.place = one.position, int(one.id.partition(".")[2])

    async def _replayed(self) -> list[EventView | SpeechView]:
        """The next page out of the log; live from now on when it reaches what the feeds have been told of."""
        feeds = self._feeds
        # Asked before the page is read, which then holds the end, or begins behind it.
        over = await has_ended(feeds.log, self._audience.request.task)
        seen, (position, number) = feeds.position, self.place
        frames = await feeds.log.read(position if number == LATEST else max(position - 1, 0), _PAGE, self._stream)
        last = len(frames) < _PAGE
        if last:
            read = frames[-1].position if frames and self._stream is None else seen
            # All that was told so far has been read; what is told from now on is held for us.
            self._behind = feeds.position > max(seen, read)
        found: list[EventView | SpeechView] = []
        portion = Portion(feeds.log)
        for number, frame in enumerate(frames, 1):
            tenant, root, thread = await self._feeds.owners.of(frame)
            if tenant == self.tenant and self._audience.wants(frame.stream, root, thread):
                found += [view for view in await self._feeds.views(frame, tenant, portion) if self._is_new(view)]
            if portion.full and number < len(frames):
                frames, last = frames[:number], False
                self.lag()
                break
        if frames:
            self.place = max(self.place, (frames[-1].position, LATEST))
        if over and last:
            self._finish()
            # Who has seen the end has seen all, whatever was done with the task later.
            return found if any(one.kind in ENDS for one in found) else []
        return found

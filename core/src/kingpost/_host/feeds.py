"""Events to everybody who follows them: replayed out of the log, then live, without a gap and without a duplicate.

Made by ``kernel``, opened by the operation ``events.stream``. Each frame is made ready once, whoever follows. Who does
not keep up is sent back to the log, so that a slow reader costs memory for nobody.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from .._walk.journal import unstow_frame
from ..errors import InvalidRequest
from ..operations.events import EventView, Follow, SpeechView
from ..protocols import Log
from ..records.event import Recorded
from ..records.speech import Text, Thought, ToolNote
from ..state import TASK_STREAM, task_stream
from .begin import LATEST, beginning, has_ended, place_of
from .owners import Owners
from .portion import FEED_BYTES, Portion, views_of
from .tail import Tail

_MOST_WAITING = 512
"""Events that a feed holds for its reader; more are read from the log again when their turn comes."""

_PAGE = 200
_TOLD_IN_A_ROW = 100
"""Who follow and are told of a frame before anybody else gets a turn."""

_ENDS = frozenset({"task.succeeded", "task.failed", "task.cancelled"})

Views = Sequence[EventView]


class Feeds:
    """Everybody who follows, told of each frame once."""

    def __init__(self, log: Log, tail: Tail, hear: Callable[[Callable[[str, Any], None]], object]) -> None:
        self.log, self._tail, self._hear = log, tail, hear
        self.owners = Owners(log)
        self._feeds: dict[str, dict[LiveFeed, None]] = {}
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
        feed = LiveFeed(self, request, tenant, (after, number))
        self._feeds.setdefault(tenant, {})[feed] = None
        return feed

    async def _begin(self) -> None:
        async with self._opening:
            if self._going is None:
                # What is appended from here on is told; what is behind the head by then is in the log.
                await self._tail.listen(None, self._frames.put_nowait)
                self.position = (await self.log.head()).position
                self._hear(self._said)
                self._going = asyncio.create_task(self._go(), name="kingpost feeds")

    def leave(self, feed: LiveFeed) -> None:
        """Tell it no more."""
        feeds = self._feeds.get(feed.tenant, {})
        feeds.pop(feed, None)
        if not feeds:
            self._feeds.pop(feed.tenant, None)

    def count(self) -> int:
        """How many follow."""
        return sum(map(len, self._feeds.values()))

    async def stop(self) -> None:
        """End every feed."""
        for feeds in list(self._feeds.values()):
            for feed in list(feeds):
                feed.end()
        if self._going is not None:
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)

    async def _go(self) -> None:
        while True:
            frame = await self._frames.get()
            if self._feeds and frame.position > self.position:
                await self._tell(frame)
            self.position = max(self.position, frame.position)

    async def _tell(self, frame: Recorded) -> None:
        try:
            tenant, root, thread = await self.owners.of(frame)
            feeds = self._feeds.get(tenant)
            if not feeds:
                return
            portion = Portion(self.log)
            views = await self.views(frame, tenant, portion)
        except Exception:  # noqa: BLE001 - one frame that cannot be told must not silence all that follow
            # Erased while it was under way, or the log cannot be read now: they find out in the log themselves.
            for lagging in self._feeds.values():
                for feed in lagging:
                    feed.lag()
            return
        for number, feed in enumerate(list(feeds), 1):
            if feed.wants(frame.stream, root, thread):
                feed.take(views, portion.bytes)
            if not number % _TOLD_IN_A_ROW:
                await asyncio.sleep(0)

    async def views(self, frame: Recorded, tenant: str, portion: Portion) -> Views:
        """The events of a frame as they are followed."""
        return views_of(await unstow_frame(portion, tenant, frame))

    def _said(self, task: str, what: Any) -> None:
        if not isinstance(what, Text | Thought | ToolNote) or not self._feeds:
            return
        owner = self.owners.known.get(task_stream(task))
        for feed in list(self._feeds.get(owner[0], ())) if owner else ():
            if feed.request.live and owner and feed.wants(task_stream(task), owner[1], owner[2]):
                feed.said(SpeechView(task=task, kind=type(what).__name__.lower(), text=what.text))


class LiveFeed:
    """One who follows. ``place`` is the last event that was handed over: position and number in its frame."""

    # A thousand of them are looked at for each event: what is small is near.
    __slots__ = ("_all", "_behind", "_bytes", "_ended", "_feeds", "_kinds", "_stream", "_take", "_waiting", "_wake",
                 "finished", "place", "request", "tenant")  # fmt: skip

    def __init__(self, feeds: Feeds, request: Follow, tenant: str, place: tuple[int, int]) -> None:
        self._feeds, self.request, self.tenant, self.place = feeds, request, tenant, place
        self._stream = None if request.task is None else task_stream(request.task)
        self._kinds = frozenset(request.kinds)
        self._all = request.task is None and request.root is None and request.thread is None
        self._waiting: deque[EventView | SpeechView] = deque()
        self._bytes = 0
        self._wake: asyncio.Future[None] | None = None
        self._take: Callable[[Sequence[EventView | SpeechView]], bool] | None = None
        # Behind until the log was read up to what comes live.
        self._behind = True
        self._ended = self.finished = False

    def wants(self, stream: str, root: str, thread: str | None) -> bool:
        """Whether it follows this stream."""
        if self._all:
            return True
        request = self.request
        if self._stream is not None and stream != self._stream:
            return False
        if request.root is not None:
            id = stream.removeprefix(TASK_STREAM)
            if not (id == request.root or id.startswith(f"{request.root}/")):
                return False
        return request.thread is None or thread == request.thread

    def take(self, views: Views, size: int) -> None:
        """Events that have just come, with so many bytes in large payloads."""
        if not self._behind:
            if self._handed(views):
                return
            self._bytes += size
            if len(self._waiting) + len(views) > _MOST_WAITING or self._bytes > FEED_BYTES:
                self.lag()
            else:
                self._waiting.extend(views)
        self._rouse()

    def hand(self, take: Callable[[Sequence[EventView | SpeechView]], bool]) -> None:
        self._take = take

    def _handed(self, views: Views) -> bool:
        """Whether these events were taken without waking who waits for them, who would see nothing in between."""
        idle = self._wake is not None and not self._wake.done() and not self._waiting
        if self._take is None or not idle or self._stream is not None or views[0].position <= self.place[0]:
            return False
        chosen = [each for each in views if self._chosen(each)] if self._kinds else views
        if chosen and not self._take(chosen):
            return False
        self.place = views[-1].position, len(views) - 1
        return True

    def said(self, what: SpeechView) -> None:
        """What was just said; lost to who does not keep up."""
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(what)
            self._rouse()

    def lag(self) -> None:
        """Hold nothing any more: the rest comes out of the log."""
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
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def close(self) -> None:
        self._feeds.leave(self)
        self.end()

    async def next(self) -> Sequence[EventView | SpeechView]:
        while not self._ended:
            found = await self._replayed() if self._behind else self._drained()
            if found and (chosen := self._closing(found)):
                return chosen
            if not self._behind and not self._waiting and not self._stopped():
                self._wake = asyncio.get_running_loop().create_future()
                await self._wake
        return ()

    def _closing(self, found: list[EventView | SpeechView]) -> Sequence[EventView | SpeechView]:
        """Who follows one task has seen all with its end."""
        if self._stream is not None:
            for number, one in enumerate(found):
                if isinstance(one, EventView) and one.kind in _ENDS:
                    self._finish()
                    return [each for each in found[: number + 1] if self._chosen(each)]
        return [each for each in found if self._chosen(each)] if self._kinds else found

    def _finish(self) -> None:
        self._ended = self.finished = True
        self._feeds.leave(self)

    def _chosen(self, one: EventView | SpeechView) -> bool:
        return not self._kinds or isinstance(one, SpeechView) or one.kind in self._kinds or one.kind in _ENDS

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
        over = await has_ended(feeds.log, self.request.task)
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
            if tenant == self.tenant and self.wants(frame.stream, root, thread):
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
            return found if any(one.kind in _ENDS for one in found) else []
        return found

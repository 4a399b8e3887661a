"""Events as a stream (WHATWG HTML, section 9.2): encoded once for all who follow, joined into one write for each wake.

Called by the edge. A reader that does not keep up is held back by its own connection and sent back to the log by the
kernel's feed, so that it costs no memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import lru_cache

from kingpost import Access, Kernel, Record, operations, replace

from .headers import lines
from .metrics import Metrics
from .request import Request
from .settings import Settings
from .shapes import dumped

op = operations.events
_EVENT, _SPEECH = dumped(op.EventView), dumped(op.SpeechView)
_HEAD = lines((b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"))
_HELLO = b"retry: 1000\n\n"
_BEAT = b": still here\n\n"
_END = b"event: end\ndata: {}\n\n"

_KEPT_BYTES = 8 * 1024 * 1024

Views = Sequence[op.EventView | op.SpeechView]


class Encoded:
    """The newest events as bytes, each made once."""

    def __init__(self, most: int = 2048) -> None:
        self._kept: dict[str, bytes] = {}
        self._most, self._size = most, 0
        self._last: tuple[Views, bytes] = (), b""

    def joined(self, views: Views) -> bytes:
        """Several messages. All who follow without a filter are handed the very same ones."""
        if self._last[0] is not views:
            self._last = views, b"".join(map(self.of, views))
        return self._last[1]

    def of(self, view: op.EventView | op.SpeechView) -> bytes:
        """One message."""
        if isinstance(view, op.SpeechView):
            return b"event: %b\ndata: %b\n\n" % (view.kind.encode(), _SPEECH(view))
        if (known := self._kept.get(view.id)) is not None:
            return known
        if len(self._kept) >= self._most or self._size > _KEPT_BYTES:
            for id in list(self._kept)[: max(len(self._kept) // 2, 1)]:
                self._size -= len(self._kept.pop(id))
        made = self._kept[view.id] = b"id: %b\nevent: %b\ndata: %b\n\n" % (
            view.id.encode(), view.kind.encode(), _EVENT(view)
        )  # fmt: skip
        self._size += len(made)
        return made


@lru_cache(maxsize=8)
def _encoded(kernel: int) -> Encoded:
    return Encoded()


class Following(Record):
    """Somebody who wants to follow."""

    kernel: Kernel
    asked: op.Follow
    access: Access
    request: Request


async def stream(who: Following, common: Callable[[Request], bytes], settings: Settings, metrics: Metrics) -> None:
    """Follow until the caller goes, the task ends, or the kernel closes. ``common`` are headers of every answer."""
    asked, request = who.asked, who.request
    if (last := request.fields.get(b"last-event-id")) is not None:
        # An empty id is one that was reset: it begins anew.
        asked = replace(asked, after=last.decode("latin-1") or None)
    feed = await who.kernel.ask(op.FOLLOW, asked, who.access)
    request.carrier.on_lost = feed.close
    metrics.streams += 1
    try:
        request.carrier.begin(request, 200, b"".join((_HEAD, common(request), request.answer)))
        request.carrier.write(request, _HELLO)
        if not request.answered:
            await _follow(feed, request, settings.heartbeat_seconds, metrics, _encoded(id(who.kernel)))
        request.carrier.end(request)
    finally:
        metrics.streams -= 1
        feed.close()


async def _follow(feed: op.Feed, request: Request, seconds: float, metrics: Metrics, encoded: Encoded) -> None:
    carrier = request.carrier
    beat = Beat(request, seconds)

    def take(views: Views) -> bool:
        if carrier.full or carrier.lost:
            return False
        metrics.delivered += len(views)
        carrier.write(request, encoded.joined(views))
        beat.heard()
        return True

    feed.hand(take)
    try:
        while not carrier.lost:
            views = await feed.next()
            if views:
                metrics.delivered += len(views)
                if carrier.full:
                    await carrier.drained()
                carrier.write(request, encoded.joined(views))
                beat.heard()
            if feed.finished:
                carrier.write(request, _END)
                return
            if not views:
                return
    finally:
        beat.stop()


class Beat:
    """Signs of life while nothing happens. One timer that looks when it is due costs less than one for each event."""

    __slots__ = ("_last", "_loop", "_request", "_seconds", "_timer")

    def __init__(self, request: Request, seconds: float) -> None:
        self._request, self._seconds = request, seconds
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._timer = self._loop.call_later(seconds, self._look)

    def heard(self) -> None:
        """Something was sent."""
        self._last = self._loop.time()

    def stop(self) -> None:
        """Send no more."""
        self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        if now >= self._last + self._seconds:
            # Who does not take what was sent is not sent more.
            if not self._request.carrier.full:
                self._request.carrier.write(self._request, _BEAT)
            self._last = now
        self._timer = self._loop.call_at(self._last + self._seconds, self._look)

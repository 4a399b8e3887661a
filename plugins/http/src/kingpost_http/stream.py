"""Events as a stream (WHATWG HTML, section 9.2): encoded once for all who follow, one write for each.

Called by the edge. A reader that does not keep up is held back by its own connection and sent back to the log by the
kernel's feed, so that it costs no memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import cache

from kingpost import Access, Kernel, operations, replace

from .connection import Connection, push
from .headers import lines
from .metrics import Metrics
from .request import Request
from .settings import Settings
from .shapes import dumped

op = operations.events
_dumped = cache(dumped)  # made with the first event, not with the start
_HEAD = lines((b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"))
_HELLO = b"retry: 1000\n\n"
_BEAT = b": still here\n\n"
_END = b"event: end\ndata: {}\n\n"

_KEPT_BYTES = 8 * 1024 * 1024


class Encoded:
    """The newest events as bytes, each made once."""

    def __init__(self, most: int = 2048) -> None:
        self._kept: dict[str, bytes] = {}
        self._most, self._size = most, 0
        self._last: tuple[op.Views, bytes] = (), b""

    def joined(self, views: op.Views) -> bytes:
        """Several messages. All who follow without a filter are handed the very same ones."""
        if self._last[0] is not views:
            self._last = views, b"".join(map(self.of, views))
        return self._last[1]

    def of(self, view: op.EventView | op.SpeechView) -> bytes:
        """One message."""
        if isinstance(view, op.SpeechView):
            return b"event: %b\ndata: %b\n\n" % (view.kind.encode(), _dumped(op.SpeechView)(view))
        if (known := self._kept.get(view.id)) is not None:
            return known
        if len(self._kept) >= self._most or self._size > _KEPT_BYTES:
            for id in list(self._kept)[: max(len(self._kept) // 2, 1)]:
                self._size -= len(self._kept.pop(id))
        made = self._kept[view.id] = b"id: %b\nevent: %b\ndata: %b\n\n" % (
            view.id.encode(), view.kind.encode(), _dumped(op.EventView)(view)
        )  # fmt: skip
        self._size += len(made)
        return made


class Streams:
    """The streams of one face. ``common`` are headers of every answer."""

    def __init__(
        self, kernel: Kernel, common: Callable[[Request], bytes], settings: Settings, metrics: Metrics
    ) -> None:
        self._kernel, self._common, self._settings, self._metrics = kernel, common, settings, metrics
        self._encoded = Encoded()

    async def follow(self, asked: op.Follow, access: Access, request: Request) -> None:
        """Follow until the caller goes, the task ends, or the kernel closes."""
        if (last := request.fields.get(b"last-event-id")) is not None:
            # An empty id is one that was reset: it begins anew.
            asked = replace(asked, after=last.decode("latin-1") or None)
        feed = await self._kernel.ask(op.FOLLOW, asked, access)
        request.carrier.on_lost = feed.close
        self._metrics.streams += 1
        try:
            request.carrier.begin(request, 200, b"".join((_HEAD, self._common(request), request.answer)))
            request.carrier.write(request, _HELLO)
            if not request.answered:
                await self._told(feed, request)
            request.carrier.end(request)
        finally:
            self._metrics.streams -= 1
            feed.close()

    def _tell(self, views: op.Views, carriers: Sequence[Connection]) -> Collection[Connection]:
        full = push(self._encoded.joined(views), carriers)
        self._metrics.delivered += len(views) * (len(carriers) - len(full))
        return full

    async def _told(self, feed: op.Feed, request: Request) -> None:
        carrier = request.carrier
        beat = Beat(request, self._settings.heartbeat_seconds)
        if request.chunked:
            feed.hand(self._tell, carrier)
        try:
            while not carrier.lost:
                views = await feed.next()
                if views:
                    self._metrics.delivered += len(views)
                    if carrier.full:
                        await carrier.drained()
                    carrier.write(request, self._encoded.joined(views))
                if feed.finished:
                    carrier.write(request, _END)
                    return
                if not views:
                    return
        finally:
            beat.stop()


class Beat:
    """Signs of life while nothing happens. One timer that looks when it is due costs less than one for each event."""

    __slots__ = ("_loop", "_request", "_seconds", "_timer")

    def __init__(self, request: Request, seconds: float) -> None:
        self._request, self._seconds = request, seconds
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(seconds, self._look)

    def stop(self) -> None:
        """Send no more."""
        self._timer.cancel()

    def _look(self) -> None:
        carrier = self._request.carrier
        if (now := self._loop.time()) >= carrier.written + self._seconds:
            # Who does not take what was sent is not sent more.
            if carrier.full:
                carrier.written = now
            else:
                carrier.write(self._request, _BEAT)
        self._timer = self._loop.call_at(carrier.written + self._seconds, self._look)

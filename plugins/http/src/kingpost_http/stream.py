"""Events as a stream (WHATWG HTML, section 9.2): encoded once for all who follow, joined into one write for each wake.

Called by the edge. A reader that does not keep up is held back by its own connection and sent back to the log by the
kernel's feed, so that it costs no memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from kingpost import Access, Kernel, operations

from .metrics import Metrics
from .settings import Settings
from .shapes import dumped

Header = tuple[bytes, bytes]

op = operations.events
_EVENT, _SPEECH = dumped(op.EventView), dumped(op.SpeechView)
_HEAD: tuple[Header, ...] = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"))
_HELLO = b"retry: 1000\n\n"
_BEAT = b": still here\n\n"
_END = b"event: end\ndata: {}\n\n"


class Encoded:
    """The newest events as bytes, each made once."""

    def __init__(self, most: int = 2048) -> None:
        self._kept: dict[str, bytes] = {}
        self._most = most

    def of(self, view: op.EventView | op.SpeechView) -> bytes:
        """One message."""
        if isinstance(view, op.SpeechView):
            return b"event: %b\ndata: %b\n\n" % (view.kind.encode(), _SPEECH(view))
        if (known := self._kept.get(view.id)) is not None:
            return known
        if len(self._kept) >= self._most:
            for id in list(self._kept)[: self._most // 2]:
                del self._kept[id]
        made = self._kept[view.id] = b"id: %b\nevent: %b\ndata: %b\n\n" % (
            view.id.encode(), view.kind.encode(), _EVENT(view)
        )  # fmt: skip
        return made


@lru_cache(maxsize=8)
def _encoded(kernel: int) -> Encoded:
    return Encoded()


@dataclass(frozen=True, slots=True)
class Following:
    """Somebody who wants to follow; ``answer`` are the headers of every answer."""

    kernel: Kernel
    request: op.Follow
    access: Access
    headers: Mapping[bytes, bytes]
    scope: Any
    answer: Sequence[Header]


async def stream(who: Following, send: Any, settings: Settings, metrics: Metrics) -> None:
    """Follow until the caller goes, the task ends, or the kernel closes."""
    request = who.request
    if (last := who.headers.get(b"last-event-id")) is not None:
        # An empty id is one that was reset: it begins anew.
        request = replace(request, after=last.decode("latin-1") or None)
    feed = await who.kernel.ask(op.FOLLOW, request, who.access)
    connection = who.scope["state"].get("connection")
    if connection is not None:
        connection.on_lost = feed.close
    metrics.streams += 1
    try:
        await send({"type": "http.response.start", "status": 200, "headers": (*_HEAD, *who.answer)})
        await send({"type": "http.response.body", "body": _HELLO, "more_body": True})
        await _follow(feed, send, settings.heartbeat_seconds, metrics, _encoded(id(who.kernel)), connection)
    finally:
        metrics.streams -= 1
        feed.close()


async def _follow(feed: op.Feed, send: Any, beat: float, metrics: Metrics, encoded: Encoded, connection: Any) -> None:
    while True:
        try:
            async with asyncio.timeout(beat):
                views = await feed.next()
        except TimeoutError:
            await send({"type": "http.response.body", "body": _BEAT, "more_body": True})
            continue
        if views:
            metrics.delivered += len(views)
            await send({"type": "http.response.body", "body": b"".join(map(encoded.of, views)), "more_body": True})
        if feed.finished:
            await send({"type": "http.response.body", "body": _END, "more_body": False})
            return
        if not views:
            break
    if connection is None or not connection.lost:
        await send({"type": "http.response.body", "body": b"", "more_body": False})

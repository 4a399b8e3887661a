"""Deliveries as they are listed, followed and found again: read out of the log, mostly backwards.

Asked by ``answers``. Keeps no list of its own: what came in stands in the streams of deliveries and in the first events
of tasks, what went out in the streams of endpoints. What was sealed is listed no more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator

from kingpost import Event, InvalidRequest, Log, NotFound, Recorded

from .asked import DeliveryPage, DeliveryView, Follow, Followed, ListDeliveries
from .endpoint import stream_of as endpoint_stream

STATES = ("queued", "unmatched", "rejected", "failed", "delivered", "gone", "ours", "dead")
"""What can have come of a delivery, in or out."""

_PAGE = 1000
_WIDEST = 1 << 40
LOOKED_THROUGH = 50_000
"""Frames that are looked through for one page, a quarter of a second; a page then ends, and says where to go on."""


async def backwards(log: Log, before: int | None, stream: str | None = None) -> AsyncIterator[Recorded]:
    """Frames from the newest to the oldest; those that were sealed are not there any more.

    A stream's own may lie far apart, so the part of the log that is asked for grows as long as it holds few of them.
    """
    end = (await log.head()).position if before is None else before - 1
    width = _PAGE
    while end > 0:
        start = max(end - width, 0)
        try:
            page = await log.read(start, _PAGE, stream)
        except NotFound:
            first = (await log.info()).limits.get("first_position", end + 1)
            start, page = 0, await log.read(int(first) - 1, _PAGE, stream) if first <= end else []
        if len(page) == _PAGE and page[-1].position < end:
            # There are more than one read gives, and the newest of them come first.
            width = max(width // 2, _PAGE)
            continue
        for frame in reversed(page):
            if frame.position <= end:
                yield frame
        if len(page) < _PAGE // 4:
            width = min(width * 4, _WIDEST)
        end = start


async def listed(log: Log, request: ListDeliveries, tenant: str, most: int = LOOKED_THROUGH) -> DeliveryPage:
    """A page of deliveries, the newest first. It may be short, or empty, and still name a next one.

    Raises:
        InvalidRequest: there can be no such page.
    """
    if request.limit < 1 or (request.before is not None and request.before < 1):
        raise InvalidRequest("limit is a number of deliveries and before a position of the log: both begin at 1")
    if request.state is not None and request.state not in STATES:
        raise InvalidRequest(f"there is no state {request.state!r}; give one of {', '.join(STATES)}")
    limit = min(request.limit, 500)
    found: list[DeliveryView] = []
    stream = None if request.endpoint is None else endpoint_stream(tenant, request.endpoint)
    looked = 0
    async for frame in backwards(log, request.before, stream):
        looked += 1
        views = _out(frame, request.endpoint) if request.endpoint is not None else _in(frame, tenant)
        found += reversed([view for view in views if _fits(view, request.source, request.state)])
        if len(found) >= limit or looked >= most:
            return DeliveryPage(deliveries=tuple(found), next=frame.position)
    return DeliveryPage(deliveries=tuple(found))


async def followed(log: Log, request: Follow, tenant: str) -> Followed:
    """What has come since a position, the oldest first, and up to where that is; from now on if none is given."""
    if request.after is None:
        return Followed(position=(await log.head()).position)
    stream = None if request.endpoint is None else endpoint_stream(tenant, request.endpoint)
    try:
        page = await log.read(request.after, _PAGE, stream)
    except NotFound:
        return Followed(position=(await log.head()).position)
    views: Iterable[DeliveryView] = (
        view
        for frame in page
        for view in (_out(frame, request.endpoint) if request.endpoint is not None else _in(frame, tenant))
    )
    fitting = tuple(view for view in views if _fits(view, request.source, None))
    return Followed(position=page[-1].position if page else request.after, deliveries=fitting)


def _fits(view: DeliveryView, source: str | None, state: str | None) -> bool:
    return source in {None, view.source} and state in {None, view.state}


def _in(frame: Recorded, tenant: str) -> Iterator[DeliveryView]:
    first = frame.events[0] if frame.events else Event("")
    if frame.stream.startswith("task/") and first.kind == "task.queued":
        origin = str(first.header.get("origin") or "")
        if origin.startswith("webhook/") and first.header["tenant"] == tenant:
            _, source, delivery = origin.split("/", 2)
            yield DeliveryView(
                id=delivery, state="queued", at=frame.at / 1e6, position=frame.position, source=source,
                task=first.header["task"],
            )  # fmt: skip
    elif frame.stream.startswith(f"webhook/{tenant}/"):
        for event in frame.events:
            header = event.header
            if event.kind.startswith("delivery."):
                yield DeliveryView(
                    id=header["delivery"], state=event.kind.removeprefix("delivery."), at=frame.at / 1e6,
                    position=frame.position, source=header["source"], event=header.get("event", ""),
                    why=header.get("why", ""), task=header.get("task") or "",
                )  # fmt: skip


def _out(frame: Recorded, endpoint: str) -> Iterator[DeliveryView]:
    for event in frame.events:
        header, payload = event.header, event.payload or {}
        if event.kind == "delivery.tried":
            yield DeliveryView(
                id=header["message"], state=header["fate"], at=header["at"], position=frame.position, endpoint=endpoint,
                event=header["kind"], task=header["task"], why=payload.get("why", ""), attempt=header["attempt"],
                status=header.get("status"), ms=header["ms"], place=tuple(header["place"]),
                request={"url": payload.get("url"), "headers": payload.get("request")}, reply=payload.get("reply"),
            )  # fmt: skip
        elif event.kind == "delivery.dead":
            yield DeliveryView(
                id=header["message"], state="dead", at=header["at"], position=frame.position, endpoint=endpoint,
                why=f"{header['class']}: {payload.get('why', '')}", place=tuple(header["place"]),
            )  # fmt: skip

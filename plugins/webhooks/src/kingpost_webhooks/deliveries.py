"""Deliveries as they are listed and found again: read backwards out of the log.

Asked by ``answers``. Keeps no list of its own: what came in stands in the streams of deliveries and in the first events
of tasks, what went out in the streams of endpoints.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from kingpost import Event, Log, NotFound, Recorded

from .asked import DeliveryPage, DeliveryView, ListDeliveries
from .ledger import stream_of as endpoint_stream

_PAGE = 1000
_LOOKS = 200


async def backwards(log: Log, before: int | None, stream: str | None = None) -> AsyncIterator[Recorded]:
    """Frames from the newest to the oldest; those that were sealed are not there any more."""
    end = (await log.head()).position if before is None else before - 1
    for _ in range(_LOOKS):
        if end <= 0:
            return
        start = max(end - _PAGE, 0)
        try:
            page = await log.read(start, _PAGE, stream)
        except NotFound:
            first = (await log.info()).limits.get("first_position", end + 1)
            start, page = 0, await log.read(int(first) - 1, _PAGE, stream) if first <= end else []
        for frame in reversed(page):
            if frame.position <= end:
                yield frame
        end = start


async def listed(log: Log, request: ListDeliveries, tenant: str) -> DeliveryPage:
    """A page of deliveries."""
    limit = max(1, min(request.limit, 500))
    found: list[DeliveryView] = []
    stream = None if request.endpoint is None else endpoint_stream(tenant, request.endpoint)
    async for frame in backwards(log, request.before, stream):
        views = _out(frame, request.endpoint) if request.endpoint is not None else _in(frame, tenant)
        fitting = [
            view for view in views
            if request.state in {None, view.state} and request.source in {None, view.source}
        ]  # fmt: skip
        found += reversed(fitting)
        if len(found) >= limit:
            return DeliveryPage(deliveries=tuple(found), next=frame.position)
    return DeliveryPage(deliveries=tuple(found))


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

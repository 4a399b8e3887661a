"""A delivery on its way in: verified over raw bytes, then one append, then an answer.

Called by the operation ``hooks.receive`` for every request. Parses nothing before the signature holds; what is verified
and fits a rule is the first event of its task, everything else that is verified is kept in a stream of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from kingpost import (
    ConfigurationError,
    Conflict,
    Event,
    InFlight,
    InputError,
    KeyReused,
    KingpostError,
    Log,
    Once,
    Ports,
    RawAnswer,
    Record,
    TransientError,
    Unavailable,
    operations,
)
from pydantic_core import to_json

from .arrived import Arrived, Headers, Refusal
from .parse import Unreadable, parse
from .registry import Registry
from .rules import fitting, work
from .schemes import SCHEMES, unique_id
from .source import Label, Source

INLINE_BYTES = 8 * 1024
_LARGE_BYTES = 64 * 1024
_AGAIN_SECONDS = 0.05
_AGAIN = 100

Submitting = Callable[[operations.tasks.Submit, str, Once], Awaitable[operations.tasks.Submitted]]
"""Queues a task for a tenant, once for its key; durable when it returns."""


def stream_of(tenant: str, source: str, delivery: str) -> str:
    """The stream of a delivery that became no task."""
    return f"webhook/{tenant}/{source}/{sha256(delivery.encode()).hexdigest()[:32]}"


class Delivery(Record):
    """A verified delivery. ``payload`` is ``None`` where the body says nothing that can be read."""

    source: Source
    id: str
    label: Label
    body: bytes
    payload: Any


class Receiving:
    """The receiving room of one process."""

    def __init__(self, registry: Registry, ports: Ports, most: int) -> None:
        self._registry, self._ports, self._most = registry, ports, most

    async def take(
        self, log: Log, submit: Submitting, name: str, raw: tuple[tuple[bytes, bytes], ...], body: bytes
    ) -> RawAnswer:
        """Answer a request; whatever is wrong with it is a 4xx, and nothing is done."""
        try:
            return await self._taken(log, submit, name, raw, body)
        except Refusal as refusal:
            return _problem(refusal.status, refusal.code, str(refusal))
        except KeyReused:
            return _problem(409, "webhook.reused", "this delivery came before, with another body")
        except TransientError as problem:
            return _problem(503, problem.code, str(problem), (("Retry-After", "5"),))

    async def _taken(
        self, log: Log, submit: Submitting, name: str, raw: tuple[tuple[bytes, bytes], ...], body: bytes
    ) -> RawAnswer:
        arrived, source = Arrived(Headers(raw), body), await self._source(log, name)
        if len(body) >= self._most:
            raise Refusal(413, f"a delivery has fewer than {self._most:,} bytes")
        if (arrived.headers.get("Content-Encoding") or "identity").lower() != "identity":
            raise Refusal(415, "a compressed body is not opened; send it as it is")
        scheme, now = SCHEMES[source.scheme], self._ports.clock.now()
        # Others are received while a large one is looked at.
        large = len(body) > _LARGE_BYTES
        if large:
            await asyncio.to_thread(scheme.verify, arrived, source, now)
        else:
            scheme.verify(arrived, source, now)
        try:
            kind = arrived.headers.get("Content-Type") or ""
            payload = await asyncio.to_thread(parse, body, kind) if large else parse(body, kind)
        except Unreadable as problem:
            # The sender is who it says: what it sent is kept, so that somebody can look at it.
            label = scheme.label(arrived, None, source)
            rejected = Delivery(source, unique_id(label, body, source), label, body, None)
            await self.keep(log, rejected, "rejected", str(problem))
            raise Refusal(400, str(problem)) from problem
        scheme.fresh(payload, source, now)
        if source.scheme == "slack" and isinstance(payload, dict) and payload.get("type") == "url_verification":
            return RawAnswer(200, str(payload.get("challenge", ""))[:1000].encode(), "text/plain; charset=utf-8")
        label = scheme.label(arrived, payload, source)
        delivery = Delivery(source, unique_id(label, body, source), label, body, payload)
        state, task = await self.decide(log, submit, delivery)
        answer = {"delivery": delivery.id, "state": state, **({"task": task} if task else {})}
        return RawAnswer(202, to_json(answer))

    async def _source(self, log: Log, name: str) -> Source:
        await self._registry.fresh(log)
        source = self._registry.sources.get(name)
        if source is None:
            raise Refusal(404, "there is no source of this name")
        return source

    async def decide(self, log: Log, submit: Submitting, delivery: Delivery) -> tuple[str, str | None]:
        """Make the delivery a task if a rule fits, else keep it; what it is then, and the task's id."""
        source = delivery.source
        rule = fitting(source.rules, delivery.label, delivery.payload)
        if rule is None:
            return await self.keep(log, delivery, "unmatched", "no rule fits"), None
        text = delivery.body.decode("utf-8")
        request = work(rule, source, delivery.id, delivery.label, delivery.payload, text)
        # No caller over HTTP can have this key: theirs are visible characters.
        once = Once(f"webhook\0{source.name}\0{delivery.id}", sha256(delivery.body).hexdigest()[:32])
        try:
            return "queued", (await self._submitted(submit, request, source.tenant, once)).id
        except (KeyReused, Refusal):
            raise
        except (InputError, ConfigurationError, Unavailable) as problem:
            # The rule, or what it needs, is wrong, not the delivery: it is kept, to be replayed once that is mended.
            return await self.keep(log, delivery, "failed", str(problem)), None

    async def _submitted(
        self, submit: Submitting, request: operations.tasks.Submit, tenant: str, once: Once
    ) -> operations.tasks.Submitted:
        """One task for all copies, also of those that arrive at the same moment."""
        for _ in range(_AGAIN):
            try:
                return await submit(request, tenant, once)
            except InFlight:
                await asyncio.sleep(_AGAIN_SECONDS)
        return await submit(request, tenant, once)

    async def keep(self, log: Log, delivery: Delivery, state: str, why: str) -> str:
        """Write a delivery down that became no task; one that is there already stays as it is."""
        source = delivery.source
        stream = stream_of(source.tenant, source.name, delivery.id)
        if (before := await _before(log, stream, delivery.body)) is not None:
            return before
        header = {
            "source": source.name, "delivery": delivery.id, "event": delivery.label.event, "bytes": len(delivery.body),
            "digest": sha256(delivery.body).hexdigest(), "why": why[:300],
        }  # fmt: skip
        event = Event(f"delivery.{state}", header, await _content(log, source.tenant, delivery.body))
        try:
            await log.append(stream, "", [event])
        except Conflict:
            return await _before(log, stream, delivery.body) or state
        self._ports.point("webhook.kept")
        return state


async def _before(log: Log, stream: str, body: bytes) -> str | None:
    """What a delivery was taken for when it came the first time, if it has.

    Raises:
        Refusal: it had another body.
    """
    frames = await log.read(0, 1, stream)
    if not frames:
        return None
    first = frames[0].events[0]
    if first.header["digest"] != sha256(body).hexdigest():
        raise Refusal(409, "this delivery came before, with another body")
    return first.kind.removeprefix("delivery.")


async def _content(log: Log, tenant: str, body: bytes) -> dict[str, str]:
    """A body as it stands in an event: as text if it is short, else in a blob of the tenant."""
    if len(body) <= INLINE_BYTES:
        try:
            return {"text": body.decode("utf-8")}
        except UnicodeDecodeError:
            pass
    return {"digest": await log.put(tenant, body)}


async def content(log: Log, tenant: str, event: Event) -> bytes | None:
    """The body of a delivery that was kept, ``None`` where it was erased."""
    if event.payload is None:
        return None
    if "text" in event.payload:
        return str(event.payload["text"]).encode()
    try:
        return await log.get(tenant, event.payload["digest"])
    except KingpostError:
        return None


def _problem(status: int, code: str, detail: str, headers: tuple[tuple[str, str], ...] = ()) -> RawAnswer:
    """A problem document (RFC 9457)."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": detail[:1000]}
    return RawAnswer(status, to_json(body), "application/problem+json", headers)

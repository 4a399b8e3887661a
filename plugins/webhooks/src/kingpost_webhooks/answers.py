"""Answers to what is asked about webhooks. Each is lent the log; all of a process share one registry.

Called by the kernel for HTTP, the command line and whoever else asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kingpost import (
    Access,
    Answerer,
    Conflict,
    Event,
    InvalidRequest,
    Kernel,
    Log,
    NotFound,
    Operation,
    Ports,
    Raw,
    RawAnswer,
    operations,
    replace,
)
from pydantic_core import to_json

from . import asked as op
from .deliveries import backwards, followed, listed
from .endpoint import Endpoint, Key
from .endpoint import check as check_endpoint
from .mac import PRIVATE
from .parse import Unreadable, parse
from .receive import Delivery, Receiving, Submitting, content, stream_of
from .registry import Registry
from .registry import stream_of as stream_of_tenant
from .rules import check as check_rule
from .samples import sample
from .schemes import SCHEMES
from .settings import Settings
from .sign import OVERLAP_SECONDS, new_private, new_secret, shown
from .source import Label, Source, check_name
from .target import target

_TOGETHER = 500


@dataclass(slots=True)
class Room:
    """What the answers of one process share."""

    settings: Settings
    registry: Registry
    ports: Ports
    receiving: Receiving
    log: Log | None = None

    @property
    def at(self) -> Log:
        """The log that was lent."""
        assert self.log is not None
        return self.log


Answering = Callable[[Room, Kernel, Any, str], Awaitable[Any]]


class Answer:
    """One operation and how it is answered."""

    def __init__(self, room: Room, operation: Operation[Any, Any], answering: Answering) -> None:
        self._room, self.operation, self._answering = room, operation, answering
        self.name = operation.id

    @property
    def borrows(self) -> Sequence[tuple[str, str]]:
        """The log of the kernel."""
        return (("log", self._room.settings.log),)

    def lend(self, kind: str, name: str, offered: Any) -> None:
        self._room.log = offered

    async def answer(self, kernel: Kernel, request: Any, tenant: str) -> Any:
        return await self._answering(self._room, kernel, request, tenant)


def _submitting(kernel: Kernel) -> Submitting:
    async def submit(request: operations.tasks.Submit, tenant: str, once: Any) -> operations.tasks.Submitted:
        return await kernel.ask(operations.tasks.SUBMIT, request, Access(tenant=tenant), once)

    return submit


async def _receive(room: Room, kernel: Kernel, request: Raw, tenant: str) -> RawAnswer:
    return await room.receiving.take(room.at, _submitting(kernel), request.parameters[0], request.headers, request.body)


async def _set_source(room: Room, kernel: Kernel, request: op.SetSource, tenant: str) -> op.SourceView:
    for number, rule in enumerate(request.rules, 1):
        check_rule(rule, f"rule {number} of source {request.name!r}")
    source = Source(
        name=request.name, scheme=request.scheme, secrets=request.secrets, tolerance=request.tolerance,
        unique=request.unique, form=request.form, rules=request.rules, tenant=tenant,
    )  # fmt: skip
    await room.registry.set_source(room.at, source)
    return _source(source, room)


def _source(source: Source, room: Room) -> op.SourceView:
    return op.SourceView(
        name=source.name, scheme=source.scheme, path=f"/v1/hooks/{source.name}", secrets=len(source.secrets),
        tolerance=source.tolerance, unique=source.unique, form=source.form, rules=source.rules,
        fixed=source.name in room.settings.sources,
    )  # fmt: skip


async def _sources(room: Room, kernel: Kernel, request: op.Nothing, tenant: str) -> op.SourceList:
    await room.registry.fresh(room.at, now=True)
    own = [source for _, source in sorted(room.registry.sources.items()) if source.tenant == tenant]
    return op.SourceList(tuple(_source(source, room) for source in own))


async def _remove_source(room: Room, kernel: Kernel, request: op.SourceName, tenant: str) -> op.SourceList:
    await room.registry.fresh(room.at, now=True)
    known = room.registry.sources.get(request.name)
    if known is None or known.tenant != tenant:
        raise NotFound("webhook source", request.name, "'kingpost webhooks source list' lists them")
    if request.name in room.settings.sources:
        raise InvalidRequest(f"source {request.name!r} stands in the settings; remove it there")
    await room.registry.append(room.at, tenant, Event("source.removed", {"name": request.name}))
    return await _sources(room, kernel, op.Nothing(), tenant)


async def _set_endpoint(room: Room, kernel: Kernel, request: op.SetEndpoint, tenant: str) -> op.EndpointView:
    check_name("endpoint", request.id)
    await room.registry.fresh(room.at, now=True)
    known = room.registry.endpoints.get((tenant, request.id))
    new = known is None or not known.keys
    keys = _keys(request.signing, room) if known is None or new else known.keys
    endpoint = Endpoint(
        id=request.id, url=request.url, tenant=tenant, events=request.events, where=request.where, order=request.order,
        description=request.description, keys=keys,
    )  # fmt: skip
    check_endpoint(endpoint)
    _reachable(request.url, room.settings.allow)
    await room.registry.set_endpoint(room.at, endpoint)
    return _endpoint(room.registry.endpoint(tenant, request.id), room, show=new)


def _keys(signing: Iterable[str], room: Room) -> tuple[Key, ...]:
    made = {"v1": new_secret, "v1a": new_private}
    keys = tuple(Key(secret=made[kind](room.ports.entropy)) for kind in dict.fromkeys(signing))
    if not keys:
        raise InvalidRequest("signing is empty; name v1, v1a or both: nothing is sent unsigned")
    return keys


def _reachable(url: str, allow: Sequence[str]) -> None:
    """Refuse now what could never be connected to; names are looked up when something is sent."""
    from ipaddress import ip_address

    from .guard import Guard

    to, guard = target(url), Guard(allow)
    if not to.secure and not guard.named(to.host):
        raise InvalidRequest(f"{url!r}: use https://; http:// is for hosts under 'allow' in the section [webhooks]")
    try:
        address = ip_address(to.host)
    except ValueError:
        return
    if not guard.allows(address, to.host):
        raise InvalidRequest(f"{to.host} is not on the public internet; name it under 'allow' in [webhooks]")


def _endpoint(endpoint: Endpoint, room: Room, *, show: bool = False) -> op.EndpointView:
    now = room.ports.clock.now()
    until = [key.until for key in endpoint.keys if key.until is not None and key.until > now]
    keys = tuple(shown(key.secret) for key in endpoint.keys if key.until is None) if show else ()
    return op.EndpointView(
        id=endpoint.id, url=endpoint.url, events=endpoint.events, where=endpoint.where, order=endpoint.order,
        description=endpoint.description, disabled=endpoint.disabled, keys=keys,
        rotating_until=max(until, default=None),
    )  # fmt: skip


async def _endpoints(room: Room, kernel: Kernel, request: op.Nothing, tenant: str) -> op.EndpointList:
    await room.registry.fresh(room.at, now=True)
    own = [found for (owner, _), found in sorted(room.registry.endpoints.items()) if owner == tenant]
    return op.EndpointList(tuple(_endpoint(each, room) for each in own))


async def _known(room: Room, tenant: str, id: str) -> Endpoint:
    await room.registry.fresh(room.at, now=True)
    return room.registry.endpoint(tenant, id)


async def _remove_endpoint(room: Room, kernel: Kernel, request: op.EndpointId, tenant: str) -> op.EndpointList:
    await _known(room, tenant, request.id)
    await room.registry.append(room.at, tenant, Event("endpoint.removed", {"name": request.id}))
    return await _endpoints(room, kernel, op.Nothing(), tenant)


async def _enable(room: Room, kernel: Kernel, request: op.EndpointId, tenant: str) -> op.EndpointView:
    await _known(room, tenant, request.id)
    await room.registry.append(room.at, tenant, Event("endpoint.enabled", {"name": request.id}))
    return _endpoint(await _known(room, tenant, request.id), room)


async def _disable(room: Room, kernel: Kernel, request: op.Disable, tenant: str) -> op.EndpointView:
    await _known(room, tenant, request.id)
    event = Event("endpoint.disabled", {"name": request.id, "reason": request.reason[:300] or "disabled"})
    await room.registry.append(room.at, tenant, event)
    return _endpoint(await _known(room, tenant, request.id), room)


async def _rotate(room: Room, kernel: Kernel, request: op.Rotate, tenant: str) -> op.EndpointView:
    endpoint, now = await _known(room, tenant, request.id), room.ports.clock.now()
    newest = [key for key in endpoint.keys if key.until is None]
    ending = [key for key in endpoint.keys if key.until is not None and key.until > now]
    if request.close:
        await room.registry.set_endpoint(room.at, replace(endpoint, keys=tuple(newest)))
        return _endpoint(await _known(room, tenant, request.id), room)
    if ending:
        what = (
            f"the old key of endpoint {request.id!r} still signs beside the new one; end that with close, or wait a day"
        )
        raise Conflict(stream_of_tenant(tenant), "one key", "two", what)
    kinds = ["v1a" if key.secret.startswith(PRIVATE) else "v1" for key in newest]
    old = tuple(replace(key, until=now + OVERLAP_SECONDS) for key in newest)
    await room.registry.set_endpoint(room.at, replace(endpoint, keys=(*_keys(kinds, room), *old)))
    return _endpoint(await _known(room, tenant, request.id), room, show=True)


async def _deliveries(room: Room, kernel: Kernel, request: op.ListDeliveries, tenant: str) -> op.DeliveryPage:
    if request.endpoint is not None:
        await _known(room, tenant, request.endpoint)
    return await listed(room.at, request, tenant)


async def _follow(room: Room, kernel: Kernel, request: op.Follow, tenant: str) -> op.Followed:
    if request.endpoint is not None:
        await _known(room, tenant, request.endpoint)
    return await followed(room.at, request, tenant)


async def _replay(room: Room, kernel: Kernel, request: op.Replay, tenant: str) -> op.Replayed:
    if (request.endpoint is None) == (request.source is None):
        raise InvalidRequest("name an endpoint, to send again, or a source, to take in again")
    if request.source is not None:
        return await _take_again(room, kernel, request, tenant)
    endpoint = await _known(room, tenant, request.endpoint or "")
    if not request.ids and not request.dead:
        raise InvalidRequest("name ids of deliveries, or ask for all dead letters")
    places = await _places(room, endpoint, request)
    events = [
        Event("endpoint.replay", {"name": endpoint.id, "places": places[start : start + _TOGETHER]})
        for start in range(0, len(places), _TOGETHER)
    ]
    if events:
        await room.registry.append(room.at, tenant, *events)
    return op.Replayed(count=len(places))


async def _places(room: Room, endpoint: Endpoint, request: op.Replay) -> list[tuple[int, ...]]:
    """Where in the log the events stand that are to be sent again: those named, or dead with no success since."""
    wanted, found = set(request.ids), dict[str, tuple[int, ...]]()
    arrived: set[str] = set()
    before: int | None = None
    while True:
        asked = op.ListDeliveries(endpoint=endpoint.id, before=before, limit=500)
        page = await listed(room.at, asked, endpoint.tenant)
        for view in page.deliveries:
            if view.state == "delivered":
                arrived.add(view.id)
            if view.id in wanted or (request.dead and view.state == "dead" and view.id not in arrived):
                found[view.id] = view.place
        if page.next is None or (wanted and wanted <= found.keys() and not request.dead):
            break
        before = page.next
    if missing := wanted - found.keys():
        raise NotFound("delivery", min(missing), f"'kingpost webhooks deliveries --endpoint {endpoint.id}' lists them")
    return sorted(found.values())


async def _take_again(room: Room, kernel: Kernel, request: op.Replay, tenant: str) -> op.Replayed:
    await room.registry.fresh(room.at, now=True)
    source = room.registry.sources.get(request.source or "")
    if source is None or source.tenant != tenant:
        raise NotFound("webhook source", request.source or "", "'kingpost webhooks source list' lists them")
    if request.ids:
        streams = [stream_of(tenant, source.name, id) for id in request.ids]
        for id, stream in zip(request.ids, streams, strict=True):
            if not await room.at.read(0, 1, stream):
                raise NotFound("delivery", id, "'kingpost webhooks deliveries' lists those that became no task")
    else:
        prefix = f"webhook/{tenant}/{source.name}/"
        newest = [frame.stream async for frame in backwards(room.at, None) if frame.stream.startswith(prefix)]
        streams = newest[::-1]
    tasks: list[str] = []
    for stream in streams:
        # One by one, as bodies may be large.
        (frame,) = await room.at.read(0, 1, stream)
        if (task := await _again(room, kernel, source, frame.events[0])) is not None:
            tasks.append(task)
    return op.Replayed(count=len(tasks), tasks=tuple(tasks))


async def _again(room: Room, kernel: Kernel, source: Source, event: Event) -> str | None:
    """One delivery that was kept, once more; the task if it has become one now."""
    body = await content(room.at, source.tenant, event)
    if body is None or event.kind not in {"delivery.unmatched", "delivery.failed"}:
        return None
    try:
        payload = parse(body, "application/json" if body[:1] in b"{[" else "application/x-www-form-urlencoded")
    except Unreadable:
        return None
    label = Label(id=event.header["delivery"], event=event.header["event"])
    delivery = Delivery(source, event.header["delivery"], label, body, payload)
    return (await room.receiving.decide(room.at, _submitting(kernel), delivery))[1]


async def _simulate(room: Room, kernel: Kernel, request: op.Simulate, tenant: str) -> op.Simulated:
    await room.registry.fresh(room.at, now=True)
    own = [source for _, source in sorted(room.registry.sources.items()) if source.tenant == tenant]
    fitting = [one for one in own if one.scheme == request.scheme and request.source in {None, one.name}]
    if not fitting:
        mend = f"'kingpost webhooks source set NAME --scheme {request.scheme} --secret ...' makes one"
        raise NotFound(f"{request.scheme} source", request.source or request.scheme, mend)
    source, id, now = fitting[0], room.ports.ids.new(), room.ports.clock.now()
    body = to_json(sample(request.scheme, request.event, id, now))
    signed = SCHEMES[source.scheme].sign(source, id, request.event, body, now)
    headers = {"Content-Type": "application/json", **signed}
    return op.Simulated(source=source.name, path=f"/v1/hooks/{source.name}", headers=headers, body=body.decode())


def answers(settings: Settings, registry: Registry, ports: Ports) -> list[Answerer]:
    """Every operation of this plugin."""
    room = Room(settings, registry, ports, Receiving(registry, ports, settings.body_bytes))
    table: list[tuple[Operation[Any, Any], Answering]] = [
        (op.receive(settings.body_bytes), _receive),
        (op.SET_SOURCE, _set_source),
        (op.SOURCES, _sources),
        (op.REMOVE_SOURCE, _remove_source),
        (op.SET_ENDPOINT, _set_endpoint),
        (op.ENDPOINTS, _endpoints),
        (op.REMOVE_ENDPOINT, _remove_endpoint),
        (op.ENABLE, _enable),
        (op.DISABLE, _disable),
        (op.ROTATE, _rotate),
        (op.DELIVERIES, _deliveries),
        (op.FOLLOW, _follow),
        (op.REPLAY, _replay),
        (op.SIMULATE, _simulate),
    ]
    return [Answer(room, operation, answering) for operation, answering in table]

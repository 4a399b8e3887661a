"""What can be asked about webhooks: requests and responses, as HTTP, the command line and others see them.

Answered by ``answers``. Secrets come in here, and go out once, when they are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from kingpost import Conflict, NotFound, Operation, Raw, RawAnswer, Record, field

from .source import Form, Rule

READ, WRITE = "webhooks:read", "webhooks:write"


class Nothing(Record):
    """No question is needed."""


class SetSource(Record, kw_only=True):
    """Sets a source up, or anew: all of it. Several ``secrets`` hold beside each other while one replaces the other."""

    name: str
    scheme: str
    secrets: tuple[str, ...]
    tolerance: float = 300.0
    unique: Literal["id", "body"] = "id"
    form: Form = field(default_factory=Form)
    rules: tuple[Rule, ...] = ()

    @property
    def workspace(self) -> str | None:
        """A workspace that one of its rules names: a folder of this machine."""
        return next((rule.workspace for rule in self.rules if rule.workspace), None)


class SourceView(Record, kw_only=True):
    """A source. Its secrets are counted, not shown; ``fixed`` ones stand in the settings."""

    name: str
    scheme: str
    path: str
    secrets: int
    tolerance: float
    unique: str
    form: Form
    rules: tuple[Rule, ...]
    fixed: bool = False


class SourceList(Record):
    """Every source of the tenant, by name."""

    sources: tuple[SourceView, ...]


class SourceName(Record):
    """Names a source."""

    name: str


class SetEndpoint(Record, kw_only=True):
    """Sets an endpoint up, or anew; its keys and its place in the log stay.

    ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key, or both.
    """

    id: str
    url: str
    events: tuple[str, ...] = ("*",)
    where: Mapping[str, str] = field(default_factory=dict)
    order: Literal["none", "task"] = "none"
    description: str = ""
    signing: tuple[Literal["v1", "v1a"], ...] = ("v1",)


class EndpointView(Record, kw_only=True):
    """An endpoint. ``keys`` is what receivers verify with, shown when it is made and never again."""

    id: str
    url: str
    events: tuple[str, ...]
    where: Mapping[str, str]
    order: str
    description: str
    disabled: str | None = None
    rotating_until: float | None = None
    keys: tuple[str, ...] = ()


class EndpointList(Record):
    """Every endpoint of the tenant, by id."""

    endpoints: tuple[EndpointView, ...]


class EndpointId(Record):
    """Names an endpoint."""

    id: str


class Rotate(Record, kw_only=True):
    """Gives an endpoint a new key; the old one signs beside it for a day, or until ``close`` ends that."""

    id: str
    close: bool = False


class Disable(Record, kw_only=True):
    """Sends an endpoint nothing more; what happens meanwhile is kept for it."""

    id: str
    reason: str = "somebody has disabled it"


class ListDeliveries(Record, kw_only=True):
    """Deliveries, newest first: those that came in, or the attempts of one ``endpoint``.

    ``state`` is ``queued``, ``unmatched``, ``rejected`` or ``failed`` for what came in, and ``delivered``, ``failed``,
    ``gone``, ``ours`` or ``dead`` for what went out. ``before`` is the position that the page before ended with.
    """

    endpoint: str | None = None
    source: str | None = None
    state: str | None = None
    before: int | None = None
    limit: int = 50


class DeliveryView(Record, kw_only=True):
    """One delivery. ``at`` is in seconds since the epoch; ``request`` and ``reply`` are those of an attempt."""

    id: str
    state: str
    at: float
    position: int
    source: str = ""
    endpoint: str = ""
    event: str = ""
    task: str = ""
    why: str = ""
    attempt: int = 0
    status: int | None = None
    ms: int | None = None
    place: tuple[int, ...] = ()
    request: Mapping[str, Any] | None = None
    reply: Mapping[str, Any] | None = None


class DeliveryPage(Record, kw_only=True):
    """Deliveries, and the ``before`` of the next page if there is one."""

    deliveries: tuple[DeliveryView, ...]
    next: int | None = None


class Follow(Record, kw_only=True):
    """Deliveries as they come, of one ``source``, or the attempts of one ``endpoint``.

    ``after`` is the position that the answer before ended with; without one nothing comes but the position of now.
    """

    after: int | None = None
    endpoint: str | None = None
    source: str | None = None


class Followed(Record, kw_only=True):
    """Deliveries behind the position that was named, oldest first, and the position that they reach to."""

    position: int
    deliveries: tuple[DeliveryView, ...] = ()


class Replay(Record, kw_only=True):
    """Sends again, with the same id: events of an ``endpoint`` (``ids``, or all its ``dead`` letters).

    With a ``source``, deliveries of it that became no task meet its rules once more (``ids``, or all of them).
    """

    endpoint: str | None = None
    source: str | None = None
    ids: tuple[str, ...] = ()
    dead: bool = False


class Replayed(Record, kw_only=True):
    """How many, and the tasks that came of it."""

    count: int
    tasks: tuple[str, ...] = ()


def receive(most: int) -> Operation[Raw, RawAnswer]:
    """The way in; ``most`` is the largest body in bytes."""
    return Operation(
        id="hooks.receive", summary="Take a delivery of a source.", request=Raw, response=RawAnswer, scope="",
        raw="POST /hooks/{source}", body_bytes=most,
    )  # fmt: skip


SET_SOURCE = Operation(
    id="sources.set", summary="Set up a source of webhooks.", request=SetSource, response=SourceView, scope=WRITE,
    errors=(Conflict,), route="PUT /webhooks/sources/{name}", late_files=("workspace",),
)  # fmt: skip
SOURCES = Operation(
    id="sources.list", summary="Sources of webhooks, by name.", request=Nothing, response=SourceList, scope=READ,
    route="GET /webhooks/sources",
)  # fmt: skip
REMOVE_SOURCE = Operation(
    id="sources.remove", summary="Take no more deliveries of a source.", request=SourceName, response=SourceList,
    scope=WRITE, errors=(NotFound,), route="DELETE /webhooks/sources/{name}",
)  # fmt: skip
SET_ENDPOINT = Operation(
    id="endpoints.set", summary="Set up an endpoint for events.", request=SetEndpoint, response=EndpointView,
    scope=WRITE, route="PUT /webhooks/endpoints/{id}",
)  # fmt: skip
ENDPOINTS = Operation(
    id="endpoints.list", summary="Endpoints, by id.", request=Nothing, response=EndpointList, scope=READ,
    route="GET /webhooks/endpoints",
)  # fmt: skip
REMOVE_ENDPOINT = Operation(
    id="endpoints.remove", summary="Forget an endpoint.", request=EndpointId, response=EndpointList, scope=WRITE,
    errors=(NotFound,), route="DELETE /webhooks/endpoints/{id}",
)  # fmt: skip
ENABLE = Operation(
    id="endpoints.enable", summary="Send to an endpoint again, what was kept first.", request=EndpointId,
    response=EndpointView, scope=WRITE, errors=(NotFound,), route="POST /webhooks/endpoints/{id}/enable",
)  # fmt: skip
DISABLE = Operation(
    id="endpoints.disable", summary="Send nothing more to an endpoint, and keep its events.", request=Disable,
    response=EndpointView, scope=WRITE, errors=(NotFound,), route="POST /webhooks/endpoints/{id}/disable",
)  # fmt: skip
ROTATE = Operation(
    id="endpoints.rotate", summary="Give an endpoint a new key.", request=Rotate, response=EndpointView, scope=WRITE,
    idempotent=False, errors=(NotFound, Conflict), route="POST /webhooks/endpoints/{id}/rotate",
)  # fmt: skip
DELIVERIES = Operation(
    id="deliveries.list", summary="Deliveries in and out, newest first.", request=ListDeliveries,
    response=DeliveryPage, scope=READ, errors=(NotFound,), route="GET /webhooks/deliveries",
)  # fmt: skip
FOLLOW = Operation(
    id="deliveries.follow", summary="Deliveries in or out as they come, oldest first.", request=Follow,
    response=Followed, scope=READ, errors=(NotFound,),
)  # fmt: skip
REPLAY = Operation(
    id="deliveries.replay", summary="Deliver again, with the same id.", request=Replay, response=Replayed, scope=WRITE,
    errors=(NotFound,), route="POST /webhooks/deliveries/replay",
)  # fmt: skip


class Simulate(Record, kw_only=True):
    """Makes a delivery as a sender does: of this ``scheme`` or of one ``source``, signed with a secret of its own."""

    scheme: str
    event: str
    source: str | None = None


class Simulated(Record, kw_only=True):
    """A delivery that is ready to be sent to a path of the server."""

    source: str
    path: str
    headers: Mapping[str, str]
    body: str


SIMULATE = Operation(
    id="hooks.simulate", summary="Make a signed delivery, to be sent to a local server.", request=Simulate,
    response=Simulated, scope=WRITE, errors=(NotFound,),
)  # fmt: skip

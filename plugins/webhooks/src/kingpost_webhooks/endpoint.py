"""An endpoint of somebody: which events go where, signed with what.

Kept by ``registry``, read by ``outbox``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from kingpost import InvalidRequest, Record, field

from .rules import matches
from .source import look
from .target import target

EVENTS = (
    "task.queued", "task.started", "task.waiting", "task.retrying", "task.succeeded", "task.failed", "task.cancelled",
    "turn.decided", "call.pending", "call.observed", "message.received", "cancel.requested", "letter.replayed",
    "letter.discarded",
)  # fmt: skip
"""What can be subscribed to."""


class Key(Record, kw_only=True):
    """A key that deliveries are signed with, until a time in Unix seconds (``None``: for good)."""

    secret: str
    until: float | None = None


class Endpoint(Record, kw_only=True):
    """Where events go.

    ``events`` are patterns of kinds and ``where`` maps paths in an event's data to patterns of values. ``order`` is
    ``task`` where events of one task must come one after another, whatever fails. ``since`` is the position of the log
    behind which events are its own. ``disabled`` says why nothing is sent; what happens meanwhile is kept for it.
    """

    id: str
    url: str
    tenant: str = "default"
    events: tuple[str, ...] = ("*",)
    where: Mapping[str, str] = field(default_factory=dict)
    order: Literal["none", "task"] = "none"
    description: str = ""
    keys: tuple[Key, ...] = ()
    since: int = 0
    disabled: str | None = None

    def wants(self, kind: str) -> bool:
        """Whether events of a kind may be for it."""
        return any(fnmatchcase(kind, pattern) for pattern in self.events)

    def fits(self, data: Any) -> bool:
        """Whether an event's data passes its filters."""
        return fits(data, self.where.items())


def fits(data: Any, where: Iterable[tuple[str, str]]) -> bool:
    """Whether an event's data passes filters: paths, each with a pattern of values."""
    return all(matches(look(data, path), pattern) for path, pattern in where)


def check(endpoint: Endpoint) -> None:
    """See that an endpoint can be delivered to.

    Raises:
        InvalidRequest: its URL or its patterns cannot be used.
    """
    target(endpoint.url)
    if not endpoint.events:
        raise InvalidRequest(f"the endpoint names no events; '*' means all of {', '.join(EVENTS)}")
    for pattern in endpoint.events:
        if not any(fnmatchcase(kind, pattern) for kind in EVENTS):
            raise InvalidRequest(f"no event fits {pattern!r}; there are {', '.join(EVENTS)}")


def stream_of(tenant: str, id: str) -> str:
    """The stream of an endpoint's cursor and attempts."""
    return f"webhooks.endpoint/{tenant}/{id}"

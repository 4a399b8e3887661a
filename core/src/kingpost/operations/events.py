"""Operations on the log's events: a page of them, and all of them as they come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from ..errors import NotFound
from ..records.event import Recorded
from ..records.record import Record
from .bounds import Limit, Name, Natural, Seconds
from .table import Operation


class ListEvents(Record, kw_only=True):
    """A page of the log behind position ``after``; one task's if named. Waits up to ``wait`` seconds for the first."""

    after: Natural = 0
    task: Name | None = None
    limit: Limit = 100
    wait: Seconds = 0.0


class EventPage(Record, kw_only=True):
    """Frames in order, and where to go on."""

    frames: tuple[Recorded, ...]
    position: int


class Follow(Record, kw_only=True):
    """Which events to follow: of one ``task``, of a ``root`` and all below it, of a ``thread``, of some ``kinds``.

    ``after`` goes on behind an event that was seen: its ``id``, or a position of the log. Without one it begins with
    what comes from now on, or with the task's first event. ``live`` brings along what agents say while they decide.
    """

    task: Name | None = None
    root: Name | None = None
    thread: Name | None = None
    kinds: tuple[Name, ...] = ()
    after: Name | None = None
    live: bool = False


class EventView(Record, kw_only=True):
    """One event as it is followed. ``id`` is ``position.number``; ``at`` is in seconds since the epoch."""

    id: str
    position: int
    at: float
    stream: str
    kind: str
    v: int
    header: Mapping[str, Any]
    payload: Mapping[str, Any] | None = None
    task: str | None = None


class SpeechView(Record, kw_only=True):
    """What an agent says while it decides: live only, in no log, and so without an id."""

    task: str
    kind: str
    text: str


Views = Sequence[EventView | SpeechView]
Take = Callable[[Views, Sequence[Any]], Collection[Any]]


class Feed(Protocol):
    """Events as they come. ``next`` waits for some; an empty answer is the end, and ``close`` gives it up."""

    finished: bool
    """True once the task that is followed has ended, and all of it was handed over."""

    async def next(self) -> Views:
        """What has come, in order, at least one; none when no more will ever come."""
        ...

    def hand(self, take: Take, to: Any) -> None:
        """Let what comes while ``next`` is waited for be taken at once, without waking who waits.

        ``take`` is called once for many who follow alike and gave the same: with the events, and with what each of them
        gave as ``to``, which is hashable and its own. It answers with those who did not take the events, to whom
        ``next`` brings them. It must not wait. Where it raises, all of their feeds end.
        """
        ...

    def close(self) -> None:
        """Follow no more."""
        ...


EVENTS = Operation(
    id="events.list", summary="A page of the log.", request=ListEvents, response=EventPage, scope="events:read",
    errors=(NotFound,),
    route="GET /events",
)  # fmt: skip
FOLLOW: Operation[Follow, Feed] = Operation(
    id="events.stream",
    summary="Events as they come, resumed without a gap.",
    request=Follow,
    response=Feed,  # type: ignore[type-abstract]  # whoever answers brings a feed of its own
    scope="events:read",
    errors=(NotFound,),
    route="GET /events/stream",
    item=EventView | SpeechView,
)

"""One endpoint's way through the log: what waits for it, what is tried again when, and how far it is.

Kept by ``outbox``, which sends. Holds no connection and writes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

from kingpost import Event, Record

from .endpoint import EVENTS, Endpoint
from .notice import Message

MOST_READY = 1000
"""Events that wait in memory for one endpoint; beyond, it reads the log itself once it gets there."""

MOST_RETRIES = 500
"""Failed events of one endpoint that wait for another try; with so many, no new one is begun."""

_order = count()


class Due(Record):
    """An event to be sent, and how often that was tried."""

    message: Message
    attempts: int = 0


@dataclass(slots=True)
class Courier:
    """One endpoint. ``behind`` is a position from which it has to read the log itself.

    ``resumed`` says that what is being sent is no new event, but one of the retries; ``slow`` that the last attempt
    took long.
    """

    endpoint: Endpoint
    floor: int
    behind: int | None = None
    kinds: frozenset[str] = frozenset()
    ready: deque[Due] = field(default_factory=deque)
    retries: list[tuple[float, int, Due]] = field(default_factory=list)
    blocked: dict[str, deque[Due]] = field(default_factory=dict)
    sending: Due | None = None
    resumed: bool = False
    running: bool = False
    slow: bool = False
    failing_since: float | None = None
    notes: list[Event] = field(default_factory=list)
    dirty: bool = False

    def __post_init__(self) -> None:
        """Know what it wants."""
        self.change(self.endpoint)

    def change(self, endpoint: Endpoint) -> None:
        """It was set up anew."""
        self.endpoint = endpoint
        self.kinds = frozenset(kind for kind in EVENTS if endpoint.wants(kind))

    @property
    def troubled(self) -> bool:
        """Its last attempt failed, or held a connection for long: the quick ones do not wait for it."""
        return self.slow or self.failing_since is not None

    @property
    def idle(self) -> bool:
        """Nothing is left to send, now or later."""
        return not (self.ready or self.retries or self.blocked or self.sending) and self.behind is None

    def push(self, message: Message) -> None:
        """One more event that it wants; what there is no room for is read again from the log once there is."""
        if self.behind is not None or message.position <= self.floor:
            return
        if len(self.ready) >= MOST_READY or self.endpoint.disabled is not None:
            self.behind = message.position - 1
        else:
            self.ready.append(Due(message))

    def next(self, now: float) -> Due | None:
        """What is to be sent now, if anything."""
        if self.endpoint.disabled is not None:
            return None
        if self.retries and self.retries[0][0] <= now:
            self.sending, self.resumed = heappop(self.retries)[2], True
            return self.sending
        while self.ready and len(self.retries) < MOST_RETRIES:
            due = self.ready.popleft()
            if (waiting := self.blocked.get(due.message.key)) is not None:
                waiting.append(due)
                continue
            self.sending, self.resumed = due, False
            return due
        return None

    def wake_at(self) -> float | None:
        """When the first retry is due (Unix seconds)."""
        return self.retries[0][0] if self.retries and self.endpoint.disabled is None else None

    def later(self, due: Due, at: float) -> None:
        """Try it again at a time; in order, those of its task wait for it."""
        self.sending, self.dirty = None, True
        heappush(self.retries, (at, next(_order), due))
        if self.endpoint.order == "task":
            self.blocked.setdefault(due.message.key, deque())

    def again(self, due: Due, at: float) -> None:
        """Somebody has asked for it; whatever is on its way meanwhile stays so."""
        self.dirty = True
        heappush(self.retries, (at, next(_order), due))

    def settled(self, due: Due) -> None:
        """It has arrived, or is a dead letter."""
        self.sending, self.dirty = None, True
        if any(other.message.key == due.message.key for _, _, other in self.retries):
            return
        for waiting in reversed(self.blocked.pop(due.message.key, ())):
            self.ready.appendleft(waiting)

    def front(self, reached: int) -> int:
        """The position up to which everything is settled or stands among the retries."""
        waiting: Iterable[Due] = [*self.ready, *(due for held in self.blocked.values() for due in held)]
        positions = [due.message.position - 1 for due in waiting]
        if self.sending is not None and not self.resumed:
            positions.append(self.sending.message.position - 1)
        return min([*positions, reached if self.behind is None else self.behind])

    def standing(self, reached: int) -> Event:
        """How far it is, as it is written down."""
        waiting = [(at, due) for at, _, due in self.retries]
        if self.sending is not None and self.resumed:
            waiting.append((0.0, self.sending))
        retries = [[*due.message.place, due.attempts, at] for at, due in waiting]
        header: dict[str, Any] = {"name": self.endpoint.id, "position": self.front(reached), "retries": retries}
        if self.failing_since is not None:
            header["failing_since"] = self.failing_since
        return Event("endpoint.reached", header)


def places(header: Mapping[str, Any]) -> list[tuple[int, int, int, float]]:
    """The retries of a standing: position, index, attempts, time."""
    return [(int(a), int(b), int(c), float(d)) for a, b, c, d in header.get("retries", ())]

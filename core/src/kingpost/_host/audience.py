"""Those who follow alike: what they want of the log, and how they are told of it, a hundred in one go.

Kept by ``feeds``. Reads nothing and waits for nothing: between its steps somebody else may get a turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Protocol

from ..operations.events import Follow, SpeechView, Take, Views
from ..records.record import replace
from ..state import TASK_STREAM, task_stream

ROW = 100
"""Who are handed events in one go."""

ENDS = frozenset({"task.succeeded", "task.failed", "task.cancelled"})


class Listener(Protocol):
    """One who follows: in a row, or standing because there is something that only ``next`` can bring it."""

    handing: tuple[Take, Any] | None
    row: Row | None

    def waits(self, position: int) -> bool:
        """Whether it waits for what comes now, and has seen nothing of that position yet."""
        ...

    def take(self, views: Views, size: int) -> None: ...
    def said(self, what: SpeechView) -> None: ...
    def stand(self) -> None: ...
    def lag(self) -> None: ...
    def end(self) -> None: ...


class Row:
    """Who wait for the same events and are handed them in one go. ``place`` is that of the last."""

    def __init__(self, take: Take) -> None:
        self.take, self.place = take, (0, 0)
        self.members: dict[Any, Listener] = {}

    def tell(self, views: Views, place: tuple[int, int]) -> None:
        """Who did not take them stands up and has not had them."""
        try:
            missed = self.take(views, [*self.members]) if views else ()
        except Exception:  # noqa: BLE001 - who hands on is a plugin's; all others are told as ever
            # Nobody knows who had them. Whoever follows again says so.
            for each in [*self.members.values()]:
                each.end()
            return
        for to in missed:
            if to in self.members:
                self.members[to].stand()
        self.place = place


class Audience:
    """Those who follow alike."""

    def __init__(self, request: Follow) -> None:
        self.request = request
        self.stream = None if request.task is None else task_stream(request.task)
        self._kinds = frozenset(request.kinds)
        self.standing: dict[Listener, None] = {}
        self._rows: list[Row] = []

    @property
    def left(self) -> bool:
        """Whether nobody is here any more."""
        return not self.standing and not any(row.members for row in self._rows)

    def everybody(self) -> list[Listener]:
        """All of them, wherever they are."""
        return [*chain(self.standing, *(row.members.values() for row in self._rows))]

    def wants(self, stream: str, root: str, thread: str | None) -> bool:
        """Whether they follow this stream."""
        request = self.request
        if self.stream is not None and stream != self.stream:
            return False
        if request.root is not None:
            id = stream.removeprefix(TASK_STREAM)
            if not (id == request.root or id.startswith(f"{request.root}/")):
                return False
        return request.thread is None or thread == request.thread

    def chosen(self, views: Views) -> Views:
        """What is told of these: the very same where all is."""
        if not self._kinds:
            return views
        kinds = self._kinds | ENDS
        return [each for each in views if isinstance(each, SpeechView) or each.kind in kinds]

    def tell(self, views: Views, size: int, place: tuple[int, int]) -> Iterator[int]:
        """Tell them of a frame's events, with so many bytes in large payloads; how many were told in each step.

        Who leaves its row in between is told among those who stand.
        """
        self._seat(place[0])
        chosen = self.chosen(views)
        for row in [*self._rows]:
            yield len(row.members)
            row.tell(chosen, place)
        for each in [*self.standing]:
            yield 1
            each.take(views, size)

    def _seat(self, position: int) -> None:
        """Give a place in a row to who waits. What comes before this position was told to all of a row, or to none."""
        self._rows = [row for row in self._rows if row.members]
        for each in [one for one in self.standing if one.waits(position)]:
            assert each.handing is not None
            take, to = each.handing
            row = next((r for r in self._rows if r.take == take and len(r.members) < ROW and to not in r.members), None)
            if row is None:
                self._rows.append(row := Row(take))
            row.members[to] = each
            each.row = row
            del self.standing[each]


class Audiences:
    """All who follow, by tenant and by the one stream that they follow, if it is one: most follow one task."""

    def __init__(self) -> None:
        self._by_stream: dict[tuple[str, str | None], dict[Follow, Audience]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_stream)

    def of(self, request: Follow, tenant: str) -> Audience:
        """Those who follow like this, wherever they began."""
        made = Audience(replace(request, after=None))
        return self._by_stream.setdefault((tenant, made.stream), {}).setdefault(made.request, made)

    def leave(self, audience: Audience, tenant: str) -> None:
        """Somebody follows no more: who is the last of an audience takes it along."""
        some = self._by_stream.get(key := (tenant, audience.stream), {})
        if audience.left and some.get(audience.request) is audience:
            del some[audience.request]
            if not some:
                del self._by_stream[key]

    def everybody(self) -> list[Listener]:
        """All who follow."""
        return [each for some in self._by_stream.values() for one in some.values() for each in one.everybody()]

    def who_want(self, stream: str, tenant: str, root: str, thread: str | None) -> list[Audience]:
        """Those who follow this stream."""
        near = (self._by_stream.get((tenant, one), {}) for one in (None, stream))
        return [each for some in near for each in some.values() if each.wants(stream, root, thread)]

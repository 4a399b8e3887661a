"""A task's stream as its holder writes it.

Called by ``pipeline`` and the steps below it. Keeps the folded state at hand. The attempt is the fence, the version
only the order: when somebody else appended first (a message, a cancel request), the same frame is appended behind it,
so that a turn that was paid for is never thrown away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic_core import PydanticSerializationError, from_json, to_json

from ..chain import Written
from ..errors import Conflict, Fenced, InvalidRequest, Unavailable
from ..protocols import Folded, Log
from ..records.event import Event, Receipt, Recorded, TaskQuery
from ..state import TaskState, fold, task_stream, upcast
from .told import told

INLINE_BYTES = 16 * 1024
"""Larger payloads go into blobs: a 10 MB payload inline stalls everybody else's appends."""

SHALLOW = 150
"""What has fewer brackets cannot be nested too deeply to be read, which ends at 200."""

WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Between the tries to append to a log that cannot write: longer troubles are for the next attempt."""

_OUTER = 8


class Blobs(Protocol):
    """Where large payloads are kept: a log."""

    async def get(self, tenant: str, digest: str) -> bytes:
        """The content of a blob."""
        ...


class Journal:
    """One task, held by one attempt."""

    def __init__(self, log: Log, state: TaskState, known: Sequence[Event] | None = None) -> None:
        """``known`` are the events of the task so far, if somebody has them at hand."""
        self._log, self.state, self.attempt = log, state, state.attempt
        self.stream = task_stream(state.id)
        self._known = None if known is None else list(known)
        self.stale = False
        # What was open when this attempt began, the attempts before it left behind.
        self._inherited = state.turn if state.open else 0
        self._order = asyncio.Lock()

    async def append(self, *events: Event) -> None:
        """Append a frame under this attempt, whatever else was appended meanwhile.

        Raises:
            Fenced: another attempt holds the task. Refused: the task has ended, or is past this.
            Unavailable: the log cannot write, and could not for a while.
        """
        frame = await stow_all(self._log, self.state.tenant, [self._signed(event) for event in events])
        waits = list(WAITS_SECONDS)
        async with self._order:
            while True:
                try:
                    receipt = await self._log.append(self.stream, self.state.version, frame)
                except Conflict:
                    await self.refresh()
                    continue
                except Unavailable:
                    # What stands in the frame may have been paid for; a disk that is full may have room in a moment.
                    if not waits:
                        raise
                    await asyncio.sleep(waits.pop(0))
                    continue
                self.state = folded(receipt, self.state, self.stream, frame)
                if self._known is not None:
                    self._known += events
                return

    def found_open(self, turn: int) -> bool:
        """True, once, for the turn whose calls this attempt found open."""
        found, self._inherited = self._inherited == turn, 0
        return found

    async def refresh(self) -> None:
        """Read the state anew.

        Raises:
            Fenced: another attempt holds the task.
        """
        found = await self._log.select(TaskQuery(ids=[self.state.id], limit=1))
        if found[0].attempt != self.attempt:
            raise Fenced(self.state.id, self.attempt, found[0].attempt)
        # Somebody else may have written: what is at hand is not all there is.
        self.state, self._known, self.stale = found[0], None, False

    async def history(self) -> list[Event]:
        """Every event of the task so far, payloads in place, old shapes brought up to date."""
        if self._known is None:
            frames = read_stream(self._log, self.stream, self.state.tenant)
            self._known = [event async for frame in frames for event in frame.events]
        return self._known

    def _signed(self, event: Event) -> Event:
        header = {**event.header, "attempt": self.attempt}
        if isinstance(event, Written):
            return Written(event.kind, header, None, event.v, content=event.content)
        return Event(event.kind, header, event.payload, event.v)


def folded(receipt: Receipt, before: TaskState | None, stream: str, events: Sequence[Event]) -> TaskState:
    """The task behind an append: as the log has folded it, or folded here once more."""
    if isinstance(receipt, Folded) and receipt.state is not None:
        return receipt.state
    after = fold(before, stream, receipt.version, receipt.at, events)
    assert after is not None
    return after


async def read_stream(log: Log, stream: str, tenant: str) -> AsyncIterator[Recorded]:
    """The frames of one stream in order, payloads fetched from their blobs."""
    after = 0
    while page := await log.read(after, 500, stream):
        for frame in page:
            yield await unstow_frame(log, tenant, frame)
        after = page[-1].position


async def unstow_frame(log: Blobs, tenant: str, frame: Recorded) -> Recorded:
    """The frame with every payload in place and in its newest shape."""
    events = [upcast(await unstow(log, tenant, event)) for event in frame.events]
    return Recorded(frame.position, frame.stream, frame.version, frame.at, tuple(events), frame.hash)


async def stow(log: Log, tenant: str, event: Event) -> Event:
    """The event, its payload moved into a blob of its tenant if it is large.

    Raises:
        InvalidRequest: the payload is no JSON, or nested so deeply that it could not be read again.
    """
    event, content = _written(event)
    return event if content is None else _behind(event, await log.put(tenant, content))


async def stow_all(log: Log, tenant: str, events: Sequence[Event]) -> list[Event]:
    """The same for several events; what is large among them goes to disk together.

    Raises:
        InvalidRequest: as ``stow``; nothing was written.
    """
    written = [_written(event) for event in events]
    large = [content for _, content in written if content is not None]
    if not large:
        return [event for event, _ in written]
    digests = iter(await asyncio.gather(*[log.put(tenant, content) for content in large]))
    return [event if content is None else _behind(event, next(digests)) for event, content in written]


def _written(event: Event) -> tuple[Event, bytes | None]:
    """The event as it is written, or with its payload as bytes if that is large.

    Raises:
        InvalidRequest: it cannot be.
    """
    if isinstance(event, Written):
        return event, event.content if len(event.content) > INLINE_BYTES else None
    if event.payload is None:
        return event, None
    try:
        content = to_json(event.payload)
    except PydanticSerializationError:
        # Half a surrogate pair is no text: an agent or a tool may say it, the log cannot keep it.
        event = Event(event.kind, event.header, readable(event.payload), event.v)
        try:
            content = to_json(event.payload)
        except PydanticSerializationError as problem:
            raise InvalidRequest(f"a {event.kind!r} event cannot be written down: {told(problem)}") from problem
    check_depth(content)
    if len(content) > INLINE_BYTES:
        return event, content
    return Written(event.kind, event.header, None, event.v, content=content), None


def _behind(event: Event, digest: str) -> Event:
    """The event with a blob in the place of its payload."""
    return Event(event.kind, event.header, {"blob": digest}, event.v)


def check_depth(content: bytes) -> None:
    """Refuse JSON that could not be read again, a few levels further down than it is now.

    Raises:
        InvalidRequest: it is nested too deeply.
    """
    if content.count(b"[") + content.count(b"{") <= SHALLOW:
        return
    try:
        from_json(b"[" * _OUTER + content + b"]" * _OUTER)
    except ValueError as problem:
        raise InvalidRequest("this is nested too deeply to be written down; make it flatter") from problem


def readable(value: Any) -> Any:
    """The same, with every half of a surrogate pair replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {readable(key): readable(entry) for key, entry in value.items()}
    return [readable(entry) for entry in value] if isinstance(value, list | tuple) else value


async def unstow(log: Blobs, tenant: str, event: Event) -> Event:
    """The event with its payload in place."""
    if not is_stowed(event):
        return event
    assert event.payload is not None
    return Event(event.kind, event.header, from_json(await log.get(tenant, event.payload["blob"])), event.v)


def is_stowed(event: Event) -> bool:
    """Whether the payload of an event lies in a blob."""
    return not isinstance(event, Written) and event.payload is not None and event.payload.keys() == {"blob"}


def payloads(events: Sequence[Event], kind: str) -> list[Mapping[str, Any]]:
    """The payloads of one kind that are still there, in order."""
    return [event.payload for event in events if event.kind == kind and event.payload is not None]

"""What a log promises: streams of events that stay, and the care that they need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..records.event import Erased, Event, Head, LogInfo, Receipt, Recorded, Report, Segment, TaskQuery
from ..state import TaskState


class Folded(Receipt):
    """A receipt that brings along the task behind the frame, from a log that has just folded it.

    ``state`` is ``None`` for streams of no task. It saves whoever appended to fold the frame once more.
    """

    state: TaskState | None = None


Frame = tuple[str, str | None, Sequence[Event]]
"""Stream, expected version and events, as ``Log.append`` takes them."""

Told = Callable[[int, int], None]
"""How far a long work is: what is done, and how much there is in all; frames, but for ``backup``."""


@runtime_checkable
class Log(Protocol):
    """Streams of events that stay. The fold of ``kingpost.state`` guards every append and feeds ``select``."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        """One frame: all events or none, durable when it returns, visible to every later read of this log.

        ``expected`` is the stream's version as last read, "" for a stream that does not exist yet, ``None`` for any.

        Raises:
            Conflict: the stream is at another version; nothing was written.
            Fenced, Refused: the fold does not allow it; nothing was written.
            Unavailable: the disk is full or gone; nothing was accepted.
        """
        ...

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        """Frames behind ``after`` in order, no gap, no duplicate, at most ``limit``; of one stream if named.

        Raises:
            NotFound: what stands behind ``after`` was sealed; the message says where it is, and from where to go on.
        """
        ...

    async def select(self, query: TaskQuery) -> Sequence[TaskState]:
        """Tasks out of the folded tables, as of the newest frame."""
        ...

    async def count(self, query: TaskQuery) -> int:
        """How many tasks ``select`` would find without ``limit`` and ``after``."""
        ...

    async def head(self) -> Head:
        """The newest frame."""
        ...

    async def wait(self, position: int, timeout: float) -> bool:
        """Return true once reads reach ``position``, false after ``timeout`` seconds."""
        ...

    async def put(self, tenant: str, content: bytes) -> str:
        """Store a blob, durable when it returns; its id is the SHA-256 in hex.

        A tenant's same content is stored once.
        """
        ...

    async def get(self, tenant: str, digest: str) -> bytes:
        """A blob's bytes.

        Raises:
            NotFound: this tenant has no such blob.
        """
        ...

    async def enlist(self, worker: str) -> None:
        """From now until the process ends or ``stop`` is called, ``worker`` is alive."""
        ...

    async def alive(self, worker: str) -> bool:
        """False as soon as the worker's process has ended, however it ended."""
        ...

    async def info(self) -> LogInfo:
        """What this log guarantees."""
        ...


@runtime_checkable
class Batching(Protocol):
    """What a log may do besides, for whoever has frames of several streams at once."""

    async def append_all(self, frames: Sequence[Frame]) -> Sequence[Receipt]:
        """As one ``append`` each, in this order, but all frames or none, durable together when it returns.

        Raises:
            Conflict, Fenced, Refused, Unavailable: as ``append`` for one of them; none was written.
        """
        ...


@runtime_checkable
class Marked(Protocol):
    """What a log may do besides, where that costs much less than a question."""

    def mark(self) -> object:
        """Equal marks, equal answers: nobody has written to the log between them, in whatever process."""
        ...


@runtime_checkable
class Care(Protocol):
    """What a log needs besides being used."""

    async def verify(self, progress: Told | None = None, head: Head | None = None) -> Report:
        """Read everything, chain and payloads and fold, and name what is wrong. Changes nothing.

        ``progress`` is told frames read and frames in all. With ``head``, a head of this log that was written down
        elsewhere, a log that was cut behind it or written anew is found out too.
        """
        ...

    async def rebuild(self, progress: Told | None = None, since: float | None = None) -> Report:
        """Fold the frames into fresh tables and put these in the place of the live ones, all at once.

        With ``since`` the fold begins at the newest snapshot before it (seconds since the epoch), not at the first
        frame. A rebuild leaves a snapshot. Appends go on meanwhile, and are in the fresh tables too. What of the frames
        cannot be read is named and left out; the rest is there.
        """
        ...

    async def erase(self, tenant: str, task: str | None = None) -> Erased:
        """Take away the payloads and blobs of a tenant, or of one of its tasks, so that no byte of them is left.

        With a task go those that it began, for they hold what it handed along; with a tenant all streams whose name
        has it as its second part. Headers stay: the chain still verifies and the fold says the same. A blob that
        another task of the tenant holds too stays. What was sealed is erased in its segment, if that is where it was
        written. Erasing twice is no error.
        """
        ...

    async def seal(self, before: float, target: Path) -> Segment | None:
        """Move the frames before a time (seconds since the epoch) out of the log, into a segment file at ``target``.

        Only frames at the log's beginning move, none of a task that has not ended, and never the newest. Those of
        other streams than a task's stay readable in the log as well: nobody knows who still needs them. The log keeps
        a snapshot of what they fold to; ``verify`` goes on from its head. A segment is a log of its own, which an empty
        log restores as a backup. ``None`` when nothing can move.

        Raises:
            InvalidRequest: there is something at ``target``, or no folder to hold it.
            Corrupted: what would move is not sound; nothing has moved.
            Unavailable: it cannot be written; nothing has moved.
        """
        ...

    async def backup(self, target: Path, progress: Told | None = None) -> Head:
        """A consistent copy at ``target`` (a file that does not exist yet) while work goes on; the head it holds.

        ``progress`` is told how much is copied and how much there is, in units of the log's own.
        """
        ...

    async def restore(self, source: Path) -> Head:
        """Take the state of a backup. The log must be empty or older than the backup and a prefix of it.

        Raises:
            Corrupted: the backup is not sound; nothing was changed.
        """
        ...

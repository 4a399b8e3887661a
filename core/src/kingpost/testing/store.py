"""What a ``MemoryLog`` keeps, and how it is checked.

Called by ``MemoryLog`` and ``care`` only; several logs may share one store, as several processes share a file.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic_core import from_json, to_json

from ..chain import GENESIS, Sealed, damaged, decode, frame_hash
from ..errors import Corrupted, KingpostError
from ..records.event import Finding, Head, Recorded, Report
from ..state import TaskState, fold, from_row, to_row, upcast


class Snapshot(NamedTuple):
    """The tasks as of a frame, by their streams. ``segment`` is where the frames up to it are, if they were sealed."""

    position: int
    at: int
    tasks: dict[str, TaskState]
    segment: str | None = None


@dataclass
class Store:
    """Frames as bytes, with what is looked up in them; tasks are kept by their stream.

    A frame that was sealed has its hash only.
    """

    frames: list[Sealed] = field(default_factory=list)
    streams: dict[str, list[int]] = field(default_factory=dict)
    tasks: dict[str, TaskState] = field(default_factory=dict)
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    workers: dict[str, object] = field(default_factory=dict)
    snapshots: list[Snapshot] = field(default_factory=list)
    at: int = 0
    _awaited: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)

    @property
    def cut(self) -> Snapshot:
        """Where the log begins: behind the last frame that was sealed."""
        return next((each for each in reversed(self.snapshots) if each.segment is not None), Snapshot(0, 0, {}))

    def segment_of(self, position: int) -> str | None:
        """The segment that a frame was moved into; ``None`` when it is here."""
        return next((each.segment for each in self.snapshots if each.segment and each.position >= position), None)

    def version(self, stream: str) -> str:
        """The stream's version: the position of its newest frame."""
        held = self.streams.get(stream)
        return str(held[-1]) if held else ""

    def hash_at(self, position: int) -> bytes:
        """The hash of a frame; at 0 what stands before the first."""
        return self.frames[position - 1].hash if position else GENESIS

    def head(self) -> Head:
        """The end of the log."""
        return Head(len(self.frames), self.hash_at(len(self.frames)))

    def add(self, stream: str, at: int, frame: Sealed) -> None:
        """One frame more."""
        self.frames.append(frame)
        self.streams.setdefault(stream, []).append(len(self.frames))
        self.at = at
        self._tell()

    def recorded(self, position: int) -> Recorded:
        """The frame that stands there.

        Raises:
            Corrupted: its bytes are no frame.
        """
        frame = self.frames[position - 1]
        return decode(position, frame.body, frame.payloads, frame.hash)

    def arrival(self, position: int) -> asyncio.Future[None]:
        """Done as soon as there is a frame at ``position``."""
        arrived = asyncio.get_running_loop().create_future()
        self._awaited.append((position, arrived))
        return arrived

    def dump(self) -> bytes:
        """All but workers and snapshots as the bytes of a backup."""
        cut = self.cut
        content: bytes = to_json(
            {
                "frames": [[f.body.hex(), f.payloads and f.payloads.hex(), f.hash.hex()] for f in self.frames],
                "blobs": [[tenant, digest, blob.hex()] for (tenant, digest), blob in self.blobs.items()],
                "cuts": [[each.position, each.at, each.segment] for each in self.snapshots if each.segment],
                "sealed": [[stream, to_row(state)] for stream, state in cut.tasks.items()],
                "streams": {stream: [p for p in held if p <= cut.position] for stream, held in self.streams.items()},
            }
        )
        return content

    @classmethod
    def load(cls, content: bytes) -> Store:
        """A store out of the bytes of a backup, folded anew.

        Raises:
            Corrupted: the bytes are no backup.
        """
        store = cls()
        try:
            backup = from_json(content)
            store.blobs = {(tenant, digest): bytes.fromhex(blob) for tenant, digest, blob in backup["blobs"]}
            store.tasks = {stream: from_row(row) for stream, row in backup["sealed"]}
            store.snapshots = [Snapshot(position, at, {}, segment) for position, at, segment in backup["cuts"]]
            if store.snapshots:
                store.snapshots[-1] = store.cut._replace(tasks=dict(store.tasks))
            store.streams = {stream: held for stream, held in backup["streams"].items() if held}
            for body, payloads, hash in backup["frames"]:
                packed = None if payloads is None else bytes.fromhex(payloads)
                store.frames.append(Sealed(bytes.fromhex(body), packed, bytes.fromhex(hash)))
                if len(store.frames) > store.cut.position:
                    store.take_in(store.recorded(len(store.frames)))
        except (ValueError, KeyError, TypeError, AttributeError, KingpostError) as problem:
            raise Corrupted(f"this is not a backup ({problem}); take another one") from problem
        return store

    def take_in(self, frame: Recorded) -> None:
        """Look up and fold one more frame that stands here."""
        self.streams.setdefault(frame.stream, []).append(frame.position)
        self.at = frame.at
        refold(self.tasks, frame)

    def take(self, other: Store) -> None:
        """Become what another store is; the workers stay."""
        self.frames, self.streams = other.frames, other.streams
        self.tasks, self.blobs = other.tasks, other.blobs
        self.snapshots, self.at = other.snapshots, other.at
        self._tell()

    def _tell(self) -> None:
        for position, arrived in self._awaited:
            if position <= len(self.frames) and not arrived.done():
                arrived.set_result(None)
        self._awaited = [(position, arrived) for position, arrived in self._awaited if not arrived.done()]


def refold(tasks: dict[str, TaskState], frame: Recorded) -> None:
    """Fold one more frame into the tasks, old shapes as new ones."""
    events = [upcast(event) for event in frame.events]
    state = fold(tasks.get(frame.stream), frame.stream, frame.version, frame.at, events)
    if state is not None:
        tasks[frame.stream] = state


class Reading:
    """Frames read again, chained again and folded again, beginning behind a snapshot; what is wrong is named."""

    def __init__(self, store: Store, start: Snapshot, progress: Callable[[int, int], None] | None = None) -> None:
        self._store, self._start, self._progress = store, start, progress
        self.tasks = dict(start.tasks)
        self.findings: list[Finding] = []
        self.position = start.position
        self._events = self._erased = 0

    def go_on(self) -> None:
        """Read what is there by now."""
        while self.position < len(self._store.frames):
            self.position += 1
            self._read(self.position)
            if self._progress is not None:
                start = self._start.position
                self._progress(self.position - start, len(self._store.frames) - start)

    def report(self) -> Report:
        """What was read."""
        return Report(
            frames=self.position - self._start.position,
            events=self._events,
            head=Head(self.position, self._store.hash_at(self.position)),
            findings=tuple(self.findings),
            erased=self._erased,
        )

    def _read(self, position: int) -> None:
        sealed = self._store.frames[position - 1]
        self.findings += linked(self._store, position)
        try:
            frame = self._store.recorded(position)
            self._events += len(frame.events)
            self._erased += sum(event.erased for event in frame.events)
            self.findings += _payloads(frame, sealed)
            refold(self.tasks, frame)
        except KingpostError as problem:
            self.findings.append(Finding(str(problem), position))


def linked(store: Store, position: int) -> list[Finding]:
    """Whether a frame fits the one before it."""
    sealed = store.frames[position - 1]
    if frame_hash(store.hash_at(position - 1), sealed.body) == sealed.hash:
        return []
    return [Finding("the frame is not the one that was written here", position)]


def verified(store: Store, progress: Callable[[int, int], None] | None = None, head: Head | None = None) -> Report:
    """Every frame read again beside the live tasks, from where the log begins, and held against ``head``."""
    cut = store.cut
    reading = Reading(store, cut, progress)
    reading.go_on()
    tasks = reading.tasks
    differing = sorted(
        stream for stream in tasks.keys() | store.tasks.keys() if tasks.get(stream) != store.tasks.get(stream)
    )
    reading.findings += [Finding("the folded task differs from what its events say", stream=s) for s in differing]
    kept = [position for position in range(1, cut.position + 1) if store.frames[position - 1].body]
    reading.findings += [finding for position in kept for finding in linked(store, position)]
    if head is not None and head.position > len(store.frames):
        reading.findings.append(Finding("the log ends before this frame: its end was cut off", head.position))
    elif head is not None and head.position < cut.position:
        what = f"this frame was sealed into {store.segment_of(head.position)!r}; verify that against this head"
        reading.findings.append(Finding(what, head.position))
    elif head is not None and store.hash_at(head.position) != head.hash:
        reading.findings.append(Finding("another frame was written down: the log was written anew", head.position))
    return reading.report()


def _payloads(frame: Recorded, sealed: Sealed) -> list[Finding]:
    try:
        numbers = damaged(sealed.body, sealed.payloads)
    except (ValueError, KeyError, TypeError, struct.error) as problem:
        return [Finding(f"the payloads cannot be read ({problem})", frame.position, frame.stream)]
    return [
        Finding("the payload is not what was written", frame.position, frame.stream, number, frame.events[number].kind)
        for number in numbers
    ]

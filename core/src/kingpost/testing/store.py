"""What a ``MemoryLog`` keeps, and how it is checked.

Called by ``MemoryLog`` only; several of them may share one store, as several processes share a file.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic_core import from_json, to_json

from ..chain import GENESIS, Sealed, damaged, decode, frame_hash, seal
from ..errors import Corrupted, KingpostError
from ..records.event import Event, Finding, Head, Recorded, Report
from ..state import TaskState, fold, upcast


@dataclass
class Store:
    """Frames as bytes, with what is looked up in them; tasks are kept by their stream."""

    frames: list[Sealed] = field(default_factory=list)
    streams: dict[str, list[int]] = field(default_factory=dict)
    tasks: dict[str, TaskState] = field(default_factory=dict)
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    workers: dict[str, object] = field(default_factory=dict)
    _awaited: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)

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

    def add(self, stream: str, version: str, at: int, events: Sequence[Event], salts: bytes) -> None:
        """One frame more."""
        self.frames.append(seal(self.hash_at(len(self.frames)), stream, version, at, events, salts))
        self.streams.setdefault(stream, []).append(len(self.frames))
        self._tell()

    def arrival(self, position: int) -> asyncio.Future[None]:
        """Done as soon as there is a frame at ``position``."""
        arrived = asyncio.get_running_loop().create_future()
        self._awaited.append((position, arrived))
        return arrived

    def dump(self) -> bytes:
        """Frames and blobs as the bytes of a backup."""
        frames = [[f.body.hex(), f.payloads and f.payloads.hex(), f.hash.hex()] for f in self.frames]
        blobs = [[tenant, digest, content.hex()] for (tenant, digest), content in self.blobs.items()]
        content: bytes = to_json({"frames": frames, "blobs": blobs})
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
            for body, payloads, hash in backup["frames"]:
                sealed = Sealed(
                    bytes.fromhex(body), None if payloads is None else bytes.fromhex(payloads), bytes.fromhex(hash)
                )
                store.frames.append(sealed)
                frame = decode(len(store.frames), sealed.body, sealed.payloads)
                store.streams.setdefault(frame.stream, []).append(frame.position)
                refold(store.tasks, frame)
        except (ValueError, KeyError, TypeError, KingpostError) as problem:
            raise Corrupted(f"this is not a backup ({problem}); take another one") from problem
        return store

    def take(self, other: Store) -> None:
        """Become what another store is; the workers stay."""
        self.frames, self.streams = other.frames, other.streams
        self.tasks, self.blobs = other.tasks, other.blobs
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


def verified(store: Store, progress: Callable[[int, int], None] | None = None) -> Report:
    """Every frame read again, chained again and folded again beside the live tasks."""
    findings: list[Finding] = []
    tasks: dict[str, TaskState] = {}
    events = erased = 0
    previous = GENESIS
    for position, sealed in enumerate(store.frames, 1):
        if frame_hash(previous, sealed.body) != sealed.hash:
            findings.append(Finding("the frame is not the one that was written here", position))
        previous = sealed.hash
        try:
            frame = decode(position, sealed.body, sealed.payloads, sealed.hash)
            events += len(frame.events)
            erased += sum(event.erased for event in frame.events)
            findings += _payloads(frame, sealed)
            refold(tasks, frame)
        except KingpostError as problem:
            findings.append(Finding(str(problem), position))
        if progress is not None:
            progress(position, len(store.frames))
    differing = sorted(
        stream for stream in tasks.keys() | store.tasks.keys() if tasks.get(stream) != store.tasks.get(stream)
    )
    findings += [Finding("the folded task differs from what its events say", stream=s) for s in differing]
    return Report(frames=len(store.frames), events=events, head=store.head(), findings=tuple(findings), erased=erased)


def _payloads(frame: Recorded, sealed: Sealed) -> list[Finding]:
    try:
        numbers = damaged(sealed.body, sealed.payloads)
    except (ValueError, KeyError, TypeError, struct.error) as problem:
        return [Finding(f"the payloads cannot be read ({problem})", frame.position, frame.stream)]
    return [
        Finding("the payload is not what was written", frame.position, frame.stream, number, frame.events[number].kind)
        for number in numbers
    ]

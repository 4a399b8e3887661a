"""What a ``MemoryLog`` needs besides being used: rebuild, erase and seal, on its store.

Called by ``MemoryLog`` only. Small and plain: what a durable log does by the page, under locks and around damage, is
done here in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..chain import Sealed
from ..errors import Corrupted
from ..records.event import Erased, Head, Recorded, Segment
from ..state import TASK_STREAM, TaskState, task_stream
from .store import Reading, Snapshot, Store, verified

_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def rebuilding(store: Store, since: float | None, progress: Callable[[int, int], None] | None) -> Reading:
    """Begin to fold the frames anew, behind the newest snapshot before ``since``, or where the log begins."""
    start = store.cut
    for snapshot in store.snapshots:
        if since is not None and snapshot.position >= start.position and snapshot.at < since * 1_000_000:
            start = snapshot
    return Reading(store, start, progress)


def rebuilt(store: Store, reading: Reading) -> None:
    """Put what was folded in the place of the live tasks, and leave a snapshot."""
    reading.go_on()
    store.tasks = reading.tasks
    store.snapshots = [each for each in store.snapshots if each.position < len(store.frames)]
    store.snapshots.append(Snapshot(len(store.frames), store.at, dict(store.tasks)))


def erased(store: Store, tenant: str, task: str | None) -> Erased:
    """Take the content of a task and of those that it began, or of a tenant, out of the frames; and their blobs.

    What was sealed is erased in its segment, if that is still there.
    """
    mine = streams_of(store, tenant, task)
    gone = [wiped(store, tenant, mine, task is None)]
    for segment in [Path(each.segment) for each in store.snapshots if each.segment]:
        if segment.exists():
            part = Store.load(segment.read_bytes())
            gone.append(wiped(part, tenant, mine, task is None))
            segment.write_bytes(part.dump())
    payloads, blobs, tasks = zip(*gone, strict=True)
    return Erased(tasks=len(set().union(*tasks)), payloads=sum(payloads), blobs=sum(blobs))


def wiped(store: Store, tenant: str, mine: Sequence[str], everything: bool) -> tuple[int, int, set[str]]:
    """How many payloads and blobs were taken out of these streams, and of which tasks."""
    blobs = {digest for t, digest in store.blobs if t == tenant} if everything else _held(store, tenant, mine)
    if not everything:
        others = {stream for stream in store.streams if stream not in mine and _tenant(store, stream) == tenant}
        blobs -= _held(store, tenant, others)
    count, tasks = 0, set()
    for frame in _frames(store, mine):
        if gone := sum(event.payload is not None for event in frame.events):
            tasks |= {frame.stream} if frame.stream.startswith(TASK_STREAM) else set()
            count += gone
            store.frames[frame.position - 1] = store.frames[frame.position - 1]._replace(payloads=None)
    for digest in blobs:
        del store.blobs[tenant, digest]
    return count, len(blobs), tasks


def sealable(store: Store, before: float) -> int:
    """The last frame that can move: older than the time, before every task that has not ended, not the newest."""
    open_ = [store.streams[stream][0] for stream, state in store.tasks.items() if not state.final]
    end, cut = min([len(store.frames), *open_]) - 1, store.cut.position
    while end > cut and store.recorded(end).at >= before * 1_000_000:
        end -= 1
    moving = {store.recorded(position).stream for position in range(cut + 1, end + 1)}
    return end if any(stream.startswith(TASK_STREAM) for stream in moving) else 0


def segment(store: Store, end: int) -> Store:
    """The frames up to ``end`` as a log of their own, with the blobs that they hold.

    Raises:
        Corrupted: they are not sound.
    """
    cut, part = store.cut, Store(snapshots=[each for each in store.snapshots if each.segment])
    part.tasks = dict(cut.tasks)
    part.frames = [Sealed(b"", None, frame.hash) for frame in store.frames[: cut.position]]
    held = {stream: [p for p in held if p <= cut.position] for stream, held in store.streams.items()}
    part.streams = {stream: positions for stream, positions in held.items() if positions}
    for position in range(cut.position + 1, end + 1):
        part.frames.append(store.frames[position - 1])
        part.take_in(part.recorded(position))
    for stream in part.streams:
        tenant = _tenant(store, stream)
        for digest in _held(part, tenant, [stream], store.blobs) if tenant is not None else ():
            part.blobs[tenant or "", digest] = store.blobs[tenant or "", digest]
    if not (report := verified(part)).sound:
        raise Corrupted(f"what would be sealed is not sound: {report.findings[0].what}; nothing has moved")
    return part


def cut_off(store: Store, part: Store, path: str) -> Segment:
    """The frames of a segment are there now: keep their hashes, the frames of other streams, and a snapshot."""
    moved = len(part.frames) - store.cut.position
    for stream, held in part.streams.items():
        for position in held if stream.startswith(TASK_STREAM) else ():
            store.frames[position - 1] = Sealed(b"", None, store.hash_at(position))
    store.snapshots = [each for each in store.snapshots if each.position > len(part.frames) or each.segment]
    store.snapshots.append(Snapshot(len(part.frames), part.at, dict(part.tasks), path))
    store.snapshots.sort(key=lambda each: each.position)
    for tenant in {tenant for tenant, _ in part.blobs}:
        left = _held(store, tenant, [stream for stream in store.streams if _tenant(store, stream) == tenant])
        for digest in {digest for t, digest in part.blobs if t == tenant} - left:
            store.blobs.pop((tenant, digest), None)
    return Segment(path=path, frames=moved, head=Head(len(part.frames), part.hash_at(len(part.frames))))


def streams_of(store: Store, tenant: str, task: str | None) -> list[str]:
    """The streams of a tenant, or of one of its tasks and of those that it began."""
    if task is None:
        return [stream for stream in store.streams if _tenant(store, stream) == tenant]
    found = [stream for stream in [task_stream(task)] if _tenant(store, stream) == tenant]
    for stream in found:
        # What a task has handed along stands in the tasks that it began.
        found += [other for other, state in store.tasks.items() if task_stream(state.parent or "") == stream]
    return found


def _tenant(store: Store, stream: str) -> str | None:
    if stream.startswith(TASK_STREAM):
        state: TaskState | None = store.tasks.get(stream)
        return None if state is None else state.tenant
    return (*stream.split("/"), None)[1]


def _frames(store: Store, streams: Iterable[str]) -> Sequence[Recorded]:
    positions = [position for stream in streams for position in store.streams.get(stream, ())]
    return [store.recorded(position) for position in positions if store.frames[position - 1].body]


def _held(
    store: Store, tenant: str, streams: Iterable[str], blobs: dict[tuple[str, str], bytes] | None = None
) -> set[str]:
    """The blobs of a tenant that these streams name, and those that these blobs name in turn."""
    there = store.blobs if blobs is None else blobs
    positions = [position for stream in streams for position in store.streams.get(stream, ())]
    contents = [part for p in positions for part in store.frames[p - 1][:2] if part]
    found: set[str] = set()
    while contents:
        named = {digest.decode() for digest in _DIGEST.findall(contents.pop())} - found
        named = {digest for digest in named if (tenant, digest) in there}
        found |= named
        contents += [there[tenant, digest] for digest in named]
    return found

"""A log that lasts as long as the process: ``Log`` and ``Care`` on lists, by the same fold and chain as a durable one.

Called by tests of kernels and plugins. Frames are kept as the bytes that a file would hold, so that damage can be
done to them and found. Versions are positions, so nobody can get away with counting 1, 2, 3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal

from ..chain import SALT_BYTES, Sealed, seal
from ..errors import Conflict, Corrupted, InvalidRequest, NotFound, Unavailable
from ..ports import Ports
from ..protocols import Folded, Frame
from ..records.event import Erased, Event, Head, LogInfo, Receipt, Recorded, Report, Segment, TaskQuery
from ..records.record import replace
from ..state import TASK_STREAM, TaskState, fold
from . import care
from .store import Store, verified

Told = Callable[[int, int], None]


class MemoryLog:
    """The log of the tests. Crash points: ``log.append`` before a frame is written, ``log.appended`` behind it."""

    name = "memory"

    def __init__(self, ports: Ports, store: Store | None = None) -> None:
        self._ports = ports
        self._store = store or Store()

    def twin(self, ports: Ports | None = None) -> MemoryLog:
        """The same log as another process opens it, with workers of its own."""
        return MemoryLog(ports or self._ports, self._store)

    def kill(self, worker: str) -> None:
        """End the worker's process without a word."""
        self._store.workers.pop(worker, None)

    def damage(self, position: int, part: Literal["body", "payload", "task"]) -> None:
        """Flip one bit of a frame as it is stored, in its middle; or change the folded task that it belongs to."""
        frame = self._store.frames[position - 1]
        if part == "task":
            stream = self._store.recorded(position).stream
            self._store.tasks[stream] = replace(self._store.tasks[stream], agent="somebody else")
        elif part == "body":
            self._store.frames[position - 1] = frame._replace(body=_flipped(frame.body))
        else:
            self._store.frames[position - 1] = frame._replace(payloads=_flipped(frame.payloads or b""))

    async def start(self) -> None:
        """Nothing needs opening."""

    async def stop(self) -> None:
        """Its workers are no longer alive; the frames stay for whoever opens the log next."""
        for worker in [name for name, holder in self._store.workers.items() if holder is self]:
            self.kill(worker)

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        return (await self.append_all([(stream, expected, events)]))[0]

    async def append_all(self, frames: Sequence[Frame]) -> Sequence[Receipt]:
        # Others get their turn before and behind the write, as they do while a disk works.
        await asyncio.sleep(0)
        self._ports.point("log.append")
        receipts = self._written(frames)
        self._ports.point("log.appended")
        await asyncio.sleep(0)
        return receipts

    def _written(self, frames: Sequence[Frame]) -> list[Receipt]:
        store, hash, receipts = self._store, self._store.head().hash, list[Receipt]()
        # A clock that is set back does not take the log back.
        at = max(int(self._ports.clock.now() * 1_000_000), store.at)
        versions, states = dict[str, str](), dict[str, TaskState | None]()
        sealed: list[tuple[str, TaskState | None, Sealed]] = []
        # All of them are looked at before the first is kept.
        for position, (stream, expected, events) in enumerate(frames, len(store.frames) + 1):
            found = versions.get(stream, store.version(stream))
            if expected is not None and expected != found:
                raise Conflict(stream, expected, found)
            versions[stream] = version = str(position)
            before = states.get(stream, store.tasks.get(stream))
            states[stream] = state = fold(before, stream, version, at, events)
            frame = seal(hash, stream, version, at, events, self._ports.entropy(SALT_BYTES * len(events)))
            hash = frame.hash
            sealed.append((stream, state, frame))
            receipts.append(Folded(position, version, at, hash, state))
        for stream, state, frame in sealed:
            store.add(stream, at, frame)
            if state is not None:
                store.tasks[stream] = state
        return receipts

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        held = range(after + 1, len(self._store.frames) + 1) if stream is None else self._store.streams.get(stream, ())
        found = [position for position in held if position > after][:limit]
        if found and (stream is None or stream.startswith(TASK_STREAM)):
            self._here(found[0])
        return [self._store.recorded(position) for position in found]

    def _here(self, position: int) -> None:
        if (segment := self._store.segment_of(position)) is not None:
            end = self._store.cut.position
            what = f"it was sealed, with all up to frame {end}, into the segment {segment!r}"
            raise NotFound("frame", str(position), f"{what}: read that file, or go on from {end}")

    async def select(self, query: TaskQuery) -> Sequence[TaskState]:
        found = [state for state in self._store.tasks.values() if _fits(state, query)]
        found.sort(key=_age, reverse=not query.oldest_first)
        if query.after is not None:
            last = next((state for state in self._store.tasks.values() if state.id == query.after), None)
            if last is None:
                return []
            found = [state for state in found if _behind(state, last, query.oldest_first)]
        return found[: query.limit]

    async def count(self, query: TaskQuery) -> int:
        return sum(_fits(state, query) for state in self._store.tasks.values())

    async def head(self) -> Head:
        return self._store.head()

    async def wait(self, position: int, timeout: float) -> bool:
        if len(self._store.frames) < position and timeout > 0:
            arrived = self._store.arrival(position)
            late = asyncio.ensure_future(self._ports.clock.sleep(timeout))
            try:
                await asyncio.wait((arrived, late), return_when=asyncio.FIRST_COMPLETED)
            finally:
                arrived.cancel()
                late.cancel()
        return len(self._store.frames) >= position

    async def put(self, tenant: str, content: bytes) -> str:
        digest = sha256(content).hexdigest()
        self._store.blobs[tenant, digest] = content
        return digest

    async def get(self, tenant: str, digest: str) -> bytes:
        if (content := self._store.blobs.get((tenant, digest))) is None:
            raise NotFound("blob", digest)
        return content

    async def enlist(self, worker: str) -> None:
        self._store.workers[worker] = self

    async def alive(self, worker: str) -> bool:
        return worker in self._store.workers

    async def info(self) -> LogInfo:
        return LogInfo(
            engine="memory",
            durability="until the process ends",
            chain="log",
            place="this process",
            limits={"first_position": self._store.cut.position + 1},
        )

    async def verify(self, progress: Told | None = None, head: Head | None = None) -> Report:
        return verified(self._store, progress, head)

    async def rebuild(self, progress: Told | None = None, since: float | None = None) -> Report:
        reading = care.rebuilding(self._store, since, progress)
        reading.go_on()
        # Others get their turn, as they do while a long log is read.
        await asyncio.sleep(0)
        care.rebuilt(self._store, reading)
        return reading.report()

    async def erase(self, tenant: str, task: str | None = None) -> Erased:
        return care.erased(self._store, tenant, task)

    async def seal(self, before: float, target: Path) -> Segment | None:
        if await asyncio.to_thread(lambda: target.exists() or not target.parent.is_dir()):
            raise InvalidRequest(f"{str(target)!r} cannot hold a segment; name a new file in a folder that exists")
        end = care.sealable(self._store, before)
        if not end:
            return None
        part = care.segment(self._store, end)
        try:
            await asyncio.to_thread(target.write_bytes, part.dump())
        except OSError as problem:
            raise Unavailable(f"{str(target)!r} cannot be written ({problem}); nothing has moved") from problem
        return care.cut_off(self._store, part, str(target))

    async def backup(self, target: Path, progress: Told | None = None) -> Head:
        head, content = self._store.head(), self._store.dump()
        await asyncio.to_thread(target.write_bytes, content)
        if progress is not None:
            progress(head.position, head.position)
        return head

    async def restore(self, source: Path) -> Head:
        copy = Store.load(await asyncio.to_thread(source.read_bytes))
        report = verified(copy)
        if not report.sound:
            raise Corrupted(f"backup {str(source)!r} is not sound: {report.findings[0].what}; take another one")
        here, known = self._store.head(), range(copy.cut.position + 1, len(copy.frames) + 1)
        if here.position and (here.position not in known or copy.hash_at(here.position) != here.hash):
            raise Corrupted(f"the log does not begin the backup {str(source)!r}; restore into an empty home")
        self._store.take(copy)
        return self._store.head()


def _flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def _fits(state: TaskState, query: TaskQuery) -> bool:
    return (
        (query.ids is None or state.id in query.ids)
        and (query.tenant is None or state.tenant == query.tenant)
        and (query.statuses is None or state.status in query.statuses)
        and (query.root is None or state.root == query.root)
        and (query.parent is None or state.parent == query.parent)
        and (query.agent is None or state.agent == query.agent)
        and (query.thread is None or state.thread == query.thread)
    )


def _age(state: TaskState) -> tuple[int, str]:
    return state.created, state.id


def _behind(state: TaskState, last: TaskState, oldest_first: bool) -> bool:
    return _age(state) > _age(last) if oldest_first else _age(state) < _age(last)

"""The face of the plugin: the protocols ``Log`` and ``Care`` on one SQLite file.

Made by the door, started and stopped by the kernel. Hands appends and blobs to the writer, answers short questions on
the caller's own thread, and sends long work to another one.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kingpost import (
    GENESIS,
    Erased,
    Event,
    Frame,
    Head,
    InvalidRequest,
    LogInfo,
    NotFound,
    Ports,
    Receipt,
    Recorded,
    Report,
    Segment,
    TaskQuery,
    TaskState,
    Unavailable,
    decode,
)

from .arrivals import Arrivals
from .cuts import moved_away
from .failures import closed, explained
from .jobs import Alone, Append, Job, Put
from .readers import Readers
from .rows import COLUMNS, unpacked
from .selection import count_for, is_narrow, question_for
from .settings import MEGABYTE, Settings
from .workers import Workers
from .writer import Writer

if TYPE_CHECKING:
    from .frames import Listener

_HEAD = "SELECT position, hash FROM frames ORDER BY position DESC LIMIT 1"
_FRAMES = """
    SELECT position, body, payloads, hash, (SELECT max(position) FROM cut) FROM frames
    WHERE position > ? ORDER BY position LIMIT ?
"""
_STREAM = """
    SELECT position, body, payloads, hash, (SELECT max(position) FROM cut) FROM frames
    WHERE first = (SELECT position FROM frames WHERE stream = ?) AND position > ? ORDER BY position LIMIT ?
"""
_CUT = "SELECT coalesce(max(position), 0) FROM cut"
_CUTS = """
    SELECT (SELECT max(position) FROM cut), segment FROM cut WHERE position > ? ORDER BY position LIMIT 1
"""
_TASK_OF = f"SELECT position, {COLUMNS} FROM frames JOIN task USING (position) WHERE stream = ?"  # noqa: S608 - our own columns
_HAS_BLOB = """
    SELECT 1 FROM blob WHERE tenant = ? AND digest = ?
    AND NOT EXISTS (SELECT 1 FROM due WHERE work = 'blob ' || number)
"""
_BLOB = "SELECT content FROM blob WHERE tenant = ? AND digest = ?"

Told = Callable[[int, int], None]

_PAGE = 100
"""Frames or states that are made from bytes before others on the loop have their turn; about half a millisecond."""

_QUICK_BYTES = 256 * 1024
"""What is hashed on the loop; a larger blob is hashed on another thread."""


class SqliteLog:
    """The log named ``sqlite``."""

    name = "sqlite"

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self._settings, self._ports = settings, ports
        self._path = ports.home / settings.path
        self._readers = Readers(self._path)
        self._workers = Workers(self._path.parent / "workers")
        self._arrivals = Arrivals(self._position)
        self._writer: Writer | None = None

    async def start(self) -> None:
        """Open the file, make or migrate its tables, and begin to write.

        Raises:
            ConfigurationError: the file is another program's, or was written by a newer kingpost.
            Unavailable: the file cannot be opened, with the mend.
            Corrupted: the file is no database.
        """
        if self._writer is None:
            self._writer = await asyncio.to_thread(self._open)
            self._writer.start()
            self._readers.open()

    async def stop(self) -> None:
        """Write what was handed over, close the file, let the workers go."""
        writer, self._writer = self._writer, None
        if writer is not None:
            # What was submitted in this pass of the loop is on its way.
            await asyncio.sleep(0)
            self._readers.close()
            await asyncio.to_thread(writer.stop)
        await asyncio.to_thread(self._workers.close)

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        return (await self._appended([(stream, expected, events)]))[0]

    async def append_all(self, frames: Sequence[Frame]) -> Sequence[Receipt]:
        return await self._appended(frames)

    def _appended(self, frames: Sequence[Frame]) -> asyncio.Future[Sequence[Receipt]]:
        for stream, _, events in frames:
            if not events or not _is_name(stream):
                raise InvalidRequest(
                    f"a frame needs a stream whose name is text, and events; not {stream!r}, {len(events)}"
                )
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Sequence[Receipt]] = loop.create_future()
        self._hand_over(Append(loop, done, frames))
        return done

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        found: list[Recorded] = []
        while (wanted := min(_PAGE, limit - len(found))) > 0:
            if stream is None:
                rows = self._readers.ask(_FRAMES, (after, wanted))
            else:
                rows = self._readers.ask(_STREAM, (stream, after, wanted))
            cut = (rows[0][4] or 0) if rows else after + bool(stream and after)
            if after < cut and (gone := self._sealed(after, stream)) is not None:
                raise gone
            found += [decode(position, body, payloads, hash) for position, body, payloads, hash, _ in rows]
            if len(rows) < wanted:
                break
            after = rows[-1][0]
            await asyncio.sleep(0)
        return found

    def _sealed(self, after: int, stream: str | None) -> NotFound | None:
        """The error of who reads behind ``after`` what is no longer here."""
        if stream is not None:
            rows = self._readers.ask(_TASK_OF, (stream,))
            if not rows or int(unpacked(rows[0][1:]).version) <= after:
                return None
            after = max(after, rows[0][0] - 1)
        cuts = self._readers.ask(_CUTS, (after,))
        return moved_away(after + 1, *cuts[0]) if cuts else None

    async def select(self, query: TaskQuery) -> Sequence[TaskState]:
        if query.limit <= 0 or query.ids == [] or query.statuses == []:
            return []
        rows = self._readers.ask(*question_for(query))
        found: list[TaskState] = []
        for start in range(0, len(rows), _PAGE):
            if start:
                await asyncio.sleep(0)
            found += [unpacked(row) for row in rows[start : start + _PAGE]]
        return found

    async def count(self, query: TaskQuery) -> int:
        if query.ids == [] or query.statuses == []:
            return 0
        ask = partial(self._readers.ask, *count_for(query))
        # To count is to look at each; only some queries are known to find a few.
        ((found,),) = ask() if is_narrow(query) else await asyncio.to_thread(ask)
        return int(found)

    async def head(self) -> Head:
        rows = self._readers.ask(_HEAD)
        return Head(*rows[0]) if rows else Head(0, GENESIS)

    def mark(self) -> object:
        return self._readers.mark()

    async def wait(self, position: int, timeout: float) -> bool:
        return await self._arrivals.wait(position, timeout)

    async def put(self, tenant: str, content: bytes) -> str:
        if len(content) > self._settings.max_blob_mb * MEGABYTE:
            raise InvalidRequest(f"a blob of {len(content)} bytes is larger than {self._settings.max_blob_mb} MB")
        quick = len(content) <= _QUICK_BYTES
        digest = _digest(content) if quick else await asyncio.to_thread(_digest, content)
        if not self._readers.ask(_HAS_BLOB, (tenant, digest)):
            loop = asyncio.get_running_loop()
            done: asyncio.Future[str] = loop.create_future()
            self._hand_over(Put(loop, done, tenant, digest, content))
            await done
        return digest

    async def get(self, tenant: str, digest: str) -> bytes:
        rows = self._readers.ask(_BLOB, (tenant, digest))
        if not rows:
            raise NotFound("blob", digest)
        content: bytes = rows[0][0]
        return content

    async def enlist(self, worker: str) -> None:
        try:
            await asyncio.to_thread(self._workers.enlist, worker)
        except OSError as problem:
            raise explained(problem, self._path) from problem

    async def alive(self, worker: str) -> bool:
        try:
            return self._workers.alive(worker)
        except OSError as problem:
            raise explained(problem, self._path) from problem

    async def info(self) -> LogInfo:
        (cut,) = self._readers.ask(_CUT) if self._writer is not None else [(0,)]
        return LogInfo(
            engine="sqlite",
            durability="answered after the commit is synced to disk (write-ahead log, synchronous=FULL)",
            chain="log",
            place=str(self._path),
            limits={
                "frame_bytes": self._settings.max_frame_mb * MEGABYTE,
                "blob_bytes": self._settings.max_blob_mb * MEGABYTE,
                "processes": "any number on one machine, on a local disk",
                "first_position": cut[0] + 1,
            },
        )

    # What a log is cared for with is loaded when somebody cares for it, which most processes never do.

    async def verify(self, progress: Told | None = None, head: Head | None = None) -> Report:
        from .verify import verified

        with self._heard(progress) as listener:
            return await asyncio.to_thread(verified, self._path, listener, head)

    async def rebuild(self, progress: Told | None = None, since: float | None = None) -> Report:
        from .care import rebuilt
        from .rebuild import Order

        with self._heard(progress) as listener:
            order = Order(self._path, self._settings.busy_seconds, since, listener, self._ports.point)
            return await asyncio.to_thread(rebuilt, order)

    async def erase(self, tenant: str, task: str | None = None) -> Erased:
        from .care import erased_for_good
        from .erase import Erasure

        order = Erasure(self._path, self._settings.busy_seconds, tenant, task, self._ports.point)
        return await asyncio.to_thread(erased_for_good, order)

    async def seal(self, before: float, target: Path) -> Segment | None:
        from .care import sealed
        from .seal import Sealing

        with self._heard(None) as listener:
            order = Sealing(self._path, self._settings.busy_seconds, before, target, listener, self._ports.point)
            return await asyncio.to_thread(sealed, order)

    async def backup(self, target: Path, progress: Told | None = None) -> Head:
        from .copies import copied

        with self._heard(progress) as listener:
            return await asyncio.to_thread(copied, self._path, target, listener)

    async def restore(self, source: Path) -> Head:
        from .copies import sound_copy, taken_in

        if others := self._workers.others():
            raise Unavailable(
                f"{others} other worker(s) are alive on the log {str(self._path)!r}; end them and restore again"
            )
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Head] = loop.create_future()
        with ExitStack() as stack:
            copy = await asyncio.to_thread(stack.enter_context, sound_copy(source, self._path))
            self._hand_over(Alone(loop, done, taken_in(copy, self._settings.busy_seconds)))
            return await done

    @contextmanager
    def _heard(self, progress: Told | None) -> Iterator[Listener]:
        """The caller, as long as it waits, for a thread that works for it."""
        from .frames import Listener

        loop = asyncio.get_running_loop()
        gone = threading.Event()

        def told(read: int, all_: int) -> None:
            if progress is not None and not gone.is_set():
                loop.call_soon_threadsafe(progress, read, all_)

        try:
            yield Listener(told, gone.is_set)
        finally:
            gone.set()

    def _hand_over(self, job: Job) -> None:
        if self._writer is None:
            raise closed(self._path)
        self._writer.submit(job)

    def _open(self) -> Writer:
        try:
            is_new = not self._path.exists()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            writer = Writer(self._path, self._settings, self._ports, self._arrivals)
            if is_new:
                from .copies import sync

                # SQLite sees to the names of its files; that of the home is ours, where the system lets us.
                with suppress(OSError):
                    sync(self._path.parent.parent)
            return writer
        except (sqlite3.Error, UnicodeDecodeError, OSError) as problem:
            raise explained(problem, self._path) from problem

    def _position(self) -> int:
        rows = self._readers.ask(_HEAD)
        return int(rows[0][0]) if rows else 0


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _is_name(stream: str) -> bool:
    """False for what SQLite cannot look up: a NUL, or half a pair of characters."""
    if stream.isascii():
        return "\0" not in stream
    try:
        return b"\0" not in stream.encode()
    except UnicodeEncodeError:
        return False

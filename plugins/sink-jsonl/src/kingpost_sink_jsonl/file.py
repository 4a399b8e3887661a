"""Lines on disk: appended as one, synced, set aside at a size, each frame once.

Called by ``sink`` on one thread. The file itself says what it holds: nothing else is remembered over a restart. It is
opened for each batch, so that whoever moves it away (a collector, an operator) only makes a new one begin.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from kingpost import Corrupted, Recorded, Unavailable

from .lines import Mark, read, written

_BLOCK = 64 * 1024
_MODE = 0o640


class AuditFile:
    """The newest lines stand in ``path``, older ones beside it in ``<stem>-<position of the first><suffix>``."""

    def __init__(self, path: Path, rotate_bytes: int, *, payloads: bool) -> None:
        self._path, self._rotate_bytes, self._payloads = path, rotate_bytes, payloads
        self._newest: Mark | None = None
        self._seen: tuple[int, int] | None = None

    def keep(self, frames: Sequence[Recorded]) -> None:
        """The frames that are not there yet become lines. Durable when it returns; all of them or none.

        Raises:
            Unavailable: the file cannot be written, with the mend.
            Corrupted: it is not this log's file.
        """
        try:
            with self._opened() as file:
                self._look(file)
                if fresh := self._fresh(file, frames):
                    self._append(file, fresh)
            if self._seen is not None and self._seen[1] >= self._rotate_bytes:
                self._rotate()
        except OSError as problem:
            mend = "make room there" if problem.errno in {errno.ENOSPC, errno.EDQUOT} else "mend its folder"
            what = f"the audit file {str(self._path)!r} cannot be written ({problem.strerror or problem})"
            raise Unavailable(f"{what}; {mend}, or name another one under [sink-jsonl]") from problem

    def _opened(self) -> IO[bytes]:
        # The folder is never made here: one that is missing may be a disk that is not mounted.
        return os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE), "r+b", buffering=0)

    def _look(self, file: IO[bytes]) -> None:
        """See which frame is the newest, unless the file is as this object left it."""
        stat = os.fstat(file.fileno())
        if self._seen == (stat.st_ino, stat.st_size):
            return
        self._seen = None
        unfinished = next(backwards(file), b"")
        if unfinished:
            # A crash in the middle of a line; its frame was not accepted and is handed over again.
            os.ftruncate(file.fileno(), stat.st_size - len(unfinished))
        self._newest = next(self._marks(file), None)

    def _fresh(self, file: IO[bytes], frames: Sequence[Recorded]) -> Sequence[Recorded]:
        """The frames behind the newest line; those before it must be the very ones that stand there."""
        if self._newest is None or frames[0].position > self._newest.position:
            return frames
        there = self._since(file, frames[0].position)
        oldest = min(there, default=self._newest.position + 1)
        for frame in frames:
            # What is older than all that is found here was moved elsewhere.
            if oldest <= frame.position <= self._newest.position and there.get(frame.position) != frame.hash.hex():
                raise Corrupted(
                    f"frame {frame.position} is not the one that stands in {str(self._path)!r}: the log was restored "
                    "or rewritten, or the file is another home's; keep it as evidence, move it away with the older "
                    "ones beside it, and a new one is begun"
                )
        return [frame for frame in frames if frame.position > self._newest.position]

    def _since(self, file: IO[bytes], position: int) -> dict[int, str]:
        found: dict[int, str] = {}
        for mark in self._marks(file):
            if mark.position < position:
                break
            found[mark.position] = mark.hash
        return found

    def _append(self, file: IO[bytes], frames: Sequence[Recorded]) -> None:
        stat = os.fstat(file.fileno())
        content = b"".join(written(frame, payloads=self._payloads) for frame in frames)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(file.fileno(), left) :]
            os.fsync(file.fileno())
        except OSError:
            # Half of them, or lines of which nobody knows whether the disk has them, must not be taken for kept.
            with contextlib.suppress(OSError):
                os.ftruncate(file.fileno(), stat.st_size)
            self._seen = None
            raise
        if stat.st_size == 0:
            self._sync_folder()
        self._newest = Mark(frames[-1].position, frames[-1].hash.hex())
        self._seen = (stat.st_ino, stat.st_size + len(content))

    def _rotate(self) -> None:
        with self._path.open("rb") as file:
            first = self._mark(file.readline(), self._path)
        aside = self._path.with_name(f"{self._path.stem}-{first.position:012}{self._path.suffix}")
        if aside.exists():
            raise FileExistsError(0, f"{aside.name!r} is there already")
        self._path.rename(aside)
        self._seen = None
        self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _marks(self, file: IO[bytes]) -> Iterator[Mark]:
        """Which frames are kept, the newest first: in the open file, then in those that were set aside."""
        yield from self._marks_of(file, self._path)
        name = re.compile(rf"{re.escape(self._path.stem)}-(\d{{12,}}){re.escape(self._path.suffix)}")
        older = {int(found[1]): path for path in self._path.parent.iterdir() if (found := name.fullmatch(path.name))}
        for _, path in sorted(older.items(), reverse=True):
            with path.open("rb") as aside:
                yield from self._marks_of(aside, path)

    def _marks_of(self, file: IO[bytes], path: Path) -> Iterator[Mark]:
        lines = backwards(file)
        next(lines, None)
        for line in lines:
            yield self._mark(line, path)

    def _mark(self, line: bytes, path: Path) -> Mark:
        try:
            return read(line)
        except ValueError as problem:
            raise Corrupted(
                f"a line of {str(path)!r} cannot be read: {problem}; keep the file as evidence, move it away with the "
                "older ones beside it, and a new one is begun"
            ) from problem


def backwards(file: IO[bytes]) -> Iterator[bytes]:
    """What stands behind the last newline, then the lines from the last to the first; no newline is handed out."""
    position = file.seek(0, os.SEEK_END)
    blocks: list[bytes] = []
    while position:
        size = min(_BLOCK, position)
        position -= size
        file.seek(position)
        first, *rest = file.read(size).split(b"\n")
        if rest:
            yield b"".join((rest[-1], *reversed(blocks)))
            yield from reversed(rest[:-1])
            blocks = []
        blocks.append(first)
    if blocks:
        yield b"".join(reversed(blocks))

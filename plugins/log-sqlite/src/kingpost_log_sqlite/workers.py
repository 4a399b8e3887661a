"""Who is alive, by locks that the operating system drops with the process.

Called by ``SqliteLog``. Each worker holds an exclusive lock on a file of its own for as long as it lives. Whoever asks
tries to share that lock for a moment: askers do not disturb one another, and an owner that meets one tries again.
Files are made and removed only under the lock of the folder, and only asked about otherwise, so nobody ever locks a
file that somebody else has just removed.
"""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from kingpost import Unavailable

_ENDING = ".lock"
_LONGEST = 200
_OWN_SECONDS = 1.0


class Workers:
    """The workers of one log; those of this process are held here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[Path, int] = {}
        # A forked child must not keep its parent's workers alive.
        mine = weakref.WeakMethod(self._let_go)
        os.register_at_fork(after_in_child=lambda: (let_go := mine()) and let_go())

    def enlist(self, worker: str) -> None:
        """Hold ``worker`` until ``close`` or the end of the process. Removes the files of the dead on the way.

        Raises:
            Unavailable: another process holds this worker.
        """
        path = self._path(worker)
        if path in self._held:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._folder_locked():
            for dead in [each for each in self._files() if not self._is_held(each)]:
                dead.unlink(missing_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                _own(file, worker)
            except BaseException:
                os.close(file)
                raise
            self._held[path] = file

    def alive(self, worker: str) -> bool:
        """True while a process holds ``worker``, this one included."""
        return self._is_held(self._path(worker))

    def others(self) -> int:
        """How many workers live in other processes, or in other logs of this one."""
        return sum(path not in self._held and self._is_held(path) for path in self._files())

    def close(self) -> None:
        """Let all workers go."""
        if not self._held:
            return
        with self._folder_locked():
            for path in self._held:
                path.unlink(missing_ok=True)
            self._let_go()

    def _let_go(self) -> None:
        while self._held:
            os.close(self._held.popitem()[1])

    def _files(self) -> list[Path]:
        return list(self._folder.glob(f"*{_ENDING}"))

    def _path(self, worker: str) -> Path:
        name = quote(worker, safe="")
        if len(name) > _LONGEST:
            name = sha256(name.encode()).hexdigest()
        return self._folder / (name + _ENDING)

    def _is_held(self, path: Path) -> bool:
        if path in self._held:
            return True
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(file)

    @contextmanager
    def _folder_locked(self) -> Iterator[None]:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def _own(file: int, worker: str) -> None:
    """Lock for good. Askers are in the way for microseconds; only an owner stays."""
    deadline = time.monotonic() + _OWN_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"worker {worker!r} is at work in another process; end that one or take another name"
                ) from None
            time.sleep(0.005)
        else:
            return

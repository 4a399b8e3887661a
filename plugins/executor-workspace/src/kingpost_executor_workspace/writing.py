"""Writing a file whole or not at all.

Called by ``executor`` in a thread, with a folder that ``beneath`` vouches for.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

from kingpost import Record

from .beneath import Beneath, Parts, flush, plain
from .bounds import Deadline
from .denied import ARGUMENTS, Denied, because

_PIECE_BYTES = 64 * 1024
_PREFIX, _SUFFIX = ".kingpost-", ".part"


class Mark(Record):
    """How a file is called while it is being written.

    By the call's ``key``, so that a repeated call finds what a crash left behind, and by chance, so that no two
    calls write into one file.
    """

    key: str
    entropy: Callable[[int], bytes]

    @property
    def prefix(self) -> str:
        """What all names made for this key begin with."""
        return _PREFIX + sha256(self.key.encode(errors="surrogatepass")).hexdigest()[:12]

    def name(self) -> str:
        """A new name."""
        return f"{self.prefix}-{self.entropy(6).hex()}{_SUFFIX}"


def write(workspace: Beneath, parts: Parts, content: bytes, mark: Mark, deadline: Deadline) -> bool:
    """Put ``content`` at ``parts``, durably; readers see the old file or the new one. True: there was one.

    Raises:
        Denied: something else stands there, the way is closed, or the time is up; nothing was changed.
    """
    if not parts:
        raise Denied(ARGUMENTS, "a path to a file is needed, not to the workspace itself")
    path, beside = "/".join(parts), mark.name()
    try:
        with workspace.folder(parts[:-1], make=True) as folder:
            _clear(folder, mark.prefix)
            mode = _mode(folder, parts[-1], path)
            try:
                _fill(folder, beside, content, mode, deadline)
                os.rename(beside, parts[-1], src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(beside, dir_fd=folder)
                raise
            flush(folder)
    except OSError as problem:
        raise because(problem, path) from problem
    return mode is not None


def unfinished(name: str) -> bool:
    """True for the name of a file that is being written, or was when a crash came."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def _clear(folder: int, prefix: str) -> None:
    for name in os.listdir(folder):
        if name.startswith(prefix) and unfinished(name):
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)


def _mode(folder: int, name: str, path: str) -> int | None:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    plain(found, path)
    return stat.S_IMODE(found.st_mode) & 0o777


def _fill(folder: int, name: str, content: bytes, mode: int | None, deadline: Deadline) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o666, dir_fd=folder)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left[:_PIECE_BYTES]) :]
            deadline.check()
        if mode is not None:
            os.fchmod(descriptor, mode)
        flush(descriptor)
        # The last moment at which a call that nobody waits for any more can leave no trace.
        deadline.check()
    finally:
        os.close(descriptor)

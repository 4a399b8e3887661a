"""A folder out of which no path leads.

Called by whatever touches a file. Two ways to one promise: an ``openat2`` for the whole path, or a walk by
directory descriptors that follows no link. No name is looked up twice, so nothing can be swapped in between.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from . import openat2
from .denied import ARGUMENTS, REFUSED, Denied, because

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK the open of a fifo would wait for somebody at its other end.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC

Parts = tuple[str, ...]


def parts_of(path: str) -> Parts:
    """The names that a path from the workspace is made of; none for the workspace itself.

    Raises:
        Denied: it leads out, or is no path.
    """
    if "\0" in path:
        raise Denied(ARGUMENTS, "a path holds no NUL")
    if path.startswith("/"):
        raise Denied(REFUSED, f"{path!r} is absolute; paths begin in the workspace, as in 'notes/today.md'")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise Denied(REFUSED, f"{path!r} leads out of the workspace or around in it; write it without '..'")
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        raise Denied(ARGUMENTS, "a path holds no lone surrogates") from None
    return parts


class Beneath:
    """The workspace, held open for the time of one call.

    ``one_step`` chooses ``openat2``; without it every folder on the way is opened by itself.

    Raises:
        OSError: the folder cannot be opened.
    """

    def __init__(self, root: str, *, one_step: bool) -> None:
        # The root is the kernel's word, so a link in it is meant.
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._one_step = one_step

    def __enter__(self) -> Beneath:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._root)

    @contextmanager
    def file(self, parts: Parts) -> Iterator[int]:
        """A regular file that has no other name, open for reading.

        Raises:
            Denied: it is not there, is something else, or lies behind a link.
        """
        path = "/".join(parts) or "."
        descriptor = self._open(parts, _FILE)
        try:
            plain(os.fstat(descriptor), path)
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def folder(self, parts: Parts, *, make: bool = False) -> Iterator[int]:
        """A folder, open; with ``make`` those that are missing are made.

        Raises:
            Denied: it is not there, is something else, or lies behind a link.
        """
        try:
            descriptor = self._open(parts, _FOLDER)
        except Denied:
            if not make:
                raise
            descriptor = self._make(parts)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _open(self, parts: Parts, flags: int) -> int:
        try:
            if self._one_step:
                return openat2.open_beneath(self._root, os.fsencode("/".join(parts) or "."), flags)
            return self._walk(parts, flags)
        except OSError as problem:
            raise because(problem, "/".join(parts) or ".") from problem

    def _walk(self, parts: Sequence[str], flags: int) -> int:
        folder = os.dup(self._root)
        try:
            for part in parts[:-1]:
                folder = _step(folder, part)
            return os.open(parts[-1] if parts else ".", flags, dir_fd=folder)
        finally:
            os.close(folder)

    def _make(self, parts: Parts) -> int:
        folder = os.dup(self._root)
        try:
            for part in parts:
                try:
                    os.mkdir(part, dir_fd=folder)
                    flush(folder)
                except FileExistsError:
                    pass
                folder = _step(folder, part)
        except OSError as problem:
            os.close(folder)
            raise because(problem, "/".join(parts)) from problem
        return folder


def _step(folder: int, name: str) -> int:
    """The folder ``name`` inside ``folder``, which is closed."""
    below = os.open(name, _FOLDER, dir_fd=folder)
    os.close(folder)
    return below


def flush(descriptor: int) -> None:
    """Return once what was written is on the disk; what macOS calls fsync stops at the disk's own cache."""
    if (full := getattr(fcntl, "F_FULLFSYNC", None)) is not None:
        fcntl.fcntl(descriptor, full)
    else:
        os.fsync(descriptor)


def plain(found: os.stat_result, path: str) -> None:
    """Refuse what is no regular file, and what has a second name: that may lie anywhere.

    Raises:
        Denied: as said.
    """
    if not stat.S_ISREG(found.st_mode):
        raise Denied(REFUSED, f"{path!r} is {sort_of(found.st_mode)}, not a file")
    if found.st_nlink > 1:
        raise Denied(REFUSED, f"{path!r} has {found.st_nlink} names (hard links), and others may lie outside")


def sort_of(mode: int) -> str:
    """What a directory entry is, in words."""
    kinds = {
        stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link", stat.S_IFIFO: "a fifo", stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFREG: "a file",
    }  # fmt: skip
    return kinds.get(stat.S_IFMT(mode), "something special")

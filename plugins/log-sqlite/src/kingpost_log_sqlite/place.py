"""Notices that the file was taken away.

Called by the writer before every commit. On Unix a process goes on writing into a file that was deleted or replaced,
and what it writes is gone with its last descriptor; SQLite's write-ahead mode does not look.
"""

from __future__ import annotations

from pathlib import Path

from .failures import FileLost


class Place:
    """The files as they were when they were opened."""

    def __init__(self, path: Path) -> None:
        self._files = [(file, _identity(file)) for file in (path, path.with_name(path.name + "-wal"))]

    def check(self) -> None:
        """Look again.

        Raises:
            FileLost: one of them is not there, or is another one.
        """
        for file, identity in self._files:
            if _identity(file) != identity:
                raise FileLost(file)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

"""Keys that lie in the home as files: written whole, copied into a backup, and put back.

Called by ``heads`` and ``keyring`` for the home's own keys, and by ``keep``. A log may hold what only such a file
opens; whether it is the kernel's or a plugin's makes no difference here. Never replaces a file that is there.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import InvalidRequest, Unavailable

_MODES = {".key": 0o600, ".pub": 0o644}
"""What belongs to a backup, and who may read the copy."""


def place(path: Path, content: bytes) -> bool:
    """Write the whole file or none of it; false where somebody else has made one meanwhile, which stays."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, _MODES.get(path.suffix, 0o600))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
            return True
        return False
    finally:
        draft.unlink(missing_ok=True)


def is_key(name: str) -> bool:
    """Whether a file of this name is one."""
    return Path(name).suffix in _MODES


def keys_of(folder: Path) -> Mapping[str, bytes]:
    """The content of every key in a folder, by the file's name."""
    files = sorted(path for path in folder.glob("*") if is_key(path.name) and path.is_file())
    return {path.name: path.read_bytes() for path in files}


def put_keys(source: Path, home: Path) -> list[Path]:
    """Put the keys of a backup into a home that lacks them; those that are new there.

    Raises:
        InvalidRequest: the home has another key of the same name; nothing was changed.
        Unavailable: a file cannot be read or written; nothing was changed.
    """
    placed: list[Path] = []
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted = keys_of(source)
        for name, content in wanted.items():
            _check_same(home / name, content)
        for name, content in wanted.items():
            if place(home / name, content):
                placed.append(home / name)
            _check_same(home / name, content)
    except BaseException as problem:
        take_out(placed)
        if isinstance(problem, OSError):
            what = f"{problem.filename!r}: {problem.strerror}"
            raise Unavailable(f"a key cannot be restored, {what}; mend that and try again") from problem
        raise
    return placed


def take_out(placed: Iterable[Path]) -> None:
    """Remove what ``put_keys`` has put there."""
    for path in placed:
        path.unlink(missing_ok=True)


def _check_same(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() != content:
        raise InvalidRequest(
            f"{str(path)!r} is another key than the backup's, and whatever was made with it needs it; "
            "restore into a new home, or move the file away"
        )

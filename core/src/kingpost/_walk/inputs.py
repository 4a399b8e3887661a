"""Reading in: files and folders that were handed to a task become memories with their source and place.

The task's first durable step, called by ``pipeline``, and by the operation that packs a context. Every root has a
scope of its own, so a file is read in once for a home: a marker memory with the file's SHA-256 says so, and is stored
with the file's last pieces. A file that changed is read anew, and what it no longer says is forgotten.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, field

from ..errors import UnreadableInput
from ..protocols import MemoryBackend, Reader
from ..records.memory import Memory, Piece, Selection, Tier
from ..records.record import Record
from ..records.speech import Progress
from . import pieces

BATCH = 400
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "dist", "build", "target"})

FindReader = Callable[[str], Awaitable[Reader | None]]


class Reading(Struct):
    """What one reading in did. ``skipped`` lists files inside a folder that are no text, with the reason."""

    files: int = 0
    unchanged: int = 0
    stored: int = 0
    forgotten: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)


class Root(Record):
    """One input: a file or a folder, and the scope that its memories live in."""

    path: Path
    scope: str

    @classmethod
    def of(cls, path: str) -> Root:
        """The root of an absolute path."""
        return cls(Path(path), f"input:{sha256(os.fsencode(path)).hexdigest()[:24]}")


class Shelf(Record):
    """Where the pieces go: a memory, for one tenant, at one time (seconds since the epoch)."""

    memory: MemoryBackend
    tenant: str
    now: float
    limit: int
    reader: FindReader


async def read_in(roots: list[Root], shelf: Shelf, tell: Callable[[Progress], None]) -> Reading:
    """Read every root in; what is there already and has not changed is not stored again.

    Raises:
        UnreadableInput: a root that was named cannot be read. Files found inside a folder are skipped with a reason.
    """
    reading = Reading()
    for root in roots:
        seen: set[str] = set()
        for path, source in await asyncio.to_thread(_files, root.path):
            seen.add(source)
            tell(Progress("reading", reading.files, None, source))
            try:
                await _read_file(path, source, root, shelf, reading)
            except UnreadableInput as problem:
                if path == root.path:
                    raise
                reading.skipped.append((source, str(problem)))
        await _forget_gone(root, seen, shelf, reading)
    tell(Progress("reading", reading.files, reading.files))
    return reading


def _files(root: Path) -> list[tuple[Path, str]]:
    """Regular files below a root in a fixed order, each with its name relative to the root."""
    if not seen(root.is_dir):
        return [(root, root.name)]
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(names):
            path = Path(folder, name)
            # Links are not followed: they lead out of what was handed in, or to what is read in anyway.
            if not name.startswith(".") and seen(path.is_file) and not path.is_symlink():
                found.append((path, path.relative_to(root).as_posix()))
    return found


async def _read_file(path: Path, source: str, root: Root, shelf: Shelf, reading: Reading) -> None:
    digest = await asyncio.to_thread(fingerprint, path, shelf.limit)
    marker = Memory(
        id=_id(root.scope, source, "source", digest), scope=root.scope, tenant=shelf.tenant, kind="source",
        body=digest, source=source, created=shelf.now, origin="import",
    )  # fmt: skip
    reading.files += 1
    if await shelf.memory.get(shelf.tenant, root.scope, [marker.id]):
        reading.unchanged += 1
        return
    kept = [marker.id]
    batch: list[Memory] = []
    async for memory in _memories(path, source, digest, root, shelf):
        batch.append(memory)
        kept.append(memory.id)
        if len(batch) == BATCH:
            reading.stored += await shelf.memory.remember(batch)
            batch = []
    reading.stored += max(await shelf.memory.remember([*batch, marker]) - 1, 0)
    stale = Selection(scope=root.scope, tenant=shelf.tenant, source=source, but=tuple(kept))
    reading.forgotten += await shelf.memory.forget(stale)


async def _memories(path: Path, source: str, digest: str, root: Root, shelf: Shelf) -> AsyncIterator[Memory]:
    shown = str(path)
    number = 0
    async for piece, headings in _pieces(path, shown, await shelf.reader(path.suffix.lower())):
        number += 1
        yield Memory(
            id=_id(root.scope, source, digest, str(number)), scope=root.scope, tenant=shelf.tenant, body=piece.text,
            tier=Tier.LONG, source=source, place=piece.place, created=shelf.now, origin="import",
            meta={"kind": piece.kind} | ({"heading": " > ".join(headings)} if headings else {}),
        )  # fmt: skip
    if not number and path == root.path:
        raise UnreadableInput(shown, "holds no text", "name a file that does")


async def _pieces(path: Path, shown: str, reader: Reader | None) -> AsyncIterator[tuple[Piece, tuple[str, ...]]]:
    if reader is not None:
        async for page in reader.read(path):
            for piece, _ in pieces.cut_text(page.text, page.kind):
                yield Piece(text=piece.text, place=page.place, kind=page.kind), ()
        return
    parts = pieces.cut(path, shown)
    while batch := await asyncio.to_thread(_take, parts, BATCH):
        for found in batch:
            yield found


def _take(parts: Iterator[tuple[Piece, tuple[str, ...]]], count: int) -> list[tuple[Piece, tuple[str, ...]]]:
    taken = []
    for part in parts:
        taken.append(part)
        if len(taken) == count:
            break
    return taken


async def _forget_gone(root: Root, seen: set[str], shelf: Shelf, reading: Reading) -> None:
    """Forget the files of a folder that are not there any more."""
    everything = Selection(scope=root.scope, tenant=shelf.tenant, kind="source")
    gone = {memory.source async for memory in shelf.memory.export(everything)} - seen
    for source in sorted(gone):
        reading.forgotten += await shelf.memory.forget(Selection(scope=root.scope, tenant=shelf.tenant, source=source))


def fingerprint(path: Path, limit: int) -> str:
    """SHA-256 of a file's bytes, in hex.

    Raises:
        UnreadableInput: it is not there, not readable, no regular file, or larger than ``limit`` bytes.
    """
    shown = str(path)
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableInput(shown, "is neither a file nor a folder", "name one")
        if size > limit:
            mend = "split it, or raise input_bytes under [kernel]"
            raise UnreadableInput(shown, f"has {size:,} bytes, more than {limit:,}", mend)
        digest = sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except FileNotFoundError as problem:
        raise UnreadableInput(shown, "does not exist", "mend the path") from problem
    except OSError as problem:
        raise UnreadableInput(shown, f"cannot be read ({problem.strerror})", "mend its permissions") from problem
    return digest.hexdigest()


def seen(look: Callable[[], bool]) -> bool:
    """What a look at a path tells; it is not so where nobody can look: a name too long, a folder that is closed."""
    try:
        return look()
    except OSError:
        return False


def check(path: Path, limit: int, *, readable: bool) -> None:
    """Refuse a named input that could not be read in, before the task is accepted.

    ``readable`` says that a reader plugin takes files of this suffix, so that they need not be text.
    """
    if seen(path.is_dir):
        if not os.access(path, os.R_OK | os.X_OK):
            raise UnreadableInput(str(path), "is a folder that cannot be listed", "mend its permissions")
        return
    fingerprint(path, limit)
    if readable:
        return
    found = False
    for _, line in pieces.lines(path, str(path)):
        found = found or bool(line.strip())
    if not found:
        raise UnreadableInput(str(path), "is empty", "name a file with text in it")


def _id(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]

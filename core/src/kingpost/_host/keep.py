"""Backup and restore of a whole home.

Called by the operations of those names. A backup takes the memory first and the log second, so that the log never
tells of a task whose inputs the copied memory has not seen, and the keys of the home last, so that none is missing that
something in the log was sealed with. The copied log stands in its place last of all: with it the backup is whole. A
restore puts all of it back and changes nothing that is newer.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from ..errors import InvalidRequest, Unavailable
from ..operations.system import Copied
from ..protocols import Care, MemoryBackend
from ..records.codec import adapter
from ..records.memory import Memory, Selection
from .keyfiles import is_key, keys_of, place, put_keys, take_out

LOG_FILE, MEMORY_FILE = "log.backup", "memory.jsonl"
UNFINISHED = "unfinished"
"""The folder in a backup's own in which the backup is made."""

_BATCH = 500

Step = Callable[[str, int, int], None]
"""What is being done, how much of it, and of how much; of 0 where nobody knows."""


async def backup(home: Path, target: Path, log: Care, memory: MemoryBackend, tell: Step) -> Copied:
    """Copy memories, log and keys into a folder that does not exist yet, is empty, or holds a broken-off backup.

    Raises:
        InvalidRequest: the folder holds something else, or another process is just writing a backup to it.
        Unavailable: the disk is full or gone.
    """
    try:
        with contextlib.ExitStack() as stack:
            draft = await asyncio.to_thread(stack.enter_context, _draft_in(target))
            count = await _write_memories(draft / MEMORY_FILE, memory, tell)
            head = await log.backup(draft / LOG_FILE, lambda done, total: tell("copying the log", done, total))
            await asyncio.to_thread(_finish, home, draft)
    except OSError as problem:
        raise _unusable(target, problem) from problem
    return Copied(head=head, memories=count)


def check_vacant(target: Path) -> None:
    """Look whether a backup can go there.

    Raises:
        InvalidRequest: the folder holds something, or nobody can look.
    """
    try:
        if target.exists() and not target.is_dir():
            raise InvalidRequest(f"{str(target)!r} is a file; name a folder that is new")
        found = {path.name for path in target.iterdir()} if target.exists() else set()
    except OSError as problem:
        raise InvalidRequest(
            f"{str(target)[:200]!r} cannot hold a backup: {problem.strerror}; name another folder"
        ) from problem
    if UNFINISHED in found:
        # These may have been moved into their places already. With the log the backup is whole, and is not replaced.
        found -= {UNFINISHED, MEMORY_FILE, *filter(is_key, found)}
    if found:
        raise InvalidRequest(f"{str(target)!r} is not empty; name a folder that is new")


def _unusable(target: Path, problem: OSError) -> Unavailable:
    what = f"{problem.filename!r}: {problem.strerror}"
    return Unavailable(f"backup to {str(target)!r}, {what}; mend that and try again")


@contextlib.contextmanager
def _draft_in(target: Path) -> Iterator[Path]:
    """A folder in ``target`` that nobody else writes to, empty; what a broken-off backup left in it is gone."""
    check_vacant(target)
    draft = target / UNFINISHED
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        _claim(descriptor, target)
        for left in draft.iterdir():
            left.unlink()
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.close(descriptor)


def _claim(descriptor: int, target: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InvalidRequest(f"a backup is just being written to {str(target)!r}; name another folder") from None
    except OSError:
        pass  # Some shares know no locks on folders.


def _finish(home: Path, draft: Path) -> None:
    """Add the keys and move everything into its place, the log last."""
    for name, content in keys_of(home).items():
        place(draft / name, content)
    for path in sorted(draft.iterdir(), key=lambda path: path.name == LOG_FILE):
        if path.name == LOG_FILE:
            _sync(draft.parent)
        path.replace(draft.parent / path.name)
    _sync(draft.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _write_memories(path: Path, memory: MemoryBackend, tell: Step) -> int:
    codec = adapter(Memory)
    count = 0
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        async for one in memory.export(Selection(scope=None, tenant=None)):
            file.write(codec.dump_json(one) + b"\n")
            count += 1
            if count % _BATCH == 0:
                tell("copying memories", count, 0)
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    return count


async def restore(home: Path, source: Path, log: Care, memory: MemoryBackend) -> Copied:
    """Take the state of a backup: the log as it was, and every key and memory that is missing."""
    await asyncio.to_thread(_check_backup, source)
    # Keys come first: whoever reads the log must not find what nobody can open yet.
    placed = await asyncio.to_thread(put_keys, source, home)
    try:
        head = await log.restore(source / LOG_FILE)
    except BaseException:
        take_out(placed)
        raise
    count = 0
    batch: list[Memory] = []
    for one in read_memories(source / MEMORY_FILE):
        batch.append(one)
        if len(batch) == _BATCH:
            count, batch = count + len(batch), await _put(memory, batch)
    await _put(memory, batch)
    return Copied(head=head, memories=count + len(batch))


def _check_backup(source: Path) -> None:
    """A backup is taken whole or not at all, so every memory is read once before anything is changed."""
    if not (source / LOG_FILE).is_file() or not (source / MEMORY_FILE).is_file():
        raise InvalidRequest(f"{str(source)!r} holds no backup ({LOG_FILE}, {MEMORY_FILE}); name its folder")
    for _ in read_memories(source / MEMORY_FILE):
        pass


async def _put(memory: MemoryBackend, batch: list[Memory]) -> list[Memory]:
    await memory.remember(batch)
    return []


def read_memories(path: Path, check: Callable[[Memory], None] = lambda memory: None) -> Iterable[Memory]:
    """The memories of a file of JSON lines, as ``export`` writes it; ``check`` refuses what it raises for.

    Raises:
        InvalidRequest: a line is no memory; the line is named.
    """
    codec = adapter(Memory)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                one = codec.validate_python(json.loads(line))
                check(one)
            except (ValueError, RecursionError, InvalidRequest) as problem:
                raise InvalidRequest(
                    f"{path}, line {number}: no memory ({_short(problem)}); mend or remove the line"
                ) from problem
            yield one


def check_memory(memory: Memory) -> None:
    """Refuse what could not be handed out again as it was: it would break every export and backup.

    Raises:
        InvalidRequest: its body is empty, a string of it is no text, or a number is not finite.
    """
    if not memory.body.strip():
        raise InvalidRequest("a memory with no text says nothing; give it a body")
    meta = json.dumps(dict(memory.meta), ensure_ascii=False, default=str) if memory.meta else ""
    named = (memory.id, memory.scope, memory.source, memory.place, memory.speaker, memory.session)
    for text in (memory.body, meta, *named):
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            wrong = f"character {problem.start} of {text[:40]!r}"
            raise InvalidRequest(f"a memory is no valid text ({wrong}); mend its encoding") from problem
    numbers = (memory.created, memory.valid_from, memory.valid_to, memory.expires, memory.used, memory.importance)
    if not all(number is None or math.isfinite(number) for number in numbers):
        raise InvalidRequest(f"memory {memory.id!r}: a time or its importance is not a finite number; leave it out")


def _short(problem: Exception) -> str:
    said = str(problem)
    if isinstance(problem, ValidationError):
        first = problem.errors(include_url=False, include_input=False)[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
    return " ".join(said.split())[:160]

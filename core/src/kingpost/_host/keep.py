"""Backup and restore of a whole home.

Called by the operations of those names. A backup takes the memory first and the log second, so that the log never
tells of a task whose inputs the copied memory has not seen, and the keys of the home last, so that none is missing that
something in the log was sealed with. A restore puts all of it back and changes nothing that is newer.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import InvalidRequest, Unavailable
from ..operations.system import Copied
from ..protocols import Care, MemoryBackend
from ..records.codec import adapter
from ..records.memory import Memory, Selection
from .keyfiles import keys_of, place, put_keys, take_out

LOG_FILE, MEMORY_FILE = "log.backup", "memory.jsonl"
_BATCH = 500


async def backup(home: Path, target: Path, log: Care, memory: MemoryBackend) -> Copied:
    """Copy memories, log and keys into a folder that does not exist yet or is empty."""
    try:
        await asyncio.to_thread(_new_folder, target)
        count = await _write_memories(target / MEMORY_FILE, memory)
        head = await log.backup(target / LOG_FILE)
        await asyncio.to_thread(_copy_keys, home, target)
    except OSError as problem:
        what = f"{problem.filename!r}: {problem.strerror}"
        raise Unavailable(f"backup to {str(target)!r}, {what}; mend that and try again") from problem
    return Copied(head=head, memories=count)


def _copy_keys(home: Path, target: Path) -> None:
    for name, content in keys_of(home).items():
        place(target / name, content)


def _new_folder(target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise InvalidRequest(f"{str(target)!r} is not empty; name a folder that is new")


async def _write_memories(path: Path, memory: MemoryBackend) -> int:
    codec = adapter(Memory)
    count = 0
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        async for one in memory.export(Selection(scope=None, tenant=None)):
            file.write(codec.dump_json(one) + b"\n")
            count += 1
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


def read_memories(path: Path) -> Iterable[Memory]:
    """The memories of a file of JSON lines, as ``export`` writes it.

    Raises:
        InvalidRequest: a line is no memory; the line is named.
    """
    codec = adapter(Memory)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield codec.validate_python(json.loads(line))
            except (ValueError, RecursionError) as problem:
                raise InvalidRequest(
                    f"{path}, line {number}: no memory ({_short(problem)}); mend or remove the line"
                ) from problem


def _short(problem: Exception) -> str:
    return " ".join(str(problem).split())[:160]

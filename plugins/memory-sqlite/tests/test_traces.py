"""What is forgotten is nowhere in the bytes of the files: in no page's unused part, not in the index or the journal."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from kingpost import Memory, Ports, Selection
from kingpost.testing import SeededClock, full_disk
from kingpost_memory_sqlite import forget
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings

COUNT = 600
DAY = 86_400.0
Deed = Callable[[SqliteMemory, Sequence[Memory]], Awaitable[object]]


def secret(chance: Random) -> str:
    """A word that stands nowhere else."""
    return "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=14))


def written(seed: int, now: float) -> tuple[list[Memory], list[list[str]]]:
    """Memories of very different lengths in five scopes, in no order, with secrets in every field."""
    chance = Random(seed)
    memories, secrets = [], []
    for n in range(COUNT):
        body, late, id, source, speaker, session = several = [secret(chance) for _ in range(6)]
        filler = "common words " * chance.choice([1, 1, 1, 5, 50, 400])
        memories.append(
            Memory(
                id=id, scope=f"scope {n % 5}", body=f"{filler} {body} {'more ' * chance.choice([1, 20])} {late}",
                source=f"{source}.md", speaker=speaker, session=session, meta={"heading": session}, created=now + n,
                expires=now + 1000.0 if n % 5 == 2 else None,
            )
        )  # fmt: skip
        secrets.append(several)
    order = list(range(COUNT))
    chance.shuffle(order)
    return [memories[n] for n in order], [secrets[n] for n in order]


def traces(folder: Path, secrets: Sequence[Sequence[str]]) -> list[str]:
    """Secrets that are still there, whole or but for the beginning that an index leaves out."""
    content = b"\0".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    runs = re.findall(rb"[bcdfghjklmnpqrstvwxz]{11,}", content)
    there = {run[start : start + 11] for run in runs for start in range(len(run) - 10)}
    return [word for several in secrets for word in several if word[3:].encode() in there]


async def _scope(memory: SqliteMemory, gone: Sequence[Memory]) -> None:
    await memory.forget(Selection(scope="scope 2"))


async def _ids(memory: SqliteMemory, gone: Sequence[Memory]) -> None:
    for start in range(0, len(gone), 20):
        await memory.forget(Selection(scope="scope 2", ids=tuple(each.id for each in gone[start : start + 20])))
        # What is written in between moves rows about.
        await memory.remember([Memory(id=f"new {start} {n}", scope="scope 1", body=f"new {n}") for n in range(20)])


async def _source(memory: SqliteMemory, gone: Sequence[Memory]) -> None:
    for each in gone:
        await memory.forget(Selection(scope="scope 2", source=each.source))


async def _nothing(memory: SqliteMemory, gone: Sequence[Memory]) -> None:
    """They expire."""


@pytest.mark.parametrize(
    ("deed", "seed"),
    [(_scope, 0), (_scope, 2), (_ids, 1), (_source, 0), (_nothing, 2)],
    ids=lambda each: str(each)[:16],
)
async def test_no_byte_is_left_of_what_is_forgotten(
    tmp_path: Path, ports: Ports, clock: SeededClock, deed: Deed, seed: int
) -> None:
    """Of a scope at once; of ids, sources and what has expired when the file is closed at the latest."""
    memories, secrets = written(seed, clock.now())
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    for start in range(0, COUNT, 37):
        await memory.remember(memories[start : start + 37])
    gone = [each for each in memories if each.scope == "scope 2"]
    lost = [words for each, words in zip(memories, secrets, strict=True) if each.scope == "scope 2"]
    kept = [words for each, words in zip(memories, secrets, strict=True) if each.scope != "scope 2"]
    assert len(traces(tmp_path, lost)) == 6 * len(gone)

    await deed(memory, gone)

    if deed is _scope:
        assert traces(tmp_path, lost) == []
    if deed is _nothing:
        await memory.stop()
        clock.set(clock.now() + 1000.0 + 2 * DAY)
        await memory.start()
    await memory.stop()
    assert traces(tmp_path, lost) == []
    assert len(traces(tmp_path, kept)) == 6 * len(kept)


async def test_what_a_crash_left_is_cleared_by_the_next_stop(tmp_path: Path, ports: Ports, clock: SeededClock) -> None:
    """That something was forgotten is written down with it, for whoever closes the file next."""
    memories, secrets = written(0, clock.now())
    dead, alive = SqliteMemory(Settings(), ports), SqliteMemory(Settings(), ports)
    await dead.start()
    await dead.remember(memories)
    await dead.forget(Selection(scope="scope 2", source=memories[0].source))
    await dead.forget(Selection(scope=memories[0].scope, ids=(memories[0].id,)))
    await dead._file.close()  # noqa: SLF001 - as a process ends that has no time

    await alive.start()
    await alive.stop()

    assert traces(tmp_path, secrets[:1]) == []


async def filled(ports: Ports, clock: SeededClock) -> tuple[SqliteMemory, list[Memory], list[Sequence[str]]]:
    """A memory in which there is something, what stands in its scope 2, and the secrets of that."""
    memories, secrets = written(0, clock.now())
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    for start in range(0, COUNT, 37):
        await memory.remember(memories[start : start + 37])
    mine = [number for number, each in enumerate(memories) if each.scope == "scope 2"]
    return memory, [memories[number] for number in mine], [secrets[number] for number in mine]


async def test_what_a_crash_left_is_cleared_behind_the_next_start(
    tmp_path: Path, ports: Ports, clock: SeededClock
) -> None:
    """A server may run for long until it stops."""
    dead, gone, lost = await filled(ports, clock)
    await _source(dead, gone)
    await dead._file.close()  # noqa: SLF001 - as a process ends that has no time

    alive = SqliteMemory(Settings(), ports)
    await alive.start()
    assert alive._tidying is not None  # noqa: SLF001 - what is done behind the start
    await alive._tidying  # noqa: SLF001 - as above

    assert traces(tmp_path, lost) == []
    await alive.stop()


async def test_a_scope_that_is_forgotten_once_more_leaves_no_trace(
    tmp_path: Path, ports: Ports, clock: SeededClock
) -> None:
    """All of it has gone source by source, which leaves the rest to the time when the file is closed."""
    memory, gone, lost = await filled(ports, clock)
    await _source(memory, gone)

    assert await memory.forget(Selection(scope="scope 2")) == 0

    assert traces(tmp_path, lost) == []
    await memory.stop()


async def test_what_a_full_disk_left_is_cleared_by_the_next_stop(
    tmp_path: Path, ports: Ports, clock: SeededClock
) -> None:
    """A file that could not be written anew when it was closed still has to be."""
    memory, gone, lost = await filled(ports, clock)
    await _ids(memory, gone)
    with full_disk((tmp_path / "memory.db").stat().st_size // 2):
        await memory.stop()

    await memory.start()
    left = await memory._file.read("SELECT count(*) FROM about WHERE key = 'untidy'")  # noqa: SLF001 - as below
    await memory.stop()

    assert left == [(1,)]
    assert traces(tmp_path, lost) == []


async def test_a_large_file_is_folded_when_it_has_grown_and_not_whenever_it_is_closed(
    ports: Ports, clock: SeededClock
) -> None:
    """To fold takes as long as the index is large, and nobody waits for that at the end of each command."""
    memories, _ = written(0, clock.now())
    parts = []
    for told in (memories[:-2], memories[-2:-1], memories[-1:]):
        memory = SqliteMemory(Settings(rewritten_mb=0), ports)
        await memory.start()
        for start in range(0, len(told), 37):
            await memory.remember(told[start : start + 37])
        if told[1:]:
            await memory.forget(Selection(scope=told[0].scope, source=told[0].source))
        await memory.stop()
        await memory.start()
        parts += await memory._file.read("SELECT count(DISTINCT segid) FROM term_idx")  # noqa: SLF001 - as below
        await memory.stop()

    assert parts[0] == (1,)
    assert parts[-1] > (1,)


async def test_a_large_file_is_written_anew_over_the_disk_where_the_settings_say_so(
    tmp_path: Path, ports: Ports, clock: SeededClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would not fit into memory leaves no trace either."""
    monkeypatch.setattr(forget, "_IN_MEMORY_BYTES", 0)
    memories, secrets = written(0, clock.now())
    memory = SqliteMemory(Settings(rewritten_mb=512), ports)
    await memory.start()
    for start in range(0, COUNT, 37):
        await memory.remember(memories[start : start + 37])

    await memory.forget(Selection(scope="scope 2"))

    lost = [words for each, words in zip(memories, secrets, strict=True) if each.scope == "scope 2"]
    assert traces(tmp_path, lost) == []
    await memory.stop()


async def test_who_forgets_one_of_many_does_not_wait_until_the_index_is_folded(
    tmp_path: Path, ports: Ports, clock: SeededClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes as long as the index is large, so in a large file it is done behind the answer."""
    answered = asyncio.Event()
    monkeypatch.setattr(forget, "_FOLDED_BYTES", 0)
    memories, secrets = written(0, clock.now())
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    for start in range(0, COUNT, 37):
        await memory.remember(memories[start : start + 37])
    asked = memory._file.step  # noqa: SLF001 - what is asked of the file is the point

    async def step(sql: str, parameters: object = ()) -> int:
        if "'merge'" in sql:
            await answered.wait()
        return await asked(sql, parameters)

    monkeypatch.setattr(memory._file, "step", step)  # noqa: SLF001 - as above

    async with asyncio.timeout(30):
        await memory.forget(Selection(scope=memories[0].scope, ids=(memories[0].id,)))
    answered.set()
    await memory.stop()

    assert traces(tmp_path, secrets[:1]) == []


async def test_a_file_at_rest_has_no_unused_pages(tmp_path: Path, ports: Ports, clock: SeededClock) -> None:
    """Once it has grown by a third, closing it gives back what writing in many steps took."""
    memories, _ = written(0, clock.now())
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    for start in range(0, COUNT, 7):
        await memory.remember(memories[start : start + 7])
    before = await memory._file.size()  # noqa: SLF001 - nobody else needs to know
    await memory.stop()

    assert (tmp_path / "memory.db").stat().st_size < before
    await memory.start()
    assert await memory._file.read("PRAGMA freelist_count") == [(0,)]  # noqa: SLF001 - as above
    assert len([each async for each in memory.export(Selection(scope=None))]) == COUNT
    await memory.stop()

"""Several processes on one file, and what is left of one that was killed."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from kingpost import Ports, Query, Selection
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings

CHILD = Path(__file__).with_name("keep_remembering.py")
BATCH = 20
FAILING = """
import asyncio, pathlib, sys
from kingpost import Ports
from kingpost_memory_sqlite import provide_memory

async def main(kept=[]):
    kept += provide_memory(None, Ports(home=pathlib.Path(sys.argv[1])))
    await kept[0].start()
    1 / 0

asyncio.run(main())
"""


async def _start(home: Path, *arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, CHILD, home, *(str(each) for each in arguments), stdout=asyncio.subprocess.PIPE
    )


async def _said(child: asyncio.subprocess.Process) -> list[tuple[int, int]]:
    out, _ = await child.communicate()
    lines = [line.split() for line in out.decode().splitlines()]
    return [(int(batch), int(new)) for batch, new in lines]


async def test_processes_that_write_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """They start together on a file that does not exist yet; half of what they store is the same."""
    children = [await _start(tmp_path, "a", 0, 40), await _start(tmp_path, "b", 20, 60)]
    said = [each for child in children for each in await _said(child)]

    assert [child.returncode for child in children] == [0, 0]
    assert sum(new for _, new in said) == 60 * BATCH
    assert await _batches(tmp_path) == dict.fromkeys(range(60), BATCH)


@pytest.mark.parametrize("acknowledged", [1, 7, 20])
async def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path, acknowledged: int) -> None:
    child = await _start(tmp_path, "a", 0, 1_000_000)
    assert child.stdout is not None
    for _ in range(acknowledged):
        assert await child.stdout.readline()
    child.kill()
    told = acknowledged + len(await _said(child))

    batches = await _batches(tmp_path)

    assert set(batches.values()) == {BATCH}
    assert set(range(told)) <= batches.keys() <= set(range(told + 1))


@pytest.mark.parametrize("commits", [1, 3])
async def test_kill_9_before_the_commit_leaves_nothing_of_it(tmp_path: Path, commits: int) -> None:
    """The first commit of a new file is that of its index."""
    child = await _start(tmp_path, "a", 0, 10, commits)
    said = await _said(child)

    assert child.returncode == -9
    assert len(said) == max(commits - 2, 0)
    assert await _batches(tmp_path) == {batch: BATCH for batch, _ in said}


async def test_a_program_that_fails_does_not_hang_on_its_memory(tmp_path: Path) -> None:
    """Whoever forgets to stop the memory still ends."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FAILING, tmp_path, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        _, said = await child.communicate()

    assert child.returncode == 1
    assert b"ZeroDivisionError" in said


async def _batches(home: Path) -> dict[int, int]:
    """How many memories of each batch a new process finds, after it has looked at the file's soundness."""
    memory = SqliteMemory(Settings(), Ports(home=home))
    await memory.start()
    try:
        held = Counter([int(each.created) async for each in memory.export(Selection(scope="shared"))])
        asked = {batch: Query(text=f"lot{batch}", scopes=("shared",), limit=BATCH) for batch in held}
        found = {batch: await memory.recall(query) for batch, query in asked.items()}
    finally:
        await memory.stop()
    assert all({each.memory.created for each in answer} == {batch} for batch, answer in found.items())
    assert {batch: len(answer) for batch, answer in found.items()} == held
    with closing(sqlite3.connect(home / "memory.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO term (term) VALUES ('integrity-check')")
    return dict(held)

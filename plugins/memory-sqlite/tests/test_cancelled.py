"""A caller that goes away leaves nothing half done."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest
from kingpost import Memory, Ports, Query, Selection
from kingpost.testing import Cut, cuts
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings

TURNS = [
    Memory(
        id=f"{number:032x}",
        scope="crew",
        body=f"Ada lifted crate {number} to the red crane in the harbour of Port {number % 7}.",
        speaker="Ada" if number % 2 else "Bob",
        session=f"day {number // 20}",
        created=1_000.0 + number,
    )
    for number in range(200)
]
QUESTION = Query(text="Which crate did Ada lift to the red crane?", scopes=("crew",), limit=10, now=2_000.0)


def _digest(folder: Path) -> str:
    """Of all that the memory has on its disk; what readers share among themselves is no content."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("memory.db*")):
        if not path.name.endswith("-shm"):
            whole.update(path.read_bytes())
    return whole.hexdigest()


async def _recalled(memory: SqliteMemory) -> list[tuple[str, float]]:
    return [(each.memory.id, each.score) for each in await memory.recall(QUESTION)]


@pytest.fixture
def complaints() -> list[dict[str, Any]]:
    """What the event loop has to say about callbacks that failed behind everybody's back."""
    return []


async def test_a_recall_that_is_cancelled_leaves_nothing_half_done(
    memory: SqliteMemory, tmp_path: Path, complaints: list[dict[str, Any]]
) -> None:
    """Wherever it is cut off: the files stay as they are, and the next recall answers as before."""
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    await memory.remember(TURNS)
    before, answer = _digest(tmp_path), await _recalled(memory)

    async for _ in cuts(lambda: memory.recall(QUESTION)):
        assert await _recalled(memory) == answer
    assert _digest(tmp_path) == before
    assert complaints == []


async def test_those_who_wait_for_a_cancelled_recall_are_answered(memory: SqliteMemory) -> None:
    """Recalls take turns; one that is cut off hands its turn on."""
    await memory.remember(TURNS)
    answer = await _recalled(memory)

    several = [asyncio.ensure_future(_recalled(memory)) for _ in range(12)]
    for each in several[::2]:
        await asyncio.sleep(0.001)
        each.cancel()
    async with asyncio.timeout(30):
        await asyncio.wait(several)

    assert [each.result() for each in several[1::2]] == [answer] * 6


async def test_a_recall_past_its_deadline_ends(memory: SqliteMemory) -> None:
    """A time limit of no time at all is kept, and the memory goes on."""
    await memory.remember(TURNS)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await memory.recall(QUESTION)

    assert len(await _recalled(memory)) == 10


async def _kept(memory: SqliteMemory) -> list[Memory]:
    return [each async for each in memory.export(Selection(scope="crew"))]


async def test_a_remember_that_is_cancelled_is_whole_or_nothing(memory: SqliteMemory) -> None:
    """Wherever it is cut off: all of a batch is there, or none of it, and the next one is stored and found."""
    async for _ in cuts(lambda: memory.remember(TURNS)):
        await memory.remember(TURNS[:1])
        assert len(await _kept(memory)) in (1, len(TURNS))
        assert await memory.recall(QUESTION)
        await memory.forget(Selection(scope="crew"))


@pytest.mark.parametrize(
    "selection", [Selection(scope="crew"), Selection(scope="crew", ids=tuple(each.id for each in TURNS[:150]))]
)
async def test_a_forget_that_is_cancelled_is_finished(memory: SqliteMemory, selection: Selection) -> None:
    """Wherever it is cut off: all of what was selected goes, and what is stored then is found."""
    await memory.remember(TURNS)
    async for _ in cuts(lambda: memory.forget(selection)):
        await memory.forget(selection)
        assert len(await _kept(memory)) == len(TURNS) - len(selection.ids or TURNS)
        await memory.remember(TURNS)
        assert len(await _recalled(memory)) == 10


async def test_a_use_that_is_cancelled_is_counted_once(memory: SqliteMemory) -> None:
    """Told again under its name, it does not count twice."""
    await memory.remember(TURNS[:1])
    async for _ in cuts(lambda: memory.use("default", "crew", [TURNS[0].id], 5.0, once="task")):
        await memory.use("default", "crew", [TURNS[0].id], 5.0, once="task")
        assert [each.uses for each in await _kept(memory)] == [1]


async def test_a_stop_waits_for_what_nobody_waits_for(ports: Ports, complaints: list[dict[str, Any]]) -> None:
    """A forget whose caller went away is finished before the file is closed."""
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    await memory.remember(TURNS)
    await Cut(memory.forget(Selection(scope="crew")), 1)

    await memory.stop()
    await memory.start()

    assert await _kept(memory) == []
    assert complaints == []
    await memory.stop()

"""A caller that goes away leaves nothing half done: no memory without its vector, no vector without its memory."""

from __future__ import annotations

import asyncio
from pathlib import Path

from conftest import Open
from kingpost import Memory, Query, Selection
from kingpost.testing import Cut, DictMemory, cuts
from kingpost_memory_vectors.file import VectorFile
from kingpost_memory_vectors.memory import VectorMemory

TOLD = [
    Memory(id=str(n), scope="crew", body=f"The {word} is by the harbour.")
    for n, word in enumerate(["vehicle", "doctor", "hound", "house"])
]
QUESTION = Query(text="Where is the physician?", scopes=("crew",), limit=1)
CREW = Selection(scope="crew")


async def embedded(memory: VectorMemory, folder: Path) -> tuple[int, int]:
    """How many vectors there are once all is embedded, and how many memories."""
    async with asyncio.timeout(30):
        await memory.settled()
    file = VectorFile(folder / "vectors.db")
    file.open()
    vectors, waiting = file.counts()
    file.close()
    assert waiting == 0
    return vectors, len([each async for each in memory.export(CREW)])


async def test_what_is_remembered_gets_its_vector_though_its_caller_went_away(
    open_memory: Open, below: DictMemory, tmp_path: Path
) -> None:
    async with open_memory(below) as memory:
        async for _ in cuts(lambda: memory.remember(TOLD)):
            await memory.remember(TOLD[:1])
            vectors, memories = await embedded(memory, tmp_path)
            assert vectors == memories
            assert memories in (1, len(TOLD))
            await memory.forget(CREW)


async def test_what_is_forgotten_loses_its_vector_though_its_caller_went_away(
    open_memory: Open, below: DictMemory, tmp_path: Path
) -> None:
    async with open_memory(below) as memory:
        for selection in (CREW, Selection(scope="crew", ids=("0", "1", "2", "3"))):
            await memory.remember(TOLD)
            async for _ in cuts(lambda: memory.forget(selection)):  # noqa: B023 - it is called within the loop
                await memory.forget(selection)
                assert await embedded(memory, tmp_path) == (0, 0)
                await memory.remember(TOLD)
                assert await embedded(memory, tmp_path) == (len(TOLD), len(TOLD))


async def test_a_recall_that_is_cancelled_leaves_the_next_one_whole(open_memory: Open, below: DictMemory) -> None:
    async with open_memory(below) as memory:
        await memory.remember(TOLD)
        async with asyncio.timeout(30):
            await memory.settled()
        answer = [(each.memory.id, each.score) for each in await memory.recall(QUESTION)]
        async for _ in cuts(lambda: memory.recall(QUESTION)):
            assert [(each.memory.id, each.score) for each in await memory.recall(QUESTION)] == answer


async def test_a_stop_waits_for_what_nobody_waits_for(open_memory: Open, below: DictMemory, tmp_path: Path) -> None:
    """A forget whose caller went away takes its vectors along before the file is closed."""
    async with open_memory(below) as memory:
        await memory.remember(TOLD)
        assert await embedded(memory, tmp_path) == (len(TOLD), len(TOLD))
        await Cut(memory.forget(CREW), 1)

    async with open_memory(below) as memory:
        assert await embedded(memory, tmp_path) == (0, 0)

"""sqlite-vec looks for the nearest in the file; what is found is the same."""

from __future__ import annotations

import random
import sqlite3

import pytest
from conftest import Open
from embedders import SYNONYMS, Concepts
from kingpost import Memory, Query, Selection
from kingpost.testing import DictMemory

WORDS = [*SYNONYMS, *(f"word{number}" for number in range(300))]
QUESTIONS = ("Who bought the puppy?", "a sick kid at home", "cash for the automobile", "word7 word9 ocean")


def memories() -> list[Memory]:
    chance = random.Random(3)
    return [
        Memory(id=f"{n:032x}", scope=f"scope {n % 2}", body=" ".join(chance.choices(WORDS, k=8)), created=1.0 + n)
        for n in range(240)
    ]


async def answers(open_memory: Open, search: str) -> list[list[tuple[str, float]]]:
    """What is recalled, with its whole score, before and after some of it was forgotten."""
    below = DictMemory()
    found = []
    async with open_memory(below, Concepts(), search=search, path=f"{search}.db") as memory:
        await memory.remember(memories())
        await memory.settled()
        for turn in range(2):
            if turn:
                await memory.forget(Selection(scope="scope 1", ids=tuple(each.id for each in memories()[1::20])))
                await memory.remember([Memory(id="late", scope="scope 0", body="A physician purchased a hound.")])
                await memory.settled()
            for text in QUESTIONS:
                for scopes in (("scope 0",), ("scope 1", "scope 0"), ("nowhere",)):
                    recalled = await memory.recall(Query(text=text, scopes=scopes, limit=10))
                    found.append([(each.memory.id, each.score) for each in recalled])
        assert memory._file.extended is (search == "sqlite-vec")  # noqa: SLF001 - or nothing was compared
    return found


@pytest.mark.usefixtures("extensible")
async def test_the_same_is_found_in_the_file_as_in_memory(open_memory: Open) -> None:
    """The signs choose by the same distance, and the vectors themselves decide."""
    assert await answers(open_memory, "sqlite-vec") == await answers(open_memory, "numpy")


@pytest.mark.skipif(hasattr(sqlite3.Connection, "enable_load_extension"), reason="this interpreter can load extensions")
async def test_where_no_extension_can_be_loaded_numpy_does_it(open_memory: Open) -> None:
    """The setting asks for what is not there: nothing fails, and the same is found."""
    below = DictMemory()
    async with open_memory(below, Concepts(), search="sqlite-vec") as memory:
        await memory.remember(memories())
        await memory.settled()

        assert not memory._file.extended  # noqa: SLF001 - this is what is asked
        assert await memory.recall(Query(text=QUESTIONS[0], scopes=("scope 0",)))

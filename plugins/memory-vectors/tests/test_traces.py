"""What is forgotten leaves nothing in the file of vectors: no vector, no id, no name of a scope."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from random import Random

import pytest
from conftest import Open
from embedders import Noise
from kingpost import Memory, Ports, Query, Selection
from kingpost.testing import DictMemory, SeededClock
from kingpost_memory_vectors.memory import VectorMemory
from kingpost_memory_vectors.settings import Settings

COUNT = 400
DAY = 86_400.0
WORDS = ("crane", "harbour", "bakery", "lamp", "rope", "tide")


def memories() -> list[Memory]:
    """Of two scopes, in no order."""
    chance = Random(1)
    made = [
        Memory(
            id=f"{chance.getrandbits(128):032x}", tenant=f"tenant of {n % 2}", scope=f"scope of {n % 2}",
            created=1.0 + n, body=" ".join(chance.choices(WORDS, k=6)) + f" {n}",
        )
        for n in range(COUNT)
    ]  # fmt: skip
    chance.shuffle(made)
    return made


def kept(folder: Path, number: int) -> list[bytes]:
    """The vectors of a scope as they stand in the file, its ids and its names."""
    connection = sqlite3.connect(folder / "vectors.db")
    rows = connection.execute(
        "SELECT v.floats, v.id FROM vector v JOIN scope s ON s.number = v.scope WHERE s.name = ?",
        (f"scope of {number}".encode(),),
    ).fetchall()
    connection.close()
    return [value for row in rows for value in row] + [f"scope of {number}".encode(), f"tenant of {number}".encode()]


def traces(folder: Path, wanted: list[bytes]) -> int:
    content = b"".join(path.read_bytes() for path in folder.glob("vectors.db*"))
    return sum(each in content for each in wanted)


@pytest.mark.parametrize("how", ["scope", "ids"])
async def test_no_byte_is_left_of_what_is_forgotten(
    open_memory: Open, below: DictMemory, tmp_path: Path, how: str
) -> None:
    """At once of a whole scope, and of single memories when the file is closed."""
    async with open_memory(below, Noise()) as memory:
        await memory.remember(memories())
        await memory.settled()
        gone, stays = kept(tmp_path, 0), kept(tmp_path, 1)
        assert len(gone) == COUNT + 2
        chosen = Selection(scope="scope of 0", tenant="tenant of 0")
        if how == "scope":
            await memory.forget(chosen)
            assert traces(tmp_path, gone) == 0
        else:
            ids = [each.id for each in memories() if each.scope == "scope of 0"]
            for start in range(0, len(ids), 20):
                await memory.forget(
                    Selection(scope=chosen.scope, tenant=chosen.tenant, ids=tuple(ids[start : start + 20]))
                )

    assert traces(tmp_path, gone) == 0
    assert traces(tmp_path, stays) == len(stays)


async def test_what_expired_below_loses_its_vector(below: DictMemory, tmp_path: Path) -> None:
    """The memory below removes it by itself; a day later at most its vector goes too."""
    clock = SeededClock()
    gone: list[bytes] = []
    stays: list[bytes] = []
    for turn in range(2):
        memory = VectorMemory(Settings(seconds=5.0), Ports(tmp_path, clock=clock))
        memory.lend("memory", "sqlite", below)
        memory.lend("embedders", "ollama", Noise())
        await memory.start()
        if turn == 0:
            await memory.remember(memories())
        await memory.settled()
        if turn == 0:
            gone, stays = kept(tmp_path, 0), kept(tmp_path, 1)
            await below.forget(Selection(scope="scope of 0", tenant="tenant of 0"))
            clock.set(clock.now() + 2 * DAY)
        await memory.stop()

    assert traces(tmp_path, gone[:-2]) == 0
    assert traces(tmp_path, stays) == len(stays)


async def test_a_scope_that_was_forgotten_hands_nothing_to_the_next(open_memory: Open, below: DictMemory) -> None:
    """Vectors of a scope are told by its number, and a number is never given out twice."""
    first, second = (Memory(id=id, scope=id, body=f"The {id} lamp is lit at dusk.") for id in ("one", "two"))
    async with open_memory(below) as memory:
        await memory.remember([first])
        await memory.settled()
        await memory.forget(Selection(scope="one"))
        await memory.remember([second])
        await memory.settled()
        again = await memory.remember([first])
        await memory.settled()

        assert again == 1
        for scope in ("one", "two"):
            found = await memory.recall(Query(text="When is the lamp lit?", scopes=(scope,)))
            assert [each.memory.id for each in found] == [scope]

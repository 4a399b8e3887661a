"""What is near in meaning is found, and nothing is lost or leaked by it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from embedders import Concepts, Noise
from kingpost import Memory, Query, Selection, Unavailable
from kingpost.testing import DictMemory
from kingpost_memory_vectors.memory import VectorMemory
from kingpost_memory_vectors.near import Index, calibrated
from kingpost_memory_vectors.sentence import SentenceEmbedder
from kingpost_memory_vectors.settings import Settings

Open = Callable[..., AbstractAsyncContextManager[VectorMemory]]

FACTS = {
    "car": "Tom bought a vehicle in Lisbon last week",
    "ill": "The physician said that Ada is unwell since Friday",
    "dog": "Our hound sleeps under the old table",
    "sea": "They walked along the ocean until the evening",
    "pay": "The invoice of the printer was settled in April",
    "rain": "It rained for nine days and the cellar flooded",
}


def facts(scope: str = "s", tenant: str = "default", **bodies: str) -> list[Memory]:
    """Memories by id."""
    return [
        Memory(id=id, scope=scope, body=body, tenant=tenant, created=1.0)
        for id, body in (bodies or FACTS).items()
    ]  # fmt: skip


def ask(text: str, *scopes: str, tenant: str = "default") -> Query:
    return Query(text=text, scopes=scopes or ("s",), tenant=tenant, now=2.0)


async def found(memory: VectorMemory, text: str, *scopes: str, tenant: str = "default") -> list[str]:
    """The ids that are recalled."""
    return [each.memory.id for each in await memory.recall(ask(text, *scopes, tenant=tenant))]


def _remove(folder: Path) -> None:
    for file in folder.glob("vectors.db*"):
        file.unlink()


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("vectors.db*"))


async def test_other_words_for_the_same_are_found(open_memory: Open, below: DictMemory) -> None:
    """The memory below shares no word with the question; its score says that nearness alone did it."""
    async with open_memory(below) as memory:
        await memory.remember(facts())
        await memory.settled()
        (hit,) = await memory.recall(ask("who purchased an automobile"))

    assert await below.recall(ask("who purchased an automobile")) == []
    assert hit.memory.id == "car"
    assert hit.terms["boost"] == hit.score > 0.1


async def test_a_question_about_nothing_finds_nothing(open_memory: Open, below: DictMemory) -> None:
    """Vectors always have a nearest one; it must stand out."""
    async with open_memory(below) as memory:
        await memory.remember(facts())
        await memory.settled()

        for nonsense in ("zzyzx quorbl fnord", "perpendicular marzipan algebra", "\U0001f600 \U0001f601", "   "):
            assert await found(memory, nonsense) == []


async def test_what_is_near_elsewhere_stays_there(open_memory: Open, below: DictMemory) -> None:
    """Neither another scope nor another tenant of the same scope is ever searched."""
    async with open_memory(below) as memory:
        await memory.remember([*facts("a"), *facts("b", id1="An automobile was bought"), *facts("a", "other")])
        await memory.settled()

        assert await found(memory, "purchase of a car", "c") == []
        assert await found(memory, "purchased automobile", "b") == ["id1"]
        assert {each.memory.scope for each in await memory.recall(ask("purchased an automobile", "a"))} == {"a"}
        hits = await memory.recall(ask("purchased an automobile", "a", "b", tenant="other"))
        assert {(each.memory.tenant, each.memory.scope) for each in hits} == {("other", "a")}


async def test_nothing_is_embedded_on_the_way_of_a_write(open_memory: Open, below: DictMemory) -> None:
    """Nor lost while the embedder is down: words find, and later it is made up for."""
    embedder = Concepts()
    embedder.down = True
    async with open_memory(below, embedder) as memory:
        assert await memory.remember(facts()) == len(FACTS)
        assert await found(memory, "hound") == ["dog"]
        assert embedder.asked == []
    embedder.down = False
    async with open_memory(below, embedder) as memory:
        await memory.settled()

        assert await found(memory, "puppy") == ["dog"]


async def test_an_embedder_that_is_slow_or_breaks_costs_the_question_nothing(
    open_memory: Open, below: DictMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = Concepts()
    async with open_memory(below, embedder, seconds=0.02) as memory:
        await memory.remember(facts())
        await memory.settled()
        embedder.down = True
        assert await found(memory, "hound puppy") == ["dog"]

        async def never(texts: object) -> list[list[float]]:
            await asyncio.Event().wait()
            return []

        monkeypatch.setattr(embedder, "embed", never)
        assert await found(memory, "hound") == ["dog"]


async def test_without_the_file_nothing_is_lost(open_memory: Open, below: DictMemory, tmp_path: Path) -> None:
    """It is made again from the memory below, also where that was filled before the plugin was there."""
    await below.remember(facts())
    for _ in range(2):
        async with open_memory(below) as memory:
            await memory.settled()
            assert await found(memory, "sick medic") == ["ill"]
        _remove(tmp_path)


async def test_another_model_is_noticed_and_everything_is_embedded_anew(open_memory: Open, below: DictMemory) -> None:
    """Of other dimensions, or of the same with other vectors."""
    async with open_memory(below) as memory:
        await memory.remember(facts())
        await memory.settled()
    for other in (Concepts(seed="other"), Concepts(64, seed="third")):
        async with open_memory(below, other) as memory:
            await memory.settled()
            assert set(FACTS.values()) <= set(other.asked)
            assert await found(memory, "puppy") == ["dog"]


async def test_what_did_not_change_is_not_embedded_again(open_memory: Open, below: DictMemory) -> None:
    async with open_memory(below) as memory:
        await memory.remember(facts())
        await memory.settled()
    again = Concepts()
    async with open_memory(below, again) as memory:
        await memory.settled()
        assert await found(memory, "puppy") == ["dog"]

    assert not set(FACTS.values()) & set(again.asked)


async def test_what_is_forgotten_leaves_no_vector(open_memory: Open, below: DictMemory, tmp_path: Path) -> None:
    """Not in the file either, and nothing that was on its way comes after it."""
    embedder = Concepts()
    async with open_memory(below, embedder) as memory:
        await memory.remember([*facts(), *facts("t")])
        await memory.settled()
        kept = sqlite3.connect(tmp_path / "vectors.db").execute("SELECT floats FROM vector").fetchall()
        assert await memory.forget(Selection(scope="s", ids=("dog",))) == 1
        assert await found(memory, "puppy") == []
        assert await found(memory, "puppy", "t") == ["dog"]
        await memory.forget(Selection(scope=None, tenant=None))
        await memory.remember(facts())
        await memory.forget(Selection(scope="s"))
        await memory.settled()
        assert await found(memory, "puppy", "s", "t") == []
    left = _bytes(tmp_path)

    assert len(kept) == 2 * len(FACTS)
    assert not any(floats in left for (floats,) in kept)


async def test_an_embedder_that_understands_nothing_is_not_listened_to(open_memory: Open, below: DictMemory) -> None:
    """Its weight is measured; the answers are those of words alone."""
    many = {f"m{n}": f"Entry {n}: the {word} of number {n} stands in row {n % 7} here" for n in range(90)
            for word in ["crane lamp gate boat"[n % 4 * 5 : n % 4 * 5 + 5].strip()]}  # fmt: skip
    weights = {}
    for embedder in (Noise(), Concepts()):
        async with open_memory(below, embedder) as memory:
            await memory.remember(facts("s", **many))
            await memory.settled()
            assert memory._filler is not None  # noqa: SLF001 - what was measured is seen nowhere else
            weights[embedder.name] = memory._filler.weight  # noqa: SLF001 - as above
            if embedder.name == "noise":
                words = [each.memory.id for each in await below.recall(ask("the boat in row 3"))]
                assert await found(memory, "the boat in row 3") == words

    assert weights["noise"] < 0.15
    assert weights["concepts"] > 0.4


async def test_bits_find_what_exact_vectors_find(open_memory: Open, below: DictMemory) -> None:
    """Among two thousand the nearest of all is among the candidates, however they came in: at once or in parts."""
    bodies = {f"m{n}": f"item{n} group{n % 40} shelf{n % 13} mark{n * 7919}" for n in range(2000)}
    async with open_memory(below, batch=256) as memory:
        await memory.remember(facts("s", **dict(list(bodies.items())[:1200])))
        await memory.settled()
        await found(memory, "group1")
        await memory.remember(facts("s", **dict(list(bodies.items())[1200:])))
        await memory.settled()
        for n in range(0, 2000, 97):
            hits = await memory.recall(ask(f"mark{n * 7919} item{n}x shelf{n % 13} group{n % 40}"))
            assert hits[0].memory.id == f"m{n}"
            assert hits[0].terms["boost"] > 0


def test_calibration_goes_from_chance_to_certainty() -> None:
    assert [calibrated(above, 3.0) for above in (-1.0, 3.0, 4.5, 6.0, 60.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]


async def test_a_sentence_model_that_is_not_there_is_an_error_with_the_mend() -> None:
    """Nothing is downloaded in its place."""
    with pytest.raises(Unavailable, match="sentence_model"):
        await SentenceEmbedder(Settings()).embed(["text"])
    with pytest.raises(Unavailable, match=r"\[sentence\]|not on this machine"):
        await SentenceEmbedder(Settings(sentence_model="/nowhere/model")).embed(["text"])
    assert await SentenceEmbedder(Settings()).embed([]) == []


def test_the_index_is_empty_where_nothing_is_known(tmp_path: Path) -> None:
    import numpy as np
    from kingpost_memory_vectors.file import VectorFile

    file = VectorFile(tmp_path / "vectors.db")
    file.open()

    assert Index(file).near("default", ["s"], np.ones(8, dtype=np.float32), np.ones((2, 8), dtype=np.float32)) == []
    file.close()

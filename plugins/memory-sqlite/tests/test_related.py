"""Who asks in other words than were told is understood, where the words are everyday ones."""

from __future__ import annotations

import pytest
from kingpost import Memory, Query
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.related import related, standing
from kingpost_memory_sqlite.words import analysed

TOLD = (
    "We brought a greyhound home from the shelter, he is afraid of pigeons.",
    "My cello lesson was a disaster, the bow broke.",
    "Shrimp gives me hives, I had it tested.",
    "The boxes are packed, on Monday I get the keys of the new flat.",
    "Deploys go out on Tuesdays before noon.",
    "The gulls were loud this morning and the tide was low.",
)


@pytest.fixture
async def told(memory: SqliteMemory) -> SqliteMemory:
    await memory.remember([Memory(id=str(n), scope="talk", body=body) for n, body in enumerate(TOLD)])
    return memory


@pytest.mark.parametrize(
    ("question", "id"),
    [
        ("Which pet does she own?", "0"),
        ("Which instrument does she play?", "1"),
        ("What is she allergic to?", "2"),
        ("When will she move?", "3"),
        ("When is the next release?", "4"),
    ],
)
async def test_a_related_word_finds_what_was_told(told: SqliteMemory, question: str, id: str) -> None:
    """Not a word of the question stands in the answer."""
    found = await told.recall(Query(text=question, scopes=("talk",), limit=1))

    assert [each.memory.id for each in found] == [id]


async def test_the_word_that_was_asked_for_is_worth_more(told: SqliteMemory) -> None:
    await told.remember([Memory(id="pet", scope="talk", body="Our pet is afraid of pigeons and of the moon.")])

    found = await told.recall(Query(text="Which pet does she own?", scopes=("talk",)))

    assert [each.memory.id for each in found] == ["pet", "0"]


async def test_what_is_related_to_nothing_finds_nothing(told: SqliteMemory) -> None:
    found = await told.recall(Query(text="Which spaceship docked with the refinery?", scopes=("talk",)))

    assert list(found) == []


async def test_a_related_word_of_another_scope_says_nothing(told: SqliteMemory) -> None:
    await told.remember([Memory(id="other", scope="other", body="My terrier sleeps all day.")])

    found = await told.recall(Query(text="Which pet does she own?", scopes=("talk",)))

    assert [each.memory.id for each in found] == ["0"]


def test_of_what_stands_for_a_word_the_rarest_that_are_held_are_taken() -> None:
    """What a twelfth of a large scope holds tells nothing of the word that was asked for."""
    (pet,) = analysed("pet")[0].main
    found = related([pet])

    kept = standing(found, dict.fromkeys(found, 3) | {"dog": 200, "cat": 0}, 1000)

    assert set(kept.values()) == {pet}
    assert len(kept) == 5
    assert not {"dog", "cat"} & kept.keys()

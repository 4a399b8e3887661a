"""Questions as people ask them, over a handbook of our own: the passage that answers is among the first three."""

from __future__ import annotations

from pathlib import Path

import pytest
from kingpost import Memory, Query
from kingpost_memory_sqlite.memory import SqliteMemory

HANDBOOK = Path(__file__).with_name("handbook.md")


@pytest.fixture
async def handbook(memory: SqliteMemory) -> SqliteMemory:
    sections = HANDBOOK.read_text("utf-8").split("## ")[1:]
    await memory.remember(
        [
            Memory(
                id=f"{number:032x}",
                scope="handbook",
                body=f"## {section}".strip(),
                source="handbook.md",
                place=str(number),
                meta={"kind": "markdown", "heading": section.partition("\n")[0]},
            )
            for number, section in enumerate(sections)
        ]
    )
    return memory


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How do I start the engine, and how long must it idle before driving?", "Starting the ferry engine"),
        ("What should I do first when someone falls into the water?", "Man overboard"),
        ("When are passengers refunded for a late departure?", "Ticket refunds"),
        ("Which sound do we give in fog when the ship has stopped?", "Fog signals"),
        ("Where do motorcycles stand, and how are they lashed?", "Carrying vehicles"),
        ("May I charge my electric car on the ferry?", "Electric vehicles on board"),
        ("How is a fire in a battery fought?", "Electric vehicles on board"),
        ("how long are unpaid reservations kept", "Configuration of the booking server"),
        ("What does hold_minutes mean?", "Configuration of the booking server"),
        ("why do I get E4031?", "Booking server error codes"),
        ("what does the seat taken error mean", "Booking server error codes"),
        ("How do we know that the backups can be restored?", "Backups of the booking database"),
        ("How many hours may one person stand watch?", "Crew rest hours"),
        ("Can my dog come into the saloon?", "Dogs and other animals"),
        ("What is the flag for a diver?", "Signal flags"),
        ("On which channel does the pilot answer?", "Radio channels"),
        ("Who is the author that wrote the handbook?", "Who wrote this handbook"),
        ("May the propeller be painted?", "Painting the hull"),
    ],
)
async def test_the_passage_that_answers_is_among_the_first_three(
    handbook: SqliteMemory, question: str, heading: str
) -> None:
    found = await handbook.recall(Query(text=question, scopes=("handbook",), limit=3))

    assert heading in [each.memory.meta["heading"] for each in found]


@pytest.mark.parametrize(
    "question",
    ["qwertz asdfgh zxcvb", "purple unicorns juggling quantum spaghetti", "What is it?", "???", "best pizza recipe"],
)
async def test_nonsense_gets_no_answer(handbook: SqliteMemory, question: str) -> None:
    assert list(await handbook.recall(Query(text=question, scopes=("handbook",)))) == []


async def test_a_pasted_page_still_finds_what_it_is_about(handbook: SqliteMemory) -> None:
    """A long task text shares only some of its words with any passage."""
    task = "Prepare the quarterly report for the shareholders' meeting, with graphs and a friendly introduction. " * 40
    task += "Say in it how often the hull is painted in the dry dock and with how many coats of primer."

    found = await handbook.recall(Query(text=task, scopes=("handbook",), limit=3))

    assert found[0].memory.meta["heading"] == "Painting the hull"

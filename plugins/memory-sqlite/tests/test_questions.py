"""Any text is a question, and the answer is the same every time."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kingpost import Memory, Query
from kingpost.testing import Points
from kingpost_memory_sqlite.memory import SqliteMemory

CRANE = Memory(id="crane", scope="docs", body="The harbour crane lifts forty tonnes.", source="docs/harbour.md")

numbers = count()

STRANGE = [
    "crane' OR '1'='1",
    'crane" OR "x',
    "crane*",
    "crane NEAR(harbour, 2)",
    "body:crane",
    "-crane +harbour ^lifts",
    "crane AND NOT OR",
    "{crane harbour} : lifts",
    "crane\0harbour",
    "crane \ud83d",
    "crane 🏗️",
    "1_crane crane",
    "crane; DROP TABLE memory; --",
    "crane " + "a" * 1_000_000,
    "crane " + "( " * 100_000,
    " ".join(f"word{n}" for n in range(100_000)) + " harbour crane",
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
async def test_any_text_is_a_question(memory: SqliteMemory, text: str) -> None:
    await memory.remember([CRANE])

    found = await memory.recall(Query(text=text, scopes=("docs",)))

    assert len(found) <= 1
    assert [each.memory for each in await memory.recall(Query(text="harbour crane", scopes=("docs",)))] == [CRANE]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@given(body=st.text(), text=st.text())
async def test_any_text_is_remembered_and_asked_for(memory: SqliteMemory, body: str, text: str) -> None:
    id = f"{body} {next(numbers)}"
    one = Memory(id=id, scope="any", body=body, source=text, place=text, speaker=text, meta={"heading": text})
    await memory.remember([one])

    await memory.recall(Query(text=text, scopes=("any",)))

    assert list(await memory.get("default", "any", [id])) == [one]


async def test_the_order_of_storing_does_not_change_the_answer(memory: SqliteMemory) -> None:
    """Equal scores go by source, then place, then id."""
    same = [replace(CRANE, id=f"{n}", source=f"{n % 3}.md", place=f"{n % 2}", body=f"Crane {n:02}.") for n in range(12)]
    shuffled = list(same)
    random.Random(7).shuffle(shuffled)
    await memory.remember([replace(each, scope="one") for each in same])
    await memory.remember([replace(each, scope="two") for each in shuffled])

    answers = [
        [each.memory.id for each in await memory.recall(Query(text="crane", scopes=(scope,), limit=7))]
        for scope in ("one", "two")
    ]

    assert answers[0] == answers[1]
    assert answers[0][:2] == ["0", "6"]


async def test_copies_fill_one_place_of_the_answer(memory: SqliteMemory) -> None:
    copies = [replace(CRANE, id=f"{n}", source=f"{n:04}.md") for n in range(400)]
    await memory.remember([*copies, replace(CRANE, id="other", body="The crane driver is called Ada.")])

    found = await memory.recall(Query(text="harbour crane", scopes=("docs",), limit=5))

    assert [each.memory.id for each in found] == ["0", "other"]


async def test_no_limit_asks_for_nothing(memory: SqliteMemory) -> None:
    await memory.remember([CRANE])

    assert list(await memory.recall(Query(text="crane", scopes=("docs",), limit=0))) == []


async def test_a_large_scope_is_answered_by_its_rare_words(memory: SqliteMemory) -> None:
    """Words that every memory holds cannot hide the one that holds the rare ones, nor cost a look at all of them."""
    many = [replace(CRANE, id=f"{n}", body=f"The harbour office wrote report {n} today.") for n in range(6000)]
    needle = replace(CRANE, id="needle", body="The harbour office wrote to the lighthouse keeper.")
    await memory.remember([*many[:3000], needle, *many[3000:]])

    asked = Query(text="What did the harbour office write to the lighthouse?", scopes=("docs",))
    assert (await memory.recall(asked))[0].memory == needle
    assert len(await memory.recall(Query(text="harbour office", scopes=("docs",), limit=20))) == 20
    assert len(await memory.recall(Query(text="harbour", scopes=("docs",), limit=20))) == 20


async def test_every_part_of_a_score_is_named(memory: SqliteMemory) -> None:
    one = replace(CRANE, meta={"heading": "The crane"}, importance=0.5, body="`lift_load()` moves the harbour crane.")
    await memory.remember([one])

    (found,) = await memory.recall(Query(text="harbour crane lift_load", scopes=("docs",)))

    assert set(found.terms) == {"words", "coverage", "phrases", "title", "exact", "importance", "recency"}
    assert sum(found.terms.values()) == found.score


async def test_the_more_important_of_two_comes_first(memory: SqliteMemory) -> None:
    plain = replace(CRANE, id="a", body="The crane of the north quay.")
    weighty = replace(CRANE, id="b", body="The crane of the south quay.", importance=1.0)
    await memory.remember([plain, weighty])

    found = await memory.recall(Query(text="crane", scopes=("docs",)))

    assert [each.memory.id for each in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ("Call `beforeCommit` first.", "before_commit"),
        ("Call before_commit first.", "what does beforeCommit do"),
        ("The MemoryBackend keeps it.", "memory backend"),
        ("東京の港にはクレーンがある。", "クレーン"),
        ("東京の港にはクレーンがある。", "港"),
        ("부두에는 크레인이 있다.", "크레인"),
        ("Die Größe des Krans.", "grösse"),
        ("Le café du port.", "CAFE"),
        ("\uff26\uff35\uff2c\uff2c width", "full width"),
        ("The crane was verified.", "verification of cranes"),
        ("They wrote it down.", "who writes?"),
    ],
)
async def test_words_are_found_in_their_other_forms(memory: SqliteMemory, body: str, question: str) -> None:
    await memory.remember([replace(CRANE, body=body), replace(CRANE, id="noise", body="Nothing of the kind.")])

    assert [each.memory.body for each in await memory.recall(Query(text=question, scopes=("docs",)))] == [body]


async def test_a_long_body_is_found_by_a_word_at_its_end(memory: SqliteMemory) -> None:
    long = replace(CRANE, body="The quay is wet. " * 20_000 + "The lighthouse keeper verified it.")
    await memory.remember([long])

    assert len(await memory.recall(Query(text="lighthouse keeper verifies", scopes=("docs",)))) == 1


async def test_nobody_is_kept_waiting_by_a_cancelled_call(memory: SqliteMemory, points: Points) -> None:
    """What a cancelled caller began is finished whole."""
    passed = len(points.reached)
    work = asyncio.ensure_future(memory.remember([replace(CRANE, id=f"{n}") for n in range(500)]))
    for _ in range(1_000_000):
        if len(points.reached) > passed:
            break
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    await memory.remember([replace(CRANE, id="next")])
    assert len(await memory.get("default", "docs", [f"{n}" for n in range(500)])) == 500

"""What one scope or tenant holds never shows in another: neither as an answer nor in a score."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kingpost import Memory, Query, Recollection, Selection
from kingpost_memory_sqlite.memory import SqliteMemory

_NAMES = ["a", "b", "1", "1_", "12", "a b", "*", '"', "' OR 1 --", "scope:a", "", "é", "漢字", "\ud800", "\0", "a\0b"]
_WORDS = ["crane", "harbour", "1_crane", "_", "12", "漢字", "beforeCommit", "crane_harbour", "OR", "\ud800"]

names = st.sampled_from(_NAMES)
texts = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join)
kept = st.lists(st.tuples(names, names, texts), max_size=12)

examples = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
numbers = count()


@examples
@given(kept=kept, tenant=names, scopes=st.lists(names, max_size=3), text=texts)
async def test_only_the_asked_scopes_of_the_tenant_answer(
    memory: SqliteMemory, kept: list[tuple[str, str, str]], tenant: str, scopes: list[str], text: str
) -> None:
    await memory.remember(
        [Memory(id=f"{next(numbers)}", tenant=owner, scope=scope, body=body) for owner, scope, body in kept]
    )

    for each in await memory.recall(Query(text=text, tenant=tenant, scopes=tuple(scopes), limit=1000)):
        assert each.memory.tenant == tenant
        assert each.memory.scope in scopes


@examples
@given(mine=st.lists(texts, min_size=1, max_size=6), foreign=kept, text=texts)
async def test_another_scopes_words_move_no_score(
    memory: SqliteMemory, mine: list[str], foreign: list[tuple[str, str, str]], text: str
) -> None:
    own = f"own {next(numbers)}"
    await memory.remember([Memory(id=f"{n}", scope=own, body=body) for n, body in enumerate(mine)])
    alone = _scores(await memory.recall(Query(text=text, scopes=(own,))))

    await memory.remember(
        [Memory(id=f"{next(numbers)}", tenant=owner, scope=scope, body=body) for owner, scope, body in foreign]
    )

    assert _scores(await memory.recall(Query(text=text, scopes=(own,)))) == alone


async def test_a_foreign_id_gets_nothing(memory: SqliteMemory) -> None:
    mine = Memory(id="one", scope="docs", body="The harbour crane.")
    await memory.remember([mine, replace(mine, tenant="other", body="Another crane.")])

    assert list(await memory.get("default", "docs", ["one"])) == [mine]
    assert list(await memory.get("default", "Docs", ["one"])) == []


async def test_a_scope_that_was_forgotten_leaves_nothing_to_the_next_one(memory: SqliteMemory) -> None:
    """Scopes carry numbers in the index, and a number is never given out twice."""
    await memory.remember([Memory(id="one", scope="first", body="The harbour crane.")])
    await memory.forget(Selection(scope="first"))
    await memory.remember([Memory(id="two", scope="second", body="The bakery.")])

    assert list(await memory.recall(Query(text="harbour crane", scopes=("first", "second")))) == []


def _scores(found: Any) -> list[tuple[str, float]]:
    answers: list[Recollection] = list(found)
    return [(each.memory.id, each.score) for each in answers]

"""How long memories live, and that what is forgotten is gone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from kingpost import InvalidRequest, Memory, Ports, Query, Selection, Tier
from kingpost.testing import Crash, Points, SeededClock
from kingpost_memory_sqlite.index import entries
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings

DAY = 86_400.0

NOW = 1_767_225_600.0
CRANE = Memory(id="crane", scope="docs", body="The harbour crane lifts forty tonnes.", created=NOW)
SECRET = "Xylophonquarz"


async def test_a_tier_says_how_long_a_memory_lives(memory: SqliteMemory) -> None:
    await memory.remember([replace(CRANE, id=tier, tier=tier) for tier in Tier])

    assert await _found(memory, NOW + 1799) == {"short", "long", "episodic"}
    assert await _found(memory, NOW + 1800) == {"long", "episodic"}


async def test_others_have_their_turns_while_a_long_memory_is_read(memory: SqliteMemory) -> None:
    """A single text of 1 MB takes the better part of a second to read."""
    turns, ends = 0, False

    async def other() -> None:
        nonlocal turns
        while not ends:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    made = await entries([replace(CRANE, body=" ".join(f"word{n:x}s" for n in range(12_000)))])
    ends = True
    await beside

    assert made[0].words == 12_000
    assert turns > 3


async def test_the_short_term_is_a_setting(ports: Ports) -> None:
    memory = SqliteMemory(Settings(short_term_seconds=60), ports)
    await memory.start()
    await memory.remember([replace(CRANE, tier=Tier.SHORT)])

    assert await _found(memory, NOW + 59) == {"crane"}
    assert await _found(memory, NOW + 60) == set()
    await memory.stop()


async def test_what_is_no_longer_valid_is_kept_and_not_recalled(memory: SqliteMemory) -> None:
    await memory.remember([replace(CRANE, valid_from=NOW - 10, valid_to=NOW + 10)])

    assert await _found(memory, NOW + 9) == {"crane"}
    assert await _found(memory, NOW + 10) == set()
    assert len(await memory.get("default", "docs", ["crane"])) == 1


async def test_what_expired_long_ago_is_removed_by_a_start(ports: Ports, clock: SeededClock) -> None:
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    kept = [CRANE, replace(CRANE, id="old", valid_to=NOW + 1)]
    gone = [replace(CRANE, id="short", tier=Tier.SHORT), replace(CRANE, id="dated", expires=NOW + 1)]
    await memory.remember([*kept, *gone])
    await memory.stop()
    clock.set(NOW + 86_400 + 1801)
    await memory.start()

    assert {each.id async for each in memory.export(Selection(scope="docs"))} == {"crane", "old"}
    await memory.stop()


async def test_what_uses_were_counted_under_goes_while_the_memory_is_open(memory: SqliteMemory) -> None:
    """A server that runs for a year keeps the names of a month, and still counts once under each of those."""
    await memory.remember([Memory(id="a", scope="default", body="a")])
    for day in range(90):
        await memory.use("default", "default", ["a"], day * DAY, f"task {day}")

    assert await memory._file.read("SELECT count(*) FROM counted") == [(31,)]  # noqa: SLF001 - nobody else sees it
    assert await memory.use("default", "default", ["a"], 89 * DAY, "task 60") == 0
    assert [one.uses for one in await memory.get("default", "default", ["a"])] == [90]


@pytest.mark.parametrize(("tier", "expires"), [(Tier.SHORT, None), (Tier.LONG, NOW + 60)])
async def test_what_is_told_again_after_it_expired_is_new(
    memory: SqliteMemory, tier: Tier, expires: float | None
) -> None:
    """Whoever adds a text again gets its old id; it must not stay forgotten for that. Twice in one batch is once."""
    old = replace(CRANE, tier=tier, expires=expires)
    other = replace(old, id="other", body="The crane of the harbour is red, and old.")
    await memory.remember([old, other])
    again = replace(old, created=NOW + 3600.0, body="The crane is green.", tier=Tier.LONG, expires=None)

    assert await memory.remember([replace(again, created=NOW + 59.0)]) == 0
    assert await _found(memory, NOW + 3600.0) == set()
    assert await memory.remember([again, again]) == 1
    assert await _found(memory, NOW + 3600.0) == {"crane"}
    found = await memory.recall(Query(text="harbour", scopes=("docs",), now=NOW))
    assert [each.memory.id for each in found] == ["other"]
    sizes = await memory._file.read("SELECT size, words FROM scope")  # noqa: SLF001 - nobody else sees it
    assert sizes == [(2, 2 + 4)]


async def test_a_memory_keeps_its_first_words(memory: SqliteMemory) -> None:
    """Remembering is idempotent on the id: what comes later under the same id is not new."""
    assert await memory.remember([CRANE]) == 1
    assert await memory.remember([replace(CRANE, body="Something else.")]) == 0

    assert list(await memory.get("default", "docs", ["crane"])) == [CRANE]


@pytest.mark.parametrize(
    "id",
    ["00ff00ff", "00FF00FF", "00ff00f", "01890a5d-ac96-774b-bcce-b302099a8057", "u", "h00", "sé", "\ud800", "\0", ""],
)
async def test_any_id_comes_back_as_it_was(memory: SqliteMemory, id: str) -> None:
    await memory.remember([replace(CRANE, id=id)])

    assert [each.id async for each in memory.export(Selection(scope="docs", ids=(id,)))] == [id]
    assert await memory.forget(Selection(scope="docs", ids=(id,))) == 1


@pytest.mark.parametrize(
    "unwritable",
    [
        replace(CRANE, id="x", created=float("nan")),
        replace(CRANE, id="x", meta={"a": {1, 2}}),
        replace(CRANE, id="x", meta={"a": float("nan")}),
    ],
    ids=["nan", "set", "nan in meta"],
)
async def test_what_cannot_be_kept_as_it_is_is_refused_whole(memory: SqliteMemory, unwritable: Memory) -> None:
    with pytest.raises(InvalidRequest, match="'x'"):
        await memory.remember([CRANE, unwritable])

    assert await _found(memory, NOW) == set()


async def test_a_crash_before_the_commit_leaves_nothing(memory: SqliteMemory, points: Points) -> None:
    points.crash_at("memory.before_commit")
    with pytest.raises(Crash):
        await memory.remember([CRANE])
    points.revive()

    assert await _found(memory, NOW) == set()
    assert await memory.remember([CRANE]) == 1


async def test_an_export_goes_on_behind_a_memory(memory: SqliteMemory) -> None:
    """Pages in the order of age, also where many memories carry one time."""
    many = [replace(CRANE, id=f"{n:03}", created=NOW + n // 50, body=f"Crane {n}.") for n in range(300)]
    await memory.remember(many[::-1])
    order = [each.id async for each in memory.export(Selection(scope="docs"))]

    assert sorted(order) == [each.id for each in many]
    assert [int(id) // 50 for id in order] == sorted(int(id) // 50 for id in order)
    for behind in (0, 49, 50, 200, 299):
        rest = Selection(scope="docs", after=("docs", order[behind]))
        assert [each.id async for each in memory.export(rest)] == order[behind + 1 :]
    assert [each async for each in memory.export(Selection(scope="docs", after=("docs", "nobody")))] == []


async def test_all_scopes_of_all_tenants_are_exported_by_age(memory: SqliteMemory) -> None:
    many = [
        replace(CRANE, id=f"{n}", scope=f"s{n % 3}", tenant=f"t{n % 2}", created=NOW + (n * 7) % 60) for n in range(60)
    ]
    await memory.remember(many)

    assert [each async for each in memory.export(Selection(scope=None, tenant=None))] == sorted(
        many, key=lambda each: each.created
    )
    assert len([each async for each in memory.export(Selection(scope=None, tenant="t0"))]) == 30
    assert await memory.forget(Selection(scope=None, tenant="t1")) == 30
    assert await memory.forget(Selection(scope="s0", tenant=None)) == 10


async def test_what_a_changed_file_no_longer_says_is_forgotten(memory: SqliteMemory) -> None:
    old = [replace(CRANE, id=f"old {n}", source="a.md", body=f"Old crane {n}.") for n in range(700)]
    new = [replace(CRANE, id=f"new {n}", source="a.md", body=f"New crane {n}.") for n in range(700)]
    await memory.remember([*old, *new, replace(CRANE, id="nowhere"), replace(CRANE, id="b", source="b.md")])

    assert await memory.forget(Selection(scope="docs", source="a.md", but=tuple(each.id for each in new))) == 700

    left = {each.id async for each in memory.export(Selection(scope="docs"))}
    assert left == {each.id for each in new} | {"nowhere", "b"}
    assert await memory.forget(Selection(scope="docs", source="")) == 1


async def test_statistics_follow_what_is_there(memory: SqliteMemory, tmp_path: Path) -> None:
    await memory.remember([replace(CRANE, id=f"{n}", source=f"{n}.md") for n in range(9)])
    await memory.remember([replace(CRANE, id="marker", kind="source")])
    await memory.forget(Selection(scope="docs", ids=tuple("12345")))

    assert _sql(tmp_path, "SELECT size, words FROM scope") == [(4, 20)]
    assert _sql(tmp_path, "SELECT count(*) FROM source") == [(4,)]
    assert _sql(tmp_path, "SELECT DISTINCT doc FROM vocabulary WHERE term LIKE '%crane'") == [(4,)]


@pytest.mark.parametrize("selection", [Selection(scope="docs"), Selection(scope="docs", ids=("0", "1", "2"))], ids=str)
async def test_what_is_forgotten_leaves_no_trace_in_the_files(
    memory: SqliteMemory, tmp_path: Path, selection: Selection
) -> None:
    """Neither the body, nor its terms, nor who spoke in which conversation, nor a copy in the write-ahead log."""
    other = Memory(id="other", scope="other", body="The bakery opens before dawn.")
    for n in range(3):
        named = replace(CRANE, id=f"{n}", source=f"{SECRET}.md", speaker=f"{SECRET} I", session=f"{SECRET} II")
        await memory.remember([replace(named, body=f"{SECRET} {n}"), other])
    assert _traces(tmp_path)

    await memory.forget(selection)

    assert not _traces(tmp_path)
    assert _sql(tmp_path, "SELECT count(*) FROM vocabulary WHERE term LIKE '%xylo%'") == [(0,)]
    assert len(await memory.recall(Query(text="bakery", scopes=("other",)))) == 1


def _traces(folder: Path) -> list[str]:
    spelled = [SECRET.encode(), SECRET.lower().encode(), SECRET.lower()[2:].encode()]
    return [path.name for path in folder.iterdir() if any(each in path.read_bytes() for each in spelled)]


def _sql(folder: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "memory.db")
    try:
        rows: Iterable[tuple[object, ...]] = connection.execute(sql).fetchall()
        return list(rows)
    finally:
        connection.close()


async def _found(memory: SqliteMemory, now: float) -> set[str]:
    return {each.memory.id for each in await memory.recall(Query(text="harbour crane", scopes=("docs",), now=now))}

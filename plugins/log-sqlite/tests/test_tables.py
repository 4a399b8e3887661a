"""Files of other programs and other releases, and the indexes that keep questions short."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kingpost import ConfigurationError, Corrupted, Log, Ports, TaskQuery
from kingpost.testing import facts
from kingpost_log_sqlite import rows
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.selection import question_for
from kingpost_log_sqlite.settings import Settings
from kingpost_log_sqlite.tables import MIGRATIONS, migrate

Sql = Callable[..., list[tuple[Any, ...]]]


def put(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def content(file: Path) -> bytes:
    return file.read_bytes()


@pytest.fixture
def log(ports: Ports) -> SqliteLog:
    """Not started."""
    ports.home.mkdir()
    return SqliteLog(Settings(), ports)


async def test_only_its_owner_reads_the_file(log: SqliteLog, ports: Ports) -> None:
    """Nor what SQLite keeps beside it, however open the home is."""
    ports.home.chmod(0o755)
    await log.start()
    await log.append("task/a", None, [facts.queued("a")])
    modes = {path.name: path.stat().st_mode & 0o777 for path in ports.home.glob("log.db*")}
    await log.stop()

    assert modes.keys() >= {"log.db", "log.db-wal"}
    assert set(modes.values()) == {0o600}


async def test_a_file_that_is_no_database_is_told(log: SqliteLog, file: Path) -> None:
    put(file, b"meant to be something else" * 100)

    with pytest.raises(Corrupted, match=r"log\.db.*restore a backup"):
        await log.start()

    assert content(file) == b"meant to be something else" * 100


async def test_the_database_of_another_program_is_left_alone(log: SqliteLog, sql: Sql, file: Path) -> None:
    sql("CREATE TABLE theirs (a)")
    before = content(file)

    with pytest.raises(ConfigurationError, match="another program"):
        await log.start()

    assert content(file) == before


async def test_tables_of_a_newer_kingpost_are_left_alone(log: SqliteLog, sql: Sql) -> None:
    await log.start()
    await log.stop()
    sql("PRAGMA user_version = 99")

    with pytest.raises(ConfigurationError, match=r"shape 99.*upgrade kingpost"):
        await log.start()


async def test_migrations_run_once_and_in_order(log: SqliteLog, sql: Sql, file: Path, tmp_path: Path) -> None:
    await log.start()
    await log.stop()
    steps = tmp_path
    shutil.copytree(MIGRATIONS, steps, dirs_exist_ok=True)
    (steps / "0101_one.sql").write_text("-- First;\nCREATE TABLE more (a);\nINSERT INTO more VALUES ('x;y');\n")
    (steps / "0110_two.sql").write_text("ALTER TABLE more ADD COLUMN b DEFAULT 5;")

    for _ in range(2):
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            migrate(connection, file, steps)

    assert sql("SELECT a, b FROM more") == [("x;y", 5)]
    assert sql("PRAGMA user_version") == [(110,)]


async def test_a_migration_that_fails_leaves_everything_as_it_was(
    log: SqliteLog, sql: Sql, file: Path, tmp_path: Path
) -> None:
    await log.start()
    await log.stop()
    before = sql("PRAGMA user_version")
    (tmp_path / "0101_one.sql").write_text("CREATE TABLE more (a);\nINSERT INTO more VALUES (1);")
    (tmp_path / "0102_two.sql").write_text("CREATE TABLE more (a);")

    with (
        closing(sqlite3.connect(file, isolation_level=None)) as connection,
        pytest.raises(sqlite3.OperationalError, match="already exists"),
    ):
        migrate(connection, file, tmp_path)

    assert sql("PRAGMA user_version") == before
    assert sql("SELECT name FROM sqlite_schema WHERE name = 'more'") == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (TaskQuery(ids=["a"]), "frames_stream"),
        (TaskQuery(ids=["a", "b"], tenant="t", statuses=["queued"]), "frames_stream"),
        (TaskQuery(root="a", tenant="t"), "task_root"),
        (TaskQuery(parent="a", statuses=["failed"]), "task_parent"),
        (TaskQuery(thread="a", tenant="t", statuses=["queued"]), "task_thread"),
        (TaskQuery(statuses=["queued", "waiting"], tenant="t", oldest_first=True, limit=1000), "task_open"),
        (TaskQuery(statuses=["running"], agent="a", after="b"), "task_open"),
        (TaskQuery(statuses=["failed"], tenant="t"), "task_failed"),
        (TaskQuery(statuses=["succeeded", "queued"], tenant="t"), "task_tenant"),
        (TaskQuery(tenant="t", agent="a", after="b"), "task_tenant"),
    ],
    ids=str,
)
async def test_a_question_is_answered_by_an_index_and_in_order(
    log: SqliteLog, sql: Sql, query: TaskQuery, index: str
) -> None:
    """So that it costs what its answer costs, however large the log."""
    await log.start()
    statement, values = question_for(query)
    plan = [row[3] for row in sql(f"EXPLAIN QUERY PLAN {statement}", *values)]
    await log.stop()

    assert any(index in step for step in plan)
    assert not any(step.startswith("SCAN task") and "INDEX" not in step for step in plan)
    assert query.ids is not None or not any("TEMP B-TREE" in step for step in plan)


async def test_a_row_of_a_newer_kernel_is_read_as_far_as_it_is_known(
    log: SqliteLog, sql: Sql, fill: Callable[[Log, int], Awaitable[None]]
) -> None:
    """Fields are only ever appended, and what has no place in the list comes by name."""
    await log.start()
    await fill(log, 1)
    (before,) = await log.select(TaskQuery())
    sql("""UPDATE task SET state = json_insert(json_set(state, '$[0]', json('{"colour": "blue"}')), '$[#]', 5)""")

    (after,) = await log.select(TaskQuery())

    assert after == before
    await log.stop()


async def test_a_row_that_cannot_be_read_stops_nobody_else(
    log: SqliteLog, sql: Sql, fill: Callable[[Log, int], Awaitable[None]]
) -> None:
    await log.start()
    await fill(log, 3)
    await log.stop()
    sql("UPDATE task SET state = 'rubbish' WHERE id = 't-001'")
    await log.start()

    with pytest.raises(Corrupted, match="'t-001' cannot be read"):
        await log.select(TaskQuery())
    assert [state.id for state in await log.select(TaskQuery(ids=["t-002"]))] == ["t-002"]
    await log.stop()


RELEASES = sorted((Path(__file__).parent / "releases").glob("*.db"))


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
async def test_the_file_of_a_release_is_migrated_where_it_is(
    log: SqliteLog, file: Path, sql: Sql, release: Path, tmp_path: Path
) -> None:
    """Everything is there, is found by what is selected by now, and can be cared for."""
    shutil.copy(release, file)
    before = sql("SELECT id, tenant, agent, status, root, parent FROM task ORDER BY position")
    await log.start()

    states = await log.select(TaskQuery(oldest_first=True))

    report = await log.verify()
    assert report.findings == ()
    assert [(s.id, s.tenant, s.agent, s.status, None if s.root == s.id else s.root, s.parent) for s in states] == before
    talk = [state.id for state in states if state.thread == "talk"]
    assert len(talk) == await log.count(TaskQuery(thread="talk")) == 6
    assert sorted(state.id for state in await log.select(TaskQuery(thread="talk"))) == sorted(talk)
    assert (await log.rebuild()).findings == ()
    assert await log.select(TaskQuery(oldest_first=True)) == states
    assert (await log.erase("hands")).tasks == 6
    assert sql("SELECT * FROM due") == []
    segment = await log.seal(4e9, tmp_path / "segment.db")
    assert segment is not None
    assert (await log.verify()).findings == ()
    await log.stop()


def test_every_field_of_a_task_has_its_place() -> None:
    """A field that has none is kept by name, which takes more room: append it to the list."""
    assert rows.UNLISTED == []


async def test_a_row_of_a_kernel_that_listed_less_is_read(
    log: SqliteLog, sql: Sql, fill: Callable[[Log, int], Awaitable[None]]
) -> None:
    """What is listed by now may stand there by name."""
    await log.start()
    await fill(log, 1)
    (before,) = await log.select(TaskQuery())
    named = '{"waits": {}, "late": [], "children": 0, "lent": {}}'
    sql("UPDATE task SET state = json_remove(json_set(state, '$[0]', json(?)), '$[#-1]', '$[#-1]')", named)

    (after,) = await log.select(TaskQuery())

    assert after == before
    await log.stop()

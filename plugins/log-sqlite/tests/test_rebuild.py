"""Tables made anew out of the frames, of whatever is left of a file, beside whoever works on it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kingpost import Corrupted, Event, Log, Ports, Report, TaskQuery, Unavailable, task_stream
from kingpost.testing import Crash, Points, SeededClock, facts
from kingpost_log_sqlite import scan, shadow, snapshots
from kingpost_log_sqlite.care import rebuilt
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.rebuild import Order
from kingpost_log_sqlite.settings import Settings
from kingpost_log_sqlite.turns import turn
from kingpost_log_sqlite.verify import verified

Sql = Callable[..., list[tuple[Any, ...]]]
Fill = Callable[[Log, int], Awaitable[None]]

FRAMES = 100
TASKS = "SELECT * FROM task ORDER BY position"
SHAPE = "SELECT type, tbl_name FROM sqlite_schema ORDER BY 1, 2"


def whats(report: Report) -> str:
    return "\n".join(finding.what for finding in report.findings)


def page_of(sql: Sql, name: str, which: int = -1) -> int:
    """One leaf of a table or an index, by default the last."""
    leaves = sql("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path", name)
    return int(leaves[which][0])


def overwrite(file: Path, page: int, content: bytes = b"\xa5" * 4096) -> None:
    whole = bytearray(file.read_bytes())
    whole[(page - 1) * 4096 : page * 4096] = content
    file.write_bytes(whole)


def cut(file: Path, kept: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * kept)])


async def goes_on(ports: Ports) -> None:
    """The log opens, and takes a task from its beginning to its end."""
    log = SqliteLog(Settings(), ports)
    await log.start()
    stream = task_stream("later")
    await log.append(stream, "", [facts.queued("later"), facts.started()])
    await log.append(stream, None, [facts.succeeded()])
    assert [state.status for state in await log.select(TaskQuery(ids=["later"]))] == ["succeeded"]
    await log.stop()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task SET status = 'failed' WHERE id = 't-004'",
        "UPDATE task SET open = NULL",
        "UPDATE task SET state = 'rubbish' WHERE id = 't-004'",
        "UPDATE task SET state = x'00ff' WHERE id = 't-004'",
        "UPDATE task SET position = 12 WHERE id = 't-004'",
        "DELETE FROM task WHERE id > 't-02'",
        "DELETE FROM task",
        "DROP TABLE task",
        "DROP INDEX task_open",
        "DROP INDEX frames_first",
        "DROP INDEX frames_stream",
        "UPDATE frames SET first = 5 WHERE position = 7",
        "UPDATE frames SET first = 'five' WHERE position = 7",
        "UPDATE frames SET stream = 'task/other' WHERE position = 6",
        "UPDATE frames SET stream = 'task/other' WHERE position = 11",
        "UPDATE frames SET stream = NULL WHERE position = 11",
        "INSERT INTO task SELECT 5000, 'x', tenant, agent, status, open, root, parent, state, thread FROM task LIMIT 1",
        "INSERT INTO snapshot VALUES (1, 50, 1, x'00', 1, x'00', x'00')",
        "INSERT INTO snapshot VALUES (1, 5000, 1, x'00', 1, x'00', x'00')",
    ],
)
async def test_what_the_frames_say_is_there_again(damaged: Path, sql: Sql, ports: Ports, statement: str) -> None:
    """However wrong the tables are: their rows, their shape, and where frames are filed."""
    before = sql(TASKS), sql(SHAPE)
    sql(statement)

    report = rebuilt(Order(damaged, 1))

    assert report.frames == FRAMES
    assert verified(damaged).findings == ()
    assert (sql(TASKS), sql(SHAPE)) == before
    await goes_on(ports)


def test_a_sound_log_is_rebuilt_without_a_finding(damaged: Path, sql: Sql) -> None:
    """Again and again; the indexes have one of two names in turn."""
    before = sql(TASKS), sql(SHAPE)

    for _ in range(3):
        report = rebuilt(Order(damaged, 1))
        assert report == verified(damaged)
        assert (sql(TASKS), sql(SHAPE)) == before
    assert sorted(path.name for path in damaged.parent.iterdir()) == ["log.db"]


@pytest.mark.parametrize("table", ["blob", "snapshot", "cut", "kept", "due"])
async def test_a_table_that_is_gone_is_named_and_made_anew(damaged: Path, sql: Sql, ports: Ports, table: str) -> None:
    sql(f"DROP TABLE {table}")

    report = rebuilt(Order(damaged, 1))

    assert f"the table '{table}' was not there" in whats(report)
    assert verified(damaged).findings == ()
    await goes_on(ports)


def test_without_frames_there_is_nothing_to_rebuild(damaged: Path, sql: Sql) -> None:
    sql("DROP TABLE frames")
    before = damaged.read_bytes()

    with pytest.raises(Corrupted, match="restore a backup"):
        rebuilt(Order(damaged, 1))

    assert damaged.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "position", "lost"),
    [
        ("UPDATE frames SET body = zeroblob(50) WHERE position = 11", 11, {"t-004"}),
        ("UPDATE frames SET body = 'text' WHERE position = 12", 12, {"t-004"}),
        ("DELETE FROM frames WHERE position = 12", 12, {"t-004"}),
        ("DELETE FROM frames WHERE position BETWEEN 11 AND 13", 11, {"t-004", "t-005"}),
        ("UPDATE frames SET hash = zeroblob(32) WHERE position = 12", 12, set()),
        ("UPDATE frames SET payloads = zeroblob(9) WHERE position = 12", None, set()),
    ],
)
async def test_a_frame_that_cannot_be_read_is_named_and_left_out(
    damaged: Path, sql: Sql, ports: Ports, statement: str, position: int | None, lost: set[str]
) -> None:
    """Whatever does not depend on it is there afterwards, and work goes on."""
    before = {row[1]: row for row in sql(TASKS)}
    sql(statement)

    report = rebuilt(Order(damaged, 1))

    assert position in {None, *(finding.position for finding in report.findings)}
    after = {row[1]: row for row in sql(TASKS)}
    assert {id for id in before if after.get(id) != before[id]} == lost
    assert {finding.position for finding in verified(damaged).findings} >= {position} - {None}
    await goes_on(ports)


async def test_a_task_with_a_lost_frame_can_be_moved_on(damaged: Path, sql: Sql, ports: Ports) -> None:
    """It is at its version, so whoever reads it can append."""
    sql("UPDATE frames SET body = zeroblob(50) WHERE position = 12")
    rebuilt(Order(damaged, 1))
    log = SqliteLog(Settings(), ports)
    await log.start()

    (state,) = await log.select(TaskQuery(ids=["t-004"]))
    await log.append(task_stream("t-004"), state.version, [facts.cancelled(None)])

    assert [state.status for state in await log.select(TaskQuery(ids=["t-004"]))] == ["cancelled"]
    await log.stop()


@pytest.mark.parametrize(
    "name", ["frames", "frames_first", "frames_stream", "task", "task_tenant", "blob_digest", "blob"]
)
@pytest.mark.parametrize("content", [b"\xa5" * 4096, bytes(4096)], ids=["rubbish", "zeros"])
async def test_a_lost_page_costs_what_stood_on_it(
    damaged: Path, sql: Sql, ports: Ports, name: str, content: bytes
) -> None:
    """A page of an index or of the tasks costs nothing at all."""
    before = {row[1]: row for row in sql(TASKS)}
    overwrite(damaged, page_of(sql, name, 0), content)

    report = rebuilt(Order(damaged, 1))

    assert whats(report)
    after = {row[1]: row for row in sql(TASKS)}
    assert name == "frames" or after == before
    assert sum(after.get(id) == row for id, row in before.items()) >= 24
    left = verified(damaged)
    assert name == "frames" or left.findings == ()
    assert not any(finding.what.startswith("SQLite") for finding in left.findings)
    await goes_on(ports)


@pytest.mark.parametrize("kept", [0.6, 0.8, 0.97])
async def test_a_file_that_was_cut_keeps_what_lies_before_the_cut(
    damaged: Path, ports: Ports, sql: Sql, kept: float
) -> None:
    """It cannot even be opened before; what was on the pages that are there is there afterwards."""
    cut(damaged, kept)
    with pytest.raises(Corrupted, match="rebuild"):
        await SqliteLog(Settings(), ports).start()

    report = await SqliteLog(Settings(), ports).rebuild()

    assert "fresh pages" in whats(report)
    assert 0 < report.frames <= FRAMES
    assert not any(finding.what.startswith("SQLite") for finding in verified(damaged).findings)
    assert len(sql(TASKS)) > 3
    await goes_on(ports)


def test_what_is_no_log_at_all_is_left_alone(damaged: Path) -> None:
    content = b"meant to be something else" * 1000
    damaged.write_bytes(content)

    with pytest.raises(Corrupted):
        rebuilt(Order(damaged, 1))

    assert damaged.read_bytes() == content


def test_flipped_bits_anywhere_leave_a_log_that_works(damaged: Path, sql: Sql, ports: Ports) -> None:
    """Whatever can be opened can be rebuilt; the rest says that a backup is needed."""
    content, random, gone = damaged.read_bytes(), Random(7), 0
    for start in range(0, len(content), len(content) // 60):
        place = min(start + random.randrange(len(content) // 60), len(content) - 1)
        for beside in damaged.parent.glob("log.db-*"):
            beside.unlink()
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 1 << random.randrange(8)]) + content[place + 1 :])
        try:
            rebuilt(Order(damaged, 1))
        except Corrupted:
            gone += 1
            continue
        tables = ("SQLite: row", "SQLite: wrong", "there is a row", "the folded")
        assert not any(finding.what.startswith(tables) for finding in verified(damaged).findings)
        asyncio.run(goes_on(ports))
    assert gone < 10


async def test_appends_go_on_meanwhile_and_are_in_the_fresh_tables(
    log: SqliteLog, ports: Ports, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of this process and those of another one, while the tables change under them."""
    monkeypatch.setattr(scan, "PAGE", 20)
    await fill(log, 60)
    other = SqliteLog(Settings(), ports)
    await other.start()
    going = True

    async def keep_appending(mine: SqliteLog, name: str) -> int:
        number = 0
        while going:
            stream = task_stream(f"{name}-{number}")
            await mine.append(stream, "", [facts.queued(f"{name}-{number}"), facts.started()])
            if number % 2:
                await mine.append(stream, None, [facts.succeeded()])
            assert await mine.select(TaskQuery(ids=[f"{name}-{number}"]))
            number += 1
        return number

    busy = [asyncio.ensure_future(keep_appending(mine, name)) for mine, name in ((log, "a"), (other, "b"))]
    for _ in range(5):
        assert (await log.rebuild()).findings == ()
    going = False
    made = await asyncio.gather(*busy)

    assert (await log.verify()).findings == ()
    assert len(await log.select(TaskQuery(limit=1_000_000))) == 60 + sum(made)
    await other.stop()


async def test_whoever_reads_sees_the_old_rows_or_the_new(log: SqliteLog, sql: Sql, fill: Fill) -> None:
    """Never none of them, and never some."""
    await fill(log, 50)
    sql("UPDATE task SET agent = 'wrong'")
    seen: set[tuple[int, ...]] = set()
    rebuilding = asyncio.ensure_future(log.rebuild())
    while not rebuilding.done():
        states = await log.select(TaskQuery())
        seen.add((len(states), sum(state.agent == "wrong" for state in states)))
        await asyncio.sleep(0)

    assert seen <= {(50, 50), (50, 0)}
    assert {state.agent for state in await log.select(TaskQuery())} == {"writer"}


async def test_a_crash_before_the_change_leaves_the_old_rows(
    log: SqliteLog, points: Points, ports: Ports, sql: Sql, fill: Fill
) -> None:
    """And the next rebuild clears away what was left behind."""
    await fill(log, 5)
    sql("UPDATE task SET agent = 'wrong'")
    points.crash_at("rebuild.before_swap")

    with pytest.raises(Crash):
        await log.rebuild()

    points.revive()
    assert {state.agent for state in await log.select(TaskQuery())} == {"wrong"}
    assert (await log.rebuild()).findings == ()
    assert {state.agent for state in await log.select(TaskQuery())} == {"writer"}
    assert sql("SELECT name FROM sqlite_schema WHERE name LIKE 'task_fresh%'") == []


async def test_there_is_one_care_at_a_time(log: SqliteLog, ports: Ports, file: Path) -> None:
    with turn(file), pytest.raises(Unavailable, match="just now; try again"):
        await log.rebuild()

    await log.rebuild()


async def test_who_leaves_a_rebuild_finds_the_old_rows(log: SqliteLog, fill: Fill, sql: Sql, file: Path) -> None:
    """The thread gives up soon after, and the next one gets its turn."""
    await fill(log, 30)
    rebuilding = asyncio.ensure_future(log.rebuild())
    await asyncio.sleep(0)
    rebuilding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rebuilding

    async with asyncio.timeout(30):
        while file.with_name("log.db-care").exists():  # noqa: ASYNC110 - the thread tells nobody
            await asyncio.sleep(0.005)
    assert (await log.rebuild()).findings == ()


async def test_the_writer_takes_snapshots_on_its_way(
    log: SqliteLog, ports: Ports, sql: Sql, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds the tasks that were touched since the one before; ``verify`` finds them right."""
    monkeypatch.setattr(snapshots, "STRIDE", 20)
    other = SqliteLog(Settings(), ports)
    await other.start()
    for mine in (log, other, log):
        await fill_more(mine, 15)
    await other.stop()
    await settled(log)

    assert len(sql("SELECT position FROM snapshot")) >= 4
    assert (await log.verify()).findings == ()
    sql("UPDATE snapshot SET tasks = (SELECT tasks FROM snapshot ORDER BY number LIMIT 1)")
    assert "snapshot at frame" in whats(await log.verify())
    await log.rebuild()
    assert (await log.verify()).findings == ()


async def fill_more(log: Log, tasks: int) -> None:
    for _ in range(tasks):
        name = f"more-{(await log.head()).position}"
        await log.append(task_stream(name), "", [facts.queued(name)])
        await log.append(f"note/{name}", None, [Event("note.made")])
        await log.append(task_stream(name), None, [facts.started(), facts.succeeded()])


async def settled(log: SqliteLog) -> None:
    """The writer has ended all that it does when everybody is answered."""
    await log.stop()
    await log.start()


async def test_since_begins_at_the_newest_snapshot_before_it(
    log: SqliteLog, clock: SeededClock, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its rows do not come from the live table: those may be as wrong as can be."""
    monkeypatch.setattr(snapshots, "STRIDE", 10)
    times = []
    for _ in range(6):
        times.append(clock.now())
        await fill_more(log, 4)
        await clock.advance(10)
    await settled(log)
    marks = [position for (position,) in sql("SELECT DISTINCT position FROM snapshot ORDER BY 1")]
    before = sql(TASKS)
    head = (await log.head()).position
    found = set()
    for since in [*times, clock.now()]:
        sql("UPDATE task SET state = 'rubbish'")
        report = await log.rebuild(since=since)

        assert report.findings == ()
        assert head - report.frames in {0, *marks, head}
        found.add(head - report.frames)
        assert sql(TASKS) == before
    assert {0} < found


@pytest.mark.parametrize("which", [0, 2])
async def test_a_snapshot_that_cannot_be_read_is_passed_by(
    log: SqliteLog, sql: Sql, which: int, monkeypatch: pytest.MonkeyPatch, clock: SeededClock
) -> None:
    """The fold begins further back, and another one takes its place."""
    monkeypatch.setattr(snapshots, "STRIDE", 10)
    await fill_more(log, 20)
    await settled(log)
    await clock.advance(1)
    marks = [position for (position,) in sql("SELECT DISTINCT position FROM snapshot ORDER BY 1")]
    sql("UPDATE snapshot SET digest = x'00' WHERE position = ?", marks[which])

    report = await log.rebuild(since=clock.now())

    assert f"the snapshot at frame {marks[which]} cannot be read" in whats(report)
    assert (await log.head()).position - report.frames == [0, *marks][which]
    assert (await log.verify()).findings == ()


async def test_behind_lost_frames_the_next_snapshot_tells_what_they_said(
    log: SqliteLog, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what was lost behind the last one is lost for good."""
    monkeypatch.setattr(snapshots, "STRIDE", 30)
    await fill_more(log, 40)
    await settled(log)
    marks = [position for (position,) in sql("SELECT DISTINCT position FROM snapshot ORDER BY 1")]
    before = sql(TASKS)
    sql("DELETE FROM frames WHERE position BETWEEN ? AND ?", marks[0] + 2, marks[1] - 2)

    report = await log.rebuild()

    assert "are missing" in whats(report)
    assert sql(TASKS) == before


@pytest.mark.parametrize("page", [1, 3, 500])
async def test_frames_that_are_folded_together_fold_to_the_same(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch, page: int, sql: Sql
) -> None:
    """Frame by frame as the log does it, or all of a stream on a page at once."""
    random = Random(page)
    steps: list[Callable[[], Event]] = [
        lambda: facts.started(random.randint(1, 4)),
        lambda: facts.decided(random.randint(1, 3), {"a": "x", "b": "y"}, "any", random.randint(1, 3)),
        lambda: facts.observed(random.choice("ab")),
        lambda: facts.pending(random.choice("ab"), 5.0, random.randint(1, 3)),
        lambda: facts.waiting(random.randint(1, 3)),
        facts.cancel_requested,
        lambda: Event("message.received"),
        lambda: facts.succeeded(random.randint(1, 3)),
        lambda: Event("letter.discarded"),
    ]
    for number in range(25):
        await log.append(task_stream(f"t-{number}"), "", [facts.queued(f"t-{number}")])
    for _ in range(700):
        events = [random.choice(steps)() for _ in range(random.randint(1, 2))]
        await asyncio.gather(log.append(task_stream(f"t-{random.randrange(25)}"), None, events), return_exceptions=True)
    before = sql(TASKS)
    monkeypatch.setattr(scan, "PAGE", page)
    monkeypatch.setattr(shadow, "_IN_MEMORY", 5)
    monkeypatch.setattr(shadow, "_ENDED_IN_MEMORY", 3)

    assert (await log.rebuild()).findings == ()
    assert sql(TASKS) == before


def test_a_file_of_the_shape_before_is_rebuilt(damaged: Path, sql: Sql) -> None:
    """Threads, snapshots and cuts are made on the way."""
    with closing(sqlite3.connect(damaged, isolation_level=None)) as connection:
        for table in ("snapshot", "cut", "kept", "due"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP INDEX task_thread")
        connection.execute("ALTER TABLE task DROP COLUMN thread")
        connection.execute("PRAGMA user_version = 1")

    assert rebuilt(Order(damaged, 1)).findings == ()
    assert verified(damaged).findings == ()

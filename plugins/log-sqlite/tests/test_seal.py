"""The oldest frames leave the log, whole and in order, and everything goes on from where they end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    Conflict,
    Corrupted,
    Erased,
    Event,
    Head,
    InvalidRequest,
    NotFound,
    Ports,
    Segment,
    TaskQuery,
    task_stream,
)
from kingpost.testing import Crash, Points, SeededClock, facts
from kingpost_log_sqlite import snapshots
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings
from kingpost_log_sqlite.verify import verified

Sql = Callable[..., list[tuple[Any, ...]]]
TASKS = "SELECT * FROM task ORDER BY position"


@pytest.fixture(params=[6, 10_000], ids=["snapshots", "no snapshots"])
def stride(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "STRIDE", request.param)


async def task(log: SqliteLog, name: str, *, end: bool = True, tenant: str = "default") -> None:
    """Three frames with payloads, one of them in a blob."""
    digest = await log.put(tenant, f"the blob of {name} ".encode() * 50)
    queued = facts.queued(name, tenant=tenant)
    await log.append(task_stream(name), "", [Event(queued.kind, queued.header, {"description": f"do {name}"})])
    learnt = facts.observed("a", {"blob": digest})
    await log.append(task_stream(name), None, [facts.started(), facts.decided(1, {"a": "x"}), learnt])
    if end:
        await log.append(task_stream(name), None, [Event("task.succeeded", {"attempt": 1}, {"answer": name})])


async def work(log: SqliteLog, clock: SeededClock) -> float:
    """Thirty frames, eight of them of notes, and of tasks that lie across one another; the time behind them."""
    await log.append("memory/default", "", [Event("memory.remembered", {}, {"text": "the first"})])
    for number in range(7):
        await task(log, f"t-{number}", end=number != 2)
        await log.append("memory/default", None, [Event("memory.remembered", {"number": number}, {"text": "more"})])
        await clock.advance(1)
    await log.append(task_stream("t-2"), None, [facts.succeeded()])
    await log.append("note/1", "", [Event("note.made", {"late": True})])
    return clock.now()


async def test_what_moved_is_a_log_and_what_stays_goes_on(
    log: SqliteLog, clock: SeededClock, tmp_path: Path, sql: Sql, stride: None
) -> None:
    """The chain goes on from the segment's head; the tasks are all there; appends and reads go on."""
    now = await work(log, clock)
    before, states = await log.read(), await log.select(TaskQuery())
    rows = sql(TASKS)

    segment = await log.seal(now - 2.5, tmp_path / "one.db")

    assert segment is not None
    assert segment == Segment(
        path=str(tmp_path / "one.db"), frames=segment.frames, head=Head(segment.frames, before[segment.frames - 1].hash)
    )
    assert 15 < segment.frames < 25
    report = verified(tmp_path / "one.db")
    assert (report.findings, report.head, report.frames) == ((), segment.head, segment.frames)
    assert (await log.verify()).findings == ()
    assert await log.read(segment.head.position) == before[segment.head.position :]
    assert await log.select(TaskQuery()) == states
    assert sql(TASKS) == rows
    await task(log, "later")
    assert (await log.verify()).findings == ()
    assert (await log.rebuild()).findings == ()
    assert (await log.verify()).findings == ()
    assert sql(TASKS)[: len(rows)] == rows


async def test_segment_follows_segment(log: SqliteLog, clock: SeededClock, tmp_path: Path, stride: None) -> None:
    """Each begins where the one before ends, and holds the tasks that lie across as they stood there."""
    now = await work(log, clock)
    before, states = await log.read(), await log.select(TaskQuery())
    found = [await log.seal(now - 6.5 + step, tmp_path / f"{step}.db") for step in range(8)]

    segments = [segment for segment in found if segment is not None]
    assert len(segments) > 3
    position = 0
    for segment in segments:
        report = verified(Path(segment.path))
        assert (report.findings, report.frames, report.head) == ((), segment.frames, segment.head)
        position += segment.frames
        assert segment.head == Head(position, before[position - 1].hash)
        other = SqliteLog(Settings(path=Path(segment.path)), Ports(home=tmp_path / "reader"))
        await other.start()
        start = position - segment.frames
        assert await other.read(start) == before[start:position]
        await other.stop()
    assert await log.read(position) == before[position:]
    assert (await log.verify()).findings == ()
    assert (await log.rebuild()).findings == ()
    assert await log.select(TaskQuery()) == states


async def test_who_reads_before_the_cut_is_told_where_it_is(log: SqliteLog, clock: SeededClock, tmp_path: Path) -> None:
    now = await work(log, clock)
    before = await log.read()
    assert (await log.info()).limits["first_position"] == 1
    first = await log.seal(now - 5.5, tmp_path / "first.db")
    second = await log.seal(now - 1.5, tmp_path / "second.db")
    assert first is not None
    assert second is not None
    end = second.head.position

    assert (await log.info()).limits["first_position"] == end + 1
    for after, stream, where in (
        (1, None, "first.db"),
        (0, task_stream("t-0"), "first.db"),
        (first.head.position, None, "second.db"),
        (end - 1, None, "second.db"),
        (0, task_stream("t-4"), "second.db"),
        (first.head.position + 5, task_stream("t-2"), "second.db"),
    ):
        with pytest.raises(NotFound, match=where) as caught:
            await log.read(after, 100, stream)
        assert f"go on from {end}" in str(caught.value)
    assert await log.read(end) == before[end:]
    assert await log.read(end, 1000, task_stream("t-2")) == [before[-2]]
    assert await log.read(end, 1000, task_stream("t-0")) == []
    assert await log.read(0, 1000, task_stream("nobody")) == []


async def test_other_streams_than_a_tasks_stay_readable(log: SqliteLog, clock: SeededClock, tmp_path: Path) -> None:
    """Nobody but their readers knows when they are no longer needed. The segment has them too."""
    now = await work(log, clock)
    memories = await log.read(stream="memory/default")

    await log.seal(now, tmp_path / "one.db")

    assert await log.read(stream="memory/default") == memories
    assert await log.read(memories[3].position, 2, "memory/default") == memories[4:6]
    await log.append("memory/default", memories[-1].version, [Event("memory.remembered", {}, {"text": "later"})])
    assert (await log.verify()).findings == ()


async def test_a_kept_frame_that_was_changed_is_named(
    log: SqliteLog, clock: SeededClock, tmp_path: Path, sql: Sql
) -> None:
    await log.seal(await work(log, clock), tmp_path / "one.db")
    sql("UPDATE frames SET body = CAST(replace(body, 'remembered', 'forgotten.') AS BLOB) WHERE position = 1")

    assert [finding.position for finding in (await log.verify()).findings] == [1]


async def test_a_task_that_was_sealed_is_there_by_its_name(log: SqliteLog, clock: SeededClock, tmp_path: Path) -> None:
    """It can be selected and counted, paged behind, moved on afterwards, and not begun again."""
    now = await work(log, clock)
    order = [state.id for state in await log.select(TaskQuery())]
    await log.seal(now, tmp_path / "one.db")

    (state,) = await log.select(TaskQuery(ids=["t-0"]))
    assert [each.id for each in await log.select(TaskQuery(after=order[2]))] == order[3:]
    assert await log.count(TaskQuery(statuses=["succeeded"])) == 7
    with pytest.raises(Conflict) as caught:
        await log.append(task_stream("t-0"), "", [facts.queued("t-0")])
    assert caught.value.found == state.version
    await log.append(task_stream("t-0"), state.version, [Event("letter.discarded")])
    assert (await log.select(TaskQuery(ids=["t-0"])))[0].late == ["discarded"]
    assert (await log.verify()).findings == ()
    assert (await log.rebuild()).findings == ()


async def test_nothing_moves_behind_a_task_that_has_not_ended(
    log: SqliteLog, clock: SeededClock, tmp_path: Path
) -> None:
    for number in range(4):
        await task(log, f"t-{number}", end=number != 2)
    await clock.advance(10)

    segment = await log.seal(clock.now(), tmp_path / "one.db")

    assert segment is not None
    assert segment.frames == 6
    assert await log.seal(clock.now(), tmp_path / "two.db") is None
    assert not exists(tmp_path / "two.db")


def exists(path: Path) -> bool:
    return path.exists()


@pytest.mark.parametrize("before", [0, 1])
async def test_what_cannot_move_is_none(log: SqliteLog, clock: SeededClock, tmp_path: Path, before: float) -> None:
    """An empty log, one of notes only, one that is too young, and the newest frame of any."""
    now = clock.now()
    assert await log.seal(now * before, tmp_path / "one.db") is None
    await log.append("note/1", "", [Event("note.made")])
    assert await log.seal(now * 2 * before, tmp_path / "one.db") is None
    await log.append(task_stream("t"), "", [facts.queued("t"), facts.started(), facts.succeeded()])
    assert await log.seal(now * 2 * before, tmp_path / "one.db") is None


async def test_a_place_that_is_taken_is_refused(log: SqliteLog, clock: SeededClock, tmp_path: Path) -> None:
    now = await work(log, clock)
    Path.write_bytes(tmp_path / "one.db", b"mine")

    for target in (tmp_path / "one.db", tmp_path):
        with pytest.raises(InvalidRequest, match="name a new file"):
            await log.seal(now, target)
    with pytest.raises(InvalidRequest, match="nothing has moved; make it"):
        await log.seal(now, tmp_path / "nowhere" / "one.db")
    with pytest.raises(InvalidRequest, match="name another file"):
        await log.seal(now, tmp_path / ("n" * 300))

    assert content(tmp_path / "one.db") == b"mine"
    assert len(await log.read()) == 30


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE frames SET body = CAST(replace(body, 'scripted', 'stripped') AS BLOB) WHERE position = 2",
        "UPDATE frames SET payloads = CAST(replace(payloads, 'do t', 'no t') AS BLOB) WHERE position = 2",
        "DELETE FROM frames WHERE position = 7",
        "UPDATE blob SET content = x'00' WHERE number = 1",
    ],
)
async def test_what_is_not_sound_does_not_move(
    log: SqliteLog, clock: SeededClock, tmp_path: Path, sql: Sql, statement: str
) -> None:
    now = await work(log, clock)
    sql(statement)
    before = sql("SELECT * FROM frames")

    with pytest.raises(Corrupted, match="nothing has moved"):
        await log.seal(now, tmp_path / "one.db")

    assert sql("SELECT * FROM frames") == before
    assert names(tmp_path) == ["home"]


async def test_blobs_that_only_sealed_frames_hold_go_with_them(
    log: SqliteLog, clock: SeededClock, tmp_path: Path
) -> None:
    """The segment has all that its frames name; the log keeps what it still names."""
    shared = await log.put("default", b"the blob of early " * 50)
    await task(log, "early")
    own = await log.put("default", b"the blob of other " * 50)
    await task(log, "other")
    await task(log, "late", end=False)
    await log.append("memory/default", "", [Event("memory.remembered", {}, {"blob": shared})])
    await clock.advance(1)

    segment = await log.seal(clock.now(), tmp_path / "one.db")

    assert segment is not None
    assert await log.get("default", shared)
    with pytest.raises(NotFound):
        await log.get("default", own)
    assert (await log.verify()).findings == ()
    other = SqliteLog(Settings(path=tmp_path / "one.db"), Ports(home=tmp_path / "reader"))
    await other.start()
    assert await other.get("default", shared)
    assert await other.get("default", own)
    await other.stop()


async def test_a_blob_that_is_stored_again_meanwhile_stays(
    log: SqliteLog, clock: SeededClock, tmp_path: Path, points: Points
) -> None:
    """Between the cut and the removal somebody stores the same content."""
    await task(log, "early")
    await log.append("note/1", "", [Event("note.made")])
    await clock.advance(1)
    points.crash_at("seal.after_commit")
    with pytest.raises(Crash):
        await log.seal(clock.now(), tmp_path / "one.db")
    points.revive()

    digest = await log.put("default", b"the blob of early " * 50)
    await log.seal(0, tmp_path / "two.db")

    assert await log.get("default", digest)
    assert (await log.verify()).findings == ()


async def test_the_space_is_given_back(log: SqliteLog, clock: SeededClock, tmp_path: Path, file: Path) -> None:
    for number in range(30):
        await log.put("default", os.urandom(20_000))
        await task(log, f"t-{number}")
        name = task_stream(f"big-{number}")
        await log.append(name, "", [facts.queued(f"big-{number}"), Event("note", {}, {"text": "x" * 40_000})])
        await log.append(name, None, [facts.cancelled(None)])
    await clock.advance(1)
    await log.stop()
    await log.start()
    before = size(file)

    await log.seal(clock.now(), tmp_path / "one.db")

    await log.stop()
    assert before - size(file) > 1_000_000
    await log.start()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def content(file: Path) -> bytes:
    return file.read_bytes()


def size(file: Path) -> int:
    return file.stat().st_size


async def test_what_was_sealed_is_erased_in_its_segment(
    log: SqliteLog, clock: SeededClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And a segment that is not there is told of."""
    await work(log, clock)
    first = await log.seal(clock.now() - 5.5, tmp_path / "one.db")
    second = await log.seal(clock.now() - 2.5, tmp_path / "two.db")
    assert first is not None
    assert second is not None

    assert await log.erase("default", "t-0") == Erased(tasks=1, payloads=3, blobs=1)
    assert await log.erase("default", "t-2") == Erased(tasks=1, payloads=2, blobs=1)

    for name in ("t-0", "t-2"):
        assert [path.name for path in files(tmp_path) if f"blob of {name}".encode() in path.read_bytes()] == []
        assert [path.name for path in files(tmp_path) if f"do {name}".encode() in path.read_bytes()] == []
    for path in (tmp_path / "one.db", tmp_path / "two.db"):
        assert verified(path).findings == ()
    (tmp_path / "one.db").rename(tmp_path / "moved.db")
    await log.erase("default")
    assert [path.name for path in files(tmp_path) if b"description" in path.read_bytes()] == ["moved.db"]
    assert "one.db is not erased" in caplog.text
    assert (await log.verify()).findings == ()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_a_head_from_before_the_cut_belongs_to_the_segment(
    log: SqliteLog, clock: SeededClock, tmp_path: Path
) -> None:
    now = await work(log, clock)
    heads = [Head(frame.position, frame.hash) for frame in await log.read()]
    segment = await log.seal(now - 2.5, tmp_path / "one.db")
    assert segment is not None
    end = segment.head.position

    assert "one.db'; verify that segment" in (await log.verify(head=heads[3])).findings[0].what
    assert verified(tmp_path / "one.db", head=heads[3]).sound
    for head in heads[end - 1 :]:
        assert (await log.verify(head=head)).sound
    assert not (await log.verify(head=Head(end, bytes(32)))).sound


@pytest.fixture
async def other(ports: Ports, tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog(Settings(), replace(ports, home=tmp_path / "other"))
    await log.start()
    yield log
    await log.stop()


async def test_backups_go_on_from_the_cut(
    log: SqliteLog, other: SqliteLog, clock: SeededClock, tmp_path: Path, stride: None
) -> None:
    """Into an empty log, and into one that was there before the cut; not into one that ends before it."""
    now = await work(log, clock)
    await log.backup(tmp_path / "before")
    segment = await log.seal(now - 2.5, tmp_path / "one.db")
    assert segment is not None
    await task(log, "later")
    await log.backup(tmp_path / "behind")
    states = await log.select(TaskQuery())

    await other.restore(tmp_path / "behind")
    assert (await other.verify()).findings == ()
    assert await other.select(TaskQuery()) == states
    with pytest.raises(NotFound, match=r"one\.db"):
        await other.read(0, 10, task_stream("t-0"))

    third = SqliteLog(Settings(), Ports(home=tmp_path / "third"))
    await third.start()
    await third.restore(tmp_path / "before")
    await third.restore(tmp_path / "behind")
    assert (await third.verify()).findings == ()
    assert await third.select(TaskQuery()) == states
    assert len(await third.read()) == (await log.head()).position
    await third.stop()

    short = SqliteLog(Settings(), Ports(home=tmp_path / "short"))
    await short.start()
    await short.restore(tmp_path / "one.db")
    assert (await short.verify()).head == segment.head
    with pytest.raises(InvalidRequest, match="empty home"):
        await short.restore(tmp_path / "behind")
    await short.stop()


async def test_work_goes_on_meanwhile(
    log: SqliteLog, clock: SeededClock, tmp_path: Path, appender: Callable[..., Awaitable[Any]]
) -> None:
    """Here and in other processes; readers and verifiers see the log before or behind the cut."""
    await work(log, clock)
    busy = await appender("busy", at_once=4)
    going = True

    async def keep_verifying() -> list[Any]:
        found: list[Any] = []
        while going:
            found += (await log.verify()).findings
        return found

    verifying = asyncio.ensure_future(keep_verifying())
    mine = asyncio.gather(*(task(log, f"mine-{number}") for number in range(20)))
    segments = [await log.seal(clock.now() + 1e9, tmp_path / f"{number}.db") for number in range(5)]
    await mine
    await busy.kill()
    going = False

    assert await verifying == []
    assert sum(segment is not None for segment in segments) > 1
    assert (await log.verify()).findings == ()
    for segment in segments:
        assert segment is None or verified(Path(segment.path)).findings == ()


KILLED = """
import asyncio, sys
from pathlib import Path
from kingpost import Ports
from kingpost.testing import KillAt
from kingpost_log_sqlite import clear
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

where = sys.argv[2]
step = KillAt(None, int(where) if where.isdigit() else 0)
remove = clear._remove

def killed(*arguments):
    step("remove")
    remove(*arguments)

async def main():
    clear._AT_ONCE = 4
    clear._remove = killed
    log = SqliteLog(Settings(), Ports(home=Path(sys.argv[1]), point=KillAt(where)))
    await log.start()
    await log.seal(4e9, Path(sys.argv[3]))

asyncio.run(main())
"""


@pytest.mark.parametrize("where", ["seal.before_commit", "seal.after_commit", "2", "4"])
async def test_kill_9_in_the_middle_leaves_it_sealed_or_not(
    ports: Ports, clock: SeededClock, tmp_path: Path, where: str
) -> None:
    """And the next care removes what was left over."""
    log = SqliteLog(Settings(), ports)
    await log.start()
    await work(log, clock)
    before, states = await log.read(), await log.select(TaskQuery())
    await log.stop()
    command = [sys.executable, "-c", KILLED, str(ports.home), where, str(tmp_path / "one.db")]
    assert (await asyncio.to_thread(subprocess.run, command, check=False)).returncode == -signal.SIGKILL

    await log.start()
    assert (await log.verify()).findings == ()
    assert await log.select(TaskQuery()) == states
    assert verified(tmp_path / "one.db").findings == ()
    if where == "seal.before_commit":
        assert await log.read() == before
        assert await log.seal(4e9, tmp_path / "two.db") is not None
    else:
        with pytest.raises(NotFound, match=r"one\.db"):
            await log.read(0, 5, task_stream("t-3"))
    await log.erase("default", "t-3")
    assert (await log.verify()).findings == ()
    await log.stop()
    rest = content(ports.home / "log.db")
    assert b"do t-1" not in rest
    assert b"blob of t-3" not in rest

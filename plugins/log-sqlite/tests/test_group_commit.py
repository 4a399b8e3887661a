"""Many appends, few commits, and each caller told about its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from kingpost import (
    Conflict,
    Event,
    Fenced,
    Folded,
    InvalidRequest,
    KingpostError,
    Ports,
    Receipt,
    Refused,
    TaskQuery,
    Unavailable,
    task_stream,
)
from kingpost.testing import Crash, Points, SeededClock, facts
from kingpost_log_sqlite import writer
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

Sql = Callable[..., list[tuple[Any, ...]]]


def note(number: int = 0, payload: Any = None) -> Event:
    return Event("note.made", {"number": number}, payload)


async def test_what_comes_together_is_committed_together(log: SqliteLog, points: Points) -> None:
    """A hundred at once, again and again: one commit for each hundred."""
    for turn in range(5):
        await asyncio.gather(*(log.append(f"note/{n}", None, [note(turn)]) for n in range(100)))

    assert points.reached.count("log.after_commit") == 5
    assert (await log.head()).position == 500


async def test_a_group_is_bounded(log: SqliteLog, points: Points) -> None:
    """The first of many is not kept waiting for the last."""
    await asyncio.gather(*(log.append("note/1", None, [note(n)]) for n in range(2500)))

    assert points.reached.count("log.after_commit") == 3


async def test_frames_of_one_stream_may_share_a_group(log: SqliteLog, sql: Sql) -> None:
    """Each is checked against the one before it, and the task's row is written once."""
    stream = task_stream("t")
    receipts = await asyncio.gather(
        log.append(stream, "", [facts.queued("t")]),
        log.append(stream, "1", [facts.started()]),
        log.append(stream, None, [facts.decided(1, {"a": "look"})]),
        log.append(stream, "3", [facts.observed("a")]),
        log.append(stream, "4", [facts.succeeded()]),
    )

    assert [receipt.position for receipt in receipts] == [1, 2, 3, 4, 5]
    assert sql("SELECT position, status, open FROM task") == [(1, "succeeded", None)]
    assert (await log.verify()).sound


async def test_a_task_that_another_agent_takes_over_is_its_task_in_the_tables_too(log: SqliteLog) -> None:
    """Its row says so at once, and so does whoever asks for that agent's tasks."""
    stream = task_stream("t")
    await log.append(stream, "", [facts.queued("t", agent="first"), facts.started()])
    await log.append(stream, None, [Event("task.retrying", {"attempt": 1, "agent": "second"})])

    assert [state.agent for state in await log.select(TaskQuery(agent="second"))] == ["second"]
    assert await log.select(TaskQuery(agent="first")) == []
    assert (await log.verify()).sound


async def test_one_that_may_not_be_fails_alone(log: SqliteLog) -> None:
    """In the order in which they came: those behind a refused one build on what was there before it."""
    stream = task_stream("t")
    results = await asyncio.gather(
        log.append(stream, "", [facts.queued("t")]),
        log.append(stream, "", [facts.queued("t")]),
        log.append(stream, "1", [facts.started(), facts.succeeded(2)]),
        log.append(stream, "1", [facts.observed("never called")]),
        log.append(stream, "1", [facts.started(), note(1, {"clock": object()})]),
        log.append(stream, "1", [facts.started()]),
        return_exceptions=True,
    )

    expected = [Folded, Conflict, Fenced, Refused, InvalidRequest, Folded]
    assert [type(result) for result in results] == expected
    assert (await log.verify()).sound


async def test_who_wrongly_says_that_a_stream_is_new_fails_alone(log: SqliteLog, points: Points) -> None:
    """Here one that nobody remembers, as its task has ended: those beside it still share a commit."""
    stream = task_stream("t")
    await log.append(stream, "", [facts.queued("t"), facts.started(), facts.decided(1), facts.succeeded()])

    results = await asyncio.gather(
        log.append(task_stream("a"), "", [facts.queued("a")]),
        log.append(stream, "", [facts.queued("t")]),
        log.append_all([(task_stream("b"), "", [facts.queued("b")]), (stream, "", [facts.queued("t")])]),
        log.append(task_stream("c"), "", [facts.queued("c")]),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [Folded, Conflict, Conflict, Folded]
    assert points.reached.count("log.after_commit") == 2
    assert [frame.stream for frame in await log.read()] == [stream, task_stream("a"), task_stream("c")]
    assert (await log.verify()).sound


@pytest.mark.parametrize(
    ("stream", "event"),
    [
        ("task/t", Event("task.queued", {"task": "t", "tenant": {"not": "a text"}, "agent": "a"})),
        ("task/t", Event("task.queued", {"task": "another", "tenant": "x", "agent": "a"})),
        ("task/t", Event("task.queued", {})),
        ("note/\ud800", note()),
        ("note/\0", note()),
        ("größe/\0", note()),
        ("note/1", note(payload={"text": "\ud800"})),
        ("note/1", note(payload={"text": "x" * 2_000_000})),
    ],
    ids=["tenant", "other task", "no header", "stream", "nul", "nul beside others", "payload", "too large"],
)
async def test_what_cannot_be_recorded_is_told_so(ports: Ports, stream: str, event: Event) -> None:
    log = SqliteLog(Settings(max_frame_mb=1), ports)
    await log.start()

    results = await asyncio.gather(
        *(log.append(f"note/{n}", "", [note()]) for n in range(5)),
        log.append(stream, None, [event]),
        *(log.append(f"note/{n}", "", [note()]) for n in range(5, 10)),
        return_exceptions=True,
    )

    assert isinstance(results.pop(5), InvalidRequest)
    assert all(isinstance(result, Receipt) for result in results)
    with pytest.raises(InvalidRequest):
        await log.append("note/1", None, [])
    await log.stop()


async def test_a_name_that_reads_as_zero_is_a_name(log: SqliteLog, sql: Sql) -> None:
    """What has no name has none in the table either, and is not taken for what is called "0"."""
    await log.append("0", "", [note(payload={"text": "0"})])
    await log.append("0", "1", [note()])
    await log.append(
        task_stream("0"), "", [Event("task.queued", {"task": "0", "tenant": "0", "agent": "0", "thread": "0"})]
    )
    await log.append(task_stream("t"), "", [facts.queued("t")])

    assert sql("SELECT stream, payloads IS NULL FROM frames") == [("0", 0), (None, 1), ("task/0", 1), ("task/t", 1)]
    assert sql("SELECT id, tenant, root, parent, thread FROM task")[0] == ("0", "0", None, None, "0")
    assert [task.id for task in await log.select(TaskQuery(thread="0"))] == ["0"]
    assert (await log.verify()).sound


async def test_a_row_that_sqlite_refuses_fails_alone(log: SqliteLog, sql: Sql) -> None:
    """SQLite does not say which row of a group it was; nobody else must suffer for it."""
    sql("CREATE TRIGGER refuse BEFORE INSERT ON task WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END")

    results = await asyncio.gather(
        *(log.append(task_stream(t), "", [facts.queued(t)]) for t in ("a", "bad", "b")), return_exceptions=True
    )

    assert [type(result) for result in results] == [Folded, InvalidRequest, Folded]
    assert [frame.position for frame in await log.read()] == [1, 2]


async def test_who_comes_during_a_commit_has_others_beside_it(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small group waits a moment for the next job from then on, until one waits in vain."""
    commits, begun, may_end = list[int](), threading.Event(), threading.Event()
    waits, came = threading.Semaphore(0), threading.Semaphore(0)

    def point(name: str) -> None:
        commits.extend([1] * (name == "log.after_commit"))
        begun.set()
        assert may_end.wait(120)

    def moment(_: float) -> None:
        waits.release()
        assert came.acquire(timeout=120)

    async def handed_over(number: int) -> asyncio.Task[Receipt]:
        appended = asyncio.ensure_future(log.append(f"note/{number}", "", [note()]))
        # It begins in one pass of the loop, and is handed over at the end of that.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return appended

    monkeypatch.setattr(writer, "sleep", moment)
    log = SqliteLog(Settings(), replace(ports, point=point))
    await log.start()
    appended = [await handed_over(1)]
    assert await asyncio.to_thread(begun.wait, 120)
    appended.append(await handed_over(2))
    may_end.set()
    assert await asyncio.to_thread(waits.acquire, timeout=120)
    appended.append(await handed_over(3))
    came.release()
    await asyncio.gather(*appended)
    assert len(commits) == 2

    came.release()
    await log.append("note/4", "", [note()])
    await log.append("note/5", "", [note()])
    assert waits.acquire(blocking=False)
    assert not waits.acquire(blocking=False)
    await log.stop()


async def test_a_caller_that_leaves_breaks_nothing(log: SqliteLog) -> None:
    """What was handed over is committed, and the others are answered."""
    appends = [asyncio.ensure_future(log.append(f"note/{n}", "", [note()])) for n in range(10)]
    await asyncio.sleep(0)
    for append in appends[::2]:
        append.cancel()

    results = await asyncio.gather(*appends, return_exceptions=True)

    assert [type(result) for result in results[1::2]] == [Folded] * 5
    assert await log.wait(10, timeout=60)


async def test_loops_of_several_threads_share_the_writer(log: SqliteLog) -> None:
    def thread(name: str) -> None:
        async def appends() -> None:
            for turn in range(10):
                await asyncio.gather(*(log.append(f"{name}/{n}", None, [note(turn)]) for n in range(10)))
                assert await log.wait((await log.head()).position, timeout=60)

        asyncio.run(appends())

    threads = [threading.Thread(target=thread, args=(f"thread-{n}",)) for n in range(3)]
    for each in threads:
        each.start()
    await asyncio.gather(*(asyncio.to_thread(each.join) for each in threads))

    assert [frame.position for frame in await log.read()] == list(range(1, 301))
    assert (await log.verify()).sound


async def test_stop_writes_what_was_handed_over(log: SqliteLog, ports: Ports) -> None:
    appends = asyncio.gather(*(log.append(f"note/{n}", "", [note()]) for n in range(50)))
    await asyncio.sleep(0)

    await log.stop()

    assert len(await appends) == 50
    for refused in (log.append("note/late", "", [note()]), log.put("t", b"late"), log.read(), log.head()):
        with pytest.raises(Unavailable, match="not open"):
            await refused
    await log.start()
    assert (await log.head()).position == 50


async def test_before_the_start_nothing_is_accepted(ports: Ports) -> None:
    with pytest.raises(Unavailable, match="start it first"):
        await SqliteLog(Settings(), ports).append("note/1", "", [note()])


@pytest.mark.parametrize(("point", "stays"), [("log.before_commit", 1), ("log.after_commit", 4)])
async def test_a_crash_at_a_point_is_whole_or_nothing(
    log: SqliteLog, points: Points, ports: Ports, point: str, stays: int
) -> None:
    await log.append("note/0", "", [note()])
    points.crash_at(point)

    results = await asyncio.gather(
        *(log.append(f"note/{n}", "", [note(1), note(2)]) for n in (1, 2, 3)), return_exceptions=True
    )

    assert [type(result) for result in results] == [Crash] * 3
    points.revive()
    again = SqliteLog(Settings(), ports)
    await again.start()
    assert (await again.head()).position == stays
    assert (await again.verify()).sound
    await again.stop()


async def test_a_batch_is_one_commit(log: SqliteLog, points: Points, sql: Sql) -> None:
    """However many frames it has, and of however many tasks; more rows than go into one statement among them."""
    frames = [(task_stream(str(n)), "", [facts.queued(str(n)), note(n, {"n": n})]) for n in range(201)]

    receipts = await log.append_all(frames)

    assert points.reached == ["log.before_commit", "log.after_commit"]
    assert [receipt.position for receipt in receipts] == list(range(1, 202))
    assert sql("SELECT count(*), min(position), max(position) FROM task") == [(201, 1, 201)]
    assert (await log.verify()).sound


@pytest.mark.parametrize(("point", "stays"), [("log.before_commit", 1), ("log.after_commit", 101)])
async def test_a_crash_leaves_a_batch_whole_or_nothing_of_it(
    log: SqliteLog, points: Points, ports: Ports, point: str, stays: int
) -> None:
    await log.append("note/0", "", [note()])
    points.crash_at(point)

    with pytest.raises(Crash):
        await log.append_all([(f"note/{n}", "", [note(n)]) for n in range(1, 101)])

    points.revive()
    again = SqliteLog(Settings(), ports)
    await again.start()
    assert (await again.head()).position == stays
    assert (await again.verify()).sound
    await again.stop()


async def test_a_batch_that_may_not_be_leaves_its_group_as_it_was(log: SqliteLog, points: Points) -> None:
    """Those before and behind it in the same commit stand as if it had never come, in the same streams too."""
    stream = task_stream("t")
    results = await asyncio.gather(
        log.append(stream, "", [facts.queued("t")]),
        log.append_all([(stream, "1", [facts.started()]), ("note/1", "", [note(1)]), (stream, "1", [note(2)])]),
        log.append_all([("note/1", "", [note(3)]), (stream, "1", [facts.started()])]),
        return_exceptions=True,
    )

    assert points.reached.count("log.after_commit") == 1
    assert [type(result) for result in results] == [Folded, Conflict, list]
    assert [(frame.stream, frame.position) for frame in await log.read()] == [(stream, 1), ("note/1", 2), (stream, 3)]
    assert (await log.verify()).sound


async def test_blobs_go_with_the_group_and_have_a_point_of_their_own(log: SqliteLog, points: Points, sql: Sql) -> None:
    await asyncio.gather(log.append("note/1", "", [note()]), *(log.put("t", bytes([n])) for n in range(5)))
    await log.put("t", b"\0")

    assert points.reached == ["log.before_commit", "blob.before_commit", "log.after_commit"]
    assert sql("SELECT count(*) FROM blob") == [(5,)]


async def test_a_blob_beyond_the_limit_is_refused(ports: Ports) -> None:
    log = SqliteLog(Settings(max_blob_mb=1), ports)
    await log.start()
    with pytest.raises(InvalidRequest, match="larger than 1 MB"):
        await log.put("t", bytes(1024 * 1024 + 1))
    await log.stop()


async def test_a_clock_that_is_set_back_does_not_take_the_log_back(
    log: SqliteLog, clock: SeededClock, ports: Ports
) -> None:
    """Not within a process, nor for the one that opens the file next."""
    await log.append("note/1", "", [note()])
    clock.set(clock.now() - 3600)
    await log.append("note/1", None, [note()])
    await log.stop()
    await log.start()
    await log.append("note/1", None, [note()])
    clock.set(clock.now() + 7200)
    await log.append("note/1", None, [note()])

    first, second, third, fourth = (frame.at for frame in await log.read())
    assert first == second == third
    assert fourth == first + 3600 * 1_000_000


async def test_streams_beyond_memory_are_looked_up(ports: Ports) -> None:
    """Only some are remembered, and an append to a forgotten one is checked all the same."""
    log = SqliteLog(Settings(streams_in_memory=2), ports)
    await log.start()
    for n in range(10):
        await log.append(task_stream(str(n)), "", [facts.queued(str(n))])
        await log.append(f"note/{n}", "", [note()])

    for n in range(10):
        with pytest.raises(Conflict):
            await log.append(f"note/{n}", "", [note()])
        with pytest.raises(KingpostError):
            await log.append(task_stream(str(n)), None, [facts.queued(str(n))])
        await log.append(task_stream(str(n)), str(2 * n + 1), [facts.started()])
    assert (await log.verify()).sound
    await log.stop()

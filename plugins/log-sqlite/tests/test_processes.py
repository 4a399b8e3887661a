"""Several processes on one file, and what is left of one that was killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kingpost import Event, Ports, Unavailable, task_stream
from kingpost.testing import facts
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

Append = Callable[..., Awaitable[Any]]


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    """The real world, as the other processes know it."""
    return Ports(home=tmp_path / "home")


async def test_processes_that_append_at_once_make_one_log(appender: Append, ports: Ports) -> None:
    """They start together on a home that does not exist yet; no gap, no double, one chain, one fold."""
    children = await asyncio.gather(*(appender(name, 60, 8) for name in ("a", "b", "c")))
    await asyncio.gather(*(child.until("done") for child in children))
    answered = [each for child in children for each in child.answered()]

    log = SqliteLog(Settings(), ports)
    await log.start()
    frames = await log.read()
    report = await log.verify()
    await log.stop()

    assert sorted((frame.stream.removeprefix("task/"), frame.version) for frame in frames) == sorted(answered)
    assert [frame.position for frame in frames] == list(range(1, 361))
    assert report.findings == ()


async def test_kill_9_loses_nothing_that_was_answered(appender: Append, ports: Ports) -> None:
    """Twenty times, at random moments of mixed appends, on one growing log."""
    random = Random(5)
    answered: set[tuple[str, str]] = set()
    for number in range(20):
        child = await appender(f"round-{number}")
        # Counted in answers, as a loaded machine gives none in any time that one may name.
        await child.has_answered(random.randrange(6, 40))
        await asyncio.sleep(random.random() * 0.01)
        await child.kill()
        answered |= set(child.answered())

    log = SqliteLog(Settings(), ports)
    await log.start()
    stand = [(frame.stream.removeprefix("task/"), frame.version) for frame in await log.read(limit=1_000_000)]
    report = await log.verify()
    alive = [await log.alive(f"round-{number}") for number in range(20)]
    await log.stop()

    assert len(answered) > 100
    assert answered <= set(stand)
    assert [version for _, version in stand] == [str(n) for n in range(1, len(stand) + 1)]
    assert report.findings == ()
    assert not any(alive)


async def test_a_task_that_another_process_moved_is_checked_as_it_stands_now(log: SqliteLog, ports: Ports) -> None:
    """What is remembered of a stream holds until somebody else writes."""
    other = SqliteLog(Settings(), ports)
    await other.start()
    version = ""
    for _ in range(10):
        for mine in (log, other):
            events = [facts.queued("t"), facts.started()] if not version else [Event("thing.of.tomorrow")]
            version = (await mine.append(task_stream("t"), version, events)).version
    await other.append(task_stream("t"), version, [facts.started(2, "other")])

    with pytest.raises(Exception, match="replaced by attempt 2"):
        await log.append(task_stream("t"), None, [facts.decided(1, attempt=1)])

    assert (await log.verify()).sound
    await other.stop()


async def test_a_busy_process_lets_another_one_in(appender: Append, log: SqliteLog) -> None:
    """A lone append beside one that never stops appending waits for a group or two, not for its end."""
    busy = await appender("busy", at_once=50)
    await busy.has_answered(21)
    for number in range(20):
        await log.append("note/1", None, [Event("note.made", {"number": number})])
    await busy.kill()

    assert len(await log.read(stream="note/1")) == 20
    assert len(busy.answered()) > 20


async def test_a_lock_that_is_not_let_go_is_told(ports: Ports) -> None:
    """And the writer goes on as soon as it is."""
    log = SqliteLog(Settings(busy_seconds=0.05), ports)
    await log.start()
    holder = sqlite3.connect(ports.home / "log.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="another process keeps it locked"):
        await log.append("note/1", "", [Event("note.made")])

    holder.execute("ROLLBACK")
    holder.close()
    assert (await log.append("note/1", "", [Event("note.made")])).position == 1
    await log.stop()


async def test_a_worker_has_one_owner(log: SqliteLog, ports: Ports) -> None:
    """Two logs that enlist one name: the second is told. Who asks meanwhile disturbs nobody."""
    await log.enlist("w")
    await log.enlist("w")
    other = SqliteLog(Settings(), ports)

    with pytest.raises(Unavailable, match="at work in another process"):
        await other.enlist("w")

    assert await other.alive("w")
    await log.stop()
    assert not await other.alive("w")
    await other.enlist("w")
    assert await other.alive("w")
    await other.stop()


async def test_asking_is_no_danger_to_a_worker_that_begins(log: SqliteLog, ports: Ports) -> None:
    """Askers share the lock for a moment: an owner comes through, and no asker takes another for an owner."""
    other = SqliteLog(Settings(), ports)
    going = True

    def ask() -> set[bool]:
        found = set()
        while going:
            found.add(asyncio.run(other.alive("nobody")))
            asyncio.run(other.alive("w"))
        return found

    (ports.home / "workers").mkdir(exist_ok=True)
    (ports.home / "workers" / "nobody.lock").touch()
    asking = [asyncio.ensure_future(asyncio.to_thread(ask)) for _ in range(3)]
    for _ in range(20):
        await log.enlist("w")
        assert await other.alive("w")
        await log.stop()
    going = False

    assert await asyncio.gather(*asking) == [{False}] * 3


async def test_the_files_of_the_dead_are_removed(appender: Append, log: SqliteLog, ports: Ports) -> None:
    for name in ("killed", "dead/../worker " + "x" * 300):
        child = await appender(name)
        await child.kill()

    await log.enlist("mine")

    assert [path.name for path in (ports.home / "workers").iterdir()] == ["mine.lock"]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
async def test_a_forked_child_does_not_keep_its_parent_alive(ports: Ports) -> None:
    """A pool of processes survives a parent that was killed; the parent's worker does not."""
    reading, writing = os.pipe()
    parent = multiprocessing.get_context("fork").Process(target=_enlist_and_fork, args=(ports.home, writing))
    parent.start()
    child = int(os.read(reading, 20))
    log = SqliteLog(Settings(), ports)
    try:
        assert await log.alive("parent")
        parent.kill()
        await asyncio.to_thread(parent.join)
        os.kill(child, 0)

        assert not await log.alive("parent")
    finally:
        os.kill(child, 9)
        os.close(reading)
        os.close(writing)


def _enlist_and_fork(home: Path, writing: int) -> None:
    log = SqliteLog(Settings(), Ports(home=home))
    asyncio.run(log.enlist("parent"))
    child = multiprocessing.get_context("fork").Process(target=_tell_and_pause, args=(writing,))
    child.start()
    child.join()


def _tell_and_pause(writing: int) -> None:
    """The child tells itself: its parent knows of it before it has let anything go."""
    os.write(writing, str(os.getpid()).encode())
    signal.pause()


@pytest.fixture
async def log(ports: Ports) -> AsyncIterator[SqliteLog]:
    log = SqliteLog(Settings(), ports)
    await log.start()
    yield log
    await log.stop()

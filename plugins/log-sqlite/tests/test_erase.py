"""What is erased is gone from the files, byte by byte, while everybody works on."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kingpost import Erased, Event, NotFound, Ports, TaskQuery, Unavailable, task_stream
from kingpost.testing import Crash, Points, facts
from kingpost_log_sqlite import erase, snapshots
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

Sql = Callable[..., list[tuple[Any, ...]]]


def secret(number: int, size: int) -> str:
    """Words that say whose they are, all over."""
    return f"<secret {number:04}> " * (1 + size // 14)


def found(home: Path, number: int) -> list[str]:
    """The files that hold a byte of this secret."""
    return [
        path.name
        for path in sorted(home.rglob("*"))
        if path.is_file() and f"<secret {number:04}>".encode() in path.read_bytes()
    ]


async def live(log: SqliteLog, number: int, tenant: str = "default", size: int = 300, **more: Any) -> str:
    """A task whose content is a secret: two payloads, and one in a blob."""
    task = f"t-{number}"
    text = secret(number, size)
    blob = await log.put(tenant, (text * 3).encode())
    queued = facts.queued(task, tenant=tenant, **more)
    await log.append(task_stream(task), "", [Event(queued.kind, queued.header, {"description": text})])
    learnt = facts.observed("a", {"blob": blob})
    await log.append(task_stream(task), None, [facts.started(), facts.decided(1, {"a": "x"}), learnt])
    await log.append(task_stream(task), None, [Event("task.succeeded", {"attempt": 1}, {"answer": text})])
    return blob


async def test_no_byte_is_left_of_a_task(log: SqliteLog, ports: Ports, sql: Sql) -> None:
    """Not in the file, nor in the write-ahead log, nor on free pages; whatever its size, whoever stands beside it."""
    random = Random(3)
    sizes = [random.choice([10, 300, 1500, 3900, 4200, 9000, 40_000]) for _ in range(60)]
    for number, size in enumerate(sizes):
        await live(log, number, size=size)
    states = await log.select(TaskQuery())
    order = list(range(60))
    random.shuffle(order)
    for done, number in enumerate(order, 1):
        assert await log.erase("default", f"t-{number}") == Erased(tasks=1, payloads=3, blobs=1)
        assert found(ports.home, number) == []
        if done % 20 == 0:
            assert [other for other in order[done:] if not found(ports.home, other)] == []

    assert (await log.verify()).findings == ()
    assert await log.select(TaskQuery()) == states
    assert sql("SELECT count(*) FROM frames WHERE payloads IS NOT NULL") == [(0,)]


async def test_nor_after_snapshots_backups_and_rebuilds(
    log: SqliteLog, ports: Ports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "STRIDE", 10)
    for number in range(12):
        await live(log, number)
    await log.rebuild()
    await log.backup(tmp_path / "copy.db")

    await log.erase("default", "t-5")

    assert found(ports.home, 5) == []
    assert (await log.rebuild()).findings == ()
    assert (await log.verify()).findings == ()
    assert found(ports.home, 5) == []


async def test_no_byte_is_left_of_a_tenant(log: SqliteLog, ports: Ports) -> None:
    """Its tasks, its other streams, its blobs, whether anybody refers to them or not; nobody else's."""
    for number in range(20):
        await live(log, number, tenant=("one", "two")[number % 2], size=random_size(number))
    await log.append("memory/one", "", [Event("memory.remembered", {}, {"text": secret(100, 50)})])
    await log.append("memory/two", "", [Event("memory.remembered", {}, {"text": secret(101, 50)})])
    await log.append("schedule/one/daily", "", [Event("schedule.set", {}, {"text": secret(102, 50)})])
    lone = await log.put("one", secret(103, 50).encode())

    assert await log.erase("one") == Erased(tasks=10, payloads=32, blobs=11)

    assert [number for number in [*range(0, 20, 2), 100, 102, 103] if found(ports.home, number)] == []
    assert [number for number in [*range(1, 20, 2), 101] if not found(ports.home, number)] == []
    with pytest.raises(NotFound):
        await log.get("one", lone)
    report = await log.verify()
    assert (report.findings, report.erased) == ((), 32)
    assert await log.erase("one") == Erased(tasks=0, payloads=0, blobs=0)


def random_size(number: int) -> int:
    return Random(number).choice([10, 300, 4200, 9000])


async def test_a_file_that_was_begun_without_wiping_is_written_anew(ports: Ports, file: Path) -> None:
    """As release 0.1.0 left it where SQLite does not wipe by itself."""
    log = SqliteLog(Settings(), ports)
    await log.start()
    for number in range(10):
        await live(log, number)
    await log.stop()
    stale = "<secret 9999> " * 20
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE gone AS SELECT ? AS a", (stale,))
        connection.execute("DROP TABLE gone")
        connection.execute("INSERT INTO due VALUES ('vacuum')")
    assert found(ports.home, 9999)
    await log.start()

    await log.erase("default", "t-3")

    assert found(ports.home, 9999) == found(ports.home, 3) == []
    assert (await log.verify()).findings == ()
    await log.stop()


async def test_a_blob_that_another_task_holds_stays(log: SqliteLog) -> None:
    """Named by its payload, by its header, or by a blob that it names; another tenant's copy is its own."""
    blobs = [await log.put("default", os.urandom(20_000)) for _ in range(5)]
    ledger = await log.put("default", f'{{"originals": ["{blobs[3]}"]}}'.encode())
    await log.put("other", b"theirs")
    mine = await log.put("default", b"theirs")
    await task(log, "mine", {"blobs": [*blobs[:4], mine]})
    await task(log, "payload", {"blob": blobs[0]})
    await task(log, "header", None, sources=[blobs[1]])
    await task(log, "nested", {"blob": ledger})
    await task(log, "theirs", {"blob": mine}, tenant="other")
    await log.append("memory/default", "", [Event("memory.remembered", {}, {"text": f"see {blobs[2]}"})])

    assert await log.erase("default", "mine") == Erased(tasks=1, payloads=1, blobs=1)

    for held in (*blobs, ledger):
        await log.get("default", held)
    assert await log.get("other", mine) == b"theirs"
    with pytest.raises(NotFound):
        await log.get("default", mine)
    assert await log.put("default", b"theirs") == mine
    assert (await log.verify()).findings == ()


async def task(log: SqliteLog, name: str, payload: Any, tenant: str = "default", **header: Any) -> None:
    event = facts.queued(name, tenant=tenant, **header)
    await log.append(task_stream(name), "", [Event(event.kind, event.header, payload)])


async def test_a_blob_that_only_erased_blobs_name_goes_with_them(log: SqliteLog) -> None:
    inner = await log.put("default", os.urandom(20_000))
    outer = await log.put("default", (" " * 1_048_540 + f'"{inner}"').encode())
    await task(log, "t", {"blob": outer})

    assert (await log.erase("default", "t")).blobs == 2


async def test_what_was_handed_along_goes_with_the_task(log: SqliteLog, ports: Ports) -> None:
    """The tasks that it began hold what it told them."""
    await live(log, 1)
    for child, parent in (("t-1/1.a", "t-1"), ("t-1/1.a/2.b", "t-1/1.a"), ("t-12", None)):
        event = facts.queued(child, root="t-1", parent=parent)
        text = secret(12 if parent is None else 1, 40)
        await log.append(task_stream(child), "", [Event(event.kind, event.header, {"description": text})])

    assert (await log.erase("default", "t-1")).tasks == 3

    assert found(ports.home, 1) == []
    assert found(ports.home, 12)


@pytest.mark.parametrize(("tenant", "task"), [("other", "t-1"), ("default", "nobody"), ("nobody", None)])
async def test_what_is_not_there_is_no_error(log: SqliteLog, ports: Ports, tenant: str, task: str | None) -> None:
    """Another tenant's task is not there."""
    await live(log, 1)

    assert await log.erase(tenant, task) == Erased(tasks=0, payloads=0, blobs=0)

    assert found(ports.home, 1)


async def test_work_goes_on_here_and_in_other_processes(
    log: SqliteLog, ports: Ports, appender: Callable[..., Awaitable[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "_AT_ONCE", 3)
    for number in range(30):
        await live(log, number, tenant="leaving", size=4000)
    other = await appender("busy", at_once=8)
    mine = asyncio.gather(*(live(log, 1000 + number) for number in range(30)))

    await log.erase("leaving")

    await mine
    await other.has_answered(len(other.answered()) + 10)
    await other.kill()
    assert [number for number in range(30) if found(ports.home, number)] == []
    assert (await log.verify()).findings == ()


async def test_a_reader_of_what_was_there_is_told_of(log: SqliteLog, ports: Ports, file: Path) -> None:
    """It is taken away all the same; the next erasure wipes the rest."""
    quick = SqliteLog(Settings(busy_seconds=0.05), ports)
    await quick.start()
    await live(log, 1)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM frames").fetchone()

        with pytest.raises(Unavailable, match="somebody still reads"):
            await quick.erase("default", "t-1")

        assert (await log.read())[0].events[0].erased
        assert found(ports.home, 1)
    assert await quick.erase("default", "t-1") == Erased(tasks=0, payloads=0, blobs=0)
    assert found(ports.home, 1) == []
    await quick.stop()


@pytest.mark.parametrize("point", ["erase.before_commit", "erase.after_commit"])
@pytest.mark.parametrize("name", ["t-1", None])
async def test_a_crash_leaves_it_there_or_gone(
    log: SqliteLog, points: Points, ports: Ports, point: str, name: str | None
) -> None:
    await live(log, 1)
    await live(log, 2)
    points.crash_at(point)

    with pytest.raises(Crash):
        await log.erase("default", name)

    points.revive()
    assert (await log.verify()).findings == ()
    await log.erase("default", name)
    assert found(ports.home, 1) == []
    assert bool(found(ports.home, 2)) is (name is not None)
    assert (await log.verify()).findings == ()


KILLED = """
import asyncio, sys
from pathlib import Path
from kingpost import Ports
from kingpost.testing import KillAt
from kingpost_log_sqlite import erase
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

async def main():
    erase._AT_ONCE = 2
    log = SqliteLog(Settings(), Ports(home=Path(sys.argv[1]), point=KillAt(None, int(sys.argv[2]))))
    await log.start()
    await log.erase("default", sys.argv[3] or None)

asyncio.run(main())
"""


@pytest.mark.long
@pytest.mark.parametrize("task", ["t-1", ""])
async def test_kill_9_in_the_middle_is_completed_by_the_next(ports: Ports, task: str) -> None:
    """At each commit, and between each two."""
    log = SqliteLog(Settings(), ports)
    await log.start()
    for number in range(5):
        await live(log, number, size=5000)
    await log.stop()
    for passed in range(1, 30):
        again = Ports(home=ports.home.with_name(f"again-{passed}"))
        shutil.copytree(ports.home, again.home)
        command = [sys.executable, "-c", KILLED, str(again.home), str(passed), task]
        ended = await asyncio.to_thread(subprocess.run, command, check=False)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL
        other = SqliteLog(Settings(), again)
        await other.start()
        assert (await other.verify()).findings == ()
        await other.erase("default", task or None)
        gone = [number for number in range(5) if not found(again.home, number)]
        assert gone == ([1] if task else [0, 1, 2, 3, 4])
        assert (await other.verify()).findings == ()
        await other.stop()
    assert passed == (3 if task else 13)

"""Disks that are full, files that may not be written, and files that are taken away."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from kingpost import Event, Ports, Receipt, TaskQuery, Unavailable, task_stream
from kingpost.testing import facts, full_disk
from kingpost_log_sqlite import checkpoint
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

LARGE = Event("note.made", {}, {"text": "x" * 50_000})
NOTE = Event("note.made")


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def protect(home: Path) -> None:
    home.chmod(0o777)
    (home / "log.db").chmod(0o444)


async def test_a_full_disk_takes_groups_whole_or_not_at_all_until_there_is_space(log: SqliteLog) -> None:
    with full_disk(1_000_000):
        accepted, results = 0, []
        for _ in range(12):
            results = await asyncio.gather(
                *(log.append(f"note/{n}", None, [LARGE]) for n in range(4)),
                log.put("t", os.urandom(50_000)),
                return_exceptions=True,
            )
            assert len({type(result) for result in results[:4]}) == 1
            accepted += sum(isinstance(result, Receipt) for result in results)
        assert all(isinstance(result, Unavailable) for result in results)
        assert "try again" in str(results[0])
        assert (await log.head()).position == accepted > 0

    assert (await log.append("note/1", None, [LARGE])).position == accepted + 1
    assert (await log.verify()).findings == ()


async def lived(log: SqliteLog, tasks: int) -> None:
    """Tasks that have ended, with payloads and blobs, some of them large."""
    for number in range(tasks):
        blob = await log.put("t", os.urandom(20_000))
        queued = facts.queued(f"t-{number}", tenant="t")
        learnt = [facts.decided(1, {"a": "x"}), facts.observed("a", {"blob": blob})]
        events = [Event(queued.kind, queued.header, {"text": "x" * 5000}), facts.started(), *learnt, facts.succeeded()]
        await log.append(task_stream(f"t-{number}"), "", events)
    await log.append("note/1", "", [NOTE])


async def test_care_that_finds_no_space_changes_nothing(log: SqliteLog, file: Path, tmp_path: Path) -> None:
    """Rebuild, erase and seal: told so, and done when there is space."""
    await lived(log, 60)
    await log.stop()
    await log.start()
    before, states = await log.read(), await log.select(TaskQuery())
    with full_disk(size(file) // 2):
        for care in (log.erase("t"), log.erase("t", "t-3"), log.seal(4e9, tmp_path / "one.db")):
            with pytest.raises(Unavailable):
                await care
    with full_disk(20_000), pytest.raises(Unavailable):
        await log.rebuild()

    assert await log.select(TaskQuery()) == states
    assert [frame.hash for frame in await log.read()] == [frame.hash for frame in before]
    assert (await log.verify()).findings == ()
    assert not exists(tmp_path / "one.db")
    assert (await log.rebuild()).findings == ()
    assert await log.seal(4e9, tmp_path / "one.db") is not None
    await log.erase("t")
    assert (await log.verify()).findings == ()
    assert b"x" * 100 not in content(file)
    assert b"x" * 100 not in content(tmp_path / "one.db")


def content(path: Path) -> bytes:
    return path.read_bytes()


def exists(path: Path) -> bool:
    return path.exists()


async def test_a_checkpoint_that_finds_no_space_is_taken_later(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything stays in the write-ahead log, and nobody is refused because of it."""
    monkeypatch.setattr(checkpoint, "DUE_BYTES", 1)
    for _ in range(16):
        await log.append("note/1", None, [LARGE])
    await log.append("note/1", None, [NOTE])
    with full_disk(before := size(file)):
        for _ in range(4):
            await log.append("note/1", None, [LARGE])
        await log.append("note/1", None, [NOTE])
        assert size(file) == before
    await log.append("note/1", None, [NOTE])
    await log.append("note/1", None, [NOTE])

    assert "no checkpoint of the log now" in caplog.text
    assert size(file) > before
    assert (await log.verify()).findings == ()


async def test_the_write_ahead_log_is_bounded(log: SqliteLog, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """40 MB go through it in groups of 2, and a checkpoint is due at each 4."""
    monkeypatch.setattr(checkpoint, "DUE_BYTES", 4 * 1024 * 1024)
    for _ in range(20):
        await asyncio.gather(*(log.put("t", os.urandom(1024 * 1024)) for _ in range(2)))

    assert size(file.with_name("log.db-wal")) < 10 * 1024 * 1024
    assert size(file) > 30 * 1024 * 1024
    await log.stop()
    assert size(file.with_name("log.db-wal")) == 0


async def test_a_checkpoint_waits_while_another_process_writes(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    """SQLite before 3.51.3 can lose a commit beside a checkpoint, so there is none beside one."""
    monkeypatch.setattr(checkpoint, "DUE_BYTES", 1)
    await log.append("note/1", None, [NOTE])
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        appended = asyncio.ensure_future(log.append("note/1", None, [NOTE]))
        await asyncio.sleep(0.05)
        other.execute("ROLLBACK")
        await appended
    other.close()
    assert (await log.verify()).findings == ()


async def test_a_file_that_may_not_be_written_is_still_read() -> None:
    """Root may write anything, so it is somebody else who tries."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        log = SqliteLog(Settings(), Ports(home=home))
        await log.start()
        await log.append("note/1", "", [NOTE])
        await log.stop()
        protect(home)

        child = multiprocessing.get_context("fork").Process(target=_as_somebody, args=(home,))
        child.start()
        await asyncio.to_thread(child.join)

        assert (home / "said").read_text().startswith("1, the log")
        assert "check the permissions" in (home / "said").read_text()


def _as_somebody(home: Path) -> None:
    async def read_and_append() -> str:
        log = SqliteLog(Settings(), Ports(home=home))
        await log.start()
        position = (await log.head()).position
        with pytest.raises(Unavailable) as caught:
            await log.append("note/1", None, [NOTE])
        return f"{position}, {caught.value}"

    if os.geteuid() == 0:
        os.setuid(65534)
    (home / "said").write_text(asyncio.run(read_and_append()))


def replace(file: Path) -> None:
    Path(shutil.copy(file, file.with_name("other"))).replace(file)


@pytest.mark.parametrize(
    "take_away",
    [
        Path.unlink,
        replace,
        lambda file: file.rename(file.with_name("moved")),
        lambda file: file.with_name("log.db-wal").unlink(),
    ],
    ids=["deleted", "replaced", "moved", "write-ahead log deleted"],
)
async def test_a_file_that_is_taken_away_accepts_nothing(
    log: SqliteLog, file: Path, take_away: Callable[[Path], object]
) -> None:
    """On Unix a process could go on writing into a file that nobody will ever see again."""
    await log.append("note/1", None, [NOTE])
    take_away(file)

    for _ in range(2):
        with pytest.raises(Unavailable, match="moved, replaced or deleted"):
            await log.append("note/1", None, [NOTE])


@pytest.mark.parametrize(
    ("obstacle", "make", "home"),
    [("home", Path.touch, "home"), ("log.db", Path.mkdir, ".")],
    ids=["a file for a home", "a folder for a file"],
)
async def test_a_file_that_cannot_be_made_is_told(
    tmp_path: Path, obstacle: str, make: Callable[[Path], None], home: str
) -> None:
    make(tmp_path / obstacle)

    with pytest.raises(Unavailable, match=r"log\.db.*check"):
        await SqliteLog(Settings(), Ports(home=tmp_path / home)).start()


async def test_the_file_may_stand_elsewhere(tmp_path: Path, ports: Ports) -> None:
    """With its workers beside it: who shares a log sees who is alive."""
    path = tmp_path / "else where" / "a?b#c.db"
    log = SqliteLog(Settings(path=path), ports)
    await log.start()
    await log.append("note/1", None, [NOTE])
    await log.enlist("w")

    assert (await log.info()).place == str(path)
    assert sorted(each.name for each in path.parent.iterdir() if "-" not in each.name) == ["a?b#c.db", "workers"]
    await log.stop()

"""What is wrong with the file is told with its path and the mend, and never brings more down than the memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from kingpost import Memory, Ports, Query, Selection, Unavailable
from kingpost_memory_sqlite import index, provide_memory
from kingpost_memory_sqlite.checkpoint import DUE_BYTES
from kingpost_memory_sqlite.file import APPLICATION
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings
from kingpost_memory_sqlite.words import VERSION

MIGRATIONS = Path(index.__file__).with_name("migrations")
CRANE = Memory(id="crane", scope="docs", body="The harbour crane lifts forty tonnes.")


def _no_database(path: Path) -> None:
    path.write_bytes(b"This is a letter to the harbour master.\n" * 500)


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA application_id = 1802530097")
        other.execute("PRAGMA user_version = 99")
        other.execute("CREATE TABLE memory (seq)")


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "mend"),
    [
        (_no_database, "move it away"),
        (_foreign, "set another path"),
        (_newer, "upgrade"),
        (_folder, "check that its folder"),
    ],
)
async def test_a_file_that_is_no_memory_is_refused_with_the_mend(
    ports: Ports, spoil: Callable[[Path], None], mend: str
) -> None:
    spoil(ports.home / "memory.db")
    before = _content(ports.home / "memory.db")
    memory = SqliteMemory(Settings(), ports)

    with pytest.raises(Unavailable, match=mend) as caught:
        await memory.start()

    assert "memory.db" in str(caught.value)
    assert _content(ports.home / "memory.db") == before


async def test_a_damaged_file_is_told_when_it_is_met(ports: Ports) -> None:
    memory = SqliteMemory(Settings(), ports)
    await memory.start()
    await memory.remember([replace(CRANE, id=f"{n}", body=f"Crane {n}. " * 50) for n in range(500)])
    await memory.stop()
    path = ports.home / "memory.db"
    content = bytearray(path.read_bytes())
    content[4096 * 12 : -4096] = b"\xa5" * (len(content) - 4096 * 13)
    path.write_bytes(content)

    with pytest.raises(Unavailable, match="damaged"):
        await _use(SqliteMemory(Settings(), ports))


async def test_a_locked_file_is_told(ports: Ports, memory: SqliteMemory) -> None:
    impatient = SqliteMemory(Settings(busy_seconds=0.05), ports)
    await impatient.start()
    with closing(sqlite3.connect(ports.home / "memory.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="another process"):
            await impatient.remember([CRANE])
        assert list(await impatient.recall(Query(text="crane", scopes=("docs",)))) == []
        other.execute("ROLLBACK")

    assert await impatient.remember([CRANE]) == 1
    await impatient.stop()


async def test_a_full_disk_is_told_and_nothing_is_half_written(memory: SqliteMemory) -> None:
    await memory.remember([CRANE])
    await memory._file.step("PRAGMA max_page_count = 40")  # noqa: SLF001 - the only way to fill a disk in a test

    with pytest.raises(Unavailable, match="disk is full"):
        await memory.remember([replace(CRANE, id=f"{n}", body=f"{n} " * 1000) for n in range(500)])

    assert [each.id async for each in memory.export(Selection(scope="docs"))] == ["crane"]


async def test_a_memory_that_is_not_started_is_unavailable(ports: Ports) -> None:
    memory = SqliteMemory(Settings(), ports)

    with pytest.raises(Unavailable, match="not open"):
        await memory.recall(Query(text="crane", scopes=("docs",)))

    await memory.start()
    await memory.stop()
    await memory.stop()
    with pytest.raises(Unavailable, match="not open"):
        await memory.remember([CRANE])


async def test_only_its_owner_reads_the_file(memory: SqliteMemory, ports: Ports) -> None:
    await memory.remember([CRANE])

    assert {path.stat().st_mode & 0o777 for path in ports.home.glob("memory.db*")} == {0o600}


async def test_the_path_is_a_setting_and_folders_are_made(ports: Ports) -> None:
    (memory,) = provide_memory(Settings(path=Path("deep/er/m?#%20.db")), ports)
    assert isinstance(memory, SqliteMemory)
    await memory.start()
    await memory.remember([CRANE])

    assert len(await memory.recall(Query(text="crane", scopes=("docs",)))) == 1
    assert (ports.home / "deep/er/m?#%20.db").is_file()
    await memory.stop()


async def test_an_index_of_another_version_is_made_anew(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    old = SqliteMemory(Settings(), ports)
    await old.start()
    await old.remember([replace(CRANE, id=f"{n}", body=f"Crane {n}.") for n in range(450)])
    await old.stop()
    monkeypatch.setattr(index, "VERSION", VERSION + 1)
    new = SqliteMemory(Settings(), ports)
    await new.start()

    found = await new.recall(Query(text="crane 449", scopes=("docs",), limit=1))
    made_with = await new._file.read("SELECT value FROM about WHERE key = 'words'")  # noqa: SLF001 - nobody else asks
    assert made_with == [(VERSION + 1,)]
    # Nobody knows a size to compare with, so whoever closes the file folds what was written in many parts.
    assert await new._file.read("SELECT value FROM about WHERE key = 'size'") == []  # noqa: SLF001 - as above
    await new.stop()
    await new.start()
    assert await new._file.read("SELECT count(DISTINCT segid) FROM term_idx") == [(1,)]  # noqa: SLF001 - as above
    assert [each.memory.id for each in found] == ["449"]
    assert await new.forget(Selection(scope="docs")) == 450
    await new.stop()
    monkeypatch.setattr(index, "VERSION", VERSION - 1)
    with pytest.raises(Unavailable, match="upgrade"):
        await old.start()


async def test_a_big_batch_costs_little_more_than_its_text(memory: SqliteMemory, ports: Ports) -> None:
    """Thousands at once, in one transaction; the file stays within two and a half times the text."""
    words = Path(__file__).with_name("handbook.md").read_text("utf-8").split()
    bodies = [" ".join(words[(n * 7) % 600 :][:24]) + f" {n}" for n in range(5000)]
    many = [replace(CRANE, id=f"{n:032x}", body=body, created=float(n)) for n, body in enumerate(bodies)]

    assert await memory.remember(many) == 5000
    await memory.stop()

    assert (ports.home / "memory.db").stat().st_size <= 2.5 * sum(len(body) for body in bodies)


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


async def _use(memory: SqliteMemory) -> None:
    try:
        await memory.start()
        await memory.recall(Query(text="crane 7", scopes=("docs",)))
        _ = [each async for each in memory.export(Selection(scope="docs"))]
        await memory.forget(Selection(scope="docs"))
    finally:
        await memory.stop()


async def test_a_file_of_the_first_shape_is_taken_over(tmp_path: Path, ports: Ports) -> None:
    """Nothing is lost, who speaks and which conversation it is are known, and everything is found again."""
    first = min(MIGRATIONS.glob("*.sql"))
    with closing(sqlite3.connect(tmp_path / "memory.db")) as connection:
        connection.executescript(first.read_text("utf-8"))
        connection.execute("INSERT INTO scope (id, tenant, name, size, words) VALUES (1, 'default', 'docs', 2, 8)")
        for number, speaker in enumerate(("Ada", "")):
            connection.execute(
                "INSERT INTO memory (scope, tier, kind, origin, words, digest, created, importance, id, place, "
                "speaker, session, meta, body) VALUES (1, 1, 0, 0, 4, ?, ?, 0.5, ?, '1', ?, ?, '', ?)",
                (number, 10.0 + number, f"m{number}", speaker, speaker and "s", f"Crane {number} lifts forty tonnes."),
            )
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    memory = SqliteMemory(Settings(), ports)
    await memory.start()

    kept = [each async for each in memory.export(Selection(scope="docs"))]
    found = await memory.recall(Query(text="What did Ada say of the crane?", scopes=("docs",)))
    await memory.remember([Memory(id="m2", scope="docs", body="Crane 2 lifts nothing.")])

    assert [(each.id, each.speaker, each.session, each.importance) for each in kept] == [
        ("m0", "Ada", "s", 0.5), ("m1", "", "", 0.5),
    ]  # fmt: skip
    assert [each.memory.id for each in found] == ["m0", "m1"]
    assert "speaker" in found[0].terms
    await memory.stop()


async def test_the_write_ahead_log_stays_short(memory: SqliteMemory, tmp_path: Path) -> None:
    """What was committed is moved into the file while the memory is open, and none of it is lost."""
    for batch in range(24):
        lot = [
            Memory(id=f"{batch}.{n}", scope="docs", body=f"Crane {n} lifts lot {batch} onto pier {n * batch}. " * 20)
            for n in range(400)
        ]
        await memory.remember(lot)

    assert (tmp_path / "memory.db").stat().st_size > DUE_BYTES
    assert (tmp_path / "memory.db-wal").stat().st_size < 3 * DUE_BYTES
    assert sum([1 async for _ in memory.export(Selection(scope="docs"))]) == 24 * 400

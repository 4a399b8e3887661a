"""Whatever happened to the file, ``verify`` names it and reads on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kingpost import Finding, Report
from kingpost_log_sqlite.verify import verified

Sql = Callable[..., list[tuple[Any, ...]]]

STRANGE_BODY = """UPDATE frames SET body =
    CAST('{"stream": 1, "version": "7", "at": 1, "events": []}' AS BLOB) WHERE position = 7"""

FRAMES = 100


@pytest.fixture
def file(damaged: Path) -> Path:
    """The sound log, to be damaged."""
    return damaged


def whats(report: Report) -> str:
    return "\n".join(finding.what for finding in report.findings)


def dump(path: Path) -> list[object]:
    """All that the file says."""
    with closing(sqlite3.connect(path)) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in ("frames", "task", "blob")
        ]


def test_a_flipped_bit_anywhere_is_named_or_changes_nothing(file: Path, tmp_path: Path) -> None:
    """At a hundred places all over the file: pages, cells, indexes, free space, the header."""
    content, sound = file.read_bytes(), dump(file)
    random, damaged, found = Random(11), tmp_path / "damaged.db", 0
    for start in range(0, len(content), len(content) // 100):
        place = start + random.randrange(len(content) // 100)
        place = min(place, len(content) - 1)
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 1 << random.randrange(8)]) + content[place + 1 :])

        report = verified(damaged)

        found += not report.sound
        assert not report.sound or dump(damaged) == sound, f"the bit at {place} was not noticed"
    assert found > 40


@pytest.mark.parametrize("kept", [0, 1, 99, 100, 4096, 5000, 0.3, 0.5, 0.8, 0.99])
def test_a_cut_file_is_named(file: Path, kept: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: kept if isinstance(kept, int) else int(len(content) * kept)])

    report = verified(file)

    assert not report.sound
    assert all(finding.what for finding in report.findings)


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    report = verified(tmp_path / "log.db")

    assert "cannot be opened" in whats(report) or "unable to open" in whats(report)


def test_what_lies_behind_a_lost_page_is_read_all_the_same(file: Path) -> None:
    """Every page but the first overwritten, one at a time."""
    content = file.read_bytes()
    for start in range(4096, len(content), 4096):
        file.write_bytes(content[:start] + b"\xa5" * 4096 + content[start + 4096 :])

        report = verified(file)

        assert not report.sound
        assert report.frames > FRAMES - 40 or "frames from 1 on cannot be read" in whats(report)


def test_a_lost_leaf_hides_its_own_frames_only(file: Path, sql: Sql) -> None:
    pages = [
        row[0] for row in sql("SELECT pageno FROM dbstat WHERE name = 'frames' AND pagetype = 'leaf' ORDER BY path")
    ]
    content = bytearray(file.read_bytes())
    middle = pages[len(pages) // 2]
    content[(middle - 1) * 4096 : middle * 4096] = b"\0" * 4096
    file.write_bytes(content)

    report = verified(file)

    hidden = [finding for finding in report.findings if "cannot be read" in finding.what]
    assert len(hidden) == 1
    assert FRAMES - 30 < report.frames < FRAMES
    assert report.head.position == FRAMES


@pytest.mark.parametrize("table", ["frames", "task", "blob"])
def test_a_table_that_is_gone_is_named(file: Path, sql: Sql, table: str) -> None:
    sql(f"DROP TABLE {table}")

    report = verified(file)

    assert "cannot be read" in whats(report)
    assert report.frames == (0 if table == "frames" else FRAMES)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE frames SET body = zeroblob(50) WHERE position = 7", (7, "cannot be read")),
        ("UPDATE frames SET body = 'text' WHERE position = 7", (7, "row of the frame is damaged")),
        ("UPDATE frames SET body = '[]' WHERE position = 7", (7, "row of the frame is damaged")),
        ("UPDATE frames SET body = CAST('[]' AS BLOB) WHERE position = 7", (7, "cannot be read")),
        (STRANGE_BODY, (7, "does not fit its place")),
        ("UPDATE frames SET hash = zeroblob(32) WHERE position = 7", (7, "not the one that was written")),
        ("UPDATE frames SET hash = 'short' WHERE position = 7", (7, "row of the frame is damaged")),
        ("UPDATE frames SET payloads = zeroblob(9) WHERE position = 7", (7, "payloads cannot be read")),
        ("UPDATE frames SET payloads = 5 WHERE position = 7", (7, "row of the frame is damaged")),
        ("UPDATE frames SET first = 5 WHERE position = 7", (7, "filed under another stream")),
        ("UPDATE frames SET stream = 'task/other' WHERE position = 6", (6, "filed under another stream")),
        ("DELETE FROM frames WHERE position = 7", (7, "frames 7 to 7 are missing")),
        ("DELETE FROM frames WHERE position BETWEEN 7 AND 90", (7, "frames 7 to 90 are missing")),
        ("DELETE FROM frames WHERE position < 20", (1, "frames 1 to 19 are missing")),
        ("UPDATE frames SET position = 1000 WHERE position = 100", (100, "frames 100 to 999 are missing")),
        (
            "UPDATE task SET status = 'failed' WHERE id = 't-004'",
            (12, "status 'failed' where its frames say 'running'"),
        ),
        ("UPDATE task SET open = NULL WHERE id = 't-004'", (12, "open None where its frames say 1")),
        ("UPDATE task SET tenant = 'other' WHERE id = 't-004'", (12, "tenant 'other'")),
        ("UPDATE task SET state = 'rubbish' WHERE id = 't-004'", (12, "cannot be read")),
        (
            "UPDATE task SET state = json_set(state, '$[7]', 9) WHERE id = 't-004'",
            (12, "attempt 9 where its frames say 1"),
        ),
        ("DELETE FROM task WHERE id = 't-004'", (11, "has no row")),
        ("DELETE FROM task", (98, "has no row")),
        ("UPDATE task SET position = 12 WHERE id = 't-004'", (12, "no frame begins")),
        ("UPDATE blob SET content = zeroblob(3000) WHERE number = 4", (None, "is not what was stored")),
        ("UPDATE blob SET digest = 'other' WHERE number = 4", (None, "is not what was stored")),
        ("UPDATE blob SET content = 5 WHERE number = 4", (None, "cannot be read")),
        ("DROP INDEX frames_first", (None, "the index 'frames_first' is not there")),
        ("DROP TABLE snapshot", (None, "the table 'snapshot' is not there")),
    ],
)
def test_each_damage_is_named_with_its_place(
    file: Path, sql: Sql, statement: str, finding: tuple[int | None, str]
) -> None:
    sql(statement)

    report = verified(file)

    assert any(each.position == finding[0] and finding[1] in each.what for each in report.findings), report.findings


def test_a_changed_payload_is_named_with_its_event(file: Path, sql: Sql) -> None:
    """And nothing else: neither the chain nor the fold depends on it."""
    ((payloads,),) = sql("SELECT payloads FROM frames WHERE position = 2")
    sql("UPDATE frames SET payloads = ? WHERE position = 2", payloads.replace(b"found", b"faund", 1))

    (finding,) = verified(file).findings

    assert finding == Finding("the payload is not what was written", 2, "task/t-000", 2, "call.observed")


def test_a_changed_header_is_named_with_its_event(file: Path, sql: Sql) -> None:
    """The frame has one event, so that it can be told. The chain goes on behind it."""
    sql("UPDATE frames SET body = CAST(replace(body, '\"writer\"', '\"reader\"') AS BLOB) WHERE position = 1")

    first, second = verified(file).findings

    what = "the frame is not the one that was written here"
    assert first == Finding(what, 1, "task/t-000", 0, "task.queued")
    assert (second.stream, second.what) == (
        "task/t-000",
        "the folded task has agent 'writer' where its frames say 'reader'",
    )


def test_an_erased_payload_is_no_damage(file: Path, sql: Sql) -> None:
    sql("UPDATE frames SET payloads = NULL WHERE position = 2")

    report = verified(file)

    assert (report.sound, report.erased) == (True, 1)


def test_a_file_that_is_all_wrong_is_told_within_bounds(file: Path, sql: Sql) -> None:
    sql(
        "WITH RECURSIVE n(x) AS (SELECT 1000 UNION ALL SELECT x + 2 FROM n WHERE x < 5000) "
        "INSERT INTO frames (position, first, hash, body) SELECT x, x, '', '' FROM n"
    )

    report = verified(file)

    assert len(report.findings) == 1001
    assert "more like these" in report.findings[-1].what


def test_the_files_are_left_alone(file: Path, tmp_path: Path) -> None:
    """Not a byte changes, and nothing stays beside the file."""
    shutil.copy(file, tmp_path / "alone.db")

    verified(tmp_path / "alone.db")

    assert (tmp_path / "alone.db").read_bytes() == file.read_bytes()

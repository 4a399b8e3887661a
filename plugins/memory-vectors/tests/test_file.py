"""The file of vectors refuses work as the memory below does: as unavailable, and nothing worse."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kingpost import Unavailable
from kingpost.testing import full_disk
from kingpost_memory_vectors.file import VectorFile, _write_anew

KEYS = [("tenant", "scope", f"memory {n} {'long' * 50}") for n in range(2000)]


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[VectorFile]:
    file = VectorFile(tmp_path / "vectors.db")
    file.open()
    yield file
    file.close()


def test_only_its_owner_reads_the_file(vectors: VectorFile) -> None:
    """Whoever has the vectors of texts can tell much of the texts."""
    vectors.enqueue(KEYS[:1])

    assert {path.stat().st_mode & 0o777 for path in vectors.path.parent.glob("vectors.db*")} == {0o600}


def test_a_full_disk_is_told_and_leaves_nothing_half_written(vectors: VectorFile) -> None:
    """Each time, in whatever state SQLite leaves the transaction; once there is space, work goes on."""
    with full_disk(200_000):
        for _ in range(2):
            with pytest.raises(Unavailable, match="its disk has space"):
                vectors.enqueue(KEYS)
        assert vectors.counts() == (0, 0)

    vectors.enqueue(KEYS)
    assert vectors.counts() == (0, len(KEYS))


def test_a_mark_that_another_process_made_meanwhile_stays(vectors: VectorFile) -> None:
    """Whoever writes the file anew knows nothing of what is forgotten behind it."""
    other = VectorFile(vectors.path)
    other.open()
    vectors.remove([1])
    with vectors._use() as db:  # noqa: SLF001 - what it says to SQLite is the point

        def told(statement: str) -> None:
            if statement.startswith("DELETE FROM fact"):
                other.remove([2])

        db.set_trace_callback(told)
        _write_anew(db)
        db.set_trace_callback(None)

    assert vectors.fact("untidy") is not None
    other.close()
    assert vectors.fact("untidy") is None


def test_a_locked_file_is_told(vectors: VectorFile) -> None:
    """Another process that holds it is no fault of whoever asks."""
    with vectors._use() as db:  # noqa: SLF001 - nobody wants to wait five seconds here
        db.execute("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(vectors.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="nobody locks"):
            vectors.enqueue(KEYS[:1])

    vectors.enqueue(KEYS[:1])
    assert vectors.counts() == (0, 1)

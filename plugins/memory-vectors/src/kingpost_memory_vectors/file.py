"""The file of vectors: what is embedded, and what waits to be.

Called by ``memory`` and ``search``, in threads. Holds no text, and nothing that cannot be made again: whoever deletes
it loses time. What is forgotten is overwritten; copies that SQLite keeps in the unused parts of pages go when the file
is written anew: after a whole scope was forgotten, and when it is closed.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from kingpost import Record, Unavailable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS scope(
    number INTEGER PRIMARY KEY, tenant BLOB NOT NULL, name BLOB NOT NULL, cuts INTEGER NOT NULL DEFAULT 0,
    UNIQUE(tenant, name)
);
CREATE TABLE IF NOT EXISTS vector(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER NOT NULL, id BLOB NOT NULL, bits BLOB NOT NULL,
    floats BLOB NOT NULL, UNIQUE(scope, id)
);
CREATE INDEX IF NOT EXISTS vector_order ON vector(scope, seq);
CREATE TABLE IF NOT EXISTS waiting(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant BLOB NOT NULL, scope BLOB NOT NULL, id BLOB NOT NULL,
    UNIQUE(tenant, scope, id)
);
CREATE TABLE IF NOT EXISTS fact(name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


# Another one each time: whoever writes the file anew takes away the mark that was there before, and none that another
# process has made meanwhile.
_UNTIDY = "INSERT OR REPLACE INTO fact(name, value) VALUES ('untidy', randomblob(8))"

_REWRITTEN_BYTES = 128 * 1024 * 1024
"""The largest file that is written anew: that takes its size in memory, and half a second."""


class Waiting(Record):
    """A memory that has no vector yet."""

    seq: int
    tenant: str
    scope: str
    id: str


class Row(Record):
    """A vector as it is searched: ``bits`` are its signs, packed."""

    seq: int
    id: str
    bits: bytes


class VectorFile:
    """One SQLite file, used by one thread at a time."""

    def __init__(self, path: Path, *, extend: bool = False) -> None:
        """With ``extend`` sqlite-vec is loaded when it is opened; ``extended`` says whether it could be."""
        self.path, self.extended, self._extend = path, False, extend
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def open(self) -> bool:
        """Open it; true when it was not there before.

        Raises:
            Unavailable: it cannot be used, with the mend.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Vectors tell of the texts that they stand for. A file that is there keeps the locks that are on it.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            # What is lost with the power is embedded again.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.executescript(_SCHEMA)
            fresh = connection.execute("SELECT 1 FROM fact WHERE name = 'filled'").fetchone() is None
            self.extended = self._extend and _extended(connection)
        except (sqlite3.Error, OSError) as problem:
            raise Unavailable(f"the vectors at {self.path} cannot be used ({problem}); delete the file") from problem
        self._connection = connection
        return fresh

    def close(self) -> None:
        """Close it, once what is being done is done."""
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("PRAGMA busy_timeout=200")
                    if self._connection.execute("SELECT 1 FROM fact WHERE name = 'untidy'").fetchone():
                        _write_anew(self._connection)
                self._connection.close()
                self._connection = None

    @contextlib.contextmanager
    def _use(self, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if (connection := self._connection) is None:
                raise Unavailable("the vectors are closed")
            try:
                if writes:
                    connection.execute("BEGIN IMMEDIATE")
                yield connection
                if writes:
                    connection.execute("COMMIT")
            except BaseException as problem:
                # A full disk ends some transactions by itself, and leaves others open.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if isinstance(problem, sqlite3.Error):
                    mend = "see that nobody locks the file and its disk has space, and try again"
                    raise Unavailable(f"the vectors at {self.path} cannot be used ({problem}); {mend}") from problem
                raise

    def enqueue(self, keys: Sequence[tuple[str, str, str]]) -> None:
        """Note memories (tenant, scope, id) to be embedded, those that have a vector too."""
        with self._use(writes=True) as db:
            rows = [tuple(map(stored, key)) for key in keys]
            db.executemany("INSERT OR IGNORE INTO waiting(tenant, scope, id) VALUES (?, ?, ?)", rows)

    def take(self, limit: int) -> list[Waiting]:
        """Those that have waited longest, of one tenant and scope; they wait on until their vectors are there."""
        with self._use() as db:
            rows = db.execute(
                "SELECT w.seq, w.tenant, w.scope, w.id FROM waiting w JOIN (SELECT tenant, scope FROM waiting "
                "ORDER BY seq LIMIT 1) f ON w.tenant = f.tenant AND w.scope = f.scope ORDER BY w.seq LIMIT ?",
                (limit,),
            ).fetchall()
        return [Waiting(seq, read(tenant), read(scope), read(id)) for seq, tenant, scope, id in rows]

    def settle(self, done: Sequence[tuple[Waiting, bytes, bytes]], gone: Sequence[Waiting]) -> None:
        """Keep vectors (bits, floats) and wait no longer; what was forgotten meanwhile is not kept."""
        with self._use(writes=True) as db:
            for each in gone:
                db.execute("DELETE FROM waiting WHERE seq = ?", (each.seq,))
            for each, bits, floats in done:
                if not db.execute("DELETE FROM waiting WHERE seq = ?", (each.seq,)).rowcount:
                    continue
                scope = _scope(db, each.tenant, each.scope)
                if db.execute("DELETE FROM vector WHERE scope = ? AND id = ?", (scope, stored(each.id))).rowcount:
                    db.execute("UPDATE scope SET cuts = cuts + 1 WHERE number = ?", (scope,))
                db.execute(
                    "INSERT INTO vector(scope, id, bits, floats) VALUES (?, ?, ?, ?)",
                    (scope, stored(each.id), bits, floats),
                )

    def drop(self, tenant: str | None, scope: str | None, ids: Sequence[str] | None) -> None:
        """Forget vectors and whoever waits: all of a tenant or scope, or these ids, leaving no byte in the file."""
        with self._use(writes=True) as db:
            clause, values = "1", list[bytes]()
            for column, value in (("tenant", tenant), ("name", scope)):
                if value is not None:
                    clause, values = f"{clause} AND {column} = ?", [*values, stored(value)]
            numbers = [row[0] for row in db.execute(f"SELECT number FROM scope WHERE {clause}", values)]  # noqa: S608 - columns are our own
            waiting = clause.replace("name", "scope")
            for id in [None] if ids is None else map(stored, ids):
                only, more = ("", []) if id is None else (" AND id = ?", [id])
                db.execute(f"DELETE FROM waiting WHERE {waiting}{only}", [*values, *more])  # noqa: S608 - as above
                db.executemany(f"DELETE FROM vector WHERE scope = ?{only}", [(n, *more) for n in numbers])  # noqa: S608 - as above
            db.executemany("UPDATE scope SET cuts = cuts + 1 WHERE number = ?", [(number,) for number in numbers])
            # A number is never given out twice, so the row stays and only whose it was goes.
            db.executemany(
                "UPDATE scope SET tenant = randomblob(16), name = randomblob(16) WHERE number = ? "
                "AND NOT EXISTS (SELECT 1 FROM vector WHERE scope = number) AND NOT EXISTS "
                "(SELECT 1 FROM waiting WHERE waiting.tenant = scope.tenant AND waiting.scope = scope.name)",
                [(number,) for number in numbers],
            )
            db.execute(_UNTIDY)
        with self._use() as db, contextlib.suppress(sqlite3.Error):
            if ids is None:
                _write_anew(db)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def kept(self, after: int, limit: int) -> list[tuple[int, str, str, str]]:
        """Numbers behind ``after`` with the tenants, scopes and ids of their memories, in order."""
        with self._use() as db:
            sql = (
                "SELECT v.seq, s.tenant, s.name, v.id FROM vector v JOIN scope s ON s.number = v.scope WHERE v.seq > ? "
                "ORDER BY v.seq LIMIT ?"
            )
            rows = db.execute(sql, (after, limit)).fetchall()
        return [(seq, read(tenant), read(scope), read(id)) for seq, tenant, scope, id in rows]

    def remove(self, seqs: Sequence[int]) -> None:
        """Forget the vectors with these numbers; whoever waits for a new one goes on waiting."""
        with self._use(writes=True) as db:
            for seq in seqs:
                cut = "UPDATE scope SET cuts = cuts + 1 WHERE number = (SELECT scope FROM vector WHERE seq = ?)"
                db.execute(cut, (seq,))
                db.execute("DELETE FROM vector WHERE seq = ?", (seq,))
            db.execute(_UNTIDY)

    def clear(self) -> None:
        """Forget every vector: another model made them."""
        with self._use(writes=True) as db:
            db.execute("DELETE FROM vector")
            db.execute("DELETE FROM fact WHERE name != 'untidy'")
            db.execute("UPDATE scope SET cuts = cuts + 1")

    def scope(self, tenant: str, name: str) -> tuple[int, int] | None:
        """The number of a scope, and how often vectors of it went away; ``None`` where it has none."""
        with self._use() as db:
            sql = "SELECT number, cuts FROM scope WHERE tenant = ? AND name = ?"
            found: tuple[int, int] | None = db.execute(sql, (stored(tenant), stored(name))).fetchone()
        return found

    def rows(self, scope: int, after: int) -> list[Row]:
        """The vectors of a scope behind a number, without their floats."""
        with self._use() as db:
            sql = "SELECT seq, id, bits FROM vector WHERE scope = ? AND seq > ? ORDER BY seq"
            return [Row(seq, read(id), bits) for seq, id, bits in db.execute(sql, (scope, after))]

    def nearest(self, scope: int, bits: bytes, limit: int) -> list[tuple[int, int, str]]:
        """The vectors of a scope with the fewest other signs, by sqlite-vec: how many, number and id of each."""
        with self._use() as db:
            sql = (
                "SELECT vec_distance_hamming(vec_bit(bits), vec_bit(?)) AS far, seq, id FROM vector WHERE scope = ? "
                "ORDER BY far, seq LIMIT ?"
            )
            return [(int(far), seq, read(id)) for far, seq, id in db.execute(sql, (bits, scope, limit))]

    def size(self, scope: int) -> int:
        """How many vectors a scope has."""
        with self._use() as db:
            count: int = db.execute("SELECT count(*) FROM vector WHERE scope = ?", (scope,)).fetchone()[0]
        return count

    def sample(self, scope: int, count: int) -> list[bytes]:
        """Some of the vectors of a scope, spread over it."""
        with self._use() as db:
            seqs = [row[0] for row in db.execute("SELECT seq FROM vector WHERE scope = ? ORDER BY seq", (scope,))]
        kept = self.floats(seqs[:: max(len(seqs) // count, 1)][:count])
        return [floats for _, floats in sorted(kept.items())]

    def floats(self, seqs: Sequence[int]) -> dict[int, bytes]:
        """The vectors themselves."""
        found: dict[int, bytes] = {}
        with self._use() as db:
            for start in range(0, len(seqs), 500):
                chunk = seqs[start : start + 500]
                marks = ", ".join("?" * len(chunk))
                found |= dict(db.execute(f"SELECT seq, floats FROM vector WHERE seq IN ({marks})", chunk))  # noqa: S608 - marks only
        return found

    def some(self, count: int) -> list[tuple[str, str, list[str]]]:
        """Ids of some memories of the largest scope, spread over it, with its tenant and name."""
        with self._use() as db:
            largest = db.execute(
                "SELECT scope FROM vector GROUP BY scope ORDER BY count(*) DESC, scope LIMIT 1"
            ).fetchone()
            if largest is None:
                return []
            tenant, name = db.execute("SELECT tenant, name FROM scope WHERE number = ?", largest).fetchone()
            ids = [row[0] for row in db.execute("SELECT id FROM vector WHERE scope = ? ORDER BY seq", largest)]
        chosen = ids[:: max(len(ids) // count, 1)][:count]
        return [(read(tenant), read(name), [read(id) for id in chosen])]

    def fact(self, name: str) -> bytes | None:
        """Something noted about the vectors."""
        with self._use() as db:
            row = db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def note(self, name: str, value: bytes) -> None:
        """Note something about the vectors."""
        with self._use(writes=True) as db:
            db.execute("INSERT OR REPLACE INTO fact(name, value) VALUES (?, ?)", (name, value))

    def counts(self) -> tuple[int, int]:
        """How many vectors there are, and how many memories wait for theirs."""
        with self._use() as db:
            vectors, waiting = db.execute(
                "SELECT (SELECT count(*) FROM vector), (SELECT count(*) FROM waiting)"
            ).fetchone()
        return vectors, waiting


def _extended(connection: sqlite3.Connection) -> bool:
    """Load sqlite-vec; false where it is not installed, or the interpreter's SQLite can load no extension."""
    try:
        vec = importlib.import_module("sqlite_vec")
        connection.enable_load_extension(True)
        vec.load(connection)
        connection.enable_load_extension(False)
    except (ImportError, AttributeError, sqlite3.Error):
        return False
    return True


def _write_anew(db: sqlite3.Connection) -> None:
    ((pages,), (size,)) = (db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if pages * size <= _REWRITTEN_BYTES:
        marks = db.execute("SELECT value FROM fact WHERE name = 'untidy'").fetchall()
        db.execute("VACUUM")
        db.executemany("DELETE FROM fact WHERE name = 'untidy' AND value = ?", marks)


def _scope(db: sqlite3.Connection, tenant: str, name: str) -> int:
    key = (stored(tenant), stored(name))
    db.execute("INSERT OR IGNORE INTO scope(tenant, name) VALUES (?, ?)", key)
    number: int = db.execute("SELECT number FROM scope WHERE tenant = ? AND name = ?", key).fetchone()[0]
    return number


def stored(text: str) -> bytes:
    """A name as it is kept: half a surrogate pair is no text for SQLite."""
    return text.encode("utf-8", "surrogatepass")


def read(kept: bytes) -> str:
    """The name that was kept."""
    return kept.decode("utf-8", "surrogatepass")

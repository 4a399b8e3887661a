"""Writes down what a release's log holds: frames as they were written, and the states that they folded to.

Run once for each release, with that release's own code, and kept for ever: ``test_releases`` folds every one of these
files with the newest code. ``python record.py VERSION FOLDER`` writes ``VERSION.jsonl``, which stays beside this file,
and ``VERSION.db``, a backup of the same log, which belongs to the tests of ``log-sqlite``.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from kingpost import Answer, Call, Calls, Context, Event, Pending, Say, TaskQuery, task_stream, to_row
from kingpost.testing import FunctionExecutor, ScriptedAgent, facts, open_kernel, seeded_ports
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings

SCRIPTS: dict[str, list[Any]] = {
    "answers": [Answer(text="forty tonnes")],
    "calls": [Calls(calls=(Call("1", "echo", {"text": "größer"}), Call("2", "lose"))), Answer(text="done")],
    "waits": [
        Calls(calls=(Call("1", "ask"), Call("2", "echo", {"text": "x" * 17_000})), until="any"),
        Answer(text="a"),
    ],
    "errs": [Calls(calls=(Call("1", "nobody has this"),)), Answer(text="never mind")],
}


def script(context: Context, say: Say) -> Any:
    """What the task's name says, turn by turn."""
    decisions = SCRIPTS.get(context.description)
    if decisions is None:
        raise ValueError("this task fails")
    return decisions[min(len(context.turns), len(decisions) - 1)]


async def echo(text: str) -> str:
    """Say it again."""
    return text


async def lose() -> str:
    """Fail."""
    raise KeyError("lost")


async def ask() -> Pending:
    """Wait for somebody."""
    return Pending(call="", reference="somebody")


async def by_hand(log: SqliteLog) -> None:
    """Lives that no kernel led, edge by edge."""
    lives: dict[str, list[list[Event]]] = {
        "claimed twice": [[facts.started(1)], [facts.started(2, "worker-2")], [facts.inputs_read(2)]],
        "pending": [
            [facts.started(), facts.decided(1, {"a": "x", "b": "y"}, "any", tokens=(10, 2))],
            [facts.pending("a", 5.5), facts.pending("b")],
            [facts.waiting()],
            [facts.observed("a", {"text": "came"})],
            [facts.started(2), facts.closed(2)],
            [facts.decided(2, {}, "all", 2, tokens=(5, 1)), facts.succeeded(2)],
        ],
        "waiting": [[facts.started(), facts.decided(1, {"a": "x"}), facts.pending("a", 9.5)], [facts.waiting()]],
        "cancelled": [[facts.started()], [facts.cancel_requested()], [facts.cancelled()]],
        "dead": [[facts.failed(None, "exhausted", "nobody got anywhere")]],
        "of tomorrow": [[Event("thing.of.tomorrow", {"attempt": 1}, {"text": "unknown"}, 7)]],
    }
    for name, frames in lives.items():
        queued = facts.queued(name, root="a tree", parent=None, thread="talk", priority=3, deadline=9e9, tenant="hands")
        await log.append(task_stream(name), "", [Event(queued.kind, queued.header, {"description": name})])
        for frame in frames:
            await log.append(task_stream(name), None, frame)
    await log.append("memory/hands", "", [Event("memory.remembered", {"scope": "s"}, {"text": "a note"})])


async def recorded(home: Path, backup: Path) -> list[dict[str, Any]]:
    """One object for each frame and each state."""
    ports = seeded_ports(1, home)
    log = SqliteLog(Settings(), ports)
    await log.start()
    agent, executor = ScriptedAgent(script), FunctionExecutor([echo, lose, ask])
    async with open_kernel(agents=[agent], executors=[executor], log=log, ports=ports, version="0") as opened:
        for name in (*SCRIPTS, "fails"):
            await opened.run(name, seconds=0.5, tools=("echo", "lose", "ask"))
    await log.start()
    await by_hand(log)
    frames = await log.read(limit=100_000)
    states = await log.select(TaskQuery(limit=100_000, oldest_first=True))
    report = await log.verify()
    assert report.findings == ()
    await log.backup(backup)
    rows = [{"state": to_row(state)} for state in states]
    await log.stop()
    with closing(sqlite3.connect(backup)) as connection:
        packed = connection.execute("SELECT position, body, payloads, hash FROM frames ORDER BY position").fetchall()
    assert len(packed) == len(frames)
    return [
        *({"position": p, "body": b.decode(), "payloads": s and s.hex(), "hash": h.hex()} for p, b, s, h in packed),
        *rows,
    ]


def main(version: str, folder: Path) -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as home:
        lines = asyncio.run(recorded(Path(home), folder / f"{version}.db"))
    (folder / f"{version}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

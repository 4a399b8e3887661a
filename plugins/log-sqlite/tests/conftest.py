"""A log in a seeded world, and how the tests fill it and look behind it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from kingpost import Log, Ports, task_stream
from kingpost.testing import Points, SeededClock, facts, seeded_ports
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings


@pytest.fixture
def clock() -> SeededClock:
    return SeededClock()


@pytest.fixture
def points() -> Points:
    return Points()


@pytest.fixture
def ports(tmp_path: Path, clock: SeededClock, points: Points) -> Ports:
    return seeded_ports(0, tmp_path / "home", clock=clock, point=points)


@pytest.fixture
def file(ports: Ports) -> Path:
    return ports.home / "log.db"


@pytest.fixture
async def log(ports: Ports) -> AsyncIterator[SqliteLog]:
    """Started and empty."""
    log = SqliteLog(Settings(), ports)
    await log.start()
    yield log
    await log.stop()


@pytest.fixture
def sql(file: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """One statement, done behind the log's back."""

    def sql(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            return connection.execute(statement, values).fetchall()

    return sql


@pytest.fixture
def fill() -> Callable[[Log, int], Awaitable[None]]:
    """So many tasks of two frames and four events each; every other one has a third frame that ends it."""

    async def fill(log: Log, tasks: int) -> None:
        for number in range(tasks):
            stream = task_stream(f"t-{number:03}")
            learnt = facts.observed("a", {"text": f"what task {number} found out " * 5})
            await log.append(stream, "", [facts.queued(f"t-{number:03}", agent="writer")])
            await log.append(stream, None, [facts.started(), facts.decided(1, {"a": "look"}), learnt])
            if number % 2:
                await log.append(stream, None, [facts.succeeded()])

    return fill


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of a hundred frames, forty tasks and ten blobs, closed, all in one file.

    Each task has two frames, and every other one a third.
    """
    home = tmp_path_factory.mktemp("sound")

    async def fill() -> None:
        log = SqliteLog(Settings(), Ports(home=home))
        await log.start()
        await asyncio.gather(*(live(log, number) for number in range(40)))
        for number in range(10):
            await log.put("default", bytes([number]) * 3000)
        await log.stop()

    async def live(log: SqliteLog, number: int) -> None:
        """Two frames at once, so that they stand behind one another."""
        stream = task_stream(f"t-{number:03}")
        learnt = facts.observed("a", {"text": f"what task {number} found out " * 5})
        frames = [[facts.queued(f"t-{number:03}", agent="writer")]]
        frames += [[facts.started(), facts.decided(1, {"a": "look"}), learnt], [facts.succeeded()]]
        await asyncio.gather(*(log.append(stream, None, frame) for frame in frames[: 2 + number % 2]))

    asyncio.run(fill())
    return home / "log.db"


@pytest.fixture
def damaged(sound: Path, ports: Ports) -> Path:
    """A copy of it in the home, to be damaged."""
    ports.home.mkdir()
    return Path(shutil.copy(sound, ports.home))


async def _until(it_is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not it_is_so():  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.003)


@dataclass(frozen=True)
class Appender:
    """A process that appends; see ``keep_appending.py``."""

    pid: int
    told: Path

    def answered(self) -> list[tuple[str, str]]:
        """Task and version of each append that was answered."""
        lines = [line.split(" ") for line in self.told.read_text().split("\n")[:-1] if " " in line]
        return [(task, version) for task, version in lines]

    async def until(self, line: str) -> None:
        """Return once it has told this."""
        await _until(lambda: self.told.exists() and line in self.told.read_text().splitlines())

    async def has_answered(self, count: int) -> None:
        """Return once so many appends were answered."""
        await _until(lambda: len(self.answered()) >= count)

    async def kill(self) -> None:
        """Kill it with -9 and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        await _until(lambda: not Path(f"/proc/{self.pid}").exists())


Append = Callable[..., Awaitable[Appender]]


@pytest.fixture(scope="session")
def forking() -> Iterator[subprocess.Popen[str]]:
    child = Path(__file__).with_name("keep_appending.py")
    with subprocess.Popen([sys.executable, child], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def appender(forking: subprocess.Popen[str], ports: Ports, tmp_path: Path) -> Append:
    """Start a process that appends to the log; it has begun when this returns."""
    numbers = count()

    async def appender(worker: str, tasks: int = sys.maxsize, at_once: int = 4) -> Appender:
        told = tmp_path / f"told-{next(numbers)}"
        order = {"home": str(ports.home), "worker": worker, "told": str(told), "tasks": tasks, "at_once": at_once}
        assert forking.stdin is not None
        assert forking.stdout is not None
        print(json.dumps(order), file=forking.stdin, flush=True)
        started = Appender(int(forking.stdout.readline()), told)
        await started.until("enlisted")
        return started

    return appender


@pytest.fixture(autouse=True)
def loggers_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test of this process has configured must not silence the log that a test reads."""
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("kingpost") and isinstance(logger, logging.Logger):
            monkeypatch.setattr(logger, "disabled", False)

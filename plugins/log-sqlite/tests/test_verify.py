"""A sound log is found sound while it is used, however large it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from kingpost import Event, Log, task_stream
from kingpost.testing import facts
from kingpost_log_sqlite import scan, shadow
from kingpost_log_sqlite.frames import Listener, Stopped
from kingpost_log_sqlite.log import SqliteLog

Sql = Callable[..., list[tuple[Any, ...]]]
Fill = Callable[[Log, int], Awaitable[None]]


async def test_memory_is_bounded_and_the_fold_is_not(log: SqliteLog, monkeypatch: pytest.MonkeyPatch, sql: Sql) -> None:
    """Streams that have no room in memory come back from the temporary file, with their state."""
    monkeypatch.setattr(shadow, "_IN_MEMORY", 4)
    names = [f"t-{number}" for number in range(20)]
    for name in names:
        await log.append(task_stream(name), "", [facts.queued(name)])
        await log.append(f"note/{name}", "", [Event("note.made")])
    for events in ([facts.started()], [facts.decided(1, {"a": "x"})], [facts.observed("a")], [facts.succeeded()]):
        for name in reversed(names):
            await log.append(task_stream(name), None, events)
            await log.append(f"note/{name}", None, [Event("note.made")])

    assert (await log.verify()).findings == ()

    sql("UPDATE task SET status = 'queued' WHERE id IN ('t-3', 't-15')")
    findings = (await log.verify()).findings
    assert [finding.stream for finding in findings] == ["task/t-3", "task/t-15"]


async def test_verify_goes_on_beside_appends(log: SqliteLog, fill: Fill) -> None:
    """What is compared is compared as of one moment."""
    await fill(log, 30)
    going = True

    async def keep_appending() -> None:
        number = 0
        while going:
            number += 1
            await log.append(task_stream(f"busy-{number}"), "", [facts.queued(f"busy-{number}"), facts.started()])

    busy = asyncio.ensure_future(keep_appending())
    reports = []
    for _ in range(10):
        reports.append(await log.verify())
        await log.wait(reports[-1].frames + 1, timeout=30)
    going = False
    await busy

    assert all(report.findings == () for report in reports)
    assert reports[-1].frames > reports[0].frames


async def test_who_leaves_is_not_worked_for(log: SqliteLog, monkeypatch: pytest.MonkeyPatch, fill: Fill) -> None:
    """The thread that verifies gives up soon after its caller has."""
    await fill(log, 400)
    begun, ended, left = asyncio.Event(), asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    check = Listener.check

    def watched(listener: Listener) -> None:
        loop.call_soon_threadsafe(begun.set)
        left.wait(60)
        try:
            check(listener)
        except Stopped:
            loop.call_soon_threadsafe(ended.set)
            raise

    monkeypatch.setattr(scan, "PAGE", 1)
    monkeypatch.setattr(Listener, "check", watched)
    verifying = asyncio.ensure_future(log.verify())
    await begun.wait()
    verifying.cancel()
    await asyncio.wait([verifying])
    await log.append("note/1", "", [Event("note.made")])
    left.set()

    async with asyncio.timeout(60):
        await ended.wait()


async def test_progress_is_told_on_the_callers_loop(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch, fill: Fill
) -> None:
    """And a listener that fails does not stop the work."""
    monkeypatch.setattr(scan, "PAGE", 5)
    await fill(log, 6)
    told: list[tuple[int, int, bool]] = []

    await log.verify(lambda read, all_: told.append((read, all_, asyncio.get_running_loop().is_running())))

    assert told == [(5, 15, True), (10, 15, True), (15, 15, True)]

"""What the ``Care`` of a log promises of rebuilding and of erasing. A log without it skips these tests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ...errors import NotFound
from ...protocols import Care, Log
from ...records.event import Erased, Event, TaskQuery
from ...state import task_stream
from .. import facts
from ..world import SeededClock
from .log_ground import LogGround, Spoil, everything, load, note, restored, work

FIRST_OF_T1 = 5
"""Where the second task of ``work`` begins."""


class Mending(LogGround):
    """Rebuild and erase."""

    async def test_what_the_frames_say_is_there_again(self, subject: Log, care: Care, spoil: Spoil) -> None:
        """Fold the frames into fresh tables and put these in the place of the live ones, all at once."""
        await work(subject)
        before = await subject.select(TaskQuery())
        await spoil(FIRST_OF_T1, "task")
        assert await subject.select(TaskQuery()) != before

        report = await care.rebuild()

        assert (report.findings, report.frames, report.head) == ((), 12, await subject.head())
        assert await subject.select(TaskQuery()) == before
        assert (await care.verify()).sound

    async def test_a_rebuilt_log_goes_on(self, subject: Log, twin: Log, care: Care) -> None:
        """Put these in the place of the live ones: the next append is checked against them, whoever it comes from."""
        await work(subject)
        await care.rebuild()

        for log, task in ((subject, "t-0"), (twin, "t-1")):
            await log.append(task_stream(task), None, [facts.succeeded()])
        await twin.wait((await subject.head()).position, timeout=60)

        assert [state.status for state in await subject.select(TaskQuery(ids=["t-0", "t-1"]))] == ["succeeded"] * 2
        assert await twin.select(TaskQuery()) == await subject.select(TaskQuery())
        assert (await care.verify()).sound

    async def test_the_fold_begins_at_a_snapshot(self, subject: Log, care: Care, clock: SeededClock) -> None:
        """With ``since`` the fold begins at the newest snapshot before it (seconds since the epoch).

        It begins there, not at the first frame. A rebuild leaves a snapshot.
        """
        first = clock.now()
        await work(subject)
        await care.rebuild()
        await clock.advance(10)
        for number in range(5):
            await subject.append("note/later", None, [note(number)])
        await subject.append(task_stream("t-0"), None, [facts.succeeded()])
        before = await subject.select(TaskQuery())

        late, early, whole = [await care.rebuild(since=since) for since in (clock.now(), first, None)]

        assert (late.frames, early.frames, whole.frames) == (6, 18, 18)
        assert late.head == early.head == whole.head == await subject.head()
        assert await subject.select(TaskQuery()) == before
        assert (await care.verify()).sound

    async def test_a_snapshot_does_not_depend_on_the_live_tables(
        self, subject: Log, care: Care, spoil: Spoil, clock: SeededClock
    ) -> None:
        """Fold the frames into fresh tables: also where the fold begins at a snapshot."""
        await work(subject)
        await care.rebuild()
        await clock.advance(10)
        before = await subject.select(TaskQuery())
        await spoil(FIRST_OF_T1, "task")

        report = await care.rebuild(since=clock.now())

        assert report.frames == 0
        assert await subject.select(TaskQuery()) == before

    async def test_appends_go_on_meanwhile(self, subject: Log, twin: Log, care: Care) -> None:
        """Appends go on meanwhile, and are in the fresh tables too."""
        await work(subject)
        names = [f"busy-{number}" for number in range(40)]
        writing = asyncio.gather(
            *(
                log.append(task_stream(name), "", [facts.queued(name), facts.started()])
                for name, log in zip(names, [subject, twin] * 20, strict=True)
            )
        )

        for _ in range(3):
            assert (await care.rebuild()).sound
        await writing

        assert {state.id for state in await subject.select(TaskQuery())} == {"t-0", "t-1", "t-2", *names}
        assert (await care.verify()).sound

    async def test_a_frame_that_is_not_what_was_written_costs_no_other(
        self, subject: Log, care: Care, spoil: Spoil
    ) -> None:
        """What of the frames cannot be read is named and left out; the rest is there."""
        await work(subject)
        before = {state.id: state for state in await subject.select(TaskQuery())}
        await spoil(FIRST_OF_T1, "body")

        report = await care.rebuild()

        assert FIRST_OF_T1 in {finding.position for finding in report.findings}
        after = {state.id: state for state in await subject.select(TaskQuery())}
        assert [after.get(task) == before[task] for task in ("t-0", "t-2")] == [True, True]
        await subject.append(task_stream("t-2"), None, [facts.succeeded()])

    async def test_what_is_erased_is_gone(self, subject: Log, twin: Log, care: Care, tmp_path: Path) -> None:
        """Take away the payloads and blobs of a tenant, or of one of its tasks, so that no byte of them is left."""
        await work(subject)
        digest = await subject.put("default", b"t-1 keeps its grain here")
        await subject.append(task_stream("t-1"), None, [Event("thing.of.tomorrow", {}, {"blob": digest})])

        assert await care.erase("default", "t-1") == Erased(tasks=1, payloads=5, blobs=1)

        await twin.wait((await subject.head()).position, timeout=60)
        for log in (subject, twin):
            found = [event for frame in await everything(log, task_stream("t-1")) for event in frame.events]
            assert [event.payload for event in found] == [None] * len(found)
            assert sum(event.erased for event in found) == 5
            with pytest.raises(NotFound):
                await log.get("default", digest)
        await care.backup(tmp_path / "copy")
        content = (tmp_path / "copy").read_bytes()
        for secret in (b"t-1 lifts load", b"t-1 keeps its grain"):
            assert secret not in content
            assert secret.hex().encode() not in content

    async def test_headers_stay(self, subject: Log, care: Care) -> None:
        """Headers stay: the chain still verifies and the fold says the same."""
        await work(subject)
        before = await subject.select(TaskQuery())
        frames = await everything(subject)

        await care.erase("default", "t-0")

        after = await everything(subject)
        assert [frame.hash for frame in after] == [frame.hash for frame in frames]
        headers = [[(event.kind, event.header, event.v) for event in frame.events] for frame in frames]
        assert [[(event.kind, event.header, event.v) for event in frame.events] for frame in after] == headers
        assert await subject.select(TaskQuery()) == before
        report = await care.verify()
        assert (report.findings, report.erased) == ((), 4)
        assert (await care.rebuild()).sound
        assert await subject.select(TaskQuery()) == before

    async def test_nobody_elses_content_goes(self, subject: Log, care: Care) -> None:
        """Take away the payloads and blobs of a tenant, or of one of its tasks."""
        await work(subject)
        await subject.append(task_stream("u-1"), "", [facts.queued("u-1", tenant="other"), load("u-1", 1)])

        assert (await care.erase("other", "t-0")).payloads == 0
        await care.erase("default", "t-0")

        kept = {stream for stream in ("t-1", "t-2", "u-1") if await _payloads(subject, task_stream(stream))}
        assert kept == {"t-1", "t-2", "u-1"}
        assert await _payloads(subject, task_stream("t-0")) == 0

    async def test_a_tenant_is_erased_whole(self, subject: Log, care: Care) -> None:
        """With a task go those that it began; with a tenant all streams whose name has it as its second part."""
        await work(subject)
        other = [facts.queued("u-1", tenant="other"), load("u-1", 1)]
        await subject.append(task_stream("u-1"), "", other)
        for stream in ("memory/other", "schedule/other/daily", "memory/default", "memory/others"):
            await subject.append(stream, "", [note(1, {"text": "grain"})])
        blobs = {tenant: await subject.put(tenant, b"grain") for tenant in ("default", "other")}

        assert await care.erase("other") == Erased(tasks=1, payloads=3, blobs=1)

        for stream in (task_stream("u-1"), "memory/other", "schedule/other/daily"):
            assert await _payloads(subject, stream) == 0
        for stream in (task_stream("t-0"), "memory/default", "memory/others"):
            assert await _payloads(subject, stream) > 0
        assert await subject.get("default", blobs["default"]) == b"grain"
        with pytest.raises(NotFound):
            await subject.get("other", blobs["other"])
        assert (await care.verify()).sound

    async def test_with_a_task_go_those_that_it_began(self, subject: Log, care: Care) -> None:
        """With a task go those that it began, for they hold what it handed along."""
        for task, parent in (("t", None), ("t/1.a", "t"), ("t/1.a/1.b", "t/1.a"), ("t-2", None)):
            await subject.append(task_stream(task), "", [facts.queued(task, root="t", parent=parent), load(task, 1)])

        assert (await care.erase("default", "t")).tasks == 3

        left = [task for task in ("t", "t/1.a", "t/1.a/1.b", "t-2") if await _payloads(subject, task_stream(task))]
        assert left == ["t-2"]

    async def test_a_blob_that_another_task_holds_stays(self, subject: Log, care: Care) -> None:
        """A blob that another task of the tenant holds too stays."""
        await work(subject)
        own, held = [await subject.put("default", content) for content in (b"own", b"held by both")]
        inner = await subject.put("default", f'{{"originals": ["{held}"]}}'.encode())
        both = Event("thing.of.tomorrow", {}, {"blobs": [own, held]})
        await subject.append(task_stream("t-0"), None, [both])
        await subject.append(task_stream("t-1"), None, [Event("thing.of.tomorrow", {}, {"blob": inner})])

        assert (await care.erase("default", "t-0")).blobs == 1

        assert await subject.get("default", held) == b"held by both"
        with pytest.raises(NotFound):
            await subject.get("default", own)
        assert (await care.erase("default", "t-1")).blobs == 2

    async def test_erasing_twice_is_no_error(self, subject: Log, care: Care) -> None:
        """Erasing twice is no error."""
        await work(subject)
        nothing = Erased(tasks=0, payloads=0, blobs=0)

        first = [await care.erase("default", "t-0"), await care.erase("default")]

        assert nothing not in first
        assert [await care.erase("default", "t-0"), await care.erase("default")] == [nothing] * 2
        assert [await care.erase("default", "nobody"), await care.erase("nobody")] == [nothing] * 2
        assert (await care.verify()).sound

    async def test_what_was_erased_is_not_restored(self, subject: Log, care: Care, empty: Log, tmp_path: Path) -> None:
        """So that no byte of them is left: a backup taken afterwards has none either."""
        await work(subject)
        await care.erase("default", "t-0")
        await care.backup(tmp_path / "copy")

        await restored(empty, tmp_path / "copy")

        assert await _payloads(empty, task_stream("t-0")) == 0
        assert await _payloads(empty, task_stream("t-1")) == 4


async def _payloads(log: Log, stream: str) -> int:
    return sum(event.payload is not None for frame in await everything(log, stream) for event in frame.events)

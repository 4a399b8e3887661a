"""What the ``Care`` of a log promises of sealing. A log without it skips these tests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ...errors import Conflict, Corrupted, InvalidRequest, NotFound, Unavailable
from ...protocols import Care, Log
from ...records.event import Event, Head, Segment, TaskQuery
from ...state import task_stream
from .. import facts
from ..world import SeededClock
from .log_ground import LogGround, Spoil, everything, load, note, restored, work

UNWRITABLE = Path("/proc")
"""A folder that is there and takes no file, whoever asks; Linux has one."""


class Sealing(LogGround):
    """Frames that leave the log."""

    async def test_old_frames_move(
        self, subject: Log, twin: Log, care: Care, clock: SeededClock, tmp_path: Path
    ) -> None:
        """Move the frames before a time (seconds since the epoch) out of the log, into a segment file at ``target``."""
        now = await _lived(subject, clock)
        before = await everything(subject)

        segment = await care.seal(now, tmp_path / "segment")

        assert segment == Segment(path=str(tmp_path / "segment"), frames=16, head=Head(16, before[15].hash))
        assert (tmp_path / "segment").stat().st_size > 0
        await twin.wait(len(before), timeout=60)
        assert [list(await log.read(16)) for log in (subject, twin)] == [before[16:]] * 2

    async def test_what_was_sealed_is_told_of(
        self, subject: Log, care: Care, clock: SeededClock, tmp_path: Path
    ) -> None:
        """NotFound: what stands behind ``after`` was sealed; the message says where it is, and from where to go on."""
        await care.seal(await _lived(subject, clock), tmp_path / "segment")

        for after, stream in ((1, None), (0, task_stream("t-0")), (14, None)):
            with pytest.raises(NotFound) as caught:
                await subject.read(after, 1000, stream)
            assert str(tmp_path / "segment") in str(caught.value)
            assert "16" in str(caught.value)

    async def test_the_log_goes_on_from_the_cut(
        self, subject: Log, twin: Log, care: Care, clock: SeededClock, tmp_path: Path
    ) -> None:
        """The log keeps a snapshot of what they fold to; ``verify`` goes on from its head."""
        now = await _lived(subject, clock)
        states = await subject.select(TaskQuery())
        segment = await care.seal(now, tmp_path / "segment")
        assert segment is not None

        report = await care.verify(head=segment.head)

        assert (report.findings, report.frames) == ((), (await subject.head()).position - 16)
        await twin.wait((await subject.head()).position, timeout=60)
        for log in (subject, twin):
            assert await log.select(TaskQuery()) == states
            assert await log.count(TaskQuery(statuses=["succeeded"])) == 3
        assert (await care.rebuild()).sound
        assert await subject.select(TaskQuery()) == states
        with pytest.raises(Conflict):
            await subject.append(task_stream("t-0"), "", [facts.queued("t-0")])
        await twin.append(task_stream("t-0"), None, [Event("letter.discarded")])
        await subject.append(task_stream("later"), "", [facts.queued("later"), load("later", 1)])
        assert (await care.verify()).sound

    async def test_a_task_that_has_not_ended_stays(
        self, subject: Log, care: Care, clock: SeededClock, tmp_path: Path
    ) -> None:
        """Only frames at the log's beginning move, none of a task that has not ended, and never the newest."""
        await subject.append(task_stream("done"), "", [facts.queued("done"), facts.started(), facts.succeeded()])
        await subject.append(task_stream("open"), "", [facts.queued("open"), load("open", 1)])
        await subject.append(task_stream("next"), "", [facts.queued("next"), facts.started(), facts.succeeded()])
        await clock.advance(1)

        first = await care.seal(clock.now(), tmp_path / "first")
        await subject.append(task_stream("open"), None, [facts.cancelled(None)])
        await clock.advance(1)
        second = await care.seal(clock.now(), tmp_path / "second")

        assert first is not None
        assert second is not None
        assert (first.frames, second.frames) == (1, 2)
        assert [frame.stream for frame in await subject.read(3)] == [task_stream("open")]
        assert (await care.verify()).sound

    async def test_other_streams_stay_readable(
        self, subject: Log, care: Care, clock: SeededClock, tmp_path: Path
    ) -> None:
        """Those of other streams than a task's stay readable in the log as well: nobody knows who still needs them."""
        now = await _lived(subject, clock)
        before = await everything(subject, "note/1")

        await care.seal(now, tmp_path / "segment")

        assert await everything(subject, "note/1") == before
        receipt = await subject.append("note/1", before[-1].version, [note(5)])
        assert [frame.position for frame in await everything(subject, "note/1")][-1] == receipt.position
        assert (await care.verify()).sound

    async def test_a_segment_is_a_log(
        self, subject: Log, care: Care, empty: Log, clock: SeededClock, tmp_path: Path
    ) -> None:
        """A segment is a log of its own, which an empty log restores as a backup."""
        now = await _lived(subject, clock)
        before = await everything(subject)
        digest = await subject.put("default", b"named by nobody")
        segment = await care.seal(now, tmp_path / "segment")
        assert segment is not None

        await restored(empty, tmp_path / "segment")

        assert isinstance(empty, Care)
        assert (await empty.verify(head=segment.head)).sound
        assert await everything(empty) == before[:16]
        assert await subject.get("default", digest) == b"named by nobody"

    async def test_a_sealed_log_is_backed_up(
        self, subject: Log, care: Care, empty: Log, clock: SeededClock, tmp_path: Path
    ) -> None:
        """``verify`` goes on from its head: and so does a backup."""
        await care.seal(await _lived(subject, clock), tmp_path / "segment")
        await care.backup(tmp_path / "copy")

        await restored(empty, tmp_path / "copy")

        assert await empty.head() == await subject.head()
        assert await empty.select(TaskQuery()) == await subject.select(TaskQuery())
        with pytest.raises(NotFound):
            await empty.read(0, 10, task_stream("t-0"))
        assert isinstance(empty, Care)
        assert (await empty.verify()).sound

    async def test_what_was_sealed_is_erased_in_its_segment(
        self, subject: Log, care: Care, empty: Log, clock: SeededClock, tmp_path: Path
    ) -> None:
        """What was sealed is erased in its segment, if that is where it was written."""
        await care.seal(await _lived(subject, clock), tmp_path / "segment")

        assert (await care.erase("default", "t-1")).payloads == 4

        content = (tmp_path / "segment").read_bytes()
        assert b"t-1 lifts load" not in content
        assert b"t-1 lifts load".hex().encode() not in content
        await restored(empty, tmp_path / "segment")
        assert isinstance(empty, Care)
        assert (await empty.verify()).erased == 4

    @pytest.mark.parametrize("before", [0.0, 1.0])
    async def test_nothing_may_be_movable(
        self, subject: Log, care: Care, clock: SeededClock, tmp_path: Path, before: float
    ) -> None:
        """``None`` when nothing can move."""
        later = (clock.now() + 10) * before
        assert await care.seal(later, tmp_path / "segment") is None
        await subject.append("note/1", "", [note()])
        await subject.append("note/1", None, [note()])
        assert await care.seal(later, tmp_path / "segment") is None
        await subject.append(task_stream("open"), "", [facts.queued("open")])
        await subject.append("note/1", None, [note()])

        assert await care.seal(later, tmp_path / "segment") is None
        assert not (tmp_path / "segment").exists()
        assert len(await everything(subject)) == 4

    async def test_a_place_that_is_none_is_refused(
        self, subject: Log, care: Care, clock: SeededClock, tmp_path: Path
    ) -> None:
        """InvalidRequest: there is something at ``target``, or no folder to hold it."""
        now = await _lived(subject, clock)
        await asyncio.to_thread((tmp_path / "mine").write_bytes, b"mine")
        before = await everything(subject)

        for target in ("mine", "nowhere/segment"):
            with pytest.raises(InvalidRequest):
                await care.seal(now, tmp_path / target)

        assert await asyncio.to_thread((tmp_path / "mine").read_bytes) == b"mine"
        assert await everything(subject) == before

    @pytest.mark.skipif(not UNWRITABLE.is_dir(), reason="a folder that takes no file is needed")
    async def test_what_cannot_be_written_does_not_move(self, subject: Log, care: Care, clock: SeededClock) -> None:
        """Unavailable: it cannot be written; nothing has moved."""
        now = await _lived(subject, clock)
        before = await everything(subject)

        with pytest.raises(Unavailable):
            await care.seal(now, UNWRITABLE / "segment")

        assert await everything(subject) == before
        assert (await care.verify()).sound

    async def test_what_is_not_sound_does_not_move(
        self, subject: Log, care: Care, clock: SeededClock, tmp_path: Path, spoil: Spoil
    ) -> None:
        """Corrupted: what would move is not sound; nothing has moved."""
        now = await _lived(subject, clock)
        await spoil(4, "payload")
        end = await subject.head()

        with pytest.raises(Corrupted):
            await care.seal(now, tmp_path / "segment")

        assert await subject.head() == end
        assert len(await subject.read(4)) == end.position - 4


async def _lived(log: Log, clock: SeededClock) -> float:
    """Sixteen frames of three tasks that have ended and of notes, and some that are younger; the time between."""
    await work(log)
    await log.append("note/1", "", [note(1, {"text": "a note"})])
    for task in ("t-0", "t-1", "t-2"):
        await log.append(task_stream(task), None, [facts.succeeded()])
    await clock.advance(10)
    now = clock.now()
    await log.append("note/1", None, [note(2, {"text": "another"})])
    await log.append(task_stream("open"), "", [facts.queued("open"), load("open", 1)])
    await log.append("note/1", None, [note(3)])
    return now

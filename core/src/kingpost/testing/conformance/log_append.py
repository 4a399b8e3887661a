"""What a ``Log`` promises to those who append."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from ...errors import Conflict, Corrupted, Fenced, KingpostError, Unavailable
from ...protocols import Batching, Folded, Log
from ...records.event import Event, Receipt, TaskQuery
from ...state import Refused, task_stream
from .. import facts
from ..world import SeededClock
from .log_ground import LogGround, everything, insist, note, version_of

STREAM = "note/1"
TASK = task_stream("t-1")


class Appending(LogGround):
    """Frames, versions and the guard of the fold."""

    async def test_a_frame_is_all_of_its_events(self, subject: Log) -> None:
        """One frame: all events or none, durable when it returns, visible to every later read of this log."""
        events = [note(1, {"text": "one"}), note(2), note(3, {})]

        receipt = await subject.append(STREAM, "", events)

        (frame,) = await everything(subject)
        assert list(frame.events) == events
        assert (frame.stream, frame.position, frame.version) == (STREAM, receipt.position, receipt.version)

    async def test_a_receipt_says_what_was_written(self, subject: Log, clock: SeededClock) -> None:
        """One frame: whoever appended it knows its place, its time and its hash without reading it."""
        for number in range(3):
            await clock.advance(1.5)
            receipt = await subject.append(STREAM, None, [note(number, {"text": "x"})])

            (frame,) = await subject.read(receipt.position - 1, 1)
            assert (receipt.position, receipt.version) == (frame.position, frame.version)
            assert (receipt.at, receipt.hash) == (frame.at, frame.hash)

    async def test_a_receipt_may_bring_the_task(self, subject: Log) -> None:
        """A receipt that brings along the task behind the frame, from a log that has just folded it.

        ``state`` is ``None`` for streams of no task. It saves whoever appended to fold the frame once more.
        """
        appends = [(TASK, facts.queued("t-1")), (TASK, facts.started()), (STREAM, note())]
        for stream, event in appends:
            receipt = await subject.append(stream, None, [event])

            if isinstance(receipt, Folded):
                found = await subject.select(TaskQuery(ids=["t-1"]))
                assert receipt.state == (found[0] if stream == TASK else None)

    async def test_what_cannot_be_written_leaves_nothing_behind(self, subject: Log) -> None:
        """One frame: all events or none."""
        with pytest.raises((ValueError, KingpostError)):
            await subject.append(STREAM, "", [note(1), note(2, {"clock": object()})])

        assert await everything(subject) == []
        assert (await subject.append(STREAM, "", [note(3)])).position == 1

    async def test_another_process_sees_what_was_appended(self, subject: Log, twin: Log) -> None:
        """One frame: durable when it returns, visible to every later read of this log."""
        await subject.append(TASK, "", [facts.queued("t-1")])
        receipt = await twin.append(TASK, None, [facts.started()])
        await subject.append(STREAM, "", [note()])

        assert await twin.wait(3, timeout=60)
        assert await subject.wait(3, timeout=60)
        assert await everything(twin) == await everything(subject)
        assert await version_of(subject, TASK) == receipt.version
        assert await twin.head() == await subject.head()

    async def test_a_new_stream_is_at_the_empty_version(self, subject: Log) -> None:
        """``expected`` is the stream's version as last read, "" for a stream that does not exist yet."""
        await subject.append(STREAM, "", [note(1)])

        with pytest.raises(Conflict):
            await subject.append(STREAM, "", [note(2)])

        assert len(await everything(subject)) == 1

    async def test_versions_lead_from_frame_to_frame(self, subject: Log) -> None:
        """``expected`` is the stream's version as last read."""
        version = ""
        for number in range(5):
            version = (await subject.append(STREAM, version, [note(number)])).version
            await subject.append("note/2", None, [note(number)])
            assert await version_of(subject, STREAM) == version

        versions = [frame.version for frame in await everything(subject, STREAM)]
        assert len({"", *versions}) == 6

    async def test_a_stale_version_is_a_conflict_and_nothing_is_written(self, subject: Log) -> None:
        """Conflict: the stream is at another version; nothing was written."""
        first = await subject.append(STREAM, "", [note(1)])
        second = await subject.append(STREAM, first.version, [note(2)])
        before = await subject.head()

        for stale in (first.version, "", "no version at all"):
            with pytest.raises(Conflict) as caught:
                await subject.append(STREAM, stale, [note(3)])
            assert (caught.value.stream, caught.value.found) == (STREAM, second.version)

        assert await subject.head() == before
        assert len(await everything(subject)) == 2

    async def test_a_version_of_a_stream_that_does_not_exist_is_a_conflict(self, subject: Log) -> None:
        """Conflict: the stream is at another version; nothing was written."""
        with pytest.raises(Conflict) as caught:
            await subject.append(STREAM, "1", [note()])

        assert caught.value.found == ""
        assert await everything(subject) == []

    async def test_frames_that_come_together_stand_in_their_order(self, subject: Log, twin: Log) -> None:
        """As one ``append`` each, in this order, durable together when it returns."""
        batching = _batching(subject)
        await subject.append(STREAM, "", [note(0)])
        before = await subject.head()

        receipts = await batching.append_all(
            [(TASK, "", [facts.queued("t-1")]), (STREAM, None, [note(1), note(2)]), (TASK, None, [facts.started()])]
        )

        found = await twin.read(before.position)
        assert [frame.stream for frame in found] == [TASK, STREAM, TASK]
        assert [(frame.position, frame.version, frame.hash) for frame in found] == [
            (receipt.position, receipt.version, receipt.hash) for receipt in receipts
        ]
        assert [state.status for state in await twin.select(TaskQuery(ids=["t-1"]))] == ["running"]
        assert await version_of(subject, STREAM) == receipts[1].version

    async def test_frames_that_come_together_are_all_written_or_none(self, subject: Log) -> None:
        """But all frames or none: as ``append`` for one of them; none was written."""
        batching = _batching(subject)
        await subject.append(STREAM, "", [note(0)])
        await subject.append(TASK, "", [facts.queued("t-1")])
        before, states = await everything(subject), await subject.select(TaskQuery())
        others = [("note/2", "", [note(1)]), (TASK, None, [facts.started()]), (STREAM, None, [note(2)])]

        for wrong, refused in (
            ((STREAM, "", [note(3)]), Conflict),
            (("note/2", "", [note(3)]), Conflict),
            ((TASK, None, [facts.queued("t-1")]), Refused),
            ((STREAM, None, [note(3, {"clock": object()})]), (ValueError, KingpostError)),
        ):
            with pytest.raises(refused):
                await batching.append_all([*others, wrong])

        assert await everything(subject) == before
        assert await subject.select(TaskQuery()) == states
        assert [receipt.position for receipt in await batching.append_all(others)] == [3, 4, 5]

    async def test_any_version_is_behind_whatever_came_before(self, subject: Log) -> None:
        """``expected`` is the stream's version as last read, ``None`` for any."""
        for number in range(3):
            await subject.append(STREAM, None, [note(number)])

        assert [frame.events[0].header["number"] for frame in await everything(subject, STREAM)] == [0, 1, 2]

    async def test_a_hundred_who_append_at_once_all_stand_in_one_order(self, subject: Log, twin: Log) -> None:
        """Conflict: the stream is at another version; nothing was written. Each reads it again and appends anew."""
        logs = [subject, twin]

        receipts = await asyncio.gather(*(insist(logs[n % 2], STREAM, [note(n)]) for n in range(100)))

        frames = await everything(subject, STREAM)
        assert sorted(frame.events[0].header["number"] for frame in frames) == list(range(100))
        assert [(f.position, f.version) for f in frames] == sorted((r.position, r.version) for r in receipts)

    async def test_positions_have_no_gap_and_no_duplicate(self, subject: Log, twin: Log) -> None:
        """Frames behind ``after`` in order, no gap, no duplicate."""
        jobs = [(log, f"note/{n}") for n in range(20) for log in (subject, twin)]

        receipts = await asyncio.gather(*(log.append(stream, None, [note()]) for log, stream in jobs * 3))

        assert sorted(receipt.position for receipt in receipts) == list(range(1, 121))
        assert [frame.position for frame in await everything(subject)] == list(range(1, 121))

    async def test_of_two_who_claim_a_task_one_wins(self, subject: Log, twin: Log) -> None:
        """The fold of ``kingpost.state`` guards every append and feeds ``select``."""
        for number in range(20):
            task = f"claimed-{number}"
            version = (await subject.append(task_stream(task), "", [facts.queued(task)])).version
            claims = [
                log.append(task_stream(task), expected, [facts.started(1, f"worker-{n}")])
                for n, (log, expected) in enumerate([(subject, version), (twin, version), (twin, None)])
            ]

            results = await asyncio.gather(*claims, return_exceptions=True)

            assert sum(isinstance(result, Receipt) for result in results) == 1
            assert all(isinstance(result, Receipt | Conflict | Fenced) for result in results)

    async def test_an_outcome_is_recorded_once(self, subject: Log, twin: Log) -> None:
        """Fenced, Refused: the fold does not allow it; nothing was written."""
        await subject.append(TASK, "", [facts.queued("t-1"), facts.started()])

        ends = [facts.succeeded(), facts.failed(), facts.cancelled(None)] * 5
        results = await asyncio.gather(
            *(log.append(TASK, None, [end]) for end in ends for log in (subject, twin)), return_exceptions=True
        )

        assert sum(isinstance(result, Receipt) for result in results) == 1
        assert sum(isinstance(result, Refused) for result in results) == 29
        assert len(await everything(subject, TASK)) == 2

    async def test_a_replaced_attempt_is_fenced(self, subject: Log) -> None:
        """Fenced, Refused: the fold does not allow it; nothing was written."""
        await subject.append(TASK, "", [facts.queued("t-1"), facts.started(1)])
        await subject.append(TASK, None, [facts.started(2, "worker-2")])
        before = await subject.head()

        for late in (facts.decided(attempt=1), facts.succeeded(1), facts.started(1), facts.waiting(1)):
            with pytest.raises(Fenced):
                await subject.append(TASK, None, [late])

        assert await subject.head() == before

    @pytest.mark.parametrize(
        "frame",
        [
            [facts.succeeded(None)],
            [facts.started(), facts.decided(2)],
            [facts.queued("t-1")],
            [facts.started(), facts.succeeded(), facts.started(2)],
            [facts.observed("nobody asked")],
        ],
        ids=["success unclaimed", "turn left out", "queued again", "claimed when over", "never called"],
    )
    async def test_what_the_state_does_not_allow_is_refused_whole(self, subject: Log, frame: list[Event]) -> None:
        """Fenced, Refused: the fold does not allow it; nothing was written."""
        receipt = await subject.append(TASK, "", [facts.queued("t-1")])

        with pytest.raises(Refused):
            await subject.append(TASK, receipt.version, frame)

        assert await version_of(subject, TASK) == receipt.version
        assert (await subject.append(TASK, receipt.version, [facts.started()])).position == 2

    async def test_a_task_begins_with_being_queued(self, subject: Log) -> None:
        """The fold of ``kingpost.state`` guards every append and feeds ``select``."""
        with pytest.raises(Corrupted):
            await subject.append(TASK, "", [facts.started()])

        assert await everything(subject) == []

    async def test_a_full_disk_accepts_nothing(self, full: Log | None) -> None:
        """Unavailable: the disk is full or gone; nothing was accepted."""
        if full is None:
            pytest.skip("a log whose disk cannot be filled here")
        big = [full.append(f"note/{n}", "", [note(n, {"text": "x" * 100_000})]) for n in range(50)]

        results = await asyncio.gather(*big, return_exceptions=True)

        assert all(isinstance(result, Receipt | Unavailable) for result in results)
        assert any(isinstance(result, Unavailable) for result in results)
        accepted = {f"note/{n}" for n, result in enumerate(results) if isinstance(result, Receipt)}
        assert {frame.stream for frame in await everything(full)} == accepted

    async def test_who_is_refused_stands_in_nobodys_way(self, subject: Log) -> None:
        """Fenced, Refused: the fold does not allow it; nothing was written. Of those beside it everything was."""
        wrong = [note(0, {"clock": object()}), facts.started()]
        appends = [subject.append(task_stream(f"bad-{n}"), "", [event]) for n, event in enumerate(wrong * 5)]
        appends += [subject.append(STREAM, "stale", [note()])]
        appends += [subject.append(f"note/{n}", "", [note(n)]) for n in range(2, 22)]

        results = await asyncio.gather(*appends, return_exceptions=True)

        assert all(isinstance(result, Exception) for result in results[:11])
        assert all(isinstance(result, Receipt) for result in results[11:])
        frames = await everything(subject)
        assert {frame.stream for frame in frames} == {f"note/{n}" for n in range(2, 22)}
        assert all(later.position == earlier.position + 1 for earlier, later in pairwise(frames))


def _batching(log: Log) -> Batching:
    if not isinstance(log, Batching):
        pytest.skip("this log takes one frame after the other")
    return log

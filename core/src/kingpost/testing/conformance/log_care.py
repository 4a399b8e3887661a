"""What the ``Care`` of a log promises. A log without it skips these tests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import pytest

from ...errors import Corrupted, KingpostError
from ...protocols import Care, Log
from ...records.event import Head, TaskQuery
from ...state import task_stream
from .. import facts
from .log_ground import LogGround, Spoil, everything, note, restored, work


class Caring(LogGround):
    """Verify, backup and restore."""

    async def test_a_sound_log_has_no_findings(self, subject: Log, care: Care) -> None:
        """Read everything, chain and payloads and fold, and name what is wrong."""
        await work(subject)

        report = await care.verify()

        assert report.findings == ()
        assert report.head == await subject.head()
        frames = await everything(subject)
        assert (report.frames, report.events) == (len(frames), sum(len(frame.events) for frame in frames))

    async def test_an_empty_log_is_sound(self, care: Care) -> None:
        """Read everything, chain and payloads and fold, and name what is wrong."""
        report = await care.verify()

        assert (report.sound, report.frames, report.head.position) == (True, 0, 0)

    @pytest.mark.parametrize("part", ["body", "payload", "task"])
    @pytest.mark.parametrize("position", [1, 4, 12])
    async def test_a_changed_byte_is_named(
        self, subject: Log, care: Care, spoil: Spoil, position: int, part: Literal["body", "payload", "task"]
    ) -> None:
        """Read everything, chain and payloads and fold, and name what is wrong."""
        await work(subject)
        await spoil(position, part)

        report = await care.verify()

        assert not report.sound
        stream = (await subject.read(position - 1, 1))[0].stream if part == "task" else None
        named = {finding.stream if part == "task" else finding.position for finding in report.findings}
        assert (stream or position) in named
        assert all(finding.what for finding in report.findings)

    async def test_a_head_that_was_written_down_is_found_again(self, subject: Log, care: Care) -> None:
        """With ``head``, a head of this log that was written down elsewhere: the log still leads to it."""
        heads = [await subject.head()]
        await work(subject)
        heads += [Head(frame.position, frame.hash) for frame in await everything(subject)]

        assert [report.findings for report in [await care.verify(head=head) for head in heads]] == [()] * 13

    async def test_a_log_that_was_cut_or_written_anew_is_found_out(
        self, subject: Log, care: Care, empty: Log, tmp_path: Path
    ) -> None:
        """With ``head``, a log that was cut behind it or written anew is found out too."""
        await work(subject)
        await care.backup(tmp_path / "older")
        older = await subject.head()
        await subject.append("note/later", "", [note(1)])
        newer = await subject.head()
        # What somebody does who wants the end forgotten: each log is sound by itself.
        await restored(empty, tmp_path / "older")
        assert isinstance(empty, Care)
        assert (await empty.verify(head=older)).sound

        cut = await empty.verify(head=newer)
        await empty.append("note/later", "", [note(2)])
        anew = await empty.verify(head=newer)

        assert [finding.position for finding in cut.findings] == [newer.position]
        assert [finding.position for finding in anew.findings] == [newer.position]
        assert (await empty.verify(head=older)).sound

    async def test_verifying_changes_nothing(self, subject: Log, care: Care, spoil: Spoil) -> None:
        """Changes nothing."""
        await work(subject)
        await spoil(4, "payload")

        first = await care.verify()

        assert await care.verify() == first
        assert (await subject.append("note/later", "", [note()])).position == first.head.position + 1

    async def test_progress_is_told(self, subject: Log, care: Care) -> None:
        """``progress`` is told frames read and frames in all."""
        await work(subject)
        told: list[tuple[int, int]] = []

        await care.verify(lambda read, all_: told.append((read, all_)))

        frames = len(await everything(subject))
        assert told == sorted(told)
        assert told[-1] == (frames, frames)

    async def test_a_backup_holds_what_was_there(self, subject: Log, care: Care, empty: Log, tmp_path: Path) -> None:
        """A consistent copy at ``target`` (a file that does not exist yet) while work goes on; the head it holds."""
        await work(subject)
        head = await subject.head()
        digest = await subject.put("default", b"a blob")

        assert await care.backup(tmp_path / "copy") == head
        await subject.append("note/later", "", [note()])

        assert await restored(empty, tmp_path / "copy") == head.position
        assert await empty.head() == head
        assert await everything(empty) == (await everything(subject))[: head.position]
        assert await empty.get("default", digest) == b"a blob"

    async def test_a_backup_tells_how_far_it_is(self, subject: Log, care: Care, tmp_path: Path) -> None:
        """``progress`` is told how much is copied and how much there is, in units of the log's own."""
        await work(subject)
        told = list[tuple[int, int]]()

        await care.backup(tmp_path / "copy", lambda done, all_: told.append((done, all_)))

        assert told == sorted(told)
        assert told[-1][0] == told[-1][1] > 0

    async def test_a_backup_is_taken_while_work_goes_on(
        self, subject: Log, care: Care, empty: Log, tmp_path: Path
    ) -> None:
        """A consistent copy at ``target`` (a file that does not exist yet) while work goes on; the head it holds."""
        await work(subject)
        writing = asyncio.gather(*(subject.append(f"note/{n % 3}", None, [note(n)]) for n in range(60)))

        head = await care.backup(tmp_path / "copy")
        await writing

        assert await restored(empty, tmp_path / "copy") == head.position
        assert await everything(empty) == (await everything(subject))[: head.position]

    async def test_a_restored_log_goes_on(self, subject: Log, care: Care, empty: Log, tmp_path: Path) -> None:
        """Take the state of a backup."""
        await work(subject)
        await care.backup(tmp_path / "copy")

        await restored(empty, tmp_path / "copy")

        assert await empty.select(TaskQuery()) == await subject.select(TaskQuery())
        await empty.append(task_stream("t-0"), None, [facts.succeeded()])
        assert isinstance(empty, Care)
        assert (await empty.verify()).sound

    async def test_an_older_log_is_taken_forward(self, subject: Log, care: Care, empty: Log, tmp_path: Path) -> None:
        """The log must be empty or older than the backup and a prefix of it."""
        await work(subject)
        await care.backup(tmp_path / "older")
        await subject.append("note/later", "", [note()])
        await care.backup(tmp_path / "newer")

        await restored(empty, tmp_path / "older")
        await restored(empty, tmp_path / "newer")

        assert await everything(empty) == await everything(subject)

    async def test_a_log_of_its_own_is_not_overwritten(
        self, subject: Log, care: Care, empty: Log, tmp_path: Path
    ) -> None:
        """The log must be empty or older than the backup and a prefix of it."""
        await work(subject)
        await care.backup(tmp_path / "copy")
        await empty.append("note/mine", "", [note()])
        before = await everything(empty)

        with pytest.raises(KingpostError):
            await restored(empty, tmp_path / "copy")

        assert await everything(empty) == before

    @pytest.mark.parametrize("damage", ["cut", "emptied", "changed"])
    async def test_a_damaged_backup_is_not_taken(
        self, subject: Log, care: Care, empty: Log, tmp_path: Path, damage: str
    ) -> None:
        """Corrupted: the backup is not sound; nothing was changed."""
        await work(subject)
        copy = tmp_path / "copy"
        await care.backup(copy)
        content = copy.read_bytes()
        changed = content.replace(b"grain", b"stone").replace(b"grain".hex().encode(), b"stone".hex().encode())
        copy.write_bytes({"cut": content[: len(content) // 2], "emptied": b"", "changed": changed}[damage])

        with pytest.raises(Corrupted):
            await restored(empty, copy)

        assert await everything(empty) == []

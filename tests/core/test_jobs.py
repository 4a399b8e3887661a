"""Jobs: long work whose beginning and end stand in the log, so that they outlive the process that does it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from kingpost import (
    Event,
    Head,
    InvalidRequest,
    Memory,
    NotFound,
    Ports,
    Receipt,
    Report,
    Unavailable,
)
from kingpost._host.jobs import MOST_KEPT, Jobs
from kingpost._host.kernel import Kernel
from kingpost.operations import events, jobs, memory, system
from kingpost.protocols.log import Told
from kingpost.records.speech import Progress
from kingpost.testing import MemoryLog, open_kernel

from tests.core import begin_jobs

REPORT = Report(frames=3, events=5, head=Head(3, bytes(32)))


async def sound(told: Told) -> Report:
    told(3, 3)
    return REPORT


async def ended(known: Jobs, id: str, tenant: str = "default") -> jobs.Job:
    """A job once it runs no more."""
    async with asyncio.timeout(30):
        while (job := next(one for one in await known.all(tenant) if one.id == id)).state == "running":  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)
    return job


async def hangs(told: Told) -> Report:
    await asyncio.Event().wait()
    return REPORT


@pytest.fixture
def known(tmp_path: Path) -> Jobs:
    ports = Ports(home=tmp_path)
    return Jobs(MemoryLog(ports), ports)


async def _of(kernel: Kernel, id: str) -> jobs.Job:
    return await kernel.perform(jobs.GET, jobs.JobId(id))


async def test_a_job_whose_process_was_killed_is_interrupted_and_a_finished_one_keeps_its_result(
    tmp_path: Path,
) -> None:
    """While the process lives everybody sees it run; after kill -9 nobody takes it for running any more."""
    home, target = tmp_path / "home", tmp_path / "saved"
    async with begin_jobs.opened(home) as kernel:
        finished = await ended(await kernel.jobs(), (await kernel.perform(jobs.VERIFY, system.Nothing())).id)
    command = [sys.executable, begin_jobs.__file__, str(home), str(target)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        id, copying = (await process.stdout.readline()).decode().split()
        async with begin_jobs.opened(home) as kernel:
            assert (await _of(kernel, id)).state == (await _of(kernel, copying)).state == "running"
            assert (await kernel.perform(jobs.VERIFY, system.Nothing())).id == id
            assert (await kernel.perform(jobs.BACKUP, system.Backup(str(target)))).id == copying
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async with begin_jobs.opened(home) as kernel:
        broken_off = await _of(kernel, copying)
        assert (await _of(kernel, id)).state == "interrupted"
        anew = await ended(await kernel.jobs(), (await kernel.perform(jobs.VERIFY, system.Nothing())).id)
        copied = await ended(await kernel.jobs(), (await kernel.perform(jobs.BACKUP, system.Backup(str(target)))).id)
        listed = (await kernel.perform(jobs.JOBS, system.Nothing())).jobs

    assert finished.report is not None
    assert finished.report.sound
    assert (broken_off.state, broken_off.target) == ("interrupted", str(target))
    assert (anew.state, copied.state, listed[4]) == ("done", "done", finished)
    assert [one.id for one in listed[:4]] == [copied.id, anew.id, copying, id]
    assert {path.name for path in target.iterdir()} == {"log.backup", "memory.jsonl"}


@pytest.mark.parametrize("began", [False, True])
async def test_a_job_that_is_broken_off_by_the_end_of_its_kernel_says_so_in_the_log(
    tmp_path: Path, began: bool
) -> None:
    """Also one that had no time to do anything."""
    ports = Ports(home=tmp_path)
    log = MemoryLog(ports)
    async with open_kernel(log=log, ports=ports) as opened:
        id = (await (await opened.kernel.jobs()).begin("default", "verify", hangs)).id
        if began:
            await asyncio.sleep(0)
    async with open_kernel(log=log.twin(ports), ports=ports) as opened:
        job = await _of(opened.kernel, id)
        page = await opened.kernel.perform(events.EVENTS, events.ListEvents())

    assert (job.state, job.ended is not None) == ("interrupted", True)
    assert [event.kind for frame in page.frames for event in frame.events] == ["job.begun", "job.ended"]


async def test_a_job_that_was_begun_is_done_when_whoever_asked_has_gone(tmp_path: Path) -> None:
    """Else it would be taken for running, and stand in the way of the next, for as long as the process lives."""
    ports = Ports(home=tmp_path)
    log = MemoryLog(ports)
    known = Jobs(log, ports)
    asking = asyncio.create_task(known.begin("default", "verify", sound))
    async with asyncio.timeout(30):
        while (await log.head()).position == 0:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])

    (begun,) = await known.all("default")
    assert (await ended(known, begun.id)).state == "done"


async def test_the_one_that_goes_on_is_joined_and_the_next_one_is_new(known: Jobs) -> None:
    """Two of one kind would read the same log twice."""
    go = asyncio.Event()

    async def waits(told: Told) -> Report:
        await go.wait()
        return REPORT

    first, second = await asyncio.gather(*(known.begin("default", "verify", waits) for _ in range(2)))
    go.set()
    done = await ended(known, first.id)
    third = await known.begin("default", "verify", sound)

    assert first.id == second.id != third.id
    assert (done.state, done.report) == ("done", REPORT)


async def test_tenants_do_not_see_the_jobs_of_others_and_take_turns(known: Jobs) -> None:
    busy: list[str] = []

    async def alone(told: Told) -> Report:
        assert not busy
        busy.append("")
        await asyncio.sleep(0.01)
        busy.clear()
        return REPORT

    one, other = [await known.begin(tenant, "verify", alone) for tenant in ("north", "south")]

    assert one.id != other.id
    assert (await ended(known, one.id, "north")).state == (await ended(known, other.id, "south")).state == "done"
    assert [job.id for job in await known.all("north")] == [one.id]


@pytest.mark.parametrize(
    ("raised", "said"), [(Unavailable("the disk is gone"), "the disk is gone"), (OSError(5), "unexpected: OSError")]
)
async def test_a_job_that_fails_says_why(known: Jobs, raised: Exception, said: str) -> None:
    async def fails(told: Told) -> Report:
        raise raised

    job = await ended(known, (await known.begin("default", "verify", fails)).id)

    assert (job.state, job.problem, job.report) == ("failed", said, None)


async def _memories(kernel: Kernel, many: int) -> None:
    some = tuple(Memory(id=f"m-{n}", scope="s", body="a heron") for n in range(many))
    await kernel.perform(memory.REMEMBER, memory.Remember(memories=some))


async def test_a_backup_tells_what_it_holds_and_where_it_is(tmp_path: Path) -> None:
    """Also whoever reads it back from the log; what it holds can be restored."""
    target, heard = str(tmp_path / "saved"), list[tuple[str, int, int | None]]()
    ports = Ports(home=tmp_path)
    log = MemoryLog(ports)
    async with open_kernel(log=log, ports=ports) as opened:
        await _memories(opened.kernel, 501)
        known = await opened.kernel.jobs()
        job = await ended(known, (await opened.kernel.perform(jobs.BACKUP, system.Backup(target))).id)
        silence = opened.kernel.listen(
            lambda _, what: heard.append((what.step, what.done, what.total)) if isinstance(what, Progress) else None
        )
        copied = await opened.kernel.perform(system.BACKUP, system.Backup(str(tmp_path / "again")))
        silence()
    async with open_kernel(log=log.twin(ports), ports=ports) as opened:
        told = await _of(opened.kernel, job.id)
    async with open_kernel() as opened:
        restored = await opened.kernel.perform(system.RESTORE, system.Restore(target))

    assert job.copied is not None
    assert (job.state, job.target, job.report, job.copied.memories) == ("done", target, None, 501)
    assert (job.done, job.total) == (job.copied.head.position, job.copied.head.position)
    assert told == job
    assert (restored.head, restored.memories) == (job.copied.head, 501)
    frames = copied.head.position
    assert heard == [("copying memories", 500, None), ("copying the log", frames, frames)]


async def test_a_backup_to_another_place_is_another_job(tmp_path: Path) -> None:
    """The one that goes on to the same place is told of, though its folder is no longer empty."""
    async with open_kernel() as opened:
        known = await opened.kernel.jobs()
        places = [str(tmp_path / name) for name in ("one", "one", "two")]
        begun = [(await opened.kernel.perform(jobs.BACKUP, system.Backup(place))).id for place in places]
        done = [await ended(known, id) for id in begun]

    assert begun[0] == begun[1] != begun[2]
    assert [(job.state, job.target) for job in done] == [("done", place) for place in places]


async def test_a_backup_that_was_broken_off_anywhere_is_begun_anew_in_its_folder(tmp_path: Path) -> None:
    """Also while it was being put in its place, which the log takes last; what is whole is not replaced."""
    target = tmp_path / "saved"
    (target / "unfinished").mkdir(parents=True)
    for name in ("memory.jsonl", "head.key", "unfinished/log.backup", "unfinished/log.backup.x.partial"):
        (target / name).write_bytes(b"half of it")
    asked = system.Backup(str(target))
    async with open_kernel() as opened:
        await _memories(opened.kernel, 1)
        copied = await opened.kernel.perform(system.BACKUP, asked)
        (target / "unfinished").mkdir()
        with pytest.raises(InvalidRequest, match="is not empty"):
            await opened.kernel.perform(jobs.BACKUP, asked)
    async with open_kernel() as opened:
        restored = await opened.kernel.perform(system.RESTORE, system.Restore(str(target)))

    assert restored == copied


@pytest.mark.parametrize(("file", "said"), [("saved", "is a file"), ("saved/notes.txt", "is not empty")])
async def test_what_cannot_take_a_backup_is_refused_at_once(tmp_path: Path, file: str, said: str) -> None:
    """Nothing was begun then, and nothing of what is there has changed."""
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    async with open_kernel() as opened:
        with pytest.raises(InvalidRequest, match=said):
            await opened.kernel.perform(jobs.BACKUP, system.Backup(str(tmp_path / "saved")))
        assert (await opened.kernel.perform(jobs.JOBS, system.Nothing())).jobs == ()

    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["n" * 300, "saved/" * 3000])
async def test_a_name_that_no_folder_can_have_is_the_callers_to_mend(tmp_path: Path, name: str) -> None:
    async with open_kernel() as opened:
        with pytest.raises(InvalidRequest, match="name another folder"):
            await opened.kernel.perform(jobs.BACKUP, system.Backup(str(tmp_path / name)))


async def test_two_processes_do_not_write_one_backup(tmp_path: Path) -> None:
    """The second one is told so, and the first one's is whole."""
    written, asked = asyncio.Event(), system.Backup(str(tmp_path / "saved"))

    class Slow(MemoryLog):
        async def backup(self, target: Path, progress: Told | None = None) -> Head:
            with pytest.raises(InvalidRequest, match="just being written"):
                await other.kernel.perform(system.BACKUP, asked)
            written.set()
            return await super().backup(target, progress)

    async with open_kernel(log=Slow(Ports(home=tmp_path))) as opened, open_kernel() as other:
        await opened.kernel.perform(system.BACKUP, asked)
        assert (await other.kernel.perform(system.RESTORE, system.Restore(asked.target))).memories == 0

    assert written.is_set()


class Full(MemoryLog):
    """A log that cannot take an end for so many times."""

    fails = 2

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        if events[0].kind == "job.ended" and self.fails:
            self.fails -= 1
            raise Unavailable("the disk is full")
        return await super().append(stream, expected, events)


async def test_an_end_that_cannot_be_written_is_told_and_written_later(tmp_path: Path) -> None:
    """Whoever asks this process hears of it at once."""
    ports = Ports(home=tmp_path)
    log = Full(ports)
    known = Jobs(log, ports)
    job = await ended(known, (await known.begin("default", "verify", sound)).id)
    async with asyncio.timeout(30):
        while (await Jobs(log, ports).all("default"))[0].ended is None:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)

    assert job.report == (await Jobs(log, ports).all("default"))[0].report == REPORT


async def test_the_newest_are_told_of(known: Jobs) -> None:
    begun = [(await ended(known, (await known.begin("default", "verify", sound)).id)).id for _ in range(MOST_KEPT + 3)]

    assert [job.id for job in await known.all("default")] == begun[:2:-1]


async def test_who_asks_for_a_job_that_never_was_is_told_where_they_stand() -> None:
    async with open_kernel() as opened:
        with pytest.raises(NotFound, match=r"jobs\.list"):
            await _of(opened.kernel, "none")

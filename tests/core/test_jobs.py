"""Jobs: long work whose beginning and end stand in the log, so that they outlive the process that does it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from kingpost import Event, Head, NotFound, Ports, Receipt, Report, Unavailable
from kingpost._host.jobs import MOST_KEPT, Jobs
from kingpost._host.kernel import Kernel
from kingpost.operations import events, jobs, system
from kingpost.protocols.log import Told
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
    async with begin_jobs.opened(tmp_path) as kernel:
        finished = await ended(await kernel.jobs(), (await kernel.perform(jobs.VERIFY, system.Nothing())).id)
    command = [sys.executable, begin_jobs.__file__, str(tmp_path)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        id = (await process.stdout.readline()).decode().strip()
        async with begin_jobs.opened(tmp_path) as kernel:
            assert (await _of(kernel, id)).state == "running"
            assert (await kernel.perform(jobs.VERIFY, system.Nothing())).id == id
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async with begin_jobs.opened(tmp_path) as kernel:
        assert (await _of(kernel, id)).state == "interrupted"
        anew = await ended(await kernel.jobs(), (await kernel.perform(jobs.VERIFY, system.Nothing())).id)
        listed = (await kernel.perform(jobs.JOBS, system.Nothing())).jobs

    assert finished.report is not None
    assert finished.report.sound
    assert (anew.state, listed[2]) == ("done", finished)
    assert [(one.id, one.state) for one in listed[:2]] == [(anew.id, "done"), (id, "interrupted")]


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

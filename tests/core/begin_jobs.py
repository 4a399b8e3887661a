"""Begins a job that would never end, in a process that is killed meanwhile.

Called by ``test_jobs`` as a script: ``python begin_jobs.py HOME``. Says the job's id, and then nothing more.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from kingpost import Ports, Report
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations import jobs, system
from kingpost.protocols.log import Told


def opened(home: Path) -> Kernel:
    """A kernel on a home of files."""
    plugins = [each for each in installed() if each.id in {"log-sqlite", "memory-sqlite"}]
    return Kernel.open(settings={}, plugins=plugins, ports=Ports(home=home))


async def begin(home: Path) -> None:
    """Until somebody ends the process."""
    begun = asyncio.Event()

    async def verify(told: Told) -> Report:
        told(1, 10)
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody has set it")

    async with opened(home) as kernel:
        job = await (await kernel.jobs()).begin("default", "verify", verify)
        await begun.wait()
        (one, *_) = (await kernel.perform(jobs.JOBS, system.Nothing())).jobs
        assert (one.id, one.state, one.done, one.total) == (job.id, "running", 1, 10)
        sys.stdout.write(f"{job.id}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(begin(Path(sys.argv[1])))

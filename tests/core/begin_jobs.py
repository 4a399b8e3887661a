"""Begins jobs that would never end, in a process that is killed meanwhile.

Called by ``test_jobs`` as a script: ``python begin_jobs.py HOME TARGET``. Says the id of a job that verifies, and of
one that copies the home to the target, and then nothing more.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from unittest.mock import patch

from kingpost import Head, Ports, Report
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations import jobs, system
from kingpost.protocols.log import Told


def opened(home: Path) -> Kernel:
    """A kernel on a home of files."""
    plugins = [each for each in installed() if each.id in {"log-sqlite", "memory-sqlite"}]
    return Kernel.open(settings={}, plugins=plugins, ports=Ports(home=home))


async def copying(kernel: Kernel, target: Path) -> jobs.Job:
    """A backup that has begun and hangs where the log would be copied."""
    log, reached = await kernel.bare_log(), asyncio.Event()

    async def backup(file: Path, progress: Told | None = None) -> Head:
        file.with_suffix(".partial").write_bytes(b"half of it")
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody has set it")

    with patch.object(log, "backup", backup):
        job = await kernel.perform(jobs.BACKUP, system.Backup(str(target)))
        await reached.wait()
    return job


async def begin(home: Path, target: Path) -> None:
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
        copy = await copying(kernel, target)
        sys.stdout.write(f"{job.id} {copy.id}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(begin(Path(sys.argv[1]), Path(sys.argv[2])))

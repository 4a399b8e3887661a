"""Works on a home until nothing is left to do, with an agent that takes its process with it.

Called by ``test_hostile`` as a script: ``python keep_working.py HOME``. What the agent does stands in its task's
description: ``exit``, ``kill`` or ``block``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from kingpost import Answer, Context, Ports, Say, Status
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.operations import tasks as ops
from kingpost.testing import DictMemory, FirstFitCompressor, ScriptedAgent, WordCounter, in_process_plugin

SETTINGS = {"kernel": {"agent": "ordinary", "memory": "dict", "compressor": "first-fit", "counter": "words",
                       "parallel": 16, "block_seconds": 1.0, "memory_floor_mb": 0}}  # fmt: skip
UNFINISHED = (Status.QUEUED, Status.RUNNING, Status.WAITING)


async def deadly(context: Context, _: Say) -> Answer:
    """Take this process along, a moment after the others have begun."""
    await asyncio.sleep(0.1)
    if context.description == "exit":
        os._exit(3)
    if context.description == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(3600)  # noqa: ASYNC251 - just this is what no agent may do
    return Answer(text="never")


async def ordinary(context: Context, _: Say) -> Answer:
    """Be in the middle of something when it happens."""
    await asyncio.sleep(0.3)
    return Answer(text="done")


def opened(home: Path) -> Kernel:
    """A kernel on a home of files, with one deadly agent and an ordinary one."""
    agents = [ScriptedAgent(deadly, "deadly"), ScriptedAgent(ordinary, "ordinary")]
    plugin = in_process_plugin(
        "crowd", agents=agents, memory=[DictMemory()], compressors=[FirstFitCompressor()], counters=[WordCounter()]
    )
    return Kernel.open(settings=SETTINGS, plugins=[*installed(), plugin], ports=Ports(home=home))


async def work(home: Path) -> None:
    """Until every task has ended."""
    async with opened(home) as kernel:
        await kernel.work()
        unfinished = ops.ListTasks(statuses=UNFINISHED, limit=1)
        while (await kernel.perform(ops.LIST, unfinished)).tasks:  # noqa: ASYNC110 - other processes end tasks too
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))

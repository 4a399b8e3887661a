"""Hands in files on a home with its log in a file, and dies by kill -9 at a crash point.

Called by ``test_artefacts`` as a script: ``python keep_handing_in.py HOME POINT NTH``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from kingpost import Answer, Call, Calls, Context, HandedIn, Made, Observation, Ports, Say
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.testing import FunctionExecutor, KillAt, ScriptedAgent, in_process_plugin

CONTENT = bytes(range(256)) * 8000
SETTINGS = {"kernel": {"agent": "ready", "memory_floor_mb": 0, "drain_seconds": 30.0}}


async def make(number: int) -> Observation:
    """Make a file."""
    return HandedIn(call="", text="made", files=(Made(f"{number}.bin", CONTENT if number == 0 else b"1"),))


def _script(context: Context, _: Say) -> Answer | Calls:
    made = len(context.turns)
    return Answer(text="done") if made == 2 else Calls(calls=(Call("1", "make", {"number": made}),))


def opened(home: Path, point: Callable[[str], None] | None = None) -> Kernel:
    """A kernel on a home of files, whose agent hands in two of them, one after the other."""
    agent, tools = ScriptedAgent(_script, "ready"), FunctionExecutor([make], repeatable=["make"])
    plugin = in_process_plugin("ready", agents=[agent], executors=[tools])
    ports = Ports(home=home) if point is None else Ports(home=home, point=point)
    return Kernel.open(settings=SETTINGS, plugins=[*installed(), plugin], ports=ports)


async def work(home: Path, point: str, nth: int) -> None:
    """Until it dies."""
    async with opened(home, KillAt(point, nth)) as kernel:
        await kernel.work()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))

"""Works on a home, with its log and its memory in files, and dies by kill -9 at a crash point.

Called by ``test_uses`` as a script: ``python keep_using.py HOME POINT NTH``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from kingpost import Ports
from kingpost._host.index import installed
from kingpost._host.kernel import Kernel
from kingpost.testing import KillAt, ScriptedAgent, in_process_plugin

SETTINGS = {"kernel": {"agent": "ready", "memory_floor_mb": 0, "drain_seconds": 30.0}}


def opened(home: Path, point: Callable[[str], None] | None = None) -> Kernel:
    """A kernel on a home of files, whose agent answers at once and names no sources."""
    plugin = in_process_plugin("ready", agents=[ScriptedAgent(lambda context, say: "done", "ready")])
    ports = Ports(home=home) if point is None else Ports(home=home, point=point)
    return Kernel.open(settings=SETTINGS, plugins=[*installed(), plugin], ports=ports)


async def work(home: Path, point: str, nth: int) -> None:
    """Until it dies."""
    async with opened(home, KillAt(point, nth)) as kernel:
        await kernel.work()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))

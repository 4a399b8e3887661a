"""Appends to a log and delivers it to the sink "jsonl" at the same time, and tells each append; to be killed.

Called by ``test_deliver`` as a script: ``python keep_delivering.py HOME``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from kingpost import Ports, Sink, task_stream
from kingpost._host.deliver import Delivery, Pace
from kingpost.testing import facts
from kingpost_log_sqlite import provide_log
from kingpost_sink_jsonl import provide_sinks


async def deliver(home: Path, tasks: int) -> None:
    """Append so many tasks, and stop when the sink has what was recorded."""
    ports = Ports(home=home)
    (log,), (sink,) = provide_log(None, ports), provide_sinks(None, ports)
    parts: list[Any] = [log, sink]

    async def use(name: str) -> Sink:
        return sink

    await parts[0].start()
    running = Delivery(log, ports, ["jsonl"], use, _tell, Pace(frames=10, mark_frames=20, drain_seconds=60.0))
    await running.start()
    for _ in range(tasks):
        task = ports.ids.new()
        await log.append(task_stream(task), "", [facts.queued(task)])
        receipt = await log.append(task_stream(task), None, [facts.started(), facts.succeeded()])
        print(receipt.position, flush=True)  # noqa: T201 - whoever kills it reads along
    await running.stop()
    for part in reversed(parts):
        await part.stop()


def _tell(problem: Exception) -> None:
    print(problem, file=sys.stderr, flush=True)  # noqa: T201 - whoever starts it reads along


if __name__ == "__main__":
    asyncio.run(deliver(Path(sys.argv[1]), sys.maxsize))

"""Hands frames to the sink, ten at a time, and tells how many it has accepted; to be killed.

Called by ``test_file`` as a script: ``python keep_accepting.py HOME COUNT``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from kingpost import Event, task_stream
from kingpost.testing import MemoryLog, facts, seeded_ports
from kingpost_sink_jsonl.settings import Settings
from kingpost_sink_jsonl.sink import JsonlSink


async def keep_accepting(home: Path, count: int) -> None:
    log = MemoryLog(seeded_ports(0, home))
    await log.append(task_stream("t"), "", [facts.queued("t", agent="writer-0")])
    for number in range(1, count):
        note = Event("note", {"number": number}, {"text": "sand " * 400, "seed": 0})
        await log.append(task_stream("t"), None, [note])
    sink = JsonlSink(Settings(payloads=True, rotate_mb=1), home)
    for after in range(0, count, 10):
        await sink.accept(await log.read(after, 10))
        print(after + 10, flush=True)  # noqa: T201 - whoever kills it reads along
    await sink.stop()


if __name__ == "__main__":
    asyncio.run(keep_accepting(Path(sys.argv[1]), int(sys.argv[2])))

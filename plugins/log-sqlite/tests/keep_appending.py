"""Processes that append, each until it is done or killed.

Reads orders from its input, one JSON object a line: ``home``, ``worker``, ``told`` (a file), ``tasks`` and ``at_once``.
For each it forks a process, which costs a tenth of starting one, and says its id. That process enlists the worker and
writes down in ``told`` each append that was answered, and at last ``done``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from itertools import count
from pathlib import Path

from kingpost import Ports, task_stream
from kingpost.testing import facts
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings


async def append(home: str, worker: str, told: str, tasks: int, at_once: int) -> None:
    """Tasks of two frames each."""
    log = SqliteLog(Settings(), Ports(home=Path(home)))
    await log.start()
    await log.enlist(worker)
    numbers = count()
    lines = os.open(told, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def tell(line: str) -> None:
        os.write(lines, f"{line}\n".encode())

    async def submit() -> None:
        while (number := next(numbers)) < tasks:
            task = f"{worker}-{number}"
            queued = await log.append(task_stream(task), "", [facts.queued(task), facts.started(1, worker)])
            tell(f"{task} {queued.version}")
            ended = await log.append(task_stream(task), queued.version, [facts.succeeded(1)])
            tell(f"{task} {ended.version}")

    tell("enlisted")
    await asyncio.gather(*(submit() for _ in range(at_once)))
    await log.stop()
    tell("done")


def main() -> None:
    """Nobody waits for the children: the system takes them away."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            asyncio.run(append(**json.loads(line)))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""A process of its own that remembers until it is killed, or until it has done its share.

Called by ``test_processes``: ``keep_remembering.py HOME NAME FIRST LAST [DIE]`` stores the batches FIRST to LAST and
says each number once the memory has acknowledged it. With DIE it kills itself before that commit, counted from 1.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from kingpost import Memory, Ports
from kingpost.testing import KillAt
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings

BATCH = 20


async def main(home: Path, name: str, first: int, last: int, die: int) -> None:
    memory = SqliteMemory(Settings(), Ports(home=home, point=KillAt(None, die)))
    await memory.start()
    for batch in range(first, last):
        new = await memory.remember(
            [
                Memory(
                    id=f"{batch}.{n}",
                    scope="shared",
                    body=f"Crane {n} lifted lot{batch}.",
                    speaker=name,
                    created=batch,
                )
                for n in range(BATCH)
            ]
        )
        print(batch, new, flush=True)  # noqa: T201 - the parent reads what was acknowledged
    await memory.stop()


if __name__ == "__main__":
    asyncio.run(
        main(Path(sys.argv[1]), sys.argv[2], *(int(each) for each in (*sys.argv[3:5], *(sys.argv[5:] or ["0"]))))
    )

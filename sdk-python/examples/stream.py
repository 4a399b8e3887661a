"""Follow a task while it runs, each event once: ``python stream.py``.

A connection that breaks is taken up behind the last event; the stream ends with the task.
"""

import asyncio

from kingpost_sdk import AsyncClient, Speech, models


async def main() -> None:
    """Submit a task and print what happens to it."""
    async with AsyncClient() as client:
        notes = models.MaterialInput("trusses.md", "Rafters lean on the king post.")
        task = await client.tasks.submit("What leans on the king post?", agent="extract", material=[notes])
        async for item in client.tasks.stream(task.id, live=True):
            if isinstance(item, Speech):  # what an agent says while it decides, in no log
                print(f"({item.kind})")
            else:
                print(item.kind)


asyncio.run(main())

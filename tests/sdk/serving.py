"""A worker on the Python SDK that does as it is told: half of it blocks, half of it waits, both do the same.

Called by ``tests.contracts.drive``; the drivers of the other languages have its like.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

from kingpost_sdk import AsyncClient, AsyncWorker, Client, HandedIn, Worker, made, models


class Serving:
    """The agents ``buyer`` and ``teller`` and the tool ``price``, until ``most`` calls or ``seconds``."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.problems: list[str] = []
        self.most_at_once = self.calls = self.now = 0
        self.asked, self.forgotten = asked, False
        self.worker: Worker | AsyncWorker
        self.lock = threading.Lock()

    def terms(self) -> dict[str, Any]:
        """How the worker works."""
        return {
            "name": "driven", "parallel": self.asked.get("parallel", 1), "ttl": self.asked.get("ttl", 60.0),
            "wait": 1.0, "on_problem": lambda problem, _: self.problems.append(type(problem).__name__),
        }  # fmt: skip

    def begin(self) -> None:
        """A function is called."""
        with self.lock:
            self.now += 1
            self.calls += 1
            self.most_at_once = max(self.most_at_once, self.now)
            if self.calls >= self.asked["most"]:
                self.worker.stop()

    def end(self) -> None:
        """It returns."""
        with self.lock:
            self.now -= 1

    def found(self) -> dict[str, Any]:
        """What was seen."""
        return {"problems": self.problems, "most_at_once": self.most_at_once, "calls": self.calls}


def said(what: str) -> Any:
    """What a function does that needs nobody else."""
    if what == "fail":
        raise RuntimeError("sold out")
    return {"odd": 3, "half": "\ud800"}.get(what, f"three {what}")


def priced(what: str, text: Any) -> Any:
    """What the tool says: of a drawing a file as well."""
    content = bytes(at % 256 for at in range(20_000))
    return HandedIn(text, [made("all.bin", content, "image/png")]) if what == "draw" else text


def decided(asking: models.Asking) -> Any:
    """What the buyer decides: to ask the price, then to say what came."""
    if asking.turns:
        return asking.turns[-1].observations[0].text
    return {"calls": [{"id": "1", "tool": "price", "arguments": {"of": asking.description}}]}


def blocking(client: Client, asked: dict[str, Any]) -> dict[str, Any]:
    """With threads."""
    serving = Serving(asked)
    worker = serving.worker = client.worker(**serving.terms())
    meeting = threading.Barrier(2)

    def counted(what: str, work: models.Work) -> Any:
        serving.begin()
        try:
            if what == "lost":
                client.tasks.cancel(work.task)
            elif what == "forget" and not serving.forgotten:
                serving.forgotten = True
                workers = client.workers.list().workers
                client.workers.leave(next(one.id for one in workers if one.name == "driven"))
            elif what == "meet":
                meeting.wait(60)
            return said(what)
        finally:
            serving.end()

    @worker.tool("price", "What it costs.", repeatable=True)
    def price(given: Mapping[str, Any], work: models.Work) -> Any:
        return priced(given["of"], counted(given["of"], work))

    @worker.agent("teller")
    def teller(asking: models.Asking, work: models.Work) -> Any:
        return counted(asking.description, work)

    @worker.agent("buyer", tools=True)
    def buyer(asking: models.Asking, work: models.Work) -> Any:
        counted("", work)
        return decided(asking)

    late = threading.Timer(asked["seconds"], worker.stop)
    late.start()
    try:
        worker.run()
    finally:
        late.cancel()
    return serving.found()


async def waiting(client: AsyncClient, asked: dict[str, Any]) -> dict[str, Any]:
    """With tasks."""
    serving = Serving(asked)
    worker = serving.worker = client.worker(**serving.terms())
    meeting: list[asyncio.Future[None]] = []

    async def counted(what: str, work: models.Work) -> Any:
        serving.begin()
        try:
            if what == "lost":
                await client.tasks.cancel(work.task)
                await asyncio.Event().wait()
            elif what == "forget" and not serving.forgotten:
                serving.forgotten = True
                workers = (await client.workers.list()).workers
                await client.workers.leave(next(one.id for one in workers if one.name == "driven"))
            elif what == "meet":
                mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                meeting.append(mine)
                if len(meeting) == 2:
                    for one in meeting:
                        one.set_result(None)
                    meeting.clear()
                await mine
            return said(what)
        finally:
            serving.end()

    @worker.tool("price", "What it costs.", repeatable=True)
    async def price(given: Mapping[str, Any], work: models.Work) -> Any:
        return priced(given["of"], await counted(given["of"], work))

    @worker.agent("teller")
    async def teller(asking: models.Asking, work: models.Work) -> Any:
        return await counted(asking.description, work)

    @worker.agent("buyer", tools=True)
    async def buyer(asking: models.Asking, work: models.Work) -> Any:
        await counted("", work)
        return await asyncio.to_thread(decided, asking)

    late = asyncio.get_running_loop().call_later(asked["seconds"], worker.stop)
    try:
        await worker.run()
    finally:
        late.cancel()
    return serving.found()


async def served(client: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Whichever half the client is of."""
    return await waiting(client, asked) if isinstance(client, AsyncClient) else blocking(client, asked)

"""What the edge costs by itself: the same operation through the ASGI application, and asked for without it.

Called by ``http``. No socket and no connection; a token, its limits, the correlation id, the headers and the counters
are all there. The operation reads nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from kingpost import operations
from kingpost._host.kernel import Kernel
from kingpost_http.edge import Edge
from kingpost_http.metrics import Metrics
from kingpost_http.routes import routes
from kingpost_http.settings import Settings

from tests.bench._measure import interleaved

CALLS, ROUNDS = 5000, 7
PATH = "/v1/jobs"


def edge_us() -> dict[str, float]:
    """Microseconds of CPU: the edge (``edge``), the counters in it (``metrics``)."""
    with tempfile.TemporaryDirectory() as name:
        return asyncio.run(_measured(Path(name)))


async def _measured(home: Path) -> dict[str, float]:
    async with Kernel.open(home=home / "home") as kernel:
        made = await kernel.perform(operations.tokens.CREATE, operations.tokens.CreateToken(scopes=("*",)))
        await kernel.reception()
        known, metrics = routes(kernel), Metrics()
        edge = Edge(kernel, Settings(), known, metrics, frozenset({"localhost"}))
        scope = {
            "type": "http", "method": "GET", "path": PATH, "raw_path": PATH.encode(), "query_string": b"",
            "scheme": "http", "client": ("127.0.0.1", 5), "state": {},
            "headers": [(b"host", b"localhost"), (b"authorization", f"Bearer {made.token}".encode())],
        }  # fmt: skip
        endpoint, parameters = known.find("GET", PATH.encode())
        access = kernel.admit(made.token)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            assert message.get("status", 200) == 200

        async def with_it() -> None:
            await edge(scope, receive, send)

        async def without() -> None:
            value = await endpoint.answer(kernel, endpoint.request(parameters, b"", b""), access, None)
            endpoint.written(value)

        async def counted() -> None:
            metrics.seen(endpoint, 200, 0.001)

        async def nothing() -> None:
            return

        found = interleaved(
            ROUNDS, edge=_each(with_it), bare=_each(without), counted=_each(counted), call=_each(nothing)
        )  # fmt: skip
    return {"edge": found["edge"] - found["bare"], "metrics": found["counted"] - found["call"]}


def _each(call: Callable[[], Awaitable[None]]) -> Callable[[], float]:
    """Microseconds of one call. None of them ever waits, so no loop is needed to take it to its end."""

    def measure() -> float:
        began = time.process_time()
        for _ in range(CALLS):
            try:
                call().__await__().__next__()
            except StopIteration:
                continue
            raise RuntimeError("it waits for something")
        return (time.process_time() - began) / CALLS * 1e6

    return measure

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

from kingpost import operations
from kingpost._host.kernel import Kernel
from kingpost_http.edge import Edge
from kingpost_http.metrics import Metrics
from kingpost_http.request import Request
from kingpost_http.routes import routes
from kingpost_http.settings import Settings

from tests.bench._measure import interleaved

CALLS, ROUNDS = 5000, 7
PATH = "/v1/jobs"


class _Nowhere:
    """Where answers go instead of a connection."""

    lost = full = False
    written = 0.0
    on_lost: Callable[[], None] | None = None

    def wanted(self, request: Request) -> None: ...
    def begin(self, request: Request, status: int, headers: bytes) -> None: ...
    def write(self, request: Request, part: bytes) -> None: ...
    def end(self, request: Request) -> None: ...
    async def drained(self) -> None: ...

    def answer(self, request: Request, status: int, headers: bytes, body: bytes) -> None:
        assert status == 200
        request.answered = True


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
        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {made.token}".encode())]
        nowhere = _Nowhere()
        endpoint, parameters = known.find("GET", PATH.encode())
        endpoint.at_once = True  # as the hottest is; this one waits for nothing either
        access = kernel.admit(made.token)

        async def with_it() -> None:
            request = Request(nowhere, ("127.0.0.1", 5), "http", headers, dict(headers))
            request.method, request.path, request.complete = "GET", PATH.encode(), True
            edge.take(request)
            assert request.answered

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

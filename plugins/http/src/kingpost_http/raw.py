"""Requests that others have laid down: handed on as they came, every header and every byte of the body.

Asked by the edge before its own routes. Checks no media type and parses nothing; only the size is bounded.
"""

from __future__ import annotations

from typing import Any

from kingpost import Access, Kernel, Operation, Raw, RawAnswer

from .problem import Refusal
from .request import Request
from .routes import VERSION

_BYTES = 1_000_000


class RawRoutes:
    """Every operation with a raw path."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._routes: list[tuple[bytes, str, list[str | None], Operation[Any, Any]]] = []
        for operation, _ in kernel.offered():
            if operation.raw:
                method, _, path = operation.raw.partition(" ")
                parts = [None if part.startswith("{") else part for part in f"{VERSION}{path}".split("/")]
                begins = f"{VERSION}{path}".partition("{")[0].encode()
                self._routes.append((begins, method, parts, operation))

    def find(self, method: str, path: bytes) -> tuple[Operation[Any, Any], tuple[str, ...]] | None:
        """The operation behind a path, with the path's parameters.

        Raises:
            Refusal: 405, the path takes another method.
        """
        for begins, wanted, parts, operation in self._routes:
            if not path.startswith(begins):
                continue
            given = path.decode("latin-1").split("/")
            if len(parts) == len(given) and all(part in {None, one} for part, one in zip(parts, given, strict=True)):
                if method != wanted:
                    detail = f"this path takes {wanted}, not {method}"
                    raise Refusal(405, "http.method", detail, (b"allow", wanted.encode()))
                return operation, tuple(one for part, one in zip(parts, given, strict=True) if part is None)
        return None

    async def answer(
        self, operation: Operation[Any, Any], parameters: tuple[str, ...], access: Access, request: Request
    ) -> RawAnswer:
        """Read the body and ask the kernel.

        Raises:
            Refusal: 413, the body is too large.
        """
        body = await request.body(_BYTES if operation.body_bytes is None else operation.body_bytes)
        answer: RawAnswer = await self._kernel.ask(operation, Raw(parameters, tuple(request.headers), body), access)
        return answer

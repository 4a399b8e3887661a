"""Requests that others have laid down: handed on as they came, every header and every byte of the body.

Asked by the edge before its own routes. Checks no media type and parses nothing; only the size is bounded.
"""

from __future__ import annotations

from typing import Any

from kingpost import Access, Kernel, Operation, Raw, RawAnswer

from .problem import Refusal
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
        self, operation: Operation[Any, Any], parameters: tuple[str, ...], access: Access, scope: Any, receive: Any
    ) -> RawAnswer:
        """Read the body and ask the kernel.

        Raises:
            Refusal: 413, the body is too large.
        """
        body = await _read(scope, receive, _BYTES if operation.body_bytes is None else operation.body_bytes)
        answer: RawAnswer = await self._kernel.ask(operation, Raw(parameters, tuple(scope["headers"]), body), access)
        return answer


async def _read(scope: Any, receive: Any, most: int) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-length" and (len(value) > 15 or int(value) > most):
            raise _too_large(most)
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(408, "http.gone", "the caller has gone")
        part: bytes = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> Refusal:
    return Refusal(413, "http.too_large", f"the body is larger than {most:,} bytes; send less, or in parts")

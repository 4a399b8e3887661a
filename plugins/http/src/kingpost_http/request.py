"""One request on its way: what was asked, and the body as far as it has come.

Made by ``connection``, handed to the edge. Knows nothing of operations.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from .endpoint import Endpoint
from .headers import Header
from .problem import Refusal

_DIGITS = 15


class Carrier(Protocol):
    """The connection that a request came on, and that its answer goes back by."""

    lost: bool
    full: bool
    written: float
    on_lost: Callable[[], None] | None

    def wanted(self, request: Request) -> None: ...
    def answer(self, request: Request, status: int, headers: bytes, body: bytes) -> None: ...
    def begin(self, request: Request, status: int, headers: bytes) -> None: ...
    def write(self, request: Request, part: bytes) -> None: ...
    def end(self, request: Request) -> None: ...
    async def drained(self) -> None: ...


class Request:
    """``headers`` are as they came, names in lower case; ``fields`` the same by name, the last of each."""

    # What most requests never change is the class's, and costs none of them anything.
    method, path, query = "", b"", b""
    keep_alive = expects = complete = gone = answered = begun = body_wanted = False
    chunked = True
    content: bytes | bytearray = b""
    announced = 0
    # What the edge notes on it: its id, the operation, when it began, header lines of the answer.
    id, began, answer = b"", 0.0, b""
    endpoint: Endpoint | None = None
    _came: asyncio.Future[None] | None = None

    def __init__(
        self, carrier: Carrier, client: tuple[str, int] | None, scheme: str, headers: list[Header],
        fields: dict[bytes, bytes],
    ) -> None:  # fmt: skip
        self.carrier, self.client, self.scheme, self.headers, self.fields = carrier, client, scheme, headers, fields

    @property
    def has_body(self) -> bool:
        """Whether its head announces a body."""
        return self.fields.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in self.fields

    async def body(self, most: int) -> bytes:
        """The whole body.

        Raises:
            Refusal: 413, it is larger than ``most`` bytes; 408, the caller has gone.
        """
        length = self.fields.get(b"content-length")
        if length is not None and (len(length) > _DIGITS or int(length) > most):
            raise _too_large(most)
        self.body_wanted = True
        while not self.complete and max(len(self.content), self.announced) <= most:
            self.carrier.wanted(self)
            if self.gone:
                break
            self._came = asyncio.get_running_loop().create_future()
            await self._came
        if self.gone:
            raise Refusal(408, "http.gone", "the caller has gone")
        if max(len(self.content), self.announced) > most:
            raise _too_large(most)
        content, self.content = bytes(self.content), b""
        return content

    def came(self) -> None:
        """More of the body has come, or never will."""
        if self._came is not None and not self._came.done():
            self._came.set_result(None)


def _too_large(most: int) -> Refusal:
    return Refusal(413, "http.too_large", f"the body is larger than {most:,} bytes; send less, or in parts")

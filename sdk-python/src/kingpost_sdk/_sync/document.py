# Made out of ../_async by `make contracts`; mend it there.
"""What the server says that it can do, with all its plugins. Kept by the client, asked by its plugins."""

from __future__ import annotations

from typing import Any

from .resource import DEFAULT
from .transport import Transport


class Document:
    """The server's OpenAPI document, read when it is first needed, and again where that may help."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.kept: dict[str, Any] | None = None

    def newer(self, than: dict[str, Any] | None) -> dict[str, Any]:
        """The document; read anew unless somebody else has done so since ``than`` was read.

        Raises:
            ApiError: the server refused, or what answered has no operations: ``AnswerInvalid``.
            ConnectionFailed: nobody answered.
        """
        if self.kept is None or self.kept is than:
            self.kept = self._transport.read({"method": "get", "url": "/openapi.json"}, DEFAULT)
        return self.kept

"""Operations of installed plugins, by name: checked against the server's live document before anything is sent.

Made by ``client.plugin``. Types come from ``python -m kingpost_sdk sync``; this works without them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from .._errors import UnknownOperation, read
from .._operations import Described, chosen, described
from .._settings import Options
from .document import AsyncDocument
from .resource import DEFAULT
from .transport import AsyncTransport


class AsyncPlugin:
    """One plugin of the server."""

    def __init__(self, name: str, transport: AsyncTransport, document: AsyncDocument) -> None:
        self.name = name
        self._transport, self._document = transport, document

    async def operations(self) -> list[str]:
        """The names of what it offers."""
        kept = self._document.kept
        known = described(kept, self.name) if kept is not None else None
        return sorted(known or described(await self._document.newer(kept), self.name))

    async def call(
        self, operation: str, arguments: dict[str, Any] | None = None, options: Options | None = None
    ) -> Any:
        """What the operation answers: a JSON object, or bytes where the document names something else.

        Raises:
            UnknownOperation: the plugin is not installed, has no such operation, or not with these arguments.
            ApiError: the server refused, or something else than the API answered: ``AnswerInvalid``.
        """
        given = arguments or {}
        found = await self._found(operation, given)
        sent = _sent(found, given)
        received = await self._transport.ask(sent, options or DEFAULT)
        if found.answers_json:
            asked, url = self._transport.where(sent)
            return read(asked, url, received.status, received.headers, received.content)
        return received.content

    async def _found(self, operation: str, given: dict[str, Any]) -> Described:
        """The operation; before one is refused the document is read again: it may have come since, or changed."""
        kept = self._document.kept
        if kept is not None:
            with suppress(UnknownOperation):
                return chosen(kept, self.name, operation, given)
        return chosen(await self._document.newer(kept), self.name, operation, given)


def _sent(operation: Described, arguments: dict[str, Any]) -> dict[str, Any]:
    path = operation.path
    for name in operation.in_path:
        path = path.replace("{" + name + "}", quote(str(arguments[name]), safe=""))
    query = {name: arguments[name] for name in operation.in_query if name in arguments}
    sent: dict[str, Any] = {"method": operation.method, "url": path, "params": query}
    if operation.in_body is not None:
        sent["json"] = {name: arguments[name] for name in operation.in_body if name in arguments}
    return sent

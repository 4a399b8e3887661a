"""Operations of installed plugins, by name: checked against the server's live document before anything is sent.

Made by ``client.plugin``. Types come from ``python -m kingpost_sdk sync``; this works without them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from .._errors import UnknownOperation
from .._operations import Described, described
from .._settings import Options
from .resource import DEFAULT
from .transport import AsyncTransport


class AsyncPlugin:
    """One plugin of the server."""

    def __init__(self, name: str, transport: AsyncTransport, document: Callable[[], Any]) -> None:
        self.name = name
        self._transport, self._document = transport, document

    async def operations(self) -> list[str]:
        """The names of what it offers."""
        return sorted(described(await self._document(), self.name))

    async def call(
        self, operation: str, arguments: dict[str, Any] | None = None, options: Options | None = None
    ) -> Any:
        """What the operation answers: JSON, or bytes where it is something else.

        Raises:
            UnknownOperation: the plugin is not installed, has no such operation, or not with these arguments.
            ApiError: the server refused.
        """
        known = described(await self._document(), self.name)
        found = known.get(operation) or known.get(f"{self.name}.{operation}")
        if found is None:
            offers = ", ".join(sorted(known)) or "nothing; is it installed?"
            raise UnknownOperation(f"plugin {self.name!r} has no operation {operation!r}; it offers {offers}")
        received = await self._transport.ask(_sent(found, arguments or {}), options or DEFAULT)
        if "json" in received.headers.get("content-type", ""):
            return json.loads(received.content)
        return received.content


def _sent(operation: Described, arguments: dict[str, Any]) -> dict[str, Any]:
    operation.check(arguments)
    path = operation.path
    for name in operation.in_path:
        path = path.replace("{" + name + "}", quote(str(arguments[name]), safe=""))
    query = {name: arguments[name] for name in operation.in_query if name in arguments}
    sent: dict[str, Any] = {"method": operation.method, "url": path, "params": query}
    if operation.in_body is not None:
        sent["json"] = {name: arguments[name] for name in operation.in_body if name in arguments}
    return sent

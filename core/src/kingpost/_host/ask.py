"""What somebody outside asks: whether they may, and carried out once where they say so.

Called by ``kernel`` for faces. The operations that begin or take something (submit, fork, tokens, claims) see to being
carried out once by themselves, within the append that does it, and what changes nothing is done again; the answers of
all others are kept in the log under their key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from .._walk.journal import stow, unstow
from ..errors import Conflict, Forbidden, InFlight, KeyReused
from ..operations.table import Operation
from ..protocols import Log
from ..records.access import Access, Once
from ..records.codec import adapter, dump
from ..records.event import Event

FILES = "host:files"
"""The scope that lets somebody name files of this machine; one of those ``OF_THE_HOUSE``."""


def permit(operation: Operation[Any, Any], request: Any, access: Access) -> None:
    """Refuse what the token does not allow.

    Raises:
        Forbidden: naming the scope that is missing.
    """
    shows_its_own = bool(operation.credential) and getattr(request, operation.credential) is not None
    if not shows_its_own and not access.allows(operation.scope):
        raise Forbidden(operation.scope)
    if (operation.files or operation.late_files) and not access.allows(FILES):
        for name in (*operation.files, *operation.late_files):
            value = request
            for part in name.split("."):
                value = getattr(value, part)
            if value:
                raise Forbidden(FILES)


class Answered:
    """Answers by idempotency key, kept in the log: a stream for each key."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._flying: set[tuple[str, str]] = set()

    async def once(
        self, operation: Operation[Any, Any], tenant: str, once: Once, answer: Callable[[], Awaitable[Any]]
    ) -> Any:
        """The answer that this key got before, or a new one, which is on disk when it is given.

        Raises:
            KeyReused: the key came with another request. InFlight: it is being answered right now.
        """
        flight = (tenant, once.key)
        if flight in self._flying:
            raise InFlight(once.key)
        self._flying.add(flight)
        try:
            if operation.id in NATURAL or operation.id in REPEATABLE:
                return await answer()
            return await self._kept(operation, tenant, once, answer)
        finally:
            self._flying.discard(flight)

    async def _kept(
        self, operation: Operation[Any, Any], tenant: str, once: Once, answer: Callable[[], Awaitable[Any]]
    ) -> Any:
        stream = f"answer/{tenant}/{sha256(once.key.encode()).hexdigest()}"
        if frames := await self._log.read(0, 1, stream):
            return await self._before(operation, tenant, once, frames[0].events[0])
        value = await answer()
        header = {"operation": operation.id, "digest": once.digest}
        event = await stow(self._log, tenant, Event("request.answered", header, {"answer": dump(value)}))
        try:
            await self._log.append(stream, "", [event])
        except Conflict:
            frames = await self._log.read(0, 1, stream)
            return await self._before(operation, tenant, once, frames[0].events[0])
        return value

    async def _before(self, operation: Operation[Any, Any], tenant: str, once: Once, event: Event) -> Any:
        if event.header["digest"] != once.digest or event.header["operation"] != operation.id:
            raise KeyReused(once.key)
        payload = (await unstow(self._log, tenant, event)).payload
        if payload is None:
            raise KeyReused(once.key)
        return adapter(operation.response).validate_python(payload["answer"])


NATURAL = frozenset(
    {"tasks.submit", "tasks.submit_all", "tasks.fork", "tokens.create", "tokens.rotate", "workers.claim"}
)
"""Operations that write the key down with what they begin or take, so that a second time finds it there."""

REPEATABLE = frozenset(
    {"memory.recall", "memory.export", "context.pack", "context.fit", "context.count", "workers.heartbeat"}
)
"""Operations that are done again under the same key, and write nothing to the log.

They only read (what ``context.pack`` reads in it finds there), or say once more that a worker is alive.
"""

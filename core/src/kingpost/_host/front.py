"""The side of a kernel that is turned to whoever asks: every operation of the table, and who may ask for it.

``kernel`` is made of it. Looks answers up by the operation's id; knows no transport.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from ..errors import InvalidRequest, Unauthorized
from ..operations import OPERATIONS
from ..operations.table import Operation
from ..protocols import Kernel
from ..records.access import Access, Asked, Once
from .answers import ANSWERS, PERSONAL
from .ask import permit
from .feeds import Feeds
from .keyring import Keyring
from .plugins import Plugins
from .reception import Reception
from .settings import KernelSettings
from .tenants import Tenants

Request = TypeVar("Request")
Response = TypeVar("Response")


class Front(ABC):
    """Answers operations, for this process and for somebody outside."""

    plugins: Plugins
    config: KernelSettings

    @abstractmethod
    async def _received(self) -> Reception:
        """What outsiders need, with the log opened."""

    @abstractmethod
    def _itself(self) -> Kernel:
        """The kernel that this is the front of."""

    @abstractmethod
    def _known(self) -> Reception | None:
        """The same, if the log is open."""

    async def perform(
        self, operation: Operation[Request, Response], request: Request, tenant: str = "default"
    ) -> Response:
        """Carry out one operation of the table for a tenant.

        Raises:
            KingpostError: what ``operation.errors`` names, or ``InvalidRequest``.
        """
        response: Response = await self._answer(operation, request, Asked(Access(tenant=tenant)))
        return response

    async def ask(
        self, operation: Operation[Request, Response], request: Request, access: Access, once: Once | None = None
    ) -> Response:
        """The same for somebody outside, as far as they may, and once for each idempotency key."""
        permit(operation, request, access)
        asked = Asked(access, once)
        if once is None:
            answer: Response = await self._answer(operation, request, asked)
            return answer
        answered = (await self.reception()).answered
        response: Response = await answered.once(
            operation, access.tenant, once, lambda: self._answer(operation, request, asked)
        )
        return response

    def _answer(self, operation: Operation[Any, Any], request: Any, asked: Asked) -> Awaitable[Any]:
        id, tenant = operation.id, asked.access.tenant
        if (answer := ANSWERS.get(id)) is not None:
            return answer(self, request, tenant)
        if (personal := PERSONAL.get(id)) is not None:
            return personal(self, request, tenant, asked)
        return self._brought(id, request, tenant)

    async def _brought(self, id: str, request: Any, tenant: str) -> Any:
        """The answer of an operation that a plugin brings."""
        if id not in self.plugins.names("operations"):
            raise InvalidRequest(f"there is no operation {id!r}")
        return await (await self.plugins.use("operations", id)).answer(self, request, tenant)

    def offered(self) -> Sequence[tuple[Operation[Any, Any], str | None]]:
        """Every operation, with the plugin that brings it."""
        brought = [
            (self.plugins.get("operations", id).operation, owners[0])
            for id, owners in self.plugins.names("operations").items()
        ]
        return [*((operation, None) for operation in OPERATIONS), *brought]

    async def reception(self) -> Reception:
        """Tokens, tenants, feeds and faces."""
        reception = await self._received()
        await reception.open()
        return reception

    async def keyring(self) -> Keyring:
        """Every token, and who they let in."""
        return (await self.reception()).keyring

    async def tenants(self) -> Tenants:
        """Tenants and their limits."""
        return (await self.reception()).tenants

    async def feeds(self) -> Feeds:
        """Everybody who follows events."""
        return (await self.reception()).feeds

    def admit(self, token: str | None) -> Access:
        """What whoever shows this token may do, once the kernel serves."""
        known = self._known()
        if known is None or (token is None and known.keyring.empty):
            return Access()
        if token is None:
            raise Unauthorized("this needs a token; show it as 'Authorization: Bearer kp_...'")
        return known.keyring.admit(token)

    def heed(self, ear: Callable[[], None]) -> Callable[[], None]:
        """Tell ``ear`` when tokens were made, replaced or revoked, once the kernel serves."""
        known = self._known()
        return (lambda: None) if known is None else known.keyring.heed(ear)

    @property
    def guarded(self) -> bool:
        """Whether tokens are asked for."""
        known = self._known()
        return known is not None and not known.keyring.empty

    async def serve(self, *faces: str) -> None:
        """Open these faces, and those that the settings name."""
        await (await self.reception()).serve(self._itself(), self.plugins, (*faces, *self.config.faces))

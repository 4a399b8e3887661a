"""What a face, a command and an operation of a plugin promise: ways in, and what can be asked there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, runtime_checkable

from ..operations.table import Operation, Req, Res
from ..records.access import Access, Once


@runtime_checkable
class Kernel(Protocol):
    """What a face or a command may use of a kernel."""

    async def perform(self, operation: Operation[Req, Res], request: Req, tenant: str = "default") -> Res:
        """Carry out one operation of the table."""
        ...

    async def ask(self, operation: Operation[Req, Res], request: Req, access: Access, once: Once | None = None) -> Res:
        """The same for somebody outside, as far as ``access`` allows it, and once for each idempotency key.

        Raises:
            Forbidden: the token may not do this. KeyReused, InFlight: see their docstrings.
        """
        ...

    def admit(self, token: str | None) -> Access:
        """What whoever shows this token may do.

        Raises:
            Unauthorized: nothing: the token is unknown, has expired, was revoked, or is missing where one is needed.
        """
        ...

    def heed(self, ear: Callable[[], None]) -> Callable[[], None]:
        """Tell ``ear`` when it has changed whom ``admit`` lets in, except by time. Returns how to stop."""
        ...

    @property
    def guarded(self) -> bool:
        """Whether tokens are asked for: from the first one on that was ever made."""
        ...

    @property
    def position(self) -> int:
        """The newest position of the log that this process knows of."""
        ...

    def counted(self) -> Mapping[str, tuple[int, int]]:
        """For each token counter in use: how many counts of this process it remembered, and how many it made."""
        ...

    def offered(self) -> Sequence[tuple[Operation[Any, Any], str | None]]:
        """Every operation, with the plugin that brings it, ``None`` for the kernel's own."""
        ...

    def listen(self, ear: Callable[[str, Any], None]) -> Callable[[], None]:
        """Tell ``ear(task, what)`` live: a ``Recorded`` frame or a ``Speech``. Returns how to stop."""
        ...

    async def work(self, *roots: str) -> None:
        """Work on these trees, or on every task of the home, from now on."""
        ...

    async def serve(self, *faces: str) -> None:
        """Open these faces, and those that the settings name."""
        ...


@runtime_checkable
class Face(Protocol):
    """A way in: opened with a kernel, closed with it."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def open(self, kernel: Kernel) -> None:
        """Let others in; they can come when this returns.

        Raises:
            ConfigurationError: it cannot be opened as it is set up, with the mend.
        """
        ...

    async def close(self) -> None:
        """Let nobody in any more, and answer what was accepted. Closing twice is no error."""
        ...


@runtime_checkable
class Answerer(Protocol):
    """One operation that a plugin brings, and how it is answered."""

    @property
    def name(self) -> str:
        """The id of the operation, as in the plugin's manifest."""
        ...

    @property
    def operation(self) -> Operation[Any, Any]:
        """The operation; its id is not one of the kernel's own."""
        ...

    async def answer(self, kernel: Kernel, request: Any, tenant: str) -> Any:
        """Answer a request of the operation's type with a response of its type, out of what is the tenant's."""
        ...


Opener = Callable[[Mapping[str, Mapping[str, Any]]], AbstractAsyncContextManager[Kernel]]
"""Opens a kernel for the length of a command; the settings that are handed over replace those of the file, by section
and key."""


@runtime_checkable
class Command(Protocol):
    """One command of the command line that a plugin brings."""

    @property
    def name(self) -> str:
        """The word behind ``kingpost``, as in the plugin's manifest."""
        ...

    @property
    def command(self) -> Any:
        """A ``click.Command``. The object of its context is an ``Opener``."""
        ...

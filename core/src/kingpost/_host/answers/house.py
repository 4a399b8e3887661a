"""What an answer may use of the kernel that it answers for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from ...ports import Ports
from ...protocols import Log
from ..draft import Drafter
from ..equip import Outfitter
from ..feeds import Feeds
from ..guests import GuestBook
from ..intake import Intake
from ..jobs import Jobs
from ..keyring import Keyring
from ..plugins import Plugins
from ..settings import KernelSettings, Settings
from ..tail import Tail
from ..tenants import Tenants
from ..views import Views


class House(Protocol):
    """The part of the kernel that answers need."""

    home: Path
    settings: Settings
    config: KernelSettings
    plugins: Plugins
    ports: Ports
    views: Views

    async def log(self) -> Log:
        """The log, opened."""
        ...

    async def bare_log(self) -> Log:
        """The log itself, for what only some logs can do."""
        ...

    async def intake(self) -> Intake:
        """The door for new tasks."""
        ...

    async def feeds(self) -> Feeds:
        """Everybody who follows events."""
        ...

    async def guests(self) -> GuestBook:
        """Workers and personas, by tenant."""
        ...

    async def tenants(self) -> Tenants:
        """Tenants and their limits."""
        ...

    async def jobs(self) -> Jobs:
        """Long work that was begun in this home."""
        ...

    async def keyring(self) -> Keyring:
        """Every token, and who they let in."""
        ...

    def drafter(self) -> Drafter:
        """What makes tasks out of requests."""
        ...

    async def tail(self) -> Tail:
        """The end of the log, read once for all who wait."""
        ...

    async def outfitter(self) -> Outfitter:
        """What makes a task's crew live."""
        ...

    async def work(self, *roots: str) -> None:
        """Work on these trees."""
        ...

    def tell(self, task: str, what: Any) -> None:
        """Tell the listeners."""
        ...

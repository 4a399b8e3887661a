"""The composition root: a home, its settings and plugins, one worker, and the operations that can be asked for.

Opened by the command line, by faces and by tests. Two kernels live in one process without knowing each other: there
is no global state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ..errors import InvalidRequest
from ..operations.table import Operation
from ..ports import Ports
from ..protocols import Log
from .answers import ANSWERS
from .equip import Outfitter
from .home import find_home
from .index import installed
from .plugins import Plugins
from .settings import KernelSettings, Settings
from .tail import Tail
from .work import Work

Request = TypeVar("Request")
Response = TypeVar("Response")
Ear = Callable[[str, Any], None]


class Kernel:
    """One home, opened. Use ``Kernel.open()`` and ``async with``."""

    def __init__(self, home: Path, settings: Settings, plugins: Plugins, ports: Ports) -> None:
        self.home, self.settings, self.plugins, self.ports = home, settings, plugins, ports
        self.config = settings.section("kernel", KernelSettings)
        self._ears: list[Ear] = []
        self._work: Work | None = None
        self._tail: Tail | None = None
        self._opening = asyncio.Lock()

    @classmethod
    def open(
        cls,
        start: Path | None = None,
        *,
        home: Path | None = None,
        settings: Mapping[str, Any] | None = None,
        plugins: Iterable[Any] | None = None,
        ports: Ports | None = None,
    ) -> Self:
        """A kernel for the folder ``start`` (default: the current one); nothing is loaded or written yet.

        ``plugins`` replaces the installed ones by objects with hook implementations and a ``manifest``; ``settings``
        replaces the settings file by its content; ``home`` the folder that both would be found for.

        Raises:
            SettingsInvalid: the settings file cannot be used.
        """
        found = find_home((start or Path.cwd()).absolute())
        folder = ports.home if ports is not None else home or found.folder
        read = Settings.read(found.config) if settings is None else Settings(settings, "settings")
        given = ports or Ports(home=folder)
        return cls(folder, read, Plugins(installed() if plugins is None else plugins, read, given), given)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def log(self) -> Log:
        """The log that the settings name, opened with the first call."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        log: Log = await self.plugins.use("log", self.config.log)
        return log

    async def tail(self) -> Tail:
        """The end of the log, read once for all who wait."""
        log = await self.log()
        if self._tail is None:
            self._tail = Tail(log, self.ports, lambda problem: self.tell("", problem))
        return self._tail

    async def outfitter(self) -> Outfitter:
        """What makes a task's crew live."""
        return Outfitter(await self.log(), self.plugins, self.config, self.ports, self.tell)

    async def perform(
        self, operation: Operation[Request, Response], request: Request, tenant: str = "default"
    ) -> Response:
        """Carry out one operation of the table for a tenant.

        Raises:
            KingpostError: what ``operation.errors`` names, or ``InvalidRequest``.
        """
        answer = ANSWERS.get(operation.id)
        if answer is None:
            raise InvalidRequest(f"there is no operation {operation.id!r}")
        response: Response = await answer(self, request, tenant)
        return response

    def listen(self, ear: Ear) -> Callable[[], None]:
        """Tell ``ear(task, what)`` live: a ``Recorded`` frame, a ``Speech``, a ``Progress`` or a log's problem.

        Frames are told while this kernel works. Returns how to stop.
        """
        self._ears.append(ear)
        return lambda: self._ears.remove(ear)

    async def work(self, *roots: str) -> None:
        """Work on the trees under these root tasks from now on; with none, on every task of the home."""
        async with self._opening:
            if self._work is None:
                work = Work(await self.log(), await self.tail(), await self.outfitter(), self.config, self.tell)
                await work.start()
                self._work = work
        if not roots:
            self._work.only = None
        for root in roots:
            self._work.add(root)

    def tell(self, task: str, what: Any) -> None:
        """Tell the listeners; one that raises is not told again."""
        for ear in list(self._ears):
            try:
                ear(task, what)
            except Exception:  # noqa: BLE001 - a broken listener must never reach the work
                self._ears.remove(ear)

    async def drain(self) -> None:
        """Claim no more, let running tasks end within ``drain_seconds``, and let go of the rest."""
        if self._work is not None:
            await self._work.stop()
            self._work = None

    async def close(self) -> None:
        """Drain, then stop every plugin. Closing twice is no error."""
        await self.drain()
        if self._tail is not None:
            await self._tail.stop()
        await self.plugins.stop()

"""The composition root: a home, its settings and plugins, one worker, and the operations that can be asked for.

Opened by the command line, by faces and by tests. Two kernels live in one process without knowing each other: there
is no global state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .. import protocols
from .._walk.breaker import Breakers
from .._walk.calibrate import CALIBRATION, Calibrations
from ..ports import Ports
from ..protocols import Log, Sink
from ..records.event import Recorded
from ..records.record import Record
from ..records.task import Task
from .agents import Agents
from .deliver import Delivery
from .draft import Drafter
from .echo import EchoLog
from .equip import Outfitter
from .fire import Fire
from .front import Front
from .guests import GuestBook, Guests
from .home import find_home, made
from .index import installed
from .intake import Intake
from .jobs import Jobs
from .plugins import Plugins
from .reception import Reception
from .remember import REMEMBER, Rememberer
from .settings import KernelSettings, Settings
from .tail import Tail
from .views import Views
from .watch import Watchdog
from .work import Shop, Work

Ear = Callable[[str, Any], None]


class Kernel(Front):
    """One home, opened. Use ``Kernel.open()`` and ``async with``."""

    def __init__(self, home: Path, settings: Settings, plugins: Plugins, ports: Ports) -> None:
        self.home, self.settings, self.plugins, self.ports = home, settings, plugins, ports
        self.config = settings.section("kernel", KernelSettings)
        self._ears: tuple[Ear, ...] = ()
        self._opening = asyncio.Lock()
        self._opened: _Opened | None = None
        self._running: _Running | None = None
        self.worker: str | None = None
        """What the claims of this process say; ``None`` before it has worked."""
        self.views = Views(ports.clock)
        self._drafter = Drafter(
            plugins,
            Agents(plugins, ports.clock),
            self.config,
            ports,
            Calibrations(ports.home / CALIBRATION),
            self._of,
        )

    @classmethod
    def open(
        cls,
        start: Path | None = None,
        *,
        home: Path | None = None,
        settings: Mapping[str, Any] | None = None,
        plugins: Iterable[Any] | None = None,
        ports: Ports | None = None,
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Self:
        """A kernel for the folder ``start`` (default: the current one); nothing is loaded or written yet.

        ``plugins`` replaces the installed ones by objects with hook implementations and a ``manifest``; ``settings``
        replaces the settings file by its content; ``home`` the folder that both would be found for;
        ``overrides`` are settings that win, by section and key.

        Raises:
            SettingsInvalid: the settings file cannot be used.
        """
        found = find_home((start or Path.cwd()).absolute())
        folder = ports.home if ports is not None else home or found.folder
        read = Settings.read(found.config) if settings is None else Settings(settings, "settings")
        read = read.with_these(overrides or {})
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
        return (self._opened or await self._open()).log

    async def bare_log(self) -> Log:
        """The log itself, for what only some logs can do."""
        return (await self._open()).bare

    async def tail(self) -> Tail:
        """The end of the log, read once for all who wait."""
        return (self._opened or await self._open()).tail

    async def outfitter(self) -> Outfitter:
        """What makes a task's crew live."""
        return (self._opened or await self._open()).outfitter

    async def intake(self) -> Intake:
        """The door for new tasks."""
        return (self._opened or await self._open()).intake

    def drafter(self) -> Drafter:
        """What makes tasks out of requests."""
        return self._drafter

    async def guests(self) -> GuestBook:
        """Workers and personas, by tenant."""
        return (self._opened or await self._open()).guests

    async def _of(self, tenant: str) -> Guests:
        return await (await self.guests()).of(tenant)

    async def _open(self) -> _Opened:
        if self._opened is not None:
            return self._opened
        made(self.home)
        bare: Log = await self.plugins.use("log", self.config.log)
        if self._opened is None:
            tail = Tail(bare, self.ports, lambda problem: self.tell("", problem))
            log = EchoLog(bare, tail)
            outfitter = Outfitter(
                log,
                self._drafter,
                self.tell,
                Breakers(self.ports.clock, self.config.breaker_failures, self.config.breaker_seconds),
            )
            reception = Reception(log, tail, self.ports, self.listen)
            intake = Intake(self._drafter, outfitter, log, self._queued, self._met, reception.tenants.queue)
            sinks = [*self.config.sinks, *((REMEMBER,) if self.config.remember or self.config.uses else ())]
            delivery = Delivery(log, self.ports, sinks, self._sink, lambda problem: self.tell("", problem))
            guests, jobs = GuestBook(log, self.ports), Jobs(log, self.ports)
            self._opened = _Opened(bare, log, tail, outfitter, intake, delivery, reception, guests, jobs)
        return self._opened

    def _queued(self) -> Mapping[str, int] | None:
        return None if self._running is None else self._running.work.queued()

    def _met(self, task: Task) -> None:
        """A task that is just being queued: whoever works here need not read it back."""
        if self._running is not None:
            self._running.work.meet(task)

    @property
    def position(self) -> int:
        """The newest position of the log that this process knows of."""
        return 0 if self._opened is None else self._opened.tail.position

    def counted(self) -> Mapping[str, tuple[int, int]]:
        """For each counter in use: how many counts of this process it remembered, and how many it made."""
        return self.plugins.counted()

    async def jobs(self) -> Jobs:
        """Long work that was begun in this home."""
        return (await self._open()).jobs

    async def _received(self) -> Reception:
        return (await self._open()).reception

    def _itself(self) -> protocols.Kernel:
        return self

    def _known(self) -> Reception | None:
        return None if self._opened is None else self._opened.reception

    def listen(self, ear: Ear) -> Callable[[], None]:
        """Tell ``ear(task, what)`` live: a ``Recorded`` frame, a ``Speech``, a ``Progress`` or a log's problem.

        Frames are told while this kernel works. Returns how to stop.
        """
        self._ears = (*self._ears, ear)
        return lambda: self._silence(ear)

    async def work(self, *roots: str) -> None:
        """Work on the trees under these root tasks from now on; with none, on every task of the home."""
        async with self._opening:
            if self._running is None:
                self._running = await self._begin(await self._open())
        running = self._running
        for root in roots or (None,):
            running.work.add(root)
        if not roots:
            running.fire.start()

    async def _begin(self, opened: _Opened) -> _Running:
        shop = Shop(opened.log, opened.tail, opened.outfitter, self.config, self.ports, self.tell)
        # The same one after a drain, or it would take what it let go then for held by somebody alive.
        self.worker = self.worker or self.ports.ids.new()
        work = Work(shop, self.worker)
        await work.start()
        await opened.delivery.start()
        watchdog = Watchdog(self.config.block_seconds, work.names)
        watchdog.start()
        fire = Fire(opened.log, opened.intake, self.config, self.ports, lambda problem: self.tell("", problem))
        return _Running(work, opened.delivery, watchdog, fire)

    async def _sink(self, name: str) -> Sink:
        if name == REMEMBER:
            return Rememberer(await self.log(), self.plugins, self.config, self.ports)
        sink: Sink = await self.plugins.use("sinks", name)
        return sink

    def tell(self, task: str, what: Any) -> None:
        """Tell the listeners; one that raises is not told again."""
        if self._running is not None and not isinstance(what, Recorded):
            self._running.work.hear(task)
        for ear in self._ears:
            try:
                ear(task, what)
            except Exception:  # noqa: BLE001 - a broken listener must never reach the work
                self._silence(ear)

    def _silence(self, ear: Ear) -> None:
        self._ears = tuple(other for other in self._ears if other != ear)

    async def drain(self) -> None:
        """Claim no more, let running tasks end within ``drain_seconds``, and let go of the rest."""
        if self._opened is not None:
            await self._opened.reception.close()
        running, self._running = self._running, None
        if running is not None:
            await running.fire.stop()
            await running.work.stop()
            await running.delivery.stop()
            running.watchdog.stop()

    async def close(self) -> None:
        """Drain, then stop every plugin. Closing twice is no error."""
        await self.drain()
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.jobs.stop()
            await opened.tail.stop()
        await self.plugins.stop()


class _Opened(Record):
    """What stands once the log is open: the log, and the same as this process uses it."""

    bare: Log
    log: EchoLog
    tail: Tail
    outfitter: Outfitter
    intake: Intake
    delivery: Delivery
    reception: Reception
    guests: GuestBook
    jobs: Jobs


class _Running(Record):
    """What runs while this kernel works."""

    work: Work
    delivery: Delivery
    watchdog: Watchdog
    fire: Fire

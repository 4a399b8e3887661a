"""One simulated process: a kernel with a clock, ids and a view of the log of its own, which may die at any moment.

Made by ``history``. A death is a kill -9: nothing of the process goes on, no ``finally`` reaches the log, and its
worker is no longer alive.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from ..._host.index import Found
from ..._host.kernel import Kernel
from ..._host.plugins import Plugins
from ..._host.settings import Settings
from ...ports import Ports
from ..plugin import in_process_plugin
from ..world import EPOCH, Crash
from .loop import ProcessLoop
from .stage import Stage
from .view import View

Equip = Callable[["Process"], Mapping[str, Sequence[Any]]]
"""What a process finds installed, by door as ``in_process_plugin`` names them; the log is put in beside it."""


class Process:
    """A kernel that runs on the stage. It is also the clock that it goes by: ``skew`` is its error in seconds."""

    def __init__(self, stage: Stage, name: str, settings: Mapping[str, Any], equip: Equip) -> None:
        self.stage, self.name, self.skew = stage, name, 0.0
        self.dice = stage.dice(name)
        self.loop = ProcessLoop(stage.scheduler, name)  # type: ignore[abstract]  # it has no sockets and no threads
        self.ports = Ports(stage.home, clock=self, entropy=stage.dice(name, "entropy").randbytes, point=self._point)
        self.log = View(stage, self.ports, name, stage.dice(name, "disk"))
        self.reached: Counter[str] = Counter()
        self.died_at: str | None = None
        self.on_death: Callable[[Process], None] = lambda process: None
        self._planned: tuple[str, int] | None = None
        self._left, self._closing = 0, False
        offers = {"log": [self.log], **equip(self)}
        names = {"log": self.log.name, "agent": offers["agents"][0].name}
        read = Settings({**settings, "kernel": {**names, **settings.get("kernel", {})}}, "the simulated settings")
        self.kernel = Kernel(stage.home, read, _AtHand(offers, read, self.ports), self.ports)
        self.kernel.listen(self._hear)
        self.running: set[asyncio.Task[Any]] = set()

    @property
    def dead(self) -> bool:
        """Whether it has been killed or has ended."""
        return self.loop.dead

    @property
    def able(self) -> bool:
        """Whether it can do what somebody asks of it."""
        return not self.dead and not self.loop.frozen and not self._closing

    def now(self) -> float:
        """Seconds since the epoch, as this process believes."""
        return EPOCH + self.stage.scheduler.now + self.skew

    def monotonic(self) -> float:
        """Seconds since the world began."""
        return self.stage.scheduler.now

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` of the world's time."""
        await asyncio.sleep(seconds)

    def die_at(self, point: str, nth: int) -> None:
        """Be killed when a crash point is passed for the ``nth`` time."""
        self._planned = (point, nth)

    def die_after(self, steps: int) -> None:
        """Be killed behind that many callbacks, wherever that is."""
        self._left = steps
        self.loop.before = self._count

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in this process."""
        task = self.loop.create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def kill(self, where: str) -> None:
        """End it at once and without a word."""
        if not self.dead:
            self.died_at = where
            self.stage.note(self.name, "is killed", where)
            self.log.dead = True
            self.log.presume(alive=False)
            self.loop.die()
            self.on_death(self)

    def spare(self) -> None:
        """Nothing more befalls it."""
        self._planned, self.loop.before, self.log.lag = None, None, 0.0
        self.thaw()
        self.rejoin()

    async def close(self) -> None:
        """End as a service does that is told to stop."""
        self._closing = True
        self.stage.note(self.name, "stops")
        await self.kernel.close()
        self.stage.note(self.name, "has stopped")
        self.kill("after its end")

    def cut_off(self) -> None:
        """Reach the log no more until ``rejoin``; the others take it for dead."""
        self.stage.note(self.name, "is cut off from the log")
        self.log.presume(alive=False)
        self.log.cut_off = True

    def rejoin(self) -> None:
        """Reach the log again."""
        if self.log.cut_off and not self.dead:
            self.stage.note(self.name, "reaches the log again")
            self.log.cut_off = False
            self.log.presume(alive=True)

    def freeze(self) -> None:
        """Stand still until ``thaw``; the others take it for dead."""
        self.stage.note(self.name, "stands still")
        self.log.presume(alive=False)
        self.loop.freeze()

    def thaw(self) -> None:
        """Go on, and be heard of again."""
        if self.loop.frozen and not self.dead:
            self.stage.note(self.name, "goes on")
            self.log.presume(alive=True)
            self.loop.thaw()

    def _hear(self, task: str, what: Any) -> None:
        """What a kernel tells its user beside the log."""
        if isinstance(what, Exception):
            self.stage.note(self.name, "tells", task, f"{type(what).__name__}: {what}")

    def _point(self, name: str) -> None:
        if self.dead:
            raise Crash(name)
        self.stage.writer = self.name
        self.reached[name] += 1
        if self._planned == (name, self.reached[name]):
            self.kill(f"at {name}")
            raise Crash(name)

    def _count(self) -> bool:
        self._left -= 1
        if self._left < 0:
            self.kill("anywhere")
        return not self.dead


class _AtHand(Plugins):
    """Plugins whose objects are at hand, so that nobody need look for them: processes begin by the thousand here."""

    def __init__(self, offers: Mapping[str, Sequence[Any]], settings: Settings, ports: Ports) -> None:
        super().__init__([in_process_plugin("simulated", **offers)], settings, ports)
        self._at_hand = {kind: {one.name: one for one in offered} for kind, offered in offers.items()}

    def _ask(self, plugin: Found, kind: str) -> Mapping[str, Any]:
        return self._at_hand[kind]

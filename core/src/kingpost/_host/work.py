"""Working: claim a task, walk it, record how it ended; and notice what others append meanwhile.

Started by ``kernel``. A claim is an ordinary append, so any number of processes may work on one home; one whose
process has died is taken over at once. A stop lets running tasks end for a bounded time and then lets go of them,
which is the same as kill -9: whoever comes next goes on from the last recorded turn.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .._walk.pipeline import cancelled
from ..errors import (
    AgentFailed,
    ConfigurationError,
    Conflict,
    Fenced,
    FinalError,
    InputError,
)  # fmt: skip
from ..ports import Ports
from ..protocols import Log
from ..records.event import Recorded
from ..records.record import Record
from ..records.task import Task
from ..state import TASK_STREAM, Refused, TaskState
from .attempt import Attempt, Held, failure
from .desk import Change, Desk
from .equip import Outfitter
from .guard import Guard
from .queue import Queue, QueueLimits
from .react import Reactor
from .settings import KernelSettings
from .tail import Tail

TICK_SECONDS = 0.5
"""How often a worker looks for the tasks of dead ones: the bound on how long those lie idle."""

DERIVE_SECONDS = 5.0
"""How often consequences are derived again although nothing was told."""

MOST_KNOWN = 4096

GRACE_SECONDS = 10.0
"""How long an agent that was told to stop may take before its task goes on without it."""

Tell = Callable[[str, Any], None]


class Shop(Record):
    """What a worker works with."""

    log: Log
    tail: Tail
    outfitter: Outfitter
    settings: KernelSettings
    ports: Ports
    tell: Tell


class Work:
    """One worker. ``desk.only`` bounds it to the trees under some root tasks; ``None`` is every task of the home."""

    def __init__(self, shop: Shop, worker: str) -> None:
        self._shop, self._log, self._ports, self._settings = shop, shop.log, shop.ports, shop.settings
        self.worker = worker
        settings = shop.settings
        self._limits = QueueLimits(
            tenant=settings.tenant_parallel, agents=settings.agent_parallel,
            capabilities=frozenset(settings.capabilities),
        )  # fmt: skip
        self.desk = Desk(self._log, Queue(self._limits))
        self.held: dict[str, Held] = {}
        self._attempt = Attempt(self._log, shop.outfitter, settings, self.worker, self._ports, self._too_many)
        self._guard = Guard(settings.memory_floor_mb or None, settings.cpu_ceiling, self._ports.clock)
        self._claiming, self._reacting = asyncio.Event(), asyncio.Event()
        self._react = Reactor(self._log, self.desk, self._ports, self._reacting.set)
        self._left: set[str] = set()
        self._fresh: set[str | None] = set()
        self._derive = False
        self._looked = float("-inf")
        self._going: list[asyncio.Task[None]] = []
        self._silence: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Be alive, and begin to claim."""
        await self._log.enlist(self.worker)
        self._silence = await self._shop.tail.listen(None, self._notice)
        self._going = [
            asyncio.create_task(self._go(self._look, self._claiming), name="kingpost work"),
            asyncio.create_task(self._go(self._consequences, self._reacting), name="kingpost react"),
        ]

    def add(self, root: str | None) -> None:
        """Work on this tree too; with ``None`` on all of them."""
        if root is None:
            self.desk.only = None
        elif self.desk.only is not None:
            self.desk.only.add(root)
        self._fresh.add(root)
        self._claiming.set()

    def meet(self, task: Task) -> None:
        """A task that is just being queued in this process."""
        if len(self._attempt.known) < MOST_KNOWN:
            self._attempt.known[task.id] = task

    def queued(self) -> Mapping[str, int] | None:
        """How many tasks each tenant has queued; ``None`` unless this worker knows all of the home."""
        return self.desk.queued() if self.desk.only is None and None not in self._fresh else None

    async def stop(self) -> None:
        """Claim no more, let what runs end for ``drain_seconds``, and let go of the rest."""
        if not self._going:
            return
        (claiming, reacting), self._going = self._going, []
        await _ended(claiming)
        walks = [held.walking for held in self.held.values() if held.walking is not None]
        if walks:
            _, late = await asyncio.wait(walks, timeout=self._settings.drain_seconds)
            for walking in late:
                walking.cancel()
            await asyncio.wait(walks, timeout=GRACE_SECONDS)
        await _ended(reacting)
        await self._shop.tail.settle()
        self._silence()

    async def _go(self, step: Callable[[], Awaitable[float]], poke: asyncio.Event) -> None:
        """Do a step, then sleep until there is more to do, for at most as long as the step said (seconds)."""
        while True:
            try:
                seconds = await step()
            except Exception as problem:  # noqa: BLE001 - a worker that dies silently helps nobody; trouble passes
                self._shop.tell("", problem)
                self._derive = True
                await self._ports.clock.sleep(TICK_SECONDS)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(seconds, 0)):
                    await poke.wait()
            poke.clear()

    async def _look(self) -> float:
        """Claim what can be claimed."""
        if self._fresh:
            fresh = {root for root in self._fresh if root is not None}
            await self.desk.load(None if None in self._fresh else sorted(fresh))
            self._fresh -= {None, *fresh}
            self._derive = True
            self._reacting.set()
        now = self._ports.clock.monotonic()
        if now - self._looked >= TICK_SECONDS:
            self._looked = now
            await self._tick()
        wall = self._ports.clock.now()
        passed: list[TaskState] = []
        while len(self.held) < self._settings.parallel and self._guard.open(len(self.held)):
            state = self.desk.queue.next(wall, self.desk.running)
            if state is None:
                break
            if self._is_last_try(state) and any(map(self._is_tried_last, self.held.values())):
                passed.append(state)
            elif state.id not in self.held and state.id not in self._left:
                self._begin(state)
        for state in passed:
            self.desk.queue.put(state)
        due = self.desk.queue.due(wall)
        return TICK_SECONDS if due is None else min(TICK_SECONDS, due - wall)

    def _is_last_try(self, state: TaskState) -> bool:
        """One of those that ran when processes died again and again; which of them it was that killed, nobody knows.

        Their last tries are made one by one, so that the killer takes none of the others with it.
        """
        return state.strikes > 0 and state.strikes + 1 >= self._settings.attempts

    def _is_tried_last(self, held: Held) -> bool:
        progress = held.journal is not None and not held.journal.state.strikes
        return self._is_last_try(held.state) and not progress

    def _begin(self, state: TaskState) -> None:
        held = self.held[state.id] = Held(state, sign=self._ports.clock.monotonic())
        # Counted as running from now on: the next choice must not wait for the claim to be on disk.
        self.desk.running[state.id] = state
        held.walking = asyncio.create_task(self._attempted(held), name=f"kingpost {state.id}")

    async def _attempted(self, held: Held) -> None:
        id = held.state.id
        try:
            await self._attempt.run(held, self.desk.payloads.pop(id, None))
        except (Conflict, Fenced, Refused):
            self.desk.doubtful.add(id)  # somebody else was faster; the next look sees what became of it
        except (ConfigurationError, FinalError, InputError) as problem:
            # It cannot be worked on here as things are; left alone, it keeps nobody else waiting.
            self._left.add(id)
            self._shop.tell(id, problem)
        except Exception as problem:  # noqa: BLE001 - a log that cannot be read or written now may be later
            self.desk.doubtful.add(id)
            self._shop.tell(id, problem)
            # A disk that is full is not asked again at once.
            await self._ports.clock.sleep(TICK_SECONDS)
        finally:
            if self.held.get(id) is held:
                del self.held[id]
            self.desk.let_go(id, again=id not in self._left)
            self._claiming.set()

    async def _too_many(self, state: TaskState, position: int) -> bool:
        """Of claims that together pass a limit the later one gives way; all before it must have been told."""
        if self._limits.tenant is None and state.agent not in self._limits.agents:
            return False
        while not await self._shop.tail.wait(position, TICK_SECONDS):
            pass
        others = [other for other in self.desk.running_before(position) if other.id != state.id]
        return self._limits.passed(state, others)

    def _notice(self, frame: Recorded) -> None:
        """Tell the listeners what was appended, and see what it means for this worker."""
        self._shop.tell(frame.stream.removeprefix(TASK_STREAM), frame)
        change = self.desk.take(frame)
        if change is None:
            if self.desk.doubtful:
                self._looked = float("-inf")
                self._claiming.set()
            return
        self._changed(change, frame)

    def _changed(self, change: Change, frame: Recorded | None) -> None:
        before, after = change
        self._react.notice(frame, change)
        if after.status == "queued" and (before is None or before.status != "queued"):
            self._claiming.set()
        held = self.held.get(after.id)
        if held is not None and before is not None:
            self._steer(held, before, after)

    def _steer(self, held: Held, before: TaskState, after: TaskState) -> None:
        if not held.cancelled:
            held.sign = self._ports.clock.monotonic()
        if held.journal is not None and after.messages > before.messages:
            held.journal.stale = True
        if after.cancel and not held.cancelled and held.walking is not None and not after.final:
            held.cancelled = True
            held.walking.cancel()

    def hear(self, task: str) -> None:
        """An agent said something: its task is alive."""
        if (held := self.held.get(task)) is not None:
            held.sign = self._ports.clock.monotonic()

    def names(self) -> list[str]:
        """What is in hand, for whoever has to say what hangs."""
        return [f"task {id} (agent {held.state.agent})" for id, held in self.held.items()]

    async def _consequences(self) -> float:
        if self._derive:
            self._derive = False
            await self._react.derive()
        await self._react.act()
        if not self._react.idle:
            return 0.0
        due = self._react.due()
        return DERIVE_SECONDS if due is None else min(DERIVE_SECONDS, due - self._ports.clock.now())

    async def _tick(self) -> None:
        """Look for what no frame tells: workers that have died, tasks that nobody can be sure of, agents that hang."""
        for change in await self.desk.settle_doubts():
            self._changed(change, None)
        dead: dict[str, bool] = {self.worker: True}
        for id, state in list(self.desk.running.items()):
            if id in self.held or state.status != "running" or state.worker is None:
                continue
            if state.worker not in dead:
                dead[state.worker] = not await self._log.alive(state.worker)
            if dead[state.worker]:
                self.desk.abandoned(id)
        await self._sweep()

    async def _sweep(self) -> None:
        """Give up agents that neither speak nor end when they are told to: their tasks go on without them."""
        now = self._ports.clock.monotonic()
        longest = max(self._settings.silence_seconds, self._settings.tool_seconds) + GRACE_SECONDS
        for id, held in list(self.held.items()):
            silent = now - held.sign
            if held.journal is None or silent < (GRACE_SECONDS if held.cancelled else longest):
                continue
            del self.held[id]
            problem = AgentFailed(f"agent {held.state.agent!r} did not stop when it was told to")
            outcome = await cancelled(held.journal) if held.cancelled else failure(problem)
            await self._attempt.record(held.journal, outcome, held.journal.state.reserved or [0, 0, 0])


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

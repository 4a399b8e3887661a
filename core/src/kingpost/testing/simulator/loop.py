"""Time and turns of a simulated world: several event loops, one for each process, in one thread of control.

Called by ``history``, which runs the world, and by ``process``, which owns a loop. Nothing here waits for real: when
nobody has anything to do, the time jumps to the next timer. A loop runs its own callbacks in the order in which they
were scheduled, as asyncio promises; which process goes on next, and for how long, the seed decides.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from asyncio.events import _get_running_loop, _set_running_loop
from collections import deque
from collections.abc import Callable, Coroutine
from heapq import heappop, heappush
from random import Random
from typing import Any

from .steady import SteadyTask, closed

STEP_SECONDS = 5e-6
"""What one callback takes: short, but no two moments are the same."""

BURST = 6
"""How many callbacks a process runs at most before another one may."""

FEW_TASKS = 64
"""So many tasks are remembered before those that are done are forgotten."""


class Handle:
    """A callback that is scheduled; of a timer, if it has a time."""

    __slots__ = ("_when", "args", "callback", "context", "loop")

    def __init__(
        self, loop: ProcessLoop, callback: Callable[..., Any], args: tuple[Any, ...],
        context: contextvars.Context | None, when: float = 0.0,
    ) -> None:  # fmt: skip
        self.loop = loop
        self.callback: Callable[..., Any] | None = callback
        self.args, self._when = args, when
        self.context = context or contextvars.copy_context()

    def cancel(self) -> None:
        """Never run it."""
        self.callback, self.args = None, ()

    def cancelled(self) -> bool:
        """Whether it will never run."""
        return self.callback is None

    def when(self) -> float:
        """Its time, in seconds of the loop."""
        return self._when


class Scheduler:
    """Runs the loops of a world. ``now`` is in seconds since it began."""

    def __init__(self, dice: Random) -> None:
        self.now, self.steps = 0.0, 0
        self._dice = dice.random
        self._timers: list[tuple[float, int, Handle]] = []
        self._order = 0
        self._ready: list[ProcessLoop] = []
        self.current: ProcessLoop | None = None

    def run(self, done: Callable[[], bool], *, seconds: float, steps: int) -> bool:
        """Go on until ``done()``; false when that is not so within that much time and that many callbacks."""
        end, last = self.now + seconds, self.steps + steps
        outer, hooks = _get_running_loop(), sys.get_asyncgen_hooks()
        # A generator that nobody finishes must not be handed to a loop that runs around this one.
        sys.set_asyncgen_hooks(None, None)
        try:
            while not done():
                if self.steps > last or not self._advance(end):
                    return False
                self._burst()
        finally:
            self.current = None
            _set_running_loop(outer)
            sys.set_asyncgen_hooks(*hooks)
        return True

    def at(self, handle: Handle) -> None:
        """Run a timer's callback when its time has come."""
        self._order += 1
        heappush(self._timers, (handle.when(), self._order, handle))

    def wake(self, loop: ProcessLoop) -> None:
        """The loop has something to do."""
        if not loop.listed:
            loop.listed = True
            self._ready.append(loop)

    def rest(self, loop: ProcessLoop) -> None:
        """The loop is not to run for now."""
        if loop.listed:
            loop.listed = False
            self._ready.remove(loop)

    def _advance(self, end: float) -> bool:
        """Let what is due become ready; false when nothing ever happens again before ``end``."""
        timers = self._timers
        while timers and (timers[0][2].callback is None or timers[0][0] <= self.now or not self._ready):
            when, _, handle = heappop(timers)
            if handle.callback is None or handle.loop.dead:
                continue
            if when > end:
                heappush(timers, (when, 0, handle))
                return False
            self.now = max(self.now, when)
            handle.loop.push(handle)
        return bool(self._ready)

    def _burst(self) -> None:
        ready, chance = self._ready, self._dice()
        place = 0
        if len(ready) > 1:
            chance *= len(ready)
            place = int(chance)
            chance -= place
        loop = ready[place]
        _set_running_loop(loop)
        self.current = loop
        queue, count = loop.queue, 1 + int(chance * BURST)
        while count and queue and not loop.stopped:
            handle = queue.popleft()
            if handle.callback is None:
                continue
            count -= 1
            self.steps += 1
            self.now += STEP_SECONDS
            if loop.before is not None and not loop.before():
                continue
            try:
                handle.context.run(handle.callback, *handle.args)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as problem:  # noqa: BLE001 - as in every event loop, a callback's failure is its own
                loop.call_exception_handler({"message": "a callback failed", "exception": problem})
        if not queue:
            self.rest(loop)


class ProcessLoop(asyncio.AbstractEventLoop):
    """The event loop of one simulated process: no threads, no sockets, no waiting.

    ``before`` is asked before each callback whether it may run; a process dies there, between any two of them.
    """

    def __init__(self, scheduler: Scheduler, name: str, before: Callable[[], bool] | None = None) -> None:
        self.name = name
        self.queue: deque[Handle] = deque()
        self.dead = self.frozen = self.stopped = self.listed = False
        self.mishaps: list[str] = []
        self.before = before
        self._scheduler = scheduler
        self._begun, self._most = 0, FEW_TASKS
        # Held until ``bury``, lest the collector close one and run what stands in its ``finally``.
        self._tasks: list[SteadyTask] = []

    def push(self, handle: Handle) -> None:
        """Run a callback after those that are waiting."""
        self.queue.append(handle)
        if not self.listed and not self.stopped:
            self._scheduler.wake(self)

    def die(self) -> None:
        """Run nothing any more. What it held stays as it is until ``bury``, so that no ``finally`` runs."""
        self.dead = self.stopped = True
        self._scheduler.rest(self)

    def bury(self) -> None:
        """Let go of everything, when no history can be changed by it any more."""
        self.die()
        outer = _get_running_loop()
        # What a ``finally`` begins while it is closed begins here, and is closed in its turn.
        _set_running_loop(self)
        try:
            while self._tasks:
                closed(self._tasks.pop())
        finally:
            _set_running_loop(outer)
        self.queue.clear()

    def freeze(self) -> None:
        """Run nothing until ``thaw``."""
        self.frozen = self.stopped = True
        self._scheduler.rest(self)

    def thaw(self) -> None:
        """Go on where it was."""
        if self.frozen and not self.dead:
            self.frozen = self.stopped = False
            if self.queue:
                self._scheduler.wake(self)

    def time(self) -> float:
        return self._scheduler.now

    def call_soon(  # type: ignore[override]  # a handle of our own is all that asyncio needs
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> Handle:
        handle = Handle(self, callback, args, context)
        if not self.dead:
            self.queue.append(handle)
            if not self.listed and not self.stopped:
                self._scheduler.wake(self)
        return handle

    def call_soon_threadsafe(  # type: ignore[override]  # a handle of our own is all that asyncio needs
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(  # type: ignore[override]  # a handle of our own is all that asyncio needs
        self, delay: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> Handle:
        return self.call_at(self._scheduler.now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # a handle of our own is all that asyncio needs
        self, when: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> Handle:
        handle = Handle(self, callback, args, context, when)
        if not self.dead:
            self._scheduler.at(handle)
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]  # generators are no coroutines any more
        self, coro: Coroutine[Any, Any, Any], *, name: str | None = None, context: contextvars.Context | None = None
    ) -> asyncio.Task[Any]:
        self._begun += 1
        # The number is there before the constructor, which already asks for the hash.
        task = SteadyTask.__new__(SteadyTask)
        task.serial = self._begun
        SteadyTask.__init__(task, coro, loop=self, name=name or f"{self.name} {self._begun}", context=context)
        self._tasks.append(task)
        if len(self._tasks) > self._most:
            self._tasks = [task for task in self._tasks if not task.done()]
            self._most = max(2 * len(self._tasks), FEW_TASKS)
        return task

    def run_in_executor(  # type: ignore[override]  # no executor, no types for one
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """There are no threads: it is done at once, and its result comes later."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as problem:  # noqa: BLE001 - it belongs to whoever waits for the result
            done.set_exception(problem)
        return done

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if not self.dead:
            self.mishaps.append(f"{context.get('message')}: {context.get('exception')!r}")

    def is_running(self) -> bool:
        return self._scheduler.current is self

    def is_closed(self) -> bool:
        return self.dead

    def get_debug(self) -> bool:
        return False

    async def shutdown_asyncgens(self) -> None:
        """Nothing keeps account of them."""

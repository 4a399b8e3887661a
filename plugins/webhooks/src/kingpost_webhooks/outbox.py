"""The log as the outbox: what is recorded goes to every endpoint that wants it, each at its own cursor.

Called by ``sink`` with frames in order. An endpoint that stalls or fails holds its own slot and nobody else's: each
has one attempt in flight, slow ones give their place in the lane away, failing ones have a lane of their own. Cursors
and attempts are written into the endpoint's stream; after a crash some deliveries are made twice, with the same id.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import count

from kingpost import Event, KingpostError, Log, Ports, Recorded

from .audience import Audience, Name
from .courier import Courier, Due
from .ledger import Ledger
from .notice import Message
from .pace import delay
from .reader import Reader
from .registry import Registry
from .sender import Line, Sender, Verdict
from .settings import Settings

LOOK_SECONDS = 0.5
_AGAIN_SECONDS = 5.0
_RUSH = 300
_AT_ONCE = 32
_DAY = 86_400.0

_OWN = ("webhooks.outbox", "webhooks.endpoint/")


class Outbox:
    """Every endpoint's courier."""

    def __init__(self, log: Log, registry: Registry, sender: Sender, ports: Ports, settings: Settings) -> None:
        self._log, self._registry, self._sender, self._ports = log, registry, sender, ports
        self._clock, self._give_up = ports.clock, settings.give_up_days * _DAY
        self._reader, self._ledger = Reader(log), Ledger(log, ports, lambda: (self.reached, self._news))
        self._couriers: dict[Name, Courier] = {}
        self._audience = Audience()
        self._beginning: deque[Courier] = deque()
        self._generation = -1
        self._timers: list[tuple[float, int, Courier]] = []
        self._order, self._sooner, self._stirred = count(), asyncio.Event(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._keepers: list[asyncio.Task[None]] = []
        self.reached = self._news = 0
        self._opened = False

    async def start(self) -> None:
        """Find out how far every endpoint is, and go on from there."""
        await self._registry.fresh(self._log, now=True)
        mark, behind = await self._ledger.newest()
        self.reached = mark
        self._sync()
        self._opened = True
        for name in behind:
            if (courier := self._couriers.get(name)) is not None:
                await self._restore(courier)
        head = (await self._log.head()).position
        while self.reached < head and (frames := await self._reader.page(self.reached, head)):
            await self.accept(frames)
        self._keepers = [asyncio.create_task(self._wake()), asyncio.create_task(self._mark())]

    async def stop(self) -> None:
        """Send no more, and write down how far everybody is."""
        await self.abandon()
        await self._ledger.keep(self._couriers, last=True)

    async def abandon(self) -> None:
        """Let go of everything as it is."""
        self._beginning.clear()
        going = [*self._keepers, *self._tasks]
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        self._keepers = []
        self._sender.stop()

    async def keep(self) -> bool:
        """Write down how far everybody is; false if something is left to write."""
        return await self._ledger.keep(self._couriers)

    async def accept(self, frames: Sequence[Recorded]) -> None:
        """Hand every event to the couriers that want it. Nothing is waited for but the log."""
        frames = [frame for frame in frames if frame.position > self.reached]
        if not frames:
            return
        touched = [frame for frame in frames if frame.stream.startswith("webhooks/")]
        await self._registry.fresh(self._log, now=bool(touched))
        self._sync()
        messages = await self._reader.messages(frames, self._audience.kinds)
        asked = [each for frame in touched for each in await self._asked(frame)]
        # From here on nothing is waited for: these frames are taken as a whole or not at all.
        woken: dict[int, Courier] = {}
        for each in messages:
            for courier in self._audience.of(each):
                courier.push(each)
                woken[id(courier)] = courier
        for courier, again in asked:
            woken[id(courier)] = courier
            if again is not None:
                courier.again(Due(again), self._clock.now())
        self.reached = frames[-1].position
        if news := sum(not frame.stream.startswith(_OWN) for frame in frames):
            self._news += news
            self._stirred.set()
        for courier in woken.values():
            self._go(courier)

    def _sync(self) -> None:
        """Take in which endpoints there are now, and what they want."""
        if self._generation == self._registry.generation:
            return
        self._generation = self._registry.generation
        for name, endpoint in self._registry.endpoints.items():
            courier = self._couriers.get(name)
            if courier is None:
                self._couriers[name] = courier = Courier(endpoint, endpoint.since)
                if endpoint.since < self.reached and self._opened:
                    # Another process set it up a moment ago: what has happened since is its own.
                    courier.behind = endpoint.since
                courier.floor = endpoint.since if self._opened else max(endpoint.since, self.reached)
            elif courier.endpoint is not endpoint:
                self._audience.drop(name, courier)
                courier.change(endpoint)
            else:
                continue
            self._audience.add(name, courier)
        for name in self._couriers.keys() - self._registry.endpoints.keys():
            self._audience.drop(name, self._couriers.pop(name))

    async def _restore(self, courier: Courier) -> None:
        """Go on where its stream says that it was."""
        front, retries, since = await self._ledger.standing(courier.endpoint)
        courier.floor, courier.behind, courier.failing_since = front, front, since
        for position, index, attempts, at in retries:
            if (found := await self._reader.one(position, index)) is not None:
                courier.later(Due(found, attempts), at)
        self._plan(courier)
        self._go(courier)

    async def _asked(self, frame: Recorded) -> list[tuple[Courier, Message | None]]:
        """What was asked of endpoints: to be sent to again, or to be sent something once more."""
        tenant = frame.stream.partition("/")[2]
        found: list[tuple[Courier, Message | None]] = []
        for event in frame.events:
            courier = self._couriers.get((tenant, event.header.get("name", "")))
            if courier is None or not event.kind.startswith("endpoint."):
                continue
            if event.kind == "endpoint.enabled":
                courier.failing_since = None
            found.append((courier, None))
            if event.kind == "endpoint.replay":
                for position, index in event.header["places"]:
                    found.append((courier, await self._reader.one(position, index)))
        return found

    def _go(self, courier: Courier) -> None:
        """See that a courier works, if there is anything to do."""
        if courier.running or courier.endpoint.disabled is not None or courier.idle:
            return
        courier.running = True
        self._beginning.append(courier)
        if len(self._beginning) == 1:
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        """Start some of those that have something to do, and the next ones in the next turn of the event loop."""
        for _ in range(min(_AT_ONCE, len(self._beginning))):
            task = asyncio.create_task(self._deliver(self._beginning.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._beginning:
            asyncio.get_running_loop().call_soon(self._begin)

    async def _deliver(self, courier: Courier) -> None:
        line = Line()
        try:
            while True:
                due = courier.next(self._clock.now())
                if due is None:
                    if not await self._refill(courier):
                        return
                    continue
                verdict = await self._sender.attempt(courier.endpoint, due, line, failing=courier.troubled)
                await self._settle(courier, due, verdict)
                if verdict.fate == "resting":
                    return
        except KingpostError:
            # The log does not answer. What is on its way stays, and is looked at again soon.
            heappush(self._timers, (self._clock.now() + _AGAIN_SECONDS, next(self._order), courier))
            self._sooner.set()
        except BaseException:
            # It was cut off in the middle: what comes on this connection next belongs to nobody.
            line.close()
            raise
        finally:
            self._sender.release(line)
            courier.running = False
            self._plan(courier)

    async def _refill(self, courier: Courier) -> bool:
        """Read on in the log for a courier that is behind; false when it has nothing more to do now."""
        if courier.behind is None or courier.endpoint.disabled is not None or courier.ready:
            return False
        until = self.reached
        frames = await self._reader.page(courier.behind, until)
        found = await self._reader.messages(frames, courier.kinds)
        end = frames[-1].position if frames else until
        courier.floor, courier.behind = max(courier.floor, courier.behind), None
        for each in found:
            if each.data["tenant"] == courier.endpoint.tenant and courier.endpoint.fits(each.data):
                courier.push(each)
        left: int | None = courier.behind
        if left is None and end < self.reached:
            courier.behind = left = end
        return bool(courier.ready) or left is not None

    async def _settle(self, courier: Courier, due: Due, verdict: Verdict) -> None:
        now = self._clock.now()
        self._stirred.set()
        if verdict.note is not None:
            courier.notes.append(verdict.note)
        if verdict.fate == "resting":
            courier.later(due, now + (verdict.wait or 0.0))
            return
        courier.slow = verdict.slow
        if verdict.fate == "delivered":
            courier.failing_since = None
            courier.settled(due)
            return
        attempts = due.attempts + 1
        wait = None if verdict.fate == "ours" else delay(attempts, self._ports.entropy, verdict.wait)
        if wait is None:
            header = {"name": courier.endpoint.id, "message": due.message.id, "place": list(due.message.place)}
            side = "ours" if verdict.fate == "ours" else "theirs"
            courier.notes.append(Event("delivery.dead", {**header, "class": side, "at": now}, {"why": verdict.why}))
            courier.settled(due)
        else:
            courier.later(Due(due.message, attempts), now + wait)
        courier.failing_since = courier.failing_since or now
        if verdict.fate == "gone" or now - courier.failing_since >= self._give_up:
            why = (
                "it answered 410 Gone"
                if verdict.fate == "gone"
                else f"it has only failed for {self._give_up / _DAY:g} days"
            )
            await self._disable(courier, why)

    async def _disable(self, courier: Courier, why: str) -> None:
        """Send nothing more there until somebody enables it; what happens meanwhile is kept for it."""
        event = Event("endpoint.disabled", {"name": courier.endpoint.id, "reason": why})
        with contextlib.suppress(KingpostError):
            await self._registry.append(self._log, courier.endpoint.tenant, event)
            self._sync()

    def _plan(self, courier: Courier) -> None:
        at = courier.wake_at()
        if at is not None:
            heappush(self._timers, (at, next(self._order), courier))
            self._sooner.set()

    async def _wake(self) -> None:
        """Get couriers to work when a retry of theirs is due."""
        while True:
            now = self._clock.now()
            while self._timers and self._timers[0][0] <= now:
                self._go(heappop(self._timers)[2])
            wait = self._timers[0][0] - now if self._timers else 3600.0
            self._sooner.clear()
            await self._first(wait)

    async def _first(self, wait: float) -> None:
        """Until the time has come, or an earlier one is planned."""
        both: Iterable[asyncio.Task[object]] = [
            asyncio.ensure_future(self._clock.sleep(wait)), asyncio.ensure_future(self._sooner.wait()),
        ]  # fmt: skip
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()

    async def _mark(self) -> None:
        """Write down how far everybody is, soon after something has changed."""
        kept = self._clock.monotonic()
        while True:
            await self._stirred.wait()
            await self._clock.sleep(LOOK_SECONDS)
            # In the middle of a rush sending goes first; what a crash costs then is doubles.
            if len(self._tasks) + len(self._beginning) < _RUSH or self._clock.monotonic() - kept >= _AGAIN_SECONDS:
                self._stirred.clear()
                if not await self.keep():
                    self._stirred.set()
                kept = self._clock.monotonic()

    async def settled(self) -> None:
        """Return once everything that can be sent now was sent."""
        while self._tasks or self._beginning:
            if self._tasks:
                await asyncio.wait(self._tasks)
            # Who was woken meanwhile has a turn to begin.
            await asyncio.sleep(0)

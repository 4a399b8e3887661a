"""Who may send now: few begin at once, who takes long gives the place away, and none is ever lost."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from kingpost_webhooks.lanes import AT_ONCE, Lane


class Crowd:
    """Attempts that hold a place until they are told to go."""

    def __init__(self, lane: Lane) -> None:
        self.lane, self.inside, self.out, self.of = lane, 0, asyncio.Event(), Counter[str]()
        self.tasks: list[asyncio.Task[None]] = []
        self.came = asyncio.Semaphore(0)

    async def _one(self, tenant: str) -> None:
        async with self.lane.place(tenant):
            self.inside += 1
            self.of[tenant] += 1
            self.came.release()
            await self.out.wait()
        self.inside -= 1

    def come(self, many: int, tenant: str = "") -> None:
        self.tasks += [asyncio.create_task(self._one(tenant)) for _ in range(many)]

    async def turns(self, many: int) -> int:
        """How many are inside after some turns of the event loop."""
        for _ in range(many):
            await asyncio.sleep(0)
        return self.inside

    async def go(self) -> None:
        self.out.set()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_only_a_few_begin_in_one_turn_of_the_event_loop() -> None:
    """Between two lots of them everybody else on the loop has a turn."""
    crowd = Crowd(Lane(1000, 1000, 3600))
    crowd.come(5 * AT_ONCE)
    before = 0
    while crowd.inside < 5 * AT_ONCE:
        inside = await crowd.turns(1)
        assert inside - before <= AT_ONCE
        before = inside
    await crowd.go()

    assert (crowd.lane.places, crowd.lane.connections) == (1000, 1000)


async def test_no_more_are_inside_than_there_are_places() -> None:
    crowd = Crowd(Lane(3, 1000, 3600))
    crowd.come(10)

    assert await crowd.turns(50) == 3
    await crowd.go()
    assert crowd.lane.places == 3


async def test_who_takes_long_gives_the_place_away_and_keeps_the_connection() -> None:
    """So the slow never hold up more than all connections, and those of one tenant not even that."""
    crowd = Crowd(Lane(2, 60, 0.001))
    for tenant, many, inside in (("acme", 100, 48), ("other", 100, 10), ("third", 1, 1)):
        crowd.come(many, tenant)
        async with asyncio.timeout(30):
            await asyncio.gather(*(crowd.came.acquire() for _ in range(inside)))

    assert await crowd.turns(50) == 59
    assert crowd.of == {"acme": 48, "other": 10, "third": 1}
    await crowd.go()
    assert (crowd.lane.places, crowd.lane.connections) == (2, 60)


async def test_tenants_take_turns() -> None:
    """Whoever comes with little goes in beside those who came before with much."""
    lane, inside = Lane(1, 1000, 3600), list[str]()

    async def one(tenant: str) -> None:
        async with lane.place(tenant):
            inside.append(tenant)
            await asyncio.sleep(0)

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for tenant, many in (("acme", 6), ("other", 2), ("third", 1)):
            for _ in range(many):
                group.create_task(one(tenant))

    assert inside == ["acme", "other", "third", "acme", "other", "acme", "acme", "acme", "acme"]


async def test_who_is_cancelled_at_any_moment_leaves_the_place_behind() -> None:
    """Waiting, let in a moment ago, or inside."""
    for turns in range(6):
        crowd = Crowd(Lane(2, 2, 3600))
        crowd.come(6)
        await crowd.turns(turns)
        for task in crowd.tasks:
            task.cancel()
        await crowd.go()
        crowd.come(2)
        await crowd.turns(10)
        await crowd.go()

        assert (crowd.lane.places, crowd.lane.connections) == (2, 2)


async def test_what_takes_long_gives_its_place_away_once_and_ends_at_its_limit() -> None:
    """The timer of the limit is set when the place is given away; no place comes back twice."""
    lane = Lane(2, 1000, 0.01)

    async def one() -> bool:
        async with lane.place() as place:
            try:
                async with place.within(0.05):
                    await asyncio.Event().wait()
            except TimeoutError:
                return place.left
        return False

    async with asyncio.timeout(30):
        assert await asyncio.gather(*(one() for _ in range(20))) == [True] * 20
    assert (lane.places, lane.connections) == (2, 1000)


async def test_a_limit_that_is_shorter_than_the_patience_holds_too() -> None:
    lane = Lane(1, 1, 3600)

    async with asyncio.timeout(30), lane.place() as place:
        with pytest.raises(TimeoutError):
            async with place.within(0.01):
                await asyncio.Event().wait()

    assert (lane.places, lane.connections) == (1, 1)

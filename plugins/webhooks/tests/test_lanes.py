"""Who may send now: few begin at once, who takes long gives the place away, and none is ever lost."""

from __future__ import annotations

import asyncio

from kingpost_webhooks.lanes import AT_ONCE, Lane


class Crowd:
    """Attempts that hold a place until they are told to go."""

    def __init__(self, lane: Lane) -> None:
        self.lane, self.inside, self.out = lane, 0, asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.came = asyncio.Semaphore(0)

    async def _one(self) -> None:
        async with self.lane.place():
            self.inside += 1
            self.came.release()
            await self.out.wait()
        self.inside -= 1

    def come(self, many: int) -> None:
        self.tasks += [asyncio.create_task(self._one()) for _ in range(many)]

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
    """So the slow never hold up more than all connections."""
    crowd = Crowd(Lane(2, 5, 0.001))
    crowd.come(10)
    async with asyncio.timeout(30):
        await asyncio.gather(*(crowd.came.acquire() for _ in range(5)))

    assert await crowd.turns(50) == 5
    await crowd.go()
    assert (crowd.lane.places, crowd.lane.connections) == (2, 5)


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

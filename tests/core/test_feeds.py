"""What is handed at once to who follows, and what is kept for them: together every event once, in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from kingpost.operations import steering
from kingpost.operations import tasks as ops
from kingpost.operations.events import EVENTS, FOLLOW, EventView, Feed, Follow, ListEvents, Views
from kingpost.testing import OpenKernel, open_kernel

TASKS, FOLLOWERS, PATIENCE = 20, 230, 30


class Reader:
    """Takes what it is handed but for every third time, and reads the rest."""

    def __init__(self, feed: Feed, last: str) -> None:
        self.seen: list[str] = []
        self.handed = self._asked = 0
        self._feed, self._last = feed, last
        feed.hand(_take, self)

    def take(self, views: Views) -> bool:
        """Whether it took them."""
        self._asked += 1
        if self._asked % 3 == 0:
            return False
        self.handed += 1
        self._see(views)
        return True

    def _see(self, views: Views) -> None:
        self.seen += [f"{view.kind} {view.id}" for view in views if isinstance(view, EventView)]
        if any(each.startswith(self._last) for each in self.seen[-len(views) :]):
            self._feed.close()

    async def read(self) -> list[str]:
        """Until the last one has come."""
        while views := await self._feed.next():
            self._see(views)
        return self.seen


def _take(views: Views, readers: Sequence[Reader]) -> list[Reader]:
    return [reader for reader in readers if not reader.take(views)]


async def _happened(opened: OpenKernel) -> list[str]:
    """Twenty tasks, one after the other and then at once, all but one cancelled, which hears a message."""
    ids = [(await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="tea"))).id for _ in range(TASKS // 2)]
    submitted = [opened.kernel.perform(ops.SUBMIT, ops.Submit(description="tea")) for _ in range(TASKS // 2)]
    ids += [one.id for one in await asyncio.gather(*submitted)]
    for id in ids[:-1]:
        await opened.kernel.perform(steering.CANCEL, steering.Cancel(id=id))
    await opened.kernel.perform(steering.MESSAGE, steering.Message(id=ids[-1], text="the last word"))
    page = await opened.kernel.perform(EVENTS, ListEvents(limit=1000))
    return [
        f"{event.kind} {frame.position}.{number}"
        for frame in page.frames
        if frame.stream.startswith("task/")
        for number, event in enumerate(frame.events)
    ]


async def test_every_event_comes_once_and_in_order_however_it_is_taken() -> None:
    """To many who follow, with and without a choice of kinds."""
    async with open_kernel() as opened:
        perform = opened.kernel.perform
        kinds = ("task.cancelled", "message.received")
        some, all_of_them = list[Reader](), list[Reader]()
        for number in range(FOLLOWERS):
            chosen = number % 10 == 0
            feed = await perform(FOLLOW, Follow(kinds=kinds if chosen else ()))
            (some if chosen else all_of_them).append(Reader(feed, "message.received"))
        reading = [asyncio.create_task(reader.read()) for reader in (*some, *all_of_them)]
        happened = await _happened(opened)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*reading)

    assert len(happened) > 2 * TASKS
    assert all(reader.seen == happened for reader in all_of_them)
    assert all(reader.seen == [each for each in happened if each.split()[0] in kinds] for reader in some)
    assert any(reader.handed for reader in some)
    assert any(reader.handed for reader in all_of_them)


async def test_who_fails_at_what_it_is_handed_ends_alone() -> None:
    """Nobody knows what it has had, so it asks anew; everybody else is told as ever."""

    def fail(_: Views, __: Sequence[object]) -> list[object]:
        raise OSError("gone")

    async with open_kernel() as opened, asyncio.timeout(PATIENCE):
        failing, feed = [await opened.kernel.perform(FOLLOW, Follow()) for _ in range(2)]
        failing.hand(fail, failing)
        reading = asyncio.create_task(Reader(feed, "message.received").read())

        async def follow() -> None:
            while await failing.next():
                pass

        ended = asyncio.create_task(follow())
        happened = await _happened(opened)
        seen = await reading
        while not ended.done():
            await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="tea"))
        failing.close()

    assert seen == happened


LARGE = 300_000


async def _large_ones(opened: OpenKernel, many: int) -> list[str]:
    asked = ops.Submit(description="tea", context="milk " * (LARGE // 5), budget=1_000_000)
    return [(await opened.kernel.perform(ops.SUBMIT, asked)).id for _ in range(many)]


@pytest.mark.parametrize("live", [False, True])
async def test_who_does_not_read_on_holds_little_of_large_events(live: bool) -> None:
    """One at a time is brought along for who follows, out of the log or as they come; none is left out."""
    async with open_kernel() as opened:
        feed = await opened.kernel.perform(FOLLOW, Follow(after=None if live else "0", kinds=("task.queued",)))
        if live:
            caught_up = asyncio.create_task(feed.next())
            ids = [(await opened.kernel.perform(ops.SUBMIT, ops.Submit(description="tea"))).id]
            came = [view.task for view in await caught_up]
        else:
            ids, came = [], []
        ids += await _large_ones(opened, 6)
        async with asyncio.timeout(PATIENCE):
            while len(came) < len(ids):
                views = await feed.next()
                assert sum(len(str(view.payload)) for view in views if isinstance(view, EventView)) < 2 * LARGE
                came += [view.task for view in views]
        feed.close()

    assert came == ids


async def test_a_page_of_large_events_is_a_short_one() -> None:
    """Whoever goes on behind it gets the rest: each event once."""
    async with open_kernel() as opened:
        ids = await _large_ones(opened, 30)
        found, position, pages = list[str](), 0, 0
        head = (await opened.kernel.log()).head
        while position < (await head()).position:
            page = await opened.kernel.perform(EVENTS, ListEvents(after=position, limit=1000))
            assert sum(len(str(event.payload)) for frame in page.frames for event in frame.events) < 5_000_000
            found += [frame.stream for frame in page.frames]
            position, pages = page.position, pages + 1

    assert [stream for stream in found if stream.startswith("task/")] == [f"task/{id}" for id in ids]
    assert pages > 1


async def test_a_page_of_tasks_with_many_words_is_a_short_one() -> None:
    """As little as a page of few words; its ``next`` leads to the others."""
    async with open_kernel() as opened:
        many = ops.SubmitAll(tasks=(ops.Submit(description="tea " * 16_000, budget=1_000_000),) * 80)
        ids = {one.id for one in (await opened.kernel.perform(ops.SUBMIT_ALL, many)).tasks}
        first = await opened.kernel.perform(ops.LIST, ops.ListTasks(limit=1000))
        rest = await opened.kernel.perform(ops.LIST, ops.ListTasks(limit=1000, after=first.next))

    assert 1 < len(first.tasks) < 80
    assert rest.next is None
    assert {one.id for one in (*first.tasks, *rest.tasks)} == ids

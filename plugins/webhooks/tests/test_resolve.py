"""Names that hang: each holds its own look-up, and nobody else's."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from kingpost import Ports, Unavailable
from kingpost.testing import SeededClock
from kingpost_webhooks.guard import Guard
from kingpost_webhooks.resolve import Resolver
from kingpost_webhooks.threads import Threads


class Names:
    """What the system says of names: those that begin with ``hangs`` say nothing until they are told to fail."""

    def __init__(self) -> None:
        self.told, self.asked, self._changed = threading.Event(), list[str](), threading.Condition()

    def __call__(self, host: str, port: int, **_: object) -> list[object]:
        with self._changed:
            self.asked.append(host)
            self._changed.notify_all()
        if host.startswith("hangs"):
            assert self.told.wait(60)
            raise socket.gaierror("nobody answers")
        return [(socket.AF_INET, 1, 6, "", ("1.1.1.1", port))]

    def until(self, enough: Callable[[list[str]], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: enough(self.asked), 60)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    made = Names()
    monkeypatch.setattr("kingpost_webhooks.resolve.socket.getaddrinfo", made)
    yield made
    made.told.set()


@pytest.fixture
def resolver(ports: Ports) -> Iterator[Resolver]:
    made = Resolver(Guard(), ports.clock)
    yield made
    made.stop()


async def test_names_that_hang_keep_no_other_name_waiting(names: Names, resolver: Resolver) -> None:
    """However many, the first time and again; nor do they keep the process from ending."""
    hanging = [asyncio.create_task(resolver.addresses(f"hangs-{number}.example", 443)) for number in range(200)]
    await asyncio.to_thread(names.until, lambda asked: len(asked) == 200)

    async with asyncio.timeout(30):
        assert [str(one) for one in await resolver.addresses("lives.example", 443)] == ["1.1.1.1"]

    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "kingpost-webhooks")
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_name_is_asked_for_once_however_many_wait_for_it(names: Names, resolver: Resolver) -> None:
    """Whoever gives up leaves the question to the others, and asks for no second one."""
    first, second = (asyncio.create_task(resolver.addresses("hangs.example", 443)) for _ in range(2))
    await asyncio.to_thread(names.until, lambda asked: len(asked) == 1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    third = asyncio.create_task(resolver.addresses("hangs.example", 443))
    names.told.set()

    for task in (second, third):
        with pytest.raises(Unavailable, match="nobody answers"):
            await task
    assert names.asked == ["hangs.example"]


async def test_a_name_that_took_long_is_behind_others_of_its_kind_until_it_is_quick(
    names: Names, ports: Ports, clock: SeededClock
) -> None:
    """So what is slow again and again takes no thread from those that were never asked for."""
    resolver = Resolver(Guard(), ports.clock, late=1)
    waiting = [asyncio.create_task(resolver.addresses(f"hangs-{number}.example", 443)) for number in range(2)]
    await asyncio.to_thread(names.until, lambda asked: len(asked) == 2)
    await clock.advance(3)
    names.told.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    names.told.clear()
    waiting = [asyncio.create_task(resolver.addresses(f"hangs-{number}.example", 443)) for number in range(2)]
    await asyncio.to_thread(names.until, lambda asked: len(asked) == 3)

    await resolver.addresses("lives.example", 443)
    assert len(names.asked) == 4, "the second one waits for the first"

    names.told.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    names.told.clear()
    waiting = [asyncio.create_task(resolver.addresses(f"hangs-{number}.example", 443)) for number in range(2)]
    await asyncio.to_thread(names.until, lambda asked: len(asked) == 7)
    names.told.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    resolver.stop()


async def test_questions_beyond_the_last_thread_wait_in_turn() -> None:
    threads, go, asked = Threads[int](2), threading.Event(), list[int]()

    def question(number: int) -> int:
        assert go.wait(60)
        asked.append(number)
        if number == 7:
            raise ValueError("seven")
        return number

    answers = [threads.run(partial(question, number)) for number in range(9)]
    go.set()
    async with asyncio.timeout(30):
        told = await asyncio.gather(*answers, return_exceptions=True)
    threads.stop()

    assert told[:7] + told[8:] == [0, 1, 2, 3, 4, 5, 6, 8]
    assert isinstance(told[7], ValueError)
    assert sorted(asked) == list(range(9))

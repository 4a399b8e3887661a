"""Connections are used again where they lead to the same place, for a moment, and by nobody else."""

from __future__ import annotations

import asyncio

import pytest
from far_side import FarSide
from kingpost.testing import facts
from kingpost_webhooks import idle
from kingpost_webhooks.connect import Connection
from kingpost_webhooks.idle import Idle, Place
from post import Post

HERE: Place = ("default", True, "a.example", 443)


class Told(Connection):
    """An open connection that tells when it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open = True
        self.closed = asyncio.Event()

    def close(self) -> None:
        super().close()
        self.closed.set()


@pytest.mark.parametrize(
    "there",
    [("acme", True, "a.example", 443), ("default", False, "a.example", 443), ("default", True, "b.example", 443),
     ("default", True, "a.example", 8443)],
)  # fmt: skip
async def test_a_connection_is_kept_for_its_own_place_only(there: Place) -> None:
    """Another tenant's, another host's, or one without TLS is another one."""
    kept, one = Idle(), Told()
    kept.give(HERE, one)

    assert kept.take(there) is None
    assert kept.take(HERE) is one
    assert kept.take(HERE) is None


async def test_what_is_closed_meanwhile_is_not_given_out() -> None:
    kept, first, second = Idle(), Told(), Told()
    kept.give(HERE, first)
    kept.give(HERE, second)
    second.open = False
    gone = Told()
    gone.open = False
    kept.give(HERE, gone)

    assert kept.take(HERE) is first
    assert kept.take(HERE) is None
    assert gone.closed.is_set()


async def test_of_too_many_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "MOST", 2)
    kept, given = Idle(), [Told() for _ in range(3)]
    for one in given:
        kept.give(HERE, one)

    assert [one.closed.is_set() for one in given] == [True, False, False]
    kept.close()
    assert all(one.closed.is_set() for one in given)


async def test_what_nobody_takes_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "KEPT_SECONDS", 0.01)
    kept, one, other = Idle(), Told(), Told()
    kept.give(HERE, one)
    async with asyncio.timeout(30):
        await one.closed.wait()
    kept.give(HERE, other)
    async with asyncio.timeout(30):
        await other.closed.wait()

    assert kept.take(HERE) is None


async def test_endpoints_of_one_server_share_connections_and_those_of_other_tenants_do_not(
    post: Post, far: FarSide
) -> None:
    await post.open()
    await post.endpoint("one", far.url("/one"), events=("task.queued",))
    await post.endpoint("other", far.url("/other"), events=("task.started",))
    await post.endpoint("acme", far.url("/acme"), tenant="acme")
    assert post.sink is not None
    assert post.sink.outbox is not None
    await post.say("t-1")
    await far.until("/one", 1)
    await post.sink.outbox.settled()
    await post.say("t-1", facts.started())
    await far.until("/other", 1)
    await post.sink.outbox.settled()
    assert far.connections == 1

    await post.say("t-2", tenant="acme")
    await far.until("/acme", 1)
    assert far.connections == 2

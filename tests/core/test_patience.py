"""The patience with agents that give no sign of life: one timer for all decisions, each of them by itself."""

from __future__ import annotations

import asyncio

import pytest
from kingpost._walk.patience import Patience


async def test_only_the_decision_that_is_silent_is_broken_off() -> None:
    """The other one, which began with it and was heard since, goes on."""
    loop = asyncio.get_running_loop()
    patience = Patience(0.01)
    silent, heard = patience.begin(loop.time()), patience.begin(loop.time())
    heard.sign += 3600

    async with asyncio.timeout(30), heard.timeout:
        with pytest.raises(TimeoutError):
            async with silent.timeout:
                await asyncio.Event().wait()

    assert silent.timeout.expired()
    assert not heard.timeout.expired()


async def test_what_has_ended_is_left_alone_and_what_begins_later_is_not() -> None:
    """Whether the timer of the first still runs or has run out by then."""
    loop = asyncio.get_running_loop()
    patience = Patience(0.01)
    for _ in range(2):
        ended = patience.begin(loop.time())
        async with ended.timeout:
            patience.end(ended)
            later = patience.begin(loop.time())
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(30), later.timeout:
                    await asyncio.Event().wait()

        assert later.timeout.expired()
        assert not ended.timeout.expired()

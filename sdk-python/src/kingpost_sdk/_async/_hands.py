"""How a worker does several things at once and waits for them; loaded with the first worker."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

Cancelled = asyncio.CancelledError
Signal = asyncio.Event

T = TypeVar("T")
Said: TypeAlias = T | Awaitable[T]


async def waited(signal: Signal, seconds: float) -> bool:
    """Whether the signal came within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await signal.wait()
    except TimeoutError:
        return False


async def settle(answer: Callable[..., Any], *given: Any) -> Any:
    """What an application's function says; one that is no coroutine is called in a thread, so that all else goes on."""
    if inspect.iscoroutinefunction(answer):
        return await answer(*given)
    said = await asyncio.to_thread(answer, *given)
    return await said if inspect.isawaitable(said) else said


class Hands:
    """Deeds that are done at the same time: tasks here, threads in the blocking half."""

    def __init__(self) -> None:
        self._busy: dict[str, asyncio.Task[None]] = {}

    def begin(self, name: str, deed: Callable[..., Any], *given: Any) -> None:
        """Begin one, to be known by this name."""
        hand = self._busy[name] = asyncio.create_task(deed(*given))

        def done(hand: asyncio.Task[None]) -> None:
            if self._busy.get(name) is hand:
                del self._busy[name]

        hand.add_done_callback(done)

    async def free(self, most: int) -> int:
        """How many more may be begun, once there is one."""
        while len(self._busy) >= most:
            await asyncio.wait(self._busy.values(), return_when=asyncio.FIRST_COMPLETED)
        return most - len(self._busy)

    async def done(self) -> None:
        """Wait until all are done."""
        while self._busy:
            await asyncio.wait(self._busy.values())

    def abandon(self, *names: str) -> None:
        """Break these off, or all."""
        for name in names or list(self._busy):
            if (hand := self._busy.get(name)) is not None:
                hand.cancel()

"""What differs between waiting and blocking, and is more than a word."""

import asyncio
import inspect
from typing import Any

from .._http import AsyncWire as Wire

sleep_for = asyncio.sleep


async def settle(answer: Any, call: Any) -> str:
    """What an application's function says to a call, be it a coroutine or not."""
    said = answer(call)
    return str(await said if inspect.isawaitable(said) else said)


__all__ = ["Wire", "settle", "sleep_for"]

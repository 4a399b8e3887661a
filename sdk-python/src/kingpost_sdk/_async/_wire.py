"""What differs between waiting and blocking, and is more than a word."""

from __future__ import annotations

from typing import Any

from .. import _http


def wired(**settings: Any) -> _http.AsyncWire:
    """A pool of connections."""
    return _http.AsyncWire(**settings)


async def sleep_for(seconds: float) -> None:
    """Wait so many seconds."""
    import asyncio  # who waits has it; who only names the client need not pay for it

    await asyncio.sleep(seconds)

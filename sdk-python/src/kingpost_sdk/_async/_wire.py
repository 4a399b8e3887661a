"""What differs between waiting and blocking, and is more than a word."""

import asyncio

from .._http import AsyncWire as Wire

async_sleep = asyncio.sleep

__all__ = ["Wire", "async_sleep"]

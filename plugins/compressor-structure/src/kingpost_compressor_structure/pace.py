"""Lets others run while a long text is worked on.

Called by every level, after or around each piece of work. Measured in text, not in time, so that the same input takes
the same course.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_EVERY = 12_000
"""Characters that a level works through in two or three milliseconds."""
_LONG = 48_000

_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")


class Pace:
    """One for each fit."""

    def __init__(self) -> None:
        self._done = 0

    async def after(self, characters: int) -> None:
        """So much was just worked through."""
        self._done += characters + 50
        if self._done >= _EVERY:
            self._done = 0
            await asyncio.sleep(0)

    async def over(
        self,
        characters: int,
        work: Callable[_Arguments, _Answer],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> _Answer:
        """Work through so much at once; beside the others, in a thread, when that takes long."""
        if characters > _LONG:
            return await asyncio.to_thread(work, *args, **kwargs)
        answer = work(*args, **kwargs)
        await self.after(characters)
        return answer

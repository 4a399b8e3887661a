"""What each operation of the table does. ``kernel`` looks them up by id; nothing else calls them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from . import calls, memory, schedules, steering, system, tasks

Answer = Callable[[Any, Any, str], Awaitable[Any]]

ANSWERS: Mapping[str, Answer] = {
    **tasks.ANSWERS,
    **steering.ANSWERS,
    **calls.ANSWERS,
    **schedules.ANSWERS,
    **memory.ANSWERS,
    **system.ANSWERS,
}

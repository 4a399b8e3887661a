"""What each operation of the table does. ``kernel`` looks them up by id; nothing else calls them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from . import (
    calls,
    events,
    jobs,
    memory,
    personas,
    schedules,
    steering,
    system,
    tasks,
    tenants,
    tokens,
    waiting,
    workers,
)

Answer = Callable[[Any, Any, str], Awaitable[Any]]

ANSWERS: Mapping[str, Answer] = {
    **tasks.ANSWERS,
    **waiting.ANSWERS,
    **events.ANSWERS,
    **steering.ANSWERS,
    **calls.ANSWERS,
    **schedules.ANSWERS,
    **memory.ANSWERS,
    **system.ANSWERS,
    **tokens.ANSWERS,
    **tenants.ANSWERS,
    **jobs.ANSWERS,
    **workers.ANSWERS,
    **personas.ANSWERS,
}

PERSONAL: Mapping[str, Callable[[Any, Any, str, Any], Awaitable[Any]]] = {
    **tasks.PERSONAL,
    **steering.PERSONAL,
    **tokens.PERSONAL,
    **workers.PERSONAL,
}
"""Those to whom it matters who asks, and whether it was asked before."""

"""One table of what can be asked of a kernel. HTTP, MCP and the command line are transports of it."""

from __future__ import annotations

from typing import Any

from . import calls, memory, schedules, steering, system, tasks
from .table import Operation

OPERATIONS: tuple[Operation[Any, Any], ...] = (
    tasks.SUBMIT,
    tasks.GET,
    tasks.WAIT,
    tasks.LIST,
    tasks.TREE,
    tasks.TURNS,
    tasks.EXPAND,
    tasks.RESUME,
    tasks.EVENTS,
    steering.CANCEL,
    steering.MESSAGE,
    steering.FORK,
    steering.LETTERS,
    steering.REPLAY,
    steering.DISCARD,
    calls.CALLS,
    calls.OBSERVE,
    calls.REPLY,
    schedules.SET,
    schedules.SCHEDULES,
    schedules.REMOVE,
    memory.REMEMBER,
    memory.RECALL,
    memory.FORGET,
    memory.EXPORT,
    memory.PACK,
    memory.FIT,
    memory.COUNT,
    system.AGENTS,
    system.TOOLS,
    system.PLUGINS,
    system.VERIFY,
    system.REBUILD,
    system.HEAD,
    system.ERASE,
    system.SEAL,
    system.BACKUP,
    system.RESTORE,
    system.DOCTOR,
)

__all__ = ["OPERATIONS", "Operation", "calls", "memory", "schedules", "steering", "system", "tasks"]

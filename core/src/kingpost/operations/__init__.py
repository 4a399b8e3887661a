"""One table of what can be asked of a kernel. HTTP, MCP and the command line are transports of it."""

from __future__ import annotations

from typing import Any

from . import memory, system, tasks
from .table import Operation

OPERATIONS: tuple[Operation[Any, Any], ...] = (
    tasks.SUBMIT,
    tasks.GET,
    tasks.WAIT,
    tasks.LIST,
    tasks.TREE,
    tasks.TURNS,
    tasks.CANCEL,
    tasks.OBSERVE,
    tasks.EXPAND,
    tasks.RESUME,
    tasks.EVENTS,
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
    system.BACKUP,
    system.RESTORE,
    system.DOCTOR,
)

__all__ = ["OPERATIONS", "Operation", "memory", "system", "tasks"]

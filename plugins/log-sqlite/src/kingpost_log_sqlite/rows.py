"""A folded task as the columns of its row, and back.

Called by the writer, ``select`` and ``verify``. What tasks are selected by has a column. The rest is one list in JSON,
without the names: each page that a commit touches is written whole, so a small row makes a quick append.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from kingpost import Corrupted, TaskState
from pydantic_core import from_json, to_json

COLUMNS = "id, tenant, agent, status, open, root, parent, state"

_SELECTED_BY = ("id", "tenant", "agent", "status", "root", "parent")
# The order in the files of every release: only ever appended to. A shorter list is an older one.
_LISTED = (
    "thread", "priority", "created", "updated", "deadline", "version", "attempt", "strikes", "worker", "turn", "asked",
    "until", "open", "pending", "cancel", "inputs_read", "reason", "error", "input_tokens", "output_tokens",
)  # fmt: skip
_UNLISTED = [field.name for field in fields(TaskState) if field.name not in (*_SELECTED_BY, *_LISTED)]
_listed = attrgetter(*_LISTED)


def packed(state: TaskState) -> str:
    """What stands in the column ``state``: by name what a newer kernel has added, or null, and then the list."""
    return to_json((_unlisted(state) if _UNLISTED else None, *_listed(state))).decode()


def columns(state: TaskState) -> tuple[object, ...]:
    """The row of a task, in the order of ``COLUMNS``."""
    is_open = None if state.final else 1
    root = None if state.root == state.id else state.root
    return (state.id, state.tenant, state.agent, state.status, is_open, root, state.parent, packed(state))


def unpacked(row: Sequence[Any]) -> TaskState:
    """The task out of its row.

    Raises:
        Corrupted: these are not the columns of a task.
    """
    id, tenant, agent, status, _, root, parent, rest = row
    try:
        unlisted, *listed = from_json(rest)
        named = dict(zip(_LISTED, listed, strict=False))
        if unlisted:
            # What an even newer kernel has added is left out.
            named.update((name, unlisted[name]) for name in _UNLISTED if name in unlisted)
        return TaskState(id=id, tenant=tenant, agent=agent, status=status, root=root or id, parent=parent, **named)
    except (ValueError, TypeError) as problem:
        raise Corrupted(
            f"the row of task {id!r} cannot be read ({problem}); 'kingpost verify' says more; restore a backup"
        ) from problem


def _unlisted(state: TaskState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in _UNLISTED}

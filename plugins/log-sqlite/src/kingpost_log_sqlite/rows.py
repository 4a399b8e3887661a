"""A folded task as the columns of its row, and back.

Called by the writer, ``select`` and ``verify``. What tasks are selected by has a column. The rest is one list in JSON,
without the names: each page that a commit touches is written whole, so a small row makes a quick append.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from kingpost import Corrupted, TaskState
from msgspec.structs import astuple
from pydantic_core import from_json, to_json

COLUMNS = "id, tenant, agent, status, open, root, parent, thread, state"

_SELECTED_BY = ("id", "tenant", "agent", "status", "root", "parent")
# The order in the files of every release: only ever appended to. A shorter list is an older one.
_LISTED = (
    "thread", "priority", "created", "updated", "deadline", "version", "attempt", "strikes", "worker", "turn", "asked",
    "until", "open", "pending", "cancel", "inputs_read", "reason", "error", "input_tokens", "output_tokens",
    "waits", "approved", "not_before", "retries", "needs", "granted", "spent", "reserved", "lent", "children",
    "messages", "late",
)  # fmt: skip
UNLISTED = [name for name in TaskState.__struct_fields__ if name not in (*_SELECTED_BY, *_LISTED)]
_KNOWN = set(TaskState.__struct_fields__)
# Then a list is taken from the class and handed to it as it stands, which is several times as quick as by name.
_IN_ORDER = TaskState.__struct_fields__[: len(_SELECTED_BY + _LISTED)] == _SELECTED_BY + _LISTED
_AT = slice(len(_SELECTED_BY), len(_SELECTED_BY + _LISTED))
_listed = attrgetter(*_LISTED)


def packed(state: TaskState) -> str:
    """What stands in the column ``state``: by name what a newer kernel has added, or null, and then the list."""
    listed = astuple(state)[_AT] if _IN_ORDER else _listed(state)
    return to_json([_unlisted(state) if UNLISTED else None, *listed]).decode()


def columns(state: TaskState) -> tuple[object, ...]:
    """The row of a task, in the order of ``COLUMNS``."""
    is_open = None if state.final else 1
    root = None if state.root == state.id else state.root
    return (
        state.id, state.tenant, state.agent, state.status, is_open, root, state.parent, state.thread, packed(state)
    )  # fmt: skip


def unpacked(row: Sequence[Any]) -> TaskState:
    """The task out of its row.

    Raises:
        Corrupted: these are not the columns of a task.
    """
    id, tenant, agent, status, _, root, parent, _, rest = row
    try:
        unlisted, *listed = from_json(rest)
        if _IN_ORDER and not unlisted and len(listed) <= len(_LISTED):
            return TaskState(id, tenant, agent, status, root or id, parent, *listed)
        named = dict(zip(_LISTED, listed, strict=False))
        # What an even newer kernel has added is left out; what this one lists by now may stand there by name.
        named.update((name, value) for name, value in (unlisted or {}).items() if name in _KNOWN)
        return TaskState(id=id, tenant=tenant, agent=agent, status=status, root=root or id, parent=parent, **named)
    except (ValueError, TypeError, AttributeError) as problem:
        raise Corrupted(
            f"the row of task {id!r} cannot be read ({problem}); 'kingpost rebuild' makes it anew"
        ) from problem


def _unlisted(state: TaskState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in UNLISTED}

"""Turns a ``TaskQuery`` into one question in SQL that reads little more than it returns.

Called by ``SqliteLog.select``. The condition that narrows most is left to its index, and a plus sign keeps the others
from theirs, since SQLite's planner knows nothing about our tables. Every index ends with the row's position, which is
the order of the answer, so the answer is found in order and ends at the limit. A task is found by its id where its
stream is named, at the stream's first frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from kingpost import Status, TaskQuery, task_stream
from pydantic_core import to_json

from .rows import COLUMNS

_OPEN = frozenset(status.value for status in Status if not status.final)
_FAILED = frozenset({Status.FAILED.value, Status.CANCELLED.value})
# A partial index is used only where the question implies its condition.
_IS_OPEN = "open = 1"
_IS_FAILED = "status IN ('failed', 'cancelled')"

_FEW = ("ids", "root", "parent", "thread")
_MOST = 2**31
_POSITION = "(SELECT position FROM frames WHERE stream = ?)"
_OF_ROOT = """position IN (
    SELECT position FROM task WHERE root = ? UNION ALL
    SELECT position FROM frames JOIN task USING (position) WHERE stream = ? AND root IS NULL
)"""

# Most questions are for one task of a tenant, by its id: asked in these words the answer costs two thirds.
_ONE = f"SELECT {COLUMNS} FROM frames JOIN task USING (position) WHERE stream = ? AND "  # noqa: S608 - our own columns
_ONE += "tenant = ?"
_others = attrgetter("statuses", "root", "parent", "agent", "thread", "after")
_NOTHING = (None,) * 6


def question_for(query: TaskQuery) -> tuple[str, list[Any]]:
    """The statement and its values; each row of its answer holds the ``COLUMNS`` of one task."""
    if query.ids is not None and len(query.ids) == 1 and query.tenant is not None and _others(query) == _NOTHING:
        return _ONE, [task_stream(query.ids[0]), query.tenant]
    conditions, values = _narrowed(query)
    if query.after is not None:
        conditions.append(("position > " if query.oldest_first else "position < ") + _POSITION)
        values.append(task_stream(query.after))
    where = " AND ".join(conditions) or "true"
    order = "ASC" if query.oldest_first else "DESC"
    # Every word of this is ours; what the caller says goes in as values.
    statement = f"SELECT {COLUMNS} FROM task WHERE {where} ORDER BY position {order} LIMIT ?"  # noqa: S608 - see above
    return statement, [*values, min(query.limit, _MOST)]


def count_for(query: TaskQuery) -> tuple[str, list[Any]]:
    """The statement that counts what ``question_for`` would find without a limit, and its values."""
    conditions, values = _narrowed(query)
    return f"SELECT count(*) FROM task WHERE {' AND '.join(conditions) or 'true'}", values  # noqa: S608 - as above


def is_narrow(query: TaskQuery) -> bool:
    """True for the tasks of one tree, one conversation or a list: few, as tasks go."""
    return any(getattr(query, name) is not None for name in _FEW)


def _narrowed(query: TaskQuery) -> tuple[list[str], list[Any]]:
    leading, conditions = _leading(query)
    values: list[Any] = []
    for name, condition, asked in _conditions(query):
        conditions.append(condition if name == leading else f"+{condition}")
        values += asked
    return conditions, values


def _conditions(query: TaskQuery) -> Iterator[tuple[str, str, list[str]]]:
    """For each part of the query that narrows its name, the condition, and the values in that."""
    if query.ids is not None:
        is_it, value = _is([task_stream(task) for task in query.ids])
        yield "ids", f"position IN (SELECT position FROM frames WHERE stream {is_it})", [value]  # noqa: S608 - ours too
    if query.root is not None:
        yield "root", _OF_ROOT, [query.root, task_stream(query.root)]
    if query.statuses is not None:
        is_it, value = _is(query.statuses)
        yield "statuses", f"status {is_it}", [value]
    for name in ("parent", "thread", "tenant", "agent"):
        if (asked := getattr(query, name)) is not None:
            yield name, f"{name} = ?", [asked]


def _leading(query: TaskQuery) -> tuple[str | None, list[str]]:
    """Which part of the query an index answers, and what that index demands to hear."""
    for name in _FEW:
        if getattr(query, name) is not None:
            return name, []
    if query.statuses is not None and _OPEN.issuperset(query.statuses):
        return None, [_IS_OPEN]
    if query.statuses is not None and _FAILED.issuperset(query.statuses):
        return "tenant", [_IS_FAILED]
    return "tenant", []


def _is(asked: Sequence[str]) -> tuple[str, str]:
    if len(asked) == 1:
        return "= ?", asked[0]
    return "IN (SELECT value FROM json_each(?))", to_json(list(asked)).decode()

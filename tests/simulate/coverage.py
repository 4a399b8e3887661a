"""Which of the edges that the table of the state machine allows were taken.

Used by ``test_simulator`` and by ``python -m tests.simulate``; the table is the one of ``tests/core/test_state.py``.
"""

from __future__ import annotations

from collections.abc import Iterable

from kingpost.testing.simulator import Edge

from tests.core.test_state import EACH_EDGE

MADE_UP = "thing.of.tomorrow"
"""The kind in the table that stands for all that no kernel of today writes."""

ALLOWED = frozenset((place, kind) for place, kind, end in EACH_EDGE if end != "-" and kind != MADE_UP)
KINDS = frozenset(kind for _, kind, _ in EACH_EDGE)


def covered(edges: Iterable[Edge]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The edges of the table that were taken, and those that were not: place and kind of event."""
    reached = {(place, kind) for place, kind, _ in edges} & ALLOWED
    return reached, set(ALLOWED - reached)


BESIDE = frozenset({"call.approved", "child.settled"})
"""Kinds that are allowed by what is asked for and lent, which stands beside the place."""


def unknown(edges: Iterable[Edge]) -> set[tuple[str, str]]:
    """Edges that were taken although the table does not have them; how a task begins, and its letters, left out."""
    taken = {(place, kind) for place, kind, _ in edges if kind in KINDS - BESIDE}
    return {edge for edge in taken - ALLOWED if edge[0] not in ("new", "failed")}

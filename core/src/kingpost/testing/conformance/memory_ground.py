"""What the tests of a memory stand on: the memory, its twin, and what is remembered in them.

Called by the modules of ``MemoryConformance`` only.
"""

from __future__ import annotations

from typing import Any

import pytest

from ...protocols import MemoryBackend
from ...records.memory import Memory, Query, Selection
from ..world import EPOCH
from .ground import Ground, missing

HARBOUR = Memory(
    id="harbour",
    scope="docs",
    body="The harbour crane lifts forty tonnes.",
    source="docs/harbour.md",
    place="1-2",
    created=EPOCH,
    importance=0.25,
    meta={"Größe": [1, 2.5, None, {"tief": True}]},
)
BAKERY = Memory(
    id="bakery", scope="docs", body="The bakery opens before dawn.", source="docs/town.md", created=EPOCH + 1
)


class MemoryGround(Ground):
    """The fixtures of every test of a memory."""

    door = "memory"

    @pytest.fixture
    def subject(self) -> MemoryBackend:
        """The memory that is tested, started and empty."""
        missing("subject", "yield a started, empty memory")

    @pytest.fixture
    def twin(self, subject: MemoryBackend) -> MemoryBackend:
        """A second instance on the same store."""
        missing("twin", "yield a second started instance on the store of `subject`, as another process opens it")


def about(number: int, body: str) -> Memory:
    """A memory among many, a second younger than the one before."""
    return Memory(id=f"m-{number:04}", scope="docs", body=f"Entry {number}: {body}.", created=EPOCH + number)


def ask(text: str, **more: Any) -> Query:
    """A question to the scope of most tests, some seconds after everything was remembered."""
    return Query(**{"text": text, "scopes": ("docs",), "now": EPOCH + 10, **more})


async def recalled(memory: MemoryBackend, now: float = EPOCH + 10, **more: Any) -> set[str]:
    """The ids that are recalled about the harbour crane."""
    return {each.memory.id for each in await memory.recall(ask("harbour crane", now=now, **more))}


async def all_of(memory: MemoryBackend, **selected: Any) -> list[Memory]:
    """What is exported, of the scope of most tests where no other is selected."""
    return [each async for each in memory.export(Selection(**{"scope": "docs", **selected}))]


async def ids_of(memory: MemoryBackend, **selected: Any) -> list[str]:
    """The ids of what is exported, sorted."""
    return sorted(each.id for each in await all_of(memory, **selected))

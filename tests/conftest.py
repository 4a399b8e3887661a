"""How a run of all tests goes: the same each time, the long ones first, and nothing that stays is garbage.

pytest reads it when it runs all tests, or any of this folder. What a test is about never stands here.
"""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

# A run of all tests says the same each time; ``--hypothesis-profile=default`` looks for what was never tried.
settings.register_profile("same", derandomize=True, database=None)
settings.load_profile("same")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those marked ``long`` in front: a run on two cores is as long as what one of them begins last."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was imported and collected stays, so each full collection would look at 300,000 objects for nothing."""
    gc.collect()
    gc.freeze()

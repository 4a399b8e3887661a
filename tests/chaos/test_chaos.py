"""A hundred rounds of kill -9 in every run of the tests; ``make chaos`` does more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .rounds import CARED_FOR, POINTS, examine, rehearse

ROOT = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path, seed: int) -> None:
    """34 rounds a seed: every accepted task has one outcome, no turn is recorded twice, the log verifies."""
    tally = rehearse(tmp_path / "home", 34, seed)

    found = examine(tmp_path / "home", tally)

    assert found["outcomes"] >= found["accepted"] > 34
    assert set(POINTS) <= found["killed_at"].keys(), "every crash point is met in every rehearsal"


def test_every_crash_point_is_rehearsed() -> None:
    """A point that the code names and the rounds do not would never be tried."""
    named = {
        name
        for folder in (ROOT / "core" / "src", *(ROOT / "plugins").glob("*/src"))
        for path in folder.rglob("*.py")
        if "testing" not in path.parts
        for name in re.findall(r'point\("([a-z_.]+)"\)', path.read_text(encoding="utf-8"))
    }

    assert named == set(POINTS) | CARED_FOR

"""One history that meets every crash point, to be crashed at each of them in turn.

Used by ``test_simulator`` and by ``python -m tests.simulate --points``. It has one of everything that a task can do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kingpost.operations.schedules import SetSchedule
from kingpost.operations.tasks import Submit
from kingpost.testing import Faults, History, Workload, simulate
from kingpost.testing.simulator import ANYWHERE, standard

SEED = 11
CALM = Faults.none()
NEVER = 10**9

LEAF = {"turns": [{"calls": [["note", {}], ["pay", {}], ["draw", {"name": "a", "bytes": 90}]], "until": "all"}]}
BRANCH = {"turns": [{"calls": [["delegate", LEAF], ["delegate", LEAF]], "until": "all"}]}
PLANS: tuple[dict[str, Any], ...] = (
    {
        "turns": [
            {"calls": [["note", {}], ["pay", {}], ["ask", {}]], "until": "all"},
            {"calls": [["delegate", BRANCH], ["delegate", LEAF], ["wait", {"seconds": 0.5}]], "until": "all"},
            {"calls": [["sign", {}], ["ask_human", {"question": "which way?"}]], "until": "all"},
            {"calls": [["ask", {"patience": 0.3}], ["delegate", LEAF]], "until": "any"},
        ]
    },
    {"turns": [{"calls": [["steal", {}], ["remember", {"text": "this way"}]], "until": "all"}]},
    {"turns": [], "down": True, "agent": "absent"},
)


def reference(folder: Path) -> Workload:
    """The workload, whose first task reads a file that is put into ``folder``."""
    document = folder / "notes.md"
    document.write_text("# Notes\n\nThe post carries every beam.\n", encoding="utf-8")
    asked = [Submit(description=json.dumps(plan), agent=plan.get("agent")) for plan in PLANS]
    asked.append(Submit(description=json.dumps(LEAF), inputs=(str(document),), tokens=5000))
    each_second = SetSchedule(id="again", every=1.0, request=Submit(description=json.dumps(LEAF)))
    usual = standard()
    return Workload(
        requests=lambda dice: asked,
        agents=usual.agents,
        executors=usual.executors,
        schedules=lambda dice: [each_second],
        settings=usual.settings,
    )


def crashes(folder: Path, most: int) -> Iterator[tuple[str, int]]:
    """Every crash point of the reference history with each of the first ``most`` times that it is passed."""
    calm = crashed(folder, ANYWHERE, NEVER)
    for point, times in sorted(calm.points["process-1"].items()):
        yield from ((point, nth) for nth in range(1, min(times, most) + 1))


def crashed(folder: Path, point: str, nth: int) -> History:
    """The reference history, whose first process dies there; every promise holds afterwards."""
    return simulate(SEED, reference(folder), faults=CALM, crash=(point, nth))

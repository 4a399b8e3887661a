"""``make chaos ROUNDS=1000``: many rounds, progress on standard error, one closing JSON line."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from .rounds import examine, rehearse

PER_HOME = 50


def main() -> None:
    """Rehearse in homes of ``PER_HOME`` rounds each and add up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"seed {given.seed}", file=sys.stderr)
    found = []
    for first in range(0, given.rounds, PER_HOME):
        rounds = min(PER_HOME, given.rounds - first)
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            tally = rehearse(home, rounds, given.seed + first, lambda line: print(line, file=sys.stderr))
            found.append(examine(home, tally))
            print(json.dumps(found[-1]), file=sys.stderr)
    sums = {
        key: sum(one[key] for one in found)
        for key in ("rounds", "accepted", "outcomes", "children", "lost", "twice", "decided_again", "cancelled_beside")
    }
    backs = [one["back_s_max"] for one in found if one["back_s_max"] is not None]
    print(json.dumps({"chaos": "kill -9", **sums, "back_s_max": max(backs, default=None), "seed": given.seed}))


main()

"""The garbage collector of a process that is a kernel's own.

Called by the command line, and by benchmarks that measure what it runs. A kernel inside of somebody's program never
calls this: the collector is the program's.
"""

from __future__ import annotations

import gc

YOUNG, OLDER, OLDEST = 20_000, 20, 50
"""Objects made before the young are looked at, rounds before the older are; by itself 700, 10, 10."""


def relax() -> None:
    """Look at new things less often.

    A task makes some thousand objects and hardly a circle: looking for circles was a seventh of what it cost, and a
    seventh of what a start costs.
    """
    gc.set_threshold(YOUNG, OLDER, OLDEST)


def settle() -> None:
    """What lives now lives as long as the process, so never look at it again; and look at new things less often.

    Some 700 objects that nobody needs any more stay with it: to find them would cost each command 20 to 30 ms.
    """
    gc.freeze()
    relax()

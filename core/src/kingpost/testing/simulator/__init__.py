"""Thousands of histories, each out of a seed: processes that die, disks that are full, clocks that are wrong.

One history: some processes, each a whole kernel with a clock and a view of the log of its own, work on tasks on one
log in memory while what can go wrong does; then everything is healed, a fresh process finishes what is left, and the
promises of the kernel are checked against the log. Time is simulated, nothing waits, nothing is random but by the
seed, so that a failure can be played again to the last byte::

    from kingpost.operations.tasks import Submit
    from kingpost.testing import Workload, simulate

    def test_my_agent_survives_every_crash() -> None:
        work = Workload(
            requests=lambda dice: [Submit(description="one"), Submit(description="two")],
            agents=lambda ports: [MyAgent()],
        )
        for seed in range(200):
            simulate(seed, work)

``Workload`` says what is worked on, by whose agents and with whose tools. Agents and tools are asked as in any
kernel; around them the simulator puts models that are down, tools that hang and calls that are answered twice, as
``Faults`` allows. They take time from ``ports.clock`` and from ``asyncio.sleep``, never from the machine, and use no
threads and no sockets; what they know must come from their context and a seed.

``simulate`` raises ``PromiseBroken`` with the seed and the newest steps, and gives the ``History`` otherwise;
``Histories`` adds up many. ``python -m tests.simulate --seed N`` in kingpost's own repository tells one history whole.
"""

from .course import ANYWHERE, POINTS
from .edges import Edge, edges, place
from .history import Histories, History, PromiseBroken, simulate
from .trouble import Faults
from .workload import PlannedAgent, Workload, standard

__all__ = [
    "ANYWHERE", "POINTS", "Edge", "Faults", "Histories", "History", "PlannedAgent", "PromiseBroken", "Workload",
    "edges", "place", "simulate", "standard",
]  # fmt: skip

"""What happens in one history: processes come and go, things go wrong as the seed says, then all is healed.

Called by ``history``. Draws what happens and when; ``process`` does it, and ``promises`` judges what came of it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...records.task import Status
from ...state import TaskState
from .errands import Errands
from .loop import ProcessLoop
from .outside import LengthCounter, Outside, TroubledMemory, WatchedAgent, WatchedExecutor
from .process import Process
from .stage import Stage
from .trouble import Faults
from .workload import Workload

POINTS = (
    "call.executed", "children.begun", "children.cut", "children.ended", "inputs.stored", "letter.replayed",
    "log.append", "log.appended", "schedule.fired", "task.claimed", "task.queued", "turn.decided", "turn.deciding",
    "turn.recorded",
    "uses.counted",
)  # fmt: skip
"""Every named crash point of the kernel and of the memory log; a test keeps the list complete."""

ANYWHERE = "anywhere"

SUBMITTED_WITHIN, TROUBLE_WITHIN = 1.5, 5.0
"""Seconds: when the last task is submitted, and when the last trouble is over."""

HEALED_SECONDS, MOST_STEPS = 1200.0, 200_000
"""In how much of the world's time, and in how many callbacks, a healed world has to come to its end."""

MOST_PROCESSES = 10
WAITING = Status.WAITING.value


class Course:
    """One history as it goes. The first process dies at ``crash``: a point, and how often it was passed then.

    With a point ``anywhere`` the number counts callbacks.
    """

    def __init__(
        self, seed: int, workload: Workload, faults: Faults, home: Path, crash: tuple[str, int] | None = None
    ) -> None:
        self.stage = Stage(seed, home)
        self.dice = self.stage.dice("course")
        self.trouble = faults.draw(self.dice)
        self.drawn = self.trouble.kinds
        self.outside = Outside(self.stage, self.trouble)
        self.processes: list[Process] = []
        self._workload, self._crash = workload, crash
        self._loop = ProcessLoop(self.stage.scheduler, "outside")  # type: ignore[abstract]  # as in ``process``
        self.errands = Errands(self.stage, self._loop, self.outside, self.processes, self.stage.dice("errands"))
        self._healed = self._over = False
        self.healed = 0.0

    def run(self) -> bool:
        """Go through trouble, heal it, and come to an end; false when that end is not reached."""
        self.stage.note("seed", self.stage.seed, "trouble:", *sorted(self.trouble.kinds))
        for _ in range(1 if self._crash else self.dice.choice((1, 2, 2, 3))):
            self._at(self.dice.random() * 0.2, self._begin)
        for request in self._workload.requests(self.stage.dice("requests")):
            self.errands.submit(self.dice.random() * SUBMITTED_WITHIN, request)
        for schedule in self._workload.schedules(self.stage.dice("schedules")):
            self.errands.schedule(self.dice.random(), schedule)
        self._plan()
        self._at(TROUBLE_WITHIN, self._end_trouble)
        self.stage.scheduler.run(self._quiet, seconds=TROUBLE_WITHIN + 1, steps=MOST_STEPS)
        self._heal()
        return self.stage.scheduler.run(self._ended, seconds=HEALED_SECONDS, steps=MOST_STEPS)

    def bury(self) -> None:
        """Let go of all that still runs."""
        with warnings.catch_warnings():
            # What had not begun yet never will.
            warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
            for loop in (self._loop, *(process.loop for process in self.processes)):
                loop.bury()

    def _quiet(self) -> bool:
        """Nothing happens any more unless somebody answers."""
        return self._over or (self.errands.idle and all(map(_waits, self.stage.tasks.unfinished.values())))

    def _ended(self) -> bool:
        return self.errands.idle and not self.stage.tasks.unfinished

    def _plan(self) -> None:
        """Troubles that come at a time; the others come with what they befall."""
        dice = self.dice
        for _ in range(dice.choice((1, 1, 2)) if "freeze" in self.trouble else 0):
            self._at(dice.random() * 3, self._freeze, dice.random() ** 2 * 4)
        for _ in range(dice.choice((1, 1, 2)) if "cut" in self.trouble else 0):
            self._at(dice.random() * 3, self._cut_off, dice.random() ** 2 * 4)
        if "full" in self.trouble:
            begin = dice.random() * 2
            self._at(begin, self._fill, True)
            self._at(begin + dice.random() * 2, self._fill, False)
        for _ in range(2 if "clock" in self.trouble else 0):
            self._at(dice.random() * 3, self._set_clock, -dice.random() * 5)

    def _at(self, seconds: float, does: Any, *given: Any) -> None:
        self._loop.call_later(seconds, does, *given)

    def _living(self) -> list[Process]:
        return [process for process in self.processes if not process.dead]

    def _begin(self) -> None:
        """A new process starts to work."""
        number, dice = len(self.processes) + 1, self.dice
        process = Process(self.stage, f"process-{number}", self._settings(), self._equipment)
        self.processes.append(process)
        process.on_death = self._mourn
        if "stale" in self.trouble and dice.random() < 0.6:
            process.log.lag = dice.random() ** 2 * 0.6
        if "clock" in self.trouble:
            process.skew = dice.uniform(-2, 2)
        if self._crash is not None and number == 1:
            point, nth = self._crash
            process.die_after(nth) if point == ANYWHERE else process.die_at(point, nth)
        elif "crash" in self.trouble and number < MOST_PROCESSES:
            chance = dice.random()
            if chance < 0.4:
                process.die_after(int(2 ** (3 + dice.random() * 8)))
            elif chance < 0.9:
                process.die_at(dice.choice(POINTS), dice.choice((1, 1, 1, 2, 3)))
        self.stage.note(process.name, f"starts, reads are {process.log.lag:.3f} s late, clock {process.skew:+.3f} s")
        process.spawn(process.kernel.work())

    def _mourn(self, process: Process) -> None:
        """Somebody starts a process again where one has died."""
        self.errands.lost(process)
        if not self._healed and len(self.processes) < MOST_PROCESSES:
            self._at(self.dice.random(), self._begin)

    def _settings(self) -> Mapping[str, Any]:
        kernel = {
            "memory": "shared", "compressor": "first-fit", "counter": "length", "memory_floor_mb": 0,
            "cpu_ceiling": None, "block_seconds": 0.0,
            **self._workload.settings.get("kernel", {}),
        }  # fmt: skip
        return {**self._workload.settings, "kernel": kernel}

    def _equipment(self, process: Process) -> Mapping[str, Sequence[Any]]:
        ports, outside = process.ports, self.outside
        return {
            "agents": [WatchedAgent(agent, process, outside) for agent in self._workload.agents(ports)],
            "executors": [WatchedExecutor(one, process, outside) for one in self._workload.executors(ports)],
            "memory": [TroubledMemory("shared", outside, self.stage.dice(process.name, "memory"))],
            "compressors": list(self._workload.compressors(ports)),
            "counters": [LengthCounter()],
        }

    def _freeze(self, seconds: float) -> None:
        if not self._healed and (living := self._living()):
            process = self.dice.choice(living)
            process.freeze()
            self._at(seconds, process.thaw)

    def _cut_off(self, seconds: float) -> None:
        if not self._healed and (living := self._living()):
            process = self.dice.choice(living)
            process.cut_off()
            self._at(seconds, process.rejoin)

    def _fill(self, full: bool) -> None:
        self.stage.full = full and not self._healed
        self.stage.note("disk", "is full" if self.stage.full else "has room")

    def _set_clock(self, by: float) -> None:
        if not self._healed and (living := self._living()):
            process = self.dice.choice(living)
            process.skew += by
            self.stage.note(process.name, f"has its clock set by {by:.3f} s")

    def _end_trouble(self) -> None:
        self._over = True

    def _heal(self) -> None:
        """Everything works from now on; a fresh process, and those that are spared, finish what there is."""
        self.stage.note("world", "is healed")
        self._healed, self.healed = True, self.stage.scheduler.now
        self.trouble.heal()
        self.stage.full = False
        fate = self.dice.choice(("kill", "close", "leave"))
        for process in self._living():
            process.spare()
            if fate == "kill":
                process.kill("at the end of the trouble")
            elif fate == "close":
                process.spawn(process.close())
        self._begin()
        self.errands.heal()


def _waits(state: TaskState) -> bool:
    """Whether only an answer that nobody is about to give can wake a task."""
    return state.status == WAITING and all(wake_at is None for wake_at in state.pending.values())

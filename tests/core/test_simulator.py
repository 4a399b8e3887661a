"""Thousands of histories in which everything goes wrong, and after each of them every promise of the kernel holds."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kingpost import Answer, Conflict, Ports, TaskQuery
from kingpost._walk.replay import observed
from kingpost.operations.tasks import Submit
from kingpost.testing import (
    Crash,
    Faults,
    Histories,
    PromiseBroken,
    ScriptedAgent,
    Workload,
    facts,
    simulate,
)
from kingpost.testing.simulator import ANYWHERE, POINTS
from kingpost.testing.simulator.loop import ProcessLoop, Scheduler
from kingpost.testing.simulator.stage import Stage
from kingpost.testing.simulator.view import View

from tests.simulate.coverage import unknown
from tests.simulate.reference import crashed, crashes

ROOT = Path(__file__).parents[2]
HISTORIES, CHUNK = 2000, 50


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(0, HISTORIES, CHUNK))
def test_every_promise_holds_after_every_history(first: int) -> None:
    """And no task ever took an edge that the table of the state machine does not have."""
    histories = Histories()

    histories.run(range(first, first + CHUNK))

    assert histories.count == CHUNK
    assert not unknown(histories.edges)


def test_the_histories_meet_every_kind_of_trouble() -> None:
    """A kind that never happens would prove nothing."""
    histories = Histories()
    histories.run(range(HISTORIES, HISTORIES + 100))

    assert histories.trouble.keys() == set(Faults.__struct_fields__)
    assert histories.crashes[ANYWHERE]
    assert {f"at {point}" for point in ("turn.decided", "call.executed", "log.append")} <= histories.crashes.keys()
    assert {"succeeded", "cancelled requested", "failed agent_failed"} <= histories.ends.keys()


@pytest.mark.parametrize("trouble", ["none at all", "message", "double", "memory", "stale"])
def test_where_everything_answers_every_task_comes_to_its_end(trouble: str) -> None:
    """Words from outside, a memory that is down and late views keep no task from its answer."""
    always = {} if trouble == "none at all" else {trouble: 1.0}
    for seed in range(15):
        history = simulate(seed, faults=replace(Faults.none(), **always))

        for id, state in history.tasks.items():
            free = state.parent is None and state.granted is None and state.deadline is None
            assert not free or state.status == "succeeded" or state.agent == "absent" or id.endswith("~"), state


@pytest.mark.parametrize("seed", [0, 7, 21, 1258, 2125])
def test_a_seed_replays_to_the_last_byte(seed: int) -> None:
    """In this interpreter, and in another one whose strings hash otherwise."""
    first, again = simulate(seed), simulate(seed)
    code = f"from kingpost.testing import simulate; print(simulate({seed}).head.hash.hex())"
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": str(seed + 1)},
        capture_output=True,
        check=True,
    )

    assert (again.head, again.story, again.steps) == (first.head, first.story, first.steps)
    assert other.stdout.decode().strip() == first.head.hash.hex()


async def test_a_history_may_be_simulated_inside_a_running_loop() -> None:
    loop = asyncio.get_running_loop()

    assert simulate(3).head == simulate(3).head
    assert asyncio.get_running_loop() is loop


def test_every_crash_point_is_known() -> None:
    """A point that the kernel names and the simulator does not would never be drawn."""
    source = ROOT / "core" / "src" / "kingpost"
    paths = [path for path in source.rglob("*.py") if "testing" not in path.parts]
    paths.append(source / "testing" / "log.py")
    named = {name for path in paths for name in re.findall(r'point\("([a-z_.]+)"\)', path.read_text("utf-8"))}

    assert named == set(POINTS)


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int]]:
    """The crash points of the reference history with each of the first times that they are passed."""
    return list(crashes(tmp_path_factory.mktemp("calm"), 4))


def test_the_reference_history_passes_every_crash_point(passed: list[tuple[str, int]]) -> None:
    assert {point for point, _ in passed} == set(POINTS)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("point", POINTS)
def test_whoever_dies_at_a_crash_point_leaves_nothing_undone(
    point: str, passed: list[tuple[str, int]], tmp_path: Path
) -> None:
    """Each of the first times that it is passed; the promises are checked by ``simulate``."""
    met = [crashed(tmp_path, point, nth).crashes for at, nth in passed if at == point]

    assert met
    assert all(where[0] == f"at {point}" for where in met)


async def nothing(*given: object) -> None:
    """Do nothing."""


async def unkept(view: View, tenant: str, content: bytes) -> str:
    """Say that it is kept."""
    return sha256(content).hexdigest()


BREAKS: dict[str, tuple[str, Any, str]] = {
    "calls that were cut off are made again": (
        "kingpost._walk.turn.interrupted", lambda gear, calls: [], "must not be repeated"
    ),
    "a parent forgets what its child has spent": (
        "kingpost._host.react.observed", lambda turn, seen, _=None: observed(turn, seen, [0, 0, 0]), "paid|accounts for"
    ),
    "a wait is over and nobody notices": ("kingpost._host.react.Reactor._expire", nothing, "for ever"),
    "a file is named that nobody keeps": ("kingpost.testing.simulator.view.View.put", unkept, "something else"),
    "an outcome leaves files out": ("kingpost._walk.pipeline.merged", lambda made, answer: (), "its outcome has 0"),
    "nobody looks for what the dead have left": ("kingpost._host.desk.Desk.abandoned", lambda *at: None, "for ever"),
}  # fmt: skip
"""Kernels that break a promise: what is put in the place of what, and the words that must come of it."""


@pytest.mark.parametrize("broken", BREAKS)
def test_a_kernel_that_breaks_a_promise_is_found_out(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the seed and the newest steps; the seed alone breaks it again."""
    place, other, words = BREAKS[broken]
    monkeypatch.setattr(place, other)

    with pytest.raises(PromiseBroken, match=words) as caught:
        Histories().run(range(400))

    seed, said = caught.value.seed, str(caught.value)
    assert f"seed {seed} breaks" in said
    assert "process-1  starts" in said or len(re.findall(r"^ +\d+\.\d{6} ", said, re.MULTILINE)) == 40
    with pytest.raises(PromiseBroken) as again:
        simulate(seed)
    assert str(again.value) == said


def test_an_author_brings_agents_of_his_own() -> None:
    """One that forgets to answer is found out like the kernel."""
    work = Workload(
        requests=lambda dice: [Submit(description=f"task {dice.random()}") for _ in range(3)],
        agents=lambda ports: [ScriptedAgent(lambda context, say: Answer(text=context.description))],
    )

    for seed in range(10):
        history = simulate(seed, work, faults=Faults(model=0))
        assert len(history.accepted) >= 3 - len(history.crashes)


@pytest.fixture
def scheduler() -> Scheduler:
    """An empty world."""
    return Scheduler(Random(5))


def looped(scheduler: Scheduler, name: str = "one") -> ProcessLoop:
    """A process's loop."""
    return ProcessLoop(scheduler, name)  # type: ignore[abstract]  # without sockets and threads most of it is not there


def test_time_jumps_to_the_next_timer_and_everybody_agrees_on_it(scheduler: Scheduler) -> None:
    loop = looped(scheduler)
    seen: list[float] = []

    async def sleeper() -> None:
        await asyncio.sleep(3600)
        seen.append(loop.time())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await asyncio.Event().wait()
        seen.append(loop.time())

    sleeping = loop.create_task(sleeper())

    assert scheduler.run(sleeping.done, seconds=4000, steps=100)
    assert [round(at) for at in seen] == [3600, 3660]


def test_a_world_in_which_nothing_happens_any_more_is_noticed(scheduler: Scheduler) -> None:
    waiting = looped(scheduler).create_task(asyncio.Event().wait())

    assert not scheduler.run(waiting.done, seconds=10, steps=100)


def test_callbacks_of_a_process_keep_their_order_and_those_of_several_mix(scheduler: Scheduler) -> None:
    seen: list[tuple[str, int]] = []
    loops = [looped(scheduler, name) for name in ("one", "two", "three")]
    for number in range(30):
        for loop in loops:
            loop.call_soon(lambda *what: seen.append(what), loop.name, number)

    scheduler.run(lambda: len(seen) == 90, seconds=1, steps=100)

    for loop in loops:
        assert [number for name, number in seen if name == loop.name] == list(range(30))
    assert seen != sorted(seen, key=lambda each: each[1])


def test_nothing_of_a_dead_process_goes_on(scheduler: Scheduler) -> None:
    """Not even what it would do on its way out."""
    loop, done = looped(scheduler), list[str]()

    async def work() -> None:
        try:
            await asyncio.sleep(1)
        finally:
            done.append("a last word")

    working = loop.create_task(work())
    scheduler.run(lambda: False, seconds=0.5, steps=100)
    loop.die()

    assert not scheduler.run(working.done, seconds=10, steps=100)
    assert done == []
    loop.bury()


def test_a_process_that_stands_still_goes_on_where_it_was(scheduler: Scheduler) -> None:
    loop = looped(scheduler)
    sleeping = loop.create_task(asyncio.sleep(1, "awake"))
    scheduler.run(lambda: False, seconds=0.5, steps=100)

    loop.freeze()
    assert not scheduler.run(sleeping.done, seconds=5, steps=100)
    loop.thaw()

    assert scheduler.run(sleeping.done, seconds=5, steps=100)
    assert sleeping.result() == "awake"


class Two:
    """Two processes' views of one log; the second sees what the first writes only ``lag`` seconds later."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(3, folder)
        self.loop = looped(self.stage.scheduler)
        ports = Ports(home=folder, clock=Still(), entropy=Random(1).randbytes)
        self.first, self.second = (View(self.stage, ports, name, Random(name)) for name in ("first", "second"))
        self.second.lag = 1.0

    def do(self, work: Any) -> Any:
        """Let it be done, in the world's time."""
        doing = self.loop.create_task(work)
        assert self.stage.scheduler.run(doing.done, seconds=100, steps=10_000)
        return doing.result()

    def ids(self, view: View) -> list[str]:
        """The tasks that a process sees."""
        return [state.id for state in self.do(view.select(TaskQuery(oldest_first=True)))]


class Still:
    """A clock that stands."""

    def now(self) -> float:
        """Always the same."""
        return 1e9

    def monotonic(self) -> float:
        """Always the same."""
        return 0.0

    async def sleep(self, seconds: float) -> None:
        """By the world's time."""
        await asyncio.sleep(seconds)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    """Two views."""
    both = Two(tmp_path)
    yield both
    both.loop.bury()


def test_a_late_view_shows_what_others_wrote_only_later(two: Two) -> None:
    two.do(two.first.append("task/a", "", [facts.queued("a")]))

    assert (two.ids(two.first), two.ids(two.second)) == (["a"], [])
    assert two.do(two.second.read()) == []
    assert two.do(two.second.wait(1, 10.0))
    assert two.ids(two.second) == ["a"]
    assert two.do(two.second.head()) == two.do(two.first.head())


def test_a_late_view_is_never_behind_its_own_writes(two: Two) -> None:
    two.do(two.first.append("task/a", "", [facts.queued("a")]))
    two.do(two.second.append("task/b", "", [facts.queued("b")]))

    assert two.ids(two.second) == ["a", "b"]


def test_appends_are_checked_against_the_truth_and_a_conflict_tells_it(two: Two) -> None:
    two.do(two.first.append("task/a", "", [facts.queued("a")]))

    with pytest.raises(Conflict):
        two.do(two.second.append("task/a", "", [facts.queued("a")]))
    assert two.ids(two.second) == ["a"]


def test_the_log_refuses_a_dead_process(two: Two) -> None:
    two.first.dead = True

    with pytest.raises(Crash):
        two.do(two.first.append("task/a", "", [facts.queued("a")]))
    with pytest.raises(Crash):
        two.do(two.first.select(TaskQuery()))

"""Host CPU and memory bound what starts, and say so in words that somebody can act on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from kingpost._host.guard import Guard, HostProbe, Load
from kingpost.ports import SystemClock
from kingpost.testing import SeededClock

IDLE = Load(memory=8_000_000_000, cpu=5.0)


class Machine:
    """A machine that is as busy as it is told to be, and counts how often somebody looks."""

    def __init__(self, load: Load = IDLE) -> None:
        self.load, self.looks = load, 0

    def __call__(self) -> Load:
        self.looks += 1
        return self.load


def guard(probe: Callable[[], Load], floor: float | None = 500, ceiling: float | None = 90) -> Guard:
    return Guard(floor, ceiling, SeededClock(), probe)


def test_an_idle_machine_lets_everything_start() -> None:
    open_ = guard(Machine())

    assert (open_.open(0), open_.open(1), open_.open(1_000), open_.reason) == (True, True, True, "")


@pytest.mark.parametrize("load", [Load(1, 0.0), Load(8_000_000_000, 100.0), Load(0, 100.0)])
def test_one_task_may_always_run(load: Load) -> None:
    shut = guard(Machine(load))

    assert not shut.open(1)
    assert shut.open(0)
    assert shut.reason == ""


def test_little_memory_keeps_more_from_starting_and_says_what_to_do() -> None:
    shut = guard(Machine(Load(499_999_999, 0.0)))

    assert not shut.open(1)
    assert shut.reason == (
        "499 MB of memory are left and 500 MB are to stay free; "
        "tasks start again when there is more, or lower memory_floor_mb"
    )
    assert guard(Machine(Load(500_000_000, 0.0))).open(1)


def test_a_busy_cpu_keeps_more_from_starting_and_says_what_to_do() -> None:
    shut = guard(Machine(Load(8_000_000_000, 97.4)))

    assert not shut.open(3)
    assert shut.reason == (
        "the CPU is 97 % busy, over the ceiling of 90 %; "
        "tasks start again when there is less to do, or raise cpu_ceiling"
    )
    assert guard(Machine(Load(8_000_000_000, 90.0))).open(3)


def test_a_bound_that_is_not_set_does_not_bind() -> None:
    starved = Machine(Load(0, 100.0))

    assert guard(starved, floor=None, ceiling=None).open(5)
    assert starved.looks == 0
    assert "CPU" in _reason(guard(starved, floor=None))
    assert "memory" in _reason(guard(starved, ceiling=None))


async def test_the_machine_is_looked_at_once_a_second() -> None:
    clock, machine = SeededClock(), Machine()
    watched = Guard(500, 90, clock, machine)
    assert all(watched.open(1) for _ in range(100))
    assert machine.looks == 1

    machine.load = Load(0, 0.0)
    await clock.advance(0.9)
    assert watched.open(1)
    await clock.advance(0.1)

    assert not watched.open(1)
    machine.load = IDLE
    await clock.advance(1.0)
    assert (watched.open(1), watched.reason, machine.looks) == (True, "", 3)


def test_a_machine_that_hides_its_load_is_taken_for_idle() -> None:
    def hidden() -> Load:
        raise psutil.AccessDenied

    assert guard(hidden).open(1)


def test_the_real_machine_can_be_looked_at() -> None:
    """With the bounds of its control groups, where it has some."""
    seen = HostProbe()()

    assert 0 < seen.memory <= psutil.virtual_memory().total
    assert 0 <= seen.cpu <= 100
    assert Guard(0, 100, SystemClock()).open(1)
    assert not Guard(1e9, None, SystemClock()).open(1), "no machine has a petabyte"


def test_a_container_has_what_its_group_leaves(tmp_path: Path) -> None:
    """Its limit less what it uses, but for cached files that nobody reads: those are given back first."""
    own = _group(tmp_path, "", limit="2000000", current=1_500_000, inactive=400_000)

    assert HostProbe(tmp_path, own)().memory == 900_000


def test_the_narrowest_of_nested_groups_counts(tmp_path: Path) -> None:
    _group(tmp_path, "app.slice", limit="3000000", current=2_500_000)
    own = _group(tmp_path, "app.slice/kingpost.service", limit="9000000", current=1_000_000)

    assert HostProbe(tmp_path, own)().memory == 500_000


def test_a_group_over_its_limit_leaves_nothing(tmp_path: Path) -> None:
    own = _group(tmp_path, "", limit="1000", current=5_000)

    assert HostProbe(tmp_path, own)().memory == 0


@pytest.mark.parametrize("limit", ["max", "", "9" * 30])
def test_a_group_without_a_limit_leaves_what_the_host_has(tmp_path: Path, limit: str) -> None:
    own = _group(tmp_path, "app", limit=limit, current=5_000)

    assert HostProbe(tmp_path, own)().memory > 1_000_000


@pytest.mark.parametrize("own", ["", "4:memory:/old\n", "0::/hidden\n", "0::/../outside\n", "nonsense"])
def test_no_groups_at_all_are_no_bound(tmp_path: Path, own: str) -> None:
    """Version 1, a group that is not shown in here, or something else altogether."""
    (tmp_path / "own").write_text(own)

    assert HostProbe(tmp_path / "groups", tmp_path / "own")().memory > 1_000_000
    assert HostProbe(tmp_path / "groups", tmp_path / "nowhere")().memory > 1_000_000


def _reason(asked: Guard) -> str:
    asked.open(1)
    return asked.reason


def _group(groups: Path, name: str, *, limit: str, current: int, inactive: int = 0) -> Path:
    """Write a control group as the kernel shows it; the file that says that this process is in it."""
    folder = groups / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{current}\n")
    (folder / "memory.stat").write_text(f"anon 1234\nfile 99\ninactive_file {inactive}\nactive_file 7\n")
    own = groups / "own"
    own.write_text(f"1:cpu:/elsewhere\n0::/{name}\n")
    return own

"""An event loop that no longer moves is noticed, named and ended; a machine that slept is not."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

import pytest
from kingpost._host.watch import EXIT_CODE, Watchdog

PROCESS = """
import asyncio
import sys
import time
from kingpost._host.watch import Watchdog


class Sleeper:
    async def decide(self):
        {code}
        return "an answer"


async def main():
    watchdog = Watchdog({seconds}, lambda: ["task t-1 of agent 'sleeper'", "task t-2 of agent 'other'"])
    watchdog.start()
    print("watched", flush=True)
    print(await asyncio.create_task(Sleeper().decide(), name="walk of t-1"), flush=True)
    watchdog.stop()


asyncio.run(main())
"""


def process(tmp_path: Path, code: str, seconds: float) -> subprocess.Popen[str]:
    """A process of its own, whose agent does ``code`` under a watchdog."""
    script = tmp_path / "agent.py"
    script.write_text(PROCESS.format(code=code, seconds=seconds))
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, script], stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_an_agent_that_blocks_the_loop_is_named_and_the_process_ends(tmp_path: Path) -> None:
    script = process(tmp_path, "time.sleep(60)", seconds=0.5)
    out, line = script.communicate(timeout=50)

    assert (script.returncode, out) == (EXIT_CODE, "watched\n")
    assert line == (
        f"kingpost: nothing has moved for 0.5 s, because {tmp_path}/agent.py:10 in Sleeper.decide blocks the event "
        "loop in 'walk of t-1'; running: task t-1 of agent 'sleeper', task t-2 of agent 'other'. This process ends now "
        "and its tasks are taken up again. Await there, use asyncio.to_thread, or run that agent out of process\n"
    )


def test_code_that_lets_no_other_thread_run_is_noticed_as_well(tmp_path: Path) -> None:
    """C code that keeps the interpreter to itself keeps the watchdog waiting too; but not from seeing that it did."""
    script = process(tmp_path, "[sum(range(90_000_000)) for _ in range(3)]", seconds=0.4)
    out, line = script.communicate(timeout=100)

    assert (script.returncode, out) == (EXIT_CODE, "watched\n")
    assert "agent.py:10 in Sleeper.decide" in line


def test_a_loop_that_moves_is_left_alone(tmp_path: Path) -> None:
    """However long the agent takes, when it awaits or leaves the loop to others."""
    slow = "await asyncio.sleep(1.2); await asyncio.to_thread(time.sleep, 1.2)"
    script = process(tmp_path, slow, seconds=0.8)
    out, line = script.communicate(timeout=50)

    assert (script.returncode, out, line) == (0, "watched\nan answer\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP there")
def test_a_process_that_was_stopped_is_left_alone(tmp_path: Path) -> None:
    """As with the lid of a laptop: longer than the limit, and then it goes on."""
    code = "await asyncio.to_thread(sys.stdin.readline); await asyncio.sleep(1)"
    script = process(tmp_path, code, seconds=0.8)
    assert script.stdout is not None
    assert script.stdout.readline() == "watched\n"

    for _ in range(2):
        os.kill(script.pid, signal.SIGSTOP)
        time.sleep(2)
        os.kill(script.pid, signal.SIGCONT)
    out, line = script.communicate("go on\n", timeout=50)

    assert (script.returncode, out, line) == (0, "an answer\n", "")


class Ending:
    """Writes down what the watchdog says, instead of ending the tests."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.said = threading.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self.said.set()

    def block(self) -> None:
        """Stop the thread that asks, until the watchdog has spoken."""
        assert self.said.wait(50)


@pytest.mark.parametrize(
    ("names", "says"),
    [(["task a", "task\nb"], "running: task a, task b. "), ([], "running: no task. "), (None, "running: unknown. ")],
)
async def test_it_says_once_what_was_running(names: Sequence[str] | None, says: str) -> None:
    """On one line, and also when the list cannot be had."""
    ending = Ending()

    def running() -> Sequence[str]:
        if names is None:
            raise RuntimeError("dictionary changed size during iteration")
        return names

    watchdog = Watchdog(0.2, running, ending)
    watchdog.start()
    ending.block()
    for thread in _watching():
        thread.join(50)
    watchdog.stop()

    (line,) = ending.lines
    assert says in line
    assert "\n" not in line


async def test_it_stops_at_once_and_can_start_again() -> None:
    ending = Ending()
    watchdog = Watchdog(3_600, list, ending)
    watchdog.stop()
    for _ in range(2):
        watchdog.start()
        assert len(_watching()) == 1
        watchdog.stop()
        watchdog.stop()
        assert _watching() == []

    assert ending.lines == []
    stopped = weakref.ref(watchdog)
    del watchdog
    gc.collect()
    assert stopped() is None, "the loop beats on for nobody"


def test_a_loop_that_has_ended_is_not_waited_for() -> None:
    """Whoever forgot to stop the watchdog does not lose the process."""
    ending = Ending()

    async def forgetful() -> None:
        Watchdog(0.2, list, ending).start()

    asyncio.run(forgetful())
    for thread in _watching():
        thread.join(50)

    assert (_watching(), ending.lines) == ([], [])


def test_a_loop_that_pauses_between_two_runs_is_left_alone() -> None:
    """As in a notebook, or a test that runs its loop step by step."""
    ending = Ending()
    watchdog = Watchdog(0.2, list, ending)

    async def step() -> None:
        if not _watching():
            watchdog.start()

    with asyncio.Runner() as runner:
        runner.run(step())
        time.sleep(0.6)
        runner.run(step())
        watchdog.stop()

    assert ending.lines == []


def _watching() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "kingpost watchdog"]

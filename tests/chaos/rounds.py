"""Rounds of kill -9, and the check of everything that must hold.

Called by ``python -m tests.chaos`` and by ``test_chaos``. A seed decides when each process dies, so a failure can be
tried again; what the processes do between two kills is the machine's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kingpost import TaskQuery, TaskState
from kingpost._host.kernel import Kernel
from kingpost.operations import system

POINTS = (
    "task.queued", "task.claimed", "inputs.stored", "turn.deciding", "turn.decided", "turn.recorded",
    "call.executed", "children.cut", "children.begun", "children.ended", "schedule.fired", "letter.replayed",
    "log.before_commit", "log.after_commit", "blob.before_commit", "memory.before_commit",
)  # fmt: skip
"""Every named crash point of the kernel and of the plugins in use; a test keeps the list complete."""

CARED_FOR = {
    "rebuild.before_swap", "erase.before_commit", "erase.after_commit", "seal.before_commit", "seal.after_commit",
    "webhook.noted", "webhook.kept", "uses.counted",
}  # fmt: skip
"""Points of the log's care, of webhooks and of the uses of memories, which tests of their own rehearse really killed:
no task waits for any of it."""

FINAL = {"task.succeeded", "task.failed", "task.cancelled"}


@dataclass(slots=True)
class Tally:
    """What the rounds saw."""

    rounds: int = 0
    accepted: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    back: list[float] = field(default_factory=list)
    points: Counter[str] = field(default_factory=Counter)


def rehearse(home: Path, rounds: int, seed: int, tell: Callable[[str], None] = lambda _: None) -> Tally:
    """Kill a worker ``rounds`` times in mixed work on one home, then let one finish."""
    dice = random.Random(seed)
    home.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    for number in range(rounds):
        # Every other round ends at a named point, so that each is met many times; the others end anywhere.
        point = POINTS[number // 2 % len(POINTS)] if number % 2 else None
        # Once a round for what a round does once: it reads one changed file, and stores one prompt of it.
        nth = (
            1
            if point
            in ("inputs.stored", "blob.before_commit", "memory.before_commit", "schedule.fired", "letter.replayed")
            else dice.randint(1, 3)
        )
        crash = f"{point}:{nth}" if point else None
        # Large enough, and each part unlike the others, that what a prompt holds of it goes into a blob.
        parts = [f"Part {part} of round {number}: the post carries beam {part}, a task.\n\n" for part in range(800)]
        (home / "notes.md").write_text("".join(parts), encoding="utf-8")
        _round(home, dice, crash, tally)
        tally.rounds += 1
        tell(f"round {number + 1}: {len(tally.accepted)} accepted")
    process = _start(home, "--until-done")
    said, _ = process.communicate(timeout=300)
    if process.returncode != 0 or b'"done"' not in said:
        raise AssertionError(f"the last worker left with {process.returncode} (seed {seed}): {said[-500:]!r}")
    return tally


def _round(home: Path, dice: random.Random, crash: str | None, tally: Tally) -> None:
    # A dozen where only some of them lead to the point.
    count = 12 if crash else dice.randint(3, 12)
    process = _start(home, "--submit", str(count), *(["--crash", crash] if crash else []))
    assert process.stdout is not None
    # The first line says that it is at work; from then on any moment may be its last.
    said = process.stdout.readline()
    beside = (
        _cancelling(home, dice.choice(sorted(tally.accepted)[-5:])) if tally.accepted and dice.random() < 0.2 else None
    )
    # A named point is reached, however little of the machine is left for the process; the limit only ends a hang.
    end = time.monotonic() + (120.0 if crash else dice.uniform(0.0, 0.4))
    os.set_blocking(process.stdout.fileno(), False)
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
        said += process.stdout.read() or b""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()
    os.set_blocking(process.stdout.fileno(), True)
    said += process.stdout.read() or b""
    process.stdout.close()
    reached = "anywhere"
    for line in said.splitlines():
        # The last line may be cut: what was not said whole was not acknowledged.
        with contextlib.suppress(ValueError):
            facts = json.loads(line)
            tally.accepted |= {facts["accepted"]} if "accepted" in facts else set()
            tally.back += [facts["back"]] if "back" in facts else []
            reached = facts.get("reached", reached)
    tally.points[reached] += 1
    if beside is not None:
        _end_beside(beside, dice, tally)


def _cancelling(home: Path, task: str) -> subprocess.Popen[bytes]:
    """The command line beside the worker, as a user would."""
    command = [sys.executable, "-m", "kingpost", "cancel", task, "--json"]
    env = {**os.environ, "KINGPOST_HOME": str(home)}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE)


def _end_beside(beside: subprocess.Popen[bytes], dice: random.Random, tally: Tally) -> None:
    """Wait for the command, or kill it wherever it is."""
    if dice.random() < 0.5:
        time.sleep(dice.uniform(0.0, 0.5))
        beside.send_signal(signal.SIGKILL)
    said, _ = beside.communicate(timeout=300)
    if beside.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the command beside the worker left with {beside.returncode}: {said!r}")
    with contextlib.suppress(ValueError):
        told = json.loads(said)
        if told["cancel_requested"]:
            tally.cancelled.add(told["id"])


def _start(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    began = str(time.monotonic())  # the same clock in every process of a machine
    command = [sys.executable, "-m", "tests.chaos.worker", str(home), "--began", began, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def examine(home: Path, tally: Tally) -> dict[str, Any]:
    """Everything that must hold after the last worker has finished.

    Raises:
        AssertionError: something was lost, recorded twice, decided again, or changed.
    """
    events, states = asyncio.run(_read(home))
    outcomes = Counter(task for task, kind, _ in events if kind in FINAL)
    lost = tally.accepted - outcomes.keys()
    assert not lost, f"accepted and without an outcome: {sorted(lost)[:5]}"
    twice = [task for task, count in outcomes.items() if count != 1]
    assert not twice, f"more than one outcome: {twice[:5]}"
    assert outcomes.keys() == states.keys(), "a task has no outcome"
    asked = {task for task, kind, _ in events if kind == "cancel.requested"}
    assert tally.cancelled <= asked, "who was told that a task is asked to end was told wrong"
    turns = Counter((task, header["turn"]) for task, kind, header in events if kind == "turn.decided")
    assert set(turns.values()) <= {1}, "a turn was recorded twice"
    _check_calls(home, events)
    _check_children(events, states)
    decisions = Counter(tuple(line.split()[:2]) for line in (home / "decisions").read_text().splitlines())
    again = sum(count - 1 for count in decisions.values())
    return {
        "rounds": tally.rounds,
        "accepted": len(tally.accepted),
        "outcomes": len(outcomes),
        "children": sum("/" in task for task in outcomes),
        "lost": len(lost),
        "twice": len(twice),
        "decided_again": again,
        "cancelled_beside": len(tally.cancelled),
        "back_s_p50": round(statistics.median(tally.back), 3) if tally.back else None,
        "back_s_max": round(max(tally.back), 3) if tally.back else None,
        "killed_at": dict(tally.points),
    }


def _check_calls(home: Path, events: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
    observed = Counter(
        (task, header["turn"], header["call"]) for task, kind, header in events if kind == "call.observed"
    )
    assert set(observed.values()) <= {1}, "a call was observed twice"
    effects = set((home / "effects").read_text().splitlines()) if (home / "effects").exists() else set()
    slow = {task for task, kind, header in events if kind == "task.queued" and header["agent"] == "slow"}
    done = {
        f"{task} {header['turn']}.1"
        for task, kind, header in events
        if task in slow and kind == "call.observed" and header["call"] == "1" and header["error"] is None
    }
    assert done <= effects, "a call was recorded as done that never happened"


def _check_children(events: Sequence[tuple[str, str, dict[str, Any]]], states: Mapping[str, TaskState]) -> None:
    """No child is begun twice, none without its parent having cut its grant, and what was spent adds up."""
    begun = Counter(task for task, kind, _ in events if kind == "task.queued")
    assert set(begun.values()) == {1}, "a task was begun twice"
    spent: dict[str, list[int]] = {}
    lent: dict[str, dict[str, list[int]]] = {}
    for task, kind, header in events:
        if kind == "call.pending" and header.get("waits") == "child":
            lent.setdefault(task, {})[f"{header['turn']}.{header['call']}"] = header["cut"]
        place = header.get("child") or f"{header.get('turn')}.{header.get('call')}"
        if kind in ("call.observed", "child.settled") and place in lent.get(task, {}):
            child = states[f"{task}/{place}"]
            assert header["spent"] == child.spent, "a parent was charged something else than its child has spent"
            del lent[task][place]
        own = header.get("spent")
        spent[task] = [a + b for a, b in zip(spent.get(task, [0, 0, 0]), own or [0, 0, 0], strict=True)]
    for task, state in states.items():
        assert "/" not in task or task.rpartition("/")[2] in _cuts(events, task.rpartition("/")[0]), "an orphan"
        # Turns that a crash cut off were charged their bound, and children that were let go their cut.
        assert all(a <= b for a, b in zip(spent.get(task, [0, 0, 0]), state.spent, strict=True)), (
            "spent does not add up"
        )
        if state.granted is not None:
            assert state.granted[0] is None or state.spent[0] <= state.granted[0], "more was spent than granted"


def _cuts(events: Sequence[tuple[str, str, dict[str, Any]]], parent: str) -> set[str]:
    return {
        f"{header['turn']}.{header['call']}"
        for task, kind, header in events
        if task == parent and kind == "call.pending" and header.get("waits") == "child"
    }


async def _read(home: Path) -> tuple[list[tuple[str, str, dict[str, Any]]], dict[str, TaskState]]:
    """Every event of every task, and how each stands, read from a log that verifies."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    states: dict[str, TaskState] = {}
    async with Kernel.open(home=home, settings={}) as kernel:
        report = await kernel.perform(system.VERIFY, system.Verify())
        assert report.sound, f"the log is not sound: {report.findings[:3]}"
        log, position = await kernel.log(), 0
        while frames := await log.read(position, 1000):
            position = frames[-1].position
            for frame in frames:
                if frame.stream.startswith("task/"):
                    task = frame.stream.removeprefix("task/")
                    found += [(task, event.kind, dict(event.header)) for event in frame.events]
        after: str | None = None
        while page := await log.select(TaskQuery(after=after, limit=1000)):
            states |= {state.id: state for state in page}
            after = page[-1].id
    return found, states

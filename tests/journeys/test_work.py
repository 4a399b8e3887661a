"""``kingpost work``, and the schedules that it fires."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.conftest import Shell, eventually

Start = Callable[..., subprocess.Popen[str]]


def test_once_does_all_that_can_go_on_and_leaves_the_rest(actor: Shell) -> None:
    """In one go: what follows from what, whatever waits for somebody, for a time or for another machine stays."""
    child = ["delegate", {"agent": "actor", "description": "child"}]
    done = [actor.queue([child, child], "{seen}"), actor.queue("second")]
    left = [
        actor.queue([["ask_human", {"question": "?"}]], "x"), actor.queue("later", options=("--at", "2h")),
        actor.queue("gpu", options=("--needs", "gpu")),
    ]  # fmt: skip

    worked = actor("work", "--once", "--json")
    lines = {line["task"]: line for line in map(json.loads, worked.out.splitlines())}
    again = actor("work", "--once")

    assert worked.code == 0
    assert [lines[id]["answer"] for id in done] == ["1=CHILD | 2=CHILD", "second"]
    assert len(lines) == 4
    assert "4 succeeded; left: 2 queued, 1 waiting" in worked.err
    assert (again.out, again.code) == ("", 0)
    states = {task["id"]: task["status"] for task in actor.look("tasks", "--json").json["tasks"]}
    assert [states[id] for id in left] == ["waiting", "queued", "queued"]
    shown = actor.look("tasks", "--state", "queued").out
    assert "queued (at " in shown


def test_a_worker_does_what_comes_until_it_is_told_to_stop(actor: Shell, started: Start) -> None:
    """SIGTERM lets what runs end; what does not end in time is let go of, and the next worker has it."""
    actor.write("kingpost.toml", '[kernel]\nagent = "actor"\ndrain_seconds = 3\n')
    process = started("work")
    actor.queue("first")
    quick = actor.queue({"sleep": 1}, "quick")
    slow = actor.queue({"sleep": 20}, "slow")
    eventually(lambda: set(states(actor).values()) == {"succeeded", "running"})

    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=100)

    assert process.returncode == 0
    assert [line.split()[3:] for line in out.splitlines()] == [
        ["succeeded", "actor", "first"], ["succeeded", "actor", "quick"],
    ]  # fmt: skip
    assert "2 succeeded; left: 1 running" in err
    assert (states(actor)[quick], states(actor)[slow]) == ("succeeded", "running")
    assert actor("cancel", slow).out == f"{slow} cancelled\n"


def states(shell: Shell) -> dict[str, str]:
    """Where each task stands."""
    return {task["id"]: task["status"] for task in shell.look("tasks", "--json").json["tasks"]}


def test_a_worker_takes_over_from_one_that_was_killed(actor: Shell, started: Start) -> None:
    """At once, and beside it a run still does its own task."""
    first = started("work")
    id = actor.queue({"when": "both ran"}, "done")
    eventually(lambda: states(actor)[id] == "running")
    second = started("work", "--json")
    first.kill()
    # A run that begins while nobody holds the task would finish it too.
    eventually(lambda: attempts(actor, id) == 2)

    ran = actor("run", "beside")
    actor.write("both ran", "")
    eventually(lambda: states(actor)[id] == "succeeded")
    second.send_signal(signal.SIGINT)
    out, _ = second.communicate(timeout=100)

    assert ran.out == "BESIDE\n"
    told = [json.loads(line)["task"] for line in out.splitlines()]
    # Either of the two may do what the run has queued.
    assert told.count(id) == 1
    assert len(told) <= 2
    assert attempts(actor, id) == 2


def attempts(shell: Shell, id: str) -> int:
    """How often a task was begun."""
    count: int = shell.look("task", id, "--json").json["task"]["attempt"]
    return count


def test_a_worker_tells_how_a_task_ended_that_said_nothing_in_its_hands(actor: Shell) -> None:
    """One that had no turn left when its answer came ends before anybody decides."""
    actor.write("kingpost.toml", '[kernel]\nagent = "actor"\nturns = 1\n')
    id = actor.queue([["ask_human", {"question": "?"}]], "x")
    waiting = actor("work", "--once", "--json")
    actor.look("reply", id, "blue")
    ended = actor("work", "--once", "--json")

    assert waiting.out == ""
    assert (ended.json["task"], ended.json["reason"]) == (id, "over_grant")


def test_a_schedule_fires_while_somebody_works(actor: Shell) -> None:
    """Set, listed, fired once for each time, changed, paused, resumed and removed."""
    made = actor.look("schedule", "set", "watch", "--every", "1h", "is it green?", "--input", "notes.txt", "--json")
    actor.write("notes.txt", "it is green")
    set_ = [
        actor("schedule", "set", "watch", "--every", "1h", "is it green?", "--input", "notes.txt", "--json"),
        actor("schedule", "set", "daily", "--cron", "@daily", "--zone", "Europe/Berlin", "report", "--priority", "2"),
    ]
    listed = actor.look("schedule")
    fired = [actor("work", "--once").err for _ in range(2)]
    changed = actor.look("schedule", "set", "watch", "--every", "1h", "is it red?", "--json")
    paused = actor.look("schedule", "pause", "watch", "--json")
    resumed = actor.look("schedule", "resume", "watch")
    once_more = actor("work", "--once").err
    removed = actor.look("schedule", "remove", "watch", "--json")
    (task,) = actor.look("tasks", "--json").json["tasks"]

    assert made.code == 2
    assert "does not exist" in made.err
    assert [one.code for one in set_] == [0, 0], set_
    assert "every 1 h" in listed.out
    assert "@daily Europe/Berlin" in listed.out
    assert ["1 succeeded" in err for err in fired] == [True, False]
    assert (task["schedule"], task["description"]) == ("watch", "is it green?")
    assert changed.json["request"]["description"] == "is it red?"
    assert (paused.json["paused"], paused.json["next"]) == (True, None)
    assert "watch: every 1 h, next " in resumed.out
    assert "nothing ended" in once_more
    assert [one["id"] for one in removed.json] == ["daily"]


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A home in which nothing is ever queued."""
    shell = Shell(tmp_path_factory.mktemp("idle"))
    yield shell
    assert shell.look("schedule", "--json").json == []
    assert shell.look("tasks", "--json").json["tasks"] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["set", "x", "y"], "either --cron or --every"),
        (["set", "x", "y", "--cron", "@daily", "--every", "1h"], "either --cron or --every"),
        (["set", "x", "y", "--cron", "every day"], "not 5"),
        (["set", "x", "y", "--cron", "0 0 30 2 *"], "mend its day-of-month"),
        (["set", "x", "y", "--cron", "@daily", "--zone", "Berlin"], "Europe/Berlin"),
        (["set", "x", "y", "--every", "often"], "write it as 90s, 15m, 2h or 7d"),
        (["set", "x", "y", "--every", "0"], "not between 0 and 100 years"),
        (["set", "x", "y", "--every", "10ms"], "give from 1"),
        (["set", "x y", "y", "--every", "1h"], "use up to 64 letters"),
        (["set", "x", " ", "--every", "1h"], "the description is empty"),
        (["set", "x", "y", "--every", "1h", "--agent", "extrct"], "did you mean 'extract'"),
        (["pause", "x"], "there is no schedule 'x'"),
        (["resume", "x"], "there is no schedule 'x'"),
        (["remove", "x"], "there is no schedule 'x'"),
    ],
)
def test_a_schedule_that_could_not_fire_is_refused(idle: Shell, arguments: list[str], says: str) -> None:
    """What, and the mend."""
    assert says in idle.refused("schedule", *arguments)

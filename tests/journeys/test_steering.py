"""Changing the course of a task: messages, cancelling, forks, dead letters, and going on with what was left."""

from __future__ import annotations

import json

import pytest

from tests.journeys.conftest import Shell

COLOUR = ["ask_human", {"question": "red or blue?"}]


def test_a_message_is_heard_by_the_next_decision(actor: Shell) -> None:
    """Also by a task that waits; one that has ended hears nothing any more."""
    id = actor.queue([COLOUR], "{seen}, {heard}")
    actor("work", "--once")

    said = actor("message", id[-8:], "hurry", "--json")
    actor("reply", id, "blue")
    done = actor("run", "--resume", id)
    late = actor("message", id, "too late")
    empty = actor("message", id, " ")

    assert said.json["status"] == "waiting"
    assert done.out == "1=blue, hurry\n"
    assert (late.code, empty.code) == (2, 2)
    assert "has succeeded and hears nothing any more" in late.err
    assert "the message is empty" in empty.err


def test_cancelling_a_task_cancels_what_is_below_it(actor: Shell) -> None:
    """With the reason; what has ended stays as it is."""
    delegated = ["delegate", {"agent": "actor", "description": json.dumps([[COLOUR], "{seen}"])}]
    id = actor.queue([delegated, delegated], "{seen}")
    actor("work", "--once")

    said = actor("cancel", id, "--reason", "asked the wrong thing")
    again = actor("cancel", id)
    tree = actor.look("task", id, "--json").json["tree"]

    assert "cancelled and 2 below it" in said.out
    assert "had cancelled already" in again.out
    assert [task["status"] for task in tree] == ["cancelled"] * 3
    assert {task["outcome"]["detail"] for task in tree} == {"asked the wrong thing"}


def test_a_fork_takes_the_turns_over_and_goes_on_from_there(actor: Shell) -> None:
    """What is taken over is not asked or done again; what is named is changed."""
    id = actor.queue([["burn", {"what": "leaves"}]], [COLOUR], "{seen}")
    actor("work", "--once")
    actor("reply", id, "blue")
    actor("work", "--once")

    whole = actor("fork", id, "--turn", "2", "--run", "--json")
    changed = actor("fork", id, "--turn", "1", "--description", json.dumps([[], "instead: {seen}"]), "--run")
    queued = actor("fork", id, "--turn", "0")
    forked = actor.look("task", queued.out.strip(), "--json").json["task"]
    kinds = [
        json.loads(line)["kind"]
        for line in actor.look("events", "--task", whole.json["task"], "--json").out.splitlines()
    ]

    assert whole.json["answer"] == "1=blue"
    assert "call.pending" not in kinds
    assert changed.out == "instead: 1=burnt leaves\n"
    assert forked["fork_of"] == id
    assert "kingpost run --resume" in queued.err


def test_a_dead_letter_is_listed_and_tried_again_once_its_cause_is_mended(actor: Shell) -> None:
    """Replayed twice it is one task; a discarded one is put away."""
    mended = actor.folder / "mended"
    script = json.dumps([{"until": str(mended), "fail": "the model sleeps"}, "awake"])
    failed = actor("run", script)
    letters = actor.look("letters", "--json").json["tasks"]
    id = letters[0]["id"]
    shown, listed = actor.look("letters", "show", id), actor.look("letters").out
    mended.touch()

    replayed = actor("letters", "replay", id, "--run", "--json")
    twice = actor("letters", "replay", id, "--json")
    mended.unlink()
    actor("run", script)
    (other,) = actor.look("letters", "list", "--json").json["tasks"]
    discarded = actor("letters", "discard", other["id"])

    assert failed.code == 1
    assert f"kingpost letters replay {id} --run" in failed.err
    assert f"task {id} is tried again in 0 s: the model sleeps" in failed.err
    assert "the model sleeps" in listed
    assert "tried 2 times, the last: the model sleeps" in shown.out
    assert replayed.json["answer"] == "awake"
    assert actor.look("task", replayed.json["task"], "--json").json["task"]["replay_of"] == id
    assert twice.json["task"] == replayed.json["task"]
    assert discarded.code == 0
    assert actor.look("letters").err == "no dead letters\n"


def test_what_was_left_waits_for_nobody_and_is_finished_by_name(actor: Shell) -> None:
    """A run does its own task only; ``--resume`` finishes what can go on and says what cannot."""
    queued, asking = actor.queue("queued"), actor.queue([COLOUR], "{seen}")

    ran = actor("run", "something else")
    resumed = actor("run", "--resume")
    actor("reply", asking, "blue")
    by_name = actor("run", "--resume", asking[-8:], "--json")
    again = actor("run", "--resume", queued, "--json")

    assert (ran.out, ran.err) == ("SOMETHING ELSE\n", "")
    assert resumed.out == "queued\n"
    assert f"left {asking}: waiting (for an answer)" in resumed.err
    assert by_name.json["answer"] == "1=blue"
    assert again.json["answer"] == "queued"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, str]:
    """A home with one task that has succeeded, and its id."""
    shell = Shell(tmp_path_factory.mktemp("ended"))
    shell.install()
    return shell, shell("run", "hello", "--json").json["task"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["message", "ID"], "Missing argument 'TEXT'"),
        (["message", "nope", "x"], "there is no task 'nope'"),
        (["cancel", "nope"], "there is no task 'nope'"),
        (["fork", "ID", "--turn", "9"], "has 1 turns"),
        (["fork", "ID", "--turn", "-1"], "-1 is not in the range"),
        (["fork", "ID", "--agent", "actr"], "did you mean 'actor'"),
        (["letters", "replay", "ID"], "there is no dead letter"),
        (["letters", "discard", "nope"], "there is no task 'nope'"),
        (["letters", "burn", "ID"], "No such command 'burn'"),
        (["run", "--resume", "nope"], "there is no task 'nope'"),
    ],
)
def test_what_cannot_be_steered_is_said_on_one_line(ended: tuple[Shell, str], arguments: list[str], says: str) -> None:
    """And nothing is queued."""
    shell, id = ended

    assert says in shell.refused(*(id if word == "ID" else word for word in arguments))
    assert len(shell("tasks", "--json").json["tasks"]) == 1

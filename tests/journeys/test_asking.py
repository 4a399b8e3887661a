"""Tasks that wait for people and for tools of the outside: who is asked, where, and how it is answered."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Shell, eventually

Start = Callable[..., subprocess.Popen[str]]

BOOKS = ["burn", {"what": "books"}]
COLOUR = ["ask_human", {"question": "red or blue?"}]


def told(process: subprocess.Popen[str]) -> list[str]:
    """The command with which a run in a pipe says that it can be answered."""
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "->" in line, line
    return shlex.split(line.partition("->")[2].partition(", or")[0])[1:]


def test_in_a_pipe_one_line_says_how_to_reply_and_the_run_goes_on(actor: Shell, started: Start) -> None:
    """The command that it names is the one that answers it; standard output holds nothing but the result."""
    process = started("run", json.dumps([[COLOUR], [BOOKS], "{seen}"]), "--json")

    question = told(process)
    listed = actor.look("calls", "--json").json["calls"]
    tasks = actor.look("tasks").out
    answered = actor(*question[:-1], "blue")
    approval = told(process)
    refused = actor(*approval[:-1], "--deny", "--because", "they are mine")
    out, err = process.communicate(timeout=100)

    assert question[:3] == ["reply", listed[0]["task"], "1"]
    assert (listed[0]["waits"], listed[0]["reference"]) == ("question", "red or blue?")
    assert "(for an answer)" in tasks  # its slot may be let go of a moment later
    assert answered.code == refused.code == 0, (answered, refused)
    assert (len(out.splitlines()), err) == (1, "")
    assert '"answer": "1=tool.refused"' in out


def test_at_a_terminal_the_question_is_asked_there(actor: Shell) -> None:
    """Yes, no with a reason, other arguments, and words; a wrong word is asked again."""
    at = actor.terminal("run", json.dumps([[BOOKS], [BOOKS], [BOOKS], [COLOUR], "{seen}"]))

    assert 'what = "books"' in at.until("allow it?")
    at.type("perhaps\n")
    at.until("allow it?")
    at.type("y\n")
    at.until("allow it?")
    at.type("n\n")
    at.until("because")
    at.type("not today\n")
    at.until("allow it?")
    at.type("e\n")
    at.until("arguments as JSON")
    at.type("leaves\n")
    assert "no JSON" in at.until("allow it?")
    at.type("e\n")
    at.until("arguments as JSON")
    at.type('{"what": "leaves"}\n')
    assert "red or blue?" in at.until("answer (")
    at.type("blue\n")
    said = at.ended()

    assert (said.code, said.out) == (0, "1=blue\n")
    shown = actor.look("task", actor.look("tasks", "--json").json["tasks"][0]["id"], "--turns").out
    assert [line.strip() for line in shown.splitlines() if "burnt" in line] == ["burnt books", "burnt leaves"]
    assert "refused: not today" in shown


def test_a_question_that_is_answered_elsewhere_is_withdrawn(actor: Shell) -> None:
    """And one that is left open is told as in a pipe."""
    at = actor.terminal("run", json.dumps([[COLOUR], [COLOUR], "{seen}"]))
    at.until("answer (")
    id = actor.look("calls", "--json").json["calls"][0]["task"]
    actor("reply", id, "green")
    at.until("settled elsewhere")
    at.until("answer (")
    at.type("\x04")
    at.until("left open")
    assert id in at.until("kingpost reply")
    actor("reply", id, "1", "yellow")

    assert at.ended().out == "1=yellow\n"


def test_the_terminal_shows_children_retries_and_waits_and_ctrl_c_cancels_them(actor: Shell) -> None:
    """What is shown is gone when the answer stands there; a question that is open does not keep Ctrl-C away."""
    actor.write("kingpost.toml", '[kernel]\nagent = "actor"\nretries = 9\nretry_seconds = 5\n')
    mended = actor.folder / "mended"
    failing = json.dumps([{"until": str(mended), "fail": "the model sleeps"}, [COLOUR], "{seen}"])
    at = actor.terminal("run", json.dumps([[["delegate", {"agent": "actor", "description": failing}]], "{seen}"]))
    at.until("delegate for a child")
    at.until("tries again in")
    at.until("the model sleeps")
    mended.touch()
    at.until("answer (")
    at.type("\x03")
    said = at.ended()

    assert (said.code, said.out) == (1, "")
    assert "interrupted from the keyboard" in said.err
    assert {task["status"] for task in actor.look("tasks", "--json").json["tasks"]} == {"cancelled"}


def test_a_child_asks_and_whoever_started_the_tree_is_told(actor: Shell, started: Start) -> None:
    """Named by its root, the one call that waits for a person is found; the tree shows who waits for whom."""
    child = json.dumps([[COLOUR], "{seen}"])
    process = started("run", json.dumps([[["delegate", {"agent": "actor", "description": child}]], "{seen}"]))

    command = told(process)
    root = command[1].partition("/")[0]
    # A question is told as soon as it is written down, a moment before its task is seen to wait.
    rows = [f"{root}/1.1  waiting (for an answer)", "waiting (for a child)"]
    eventually(lambda: all(row in actor.look("task", root).out for row in rows))
    waits = actor.look("calls", "--waits", "child").out
    replied = actor("reply", root, "blue", "--json")
    out, _ = process.communicate(timeout=100)

    assert command[1] == f"{root}/1.1"
    assert root in waits
    assert replied.json["id"] == f"{root}/1.1"
    assert out == "1=1=blue\n"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, str]:
    """A home with one task that waits for two approvals, an answer and a tool of the outside; and its id."""
    shell = Shell(tmp_path_factory.mktemp("waiting"))
    shell.install()
    id = shell.queue([BOOKS, BOOKS, COLOUR, ["knock", {}]], "{seen}")
    done = shell("work", "--once")
    assert "left: 1 waiting" in done.err, done
    return shell, id


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["reply"], "Missing argument 'ID'"),
        (["reply", "ID"], "say what to answer"),
        (["reply", "nope", "x"], "there is no task 'nope'"),
        (["reply", "ID", "3", "x", "y"], "that is too much"),
        (["reply", "ID", "--allow", "--deny"], "contradict each other"),
        (["reply", "ID", "--allow"], "2 calls wait; name one"),
        (["reply", "ID", "9", "x"], "has no call '9' that waits for somebody; these wait"),
        (["reply", "ID", "4", "x"], "has no call '4'"),
        (["reply", "ID", "3", "--allow"], "the answer is empty"),
        (["reply", "ID", "1", "x"], "waits to be allowed or refused"),
        (["reply", "ID", " "], "the answer is empty"),
        (["reply", "ID", "1", "--allow", "--arguments", "books"], "no JSON"),
        (["reply", "ID", "1", "--allow", "--arguments", "[1]"], "no JSON object"),
        (["reply", "ID", "x", "--arguments", "{}"], "--arguments go with --allow"),
        (["reply", "ID", "x", "--because", "y"], "--because goes with --deny"),
        (["settle", "ID", "1", "burnt"], "waits for approval, not for an observation"),
        (["settle", "ID", "9", "x"], "there is no pending call '9'"),
        (["settle", "ID", "4", "x", "--token", "guessed"], "does not settle call '4'"),
        (["calls", "--waits", "godot"], "'godot' is not one of"),
        (["calls", "--task", "nope"], "there is no task 'nope'"),
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing(
    waiting: tuple[Shell, str], arguments: list[str], says: str
) -> None:
    """One line that says what waits; exit 2."""
    shell, id = waiting

    assert says in shell.refused(*(id if word == "ID" else word for word in arguments))


def test_a_tool_of_the_outside_is_settled_with_its_token_or_by_hand(actor: Shell) -> None:
    """By the token that the tool was given, from the environment too; a failure has a code."""
    ids = [actor.queue([["knock", {}]], "{seen}") for _ in range(2)]
    actor("work", "--once")
    token = Path(actor.home, "work", ids[0], "token").read_text("utf-8")

    by_token = actor("settle", ids[0], "1", "-", stdin="nobody is in", KINGPOST_CALL_TOKEN=token)
    by_hand = actor("settle", ids[1], "1", "no door", "--error", "door.missing")
    again = actor("settle", ids[0], "1", "again")
    lines = actor("work", "--once", "--json").out.splitlines()

    assert (by_token.code, by_hand.code, again.code) == (0, 0, 2)
    assert "kingpost run --resume" in by_token.err
    assert sorted(line.partition('"answer": ')[2].partition(",")[0] for line in lines) == [
        '"1=door.missing"', '"1=nobody is in"',
    ]  # fmt: skip

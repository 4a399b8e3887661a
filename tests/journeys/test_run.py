"""``kingpost run``: an answer with sources that are really there, and a ledger that adds up."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kingpost._cli.session import styled

from tests.journeys.conftest import Shell


def test_a_question_about_documents_is_answered_with_sources_that_are_there(shell: Shell, docs: Path) -> None:
    """Whatever is quoted stands in the file and at the place that is named."""
    said = shell("run", "What does the cache do when it is full?", "--input", "docs", "--json")
    answer = said.json

    assert said.code == 0
    assert said.err == ""
    assert len(said.out.splitlines()) == 1
    assert answer["state"] == "succeeded"
    assert answer["model"] is None
    assert "The cache evicts the oldest entry when it is full." in answer["answer"]
    assert answer["sources"][0]["source"] == "cache.md"
    first, _, last = answer["sources"][0]["place"].partition("-")
    lines = (docs / "cache.md").read_text().splitlines()[int(first) - 1 : int(last or first)]
    assert "The cache evicts the oldest entry when it is full." in "\n".join(lines)


def test_the_ledger_adds_up(shell: Shell, docs: Path) -> None:
    """Kept rows and the framing are what was used, and that is within the budget."""
    ledger = shell("run", "What does the cache hold?", "-i", "docs", "--budget", "150", "--json").json["ledger"]

    assert sum(row["tokens"] for row in ledger["kept"]) + ledger["framing"] == ledger["used"] <= ledger["budget"] == 150


def test_the_same_command_gives_the_same_answer(shell: Shell, docs: Path) -> None:
    """The default agent is deterministic, and reading in again stores nothing twice."""
    command = ("run", "When is the release cut?", "--input", str(docs), "--json")

    first, second = shell(*command).json, shell(*command).json

    assert "Thursdays" in first["answer"]
    for part in ("answer", "sources", "ledger"):
        assert first[part] == second[part]
    events = [json.loads(line) for line in shell("events", "--json").out.splitlines()]
    assert [e["header"]["stored"] for e in events if e["kind"] == "inputs.read"] == [4, 0]


def test_it_works_from_any_folder_and_with_absolute_paths(shell: Shell, docs: Path) -> None:
    """Places are relative to the root that was named, wherever the command was given."""
    elsewhere = shell.folder / "elsewhere"
    elsewhere.mkdir()

    said = shell("run", "When is the release cut?", "--input", "../docs", "--json", cwd=elsewhere).json

    assert said["sources"][0]["source"] == "deep/notes.txt"


def test_without_json_the_answer_goes_to_standard_output_and_nothing_else(shell: Shell, docs: Path) -> None:
    """In a pipe it is quiet."""
    said = shell("run", "What does the queue do?", "--input", "docs")

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("No model was used")


def test_a_terminal_sees_what_is_going_on(shell: Shell, docs: Path) -> None:
    """Progress goes to standard error, and is gone when the answer stands there."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        shell.command("run", "What does the cache do?", "--input", "docs"), cwd=shell.folder,
        env={**shell.environ, "TERM": "xterm"}, stdout=subprocess.PIPE, stderr=slave,
    )  # fmt: skip
    os.close(slave)
    shown = b""
    while process.poll() is None or select.select([master], [], [], 0.1)[0]:
        if select.select([master], [], [], 0.1)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:
                break
    os.close(master)

    process.communicate()
    assert process.returncode == 0
    assert b"extract" in shown


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A home in which nothing is ever queued, and a folder with files that cannot be used."""
    shell = Shell(tmp_path_factory.mktemp("refusing"))
    shell.write("docs/cache.md", "# Cache\n")
    shell.write("binary.md", b"abc\0def")
    shell.write("latin.md", "caf\u00e9".encode("latin-1"))
    shell.write("broken.jsonl", '{"id": "a", "scope": "s", "body": "b"}\n{"id": 5}\n')
    shell.write("deep.jsonl", "[" * 10_000 + "\n")
    yield shell
    assert shell.look("tasks", "--json").json["tasks"] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "say what is to be done"),
        (["run", ""], "the description is empty"),
        (["run", "x", "--agent", "extrct"], "did you mean 'extract'"),
        (["run", "x", "--input", "absent.md"], "does not exist"),
        (["run", "x", "--input", "binary.md"], "is binary"),
        (["run", "x", "--input", "latin.md"], "is not UTF-8 (byte 3)"),
        (["run", "x", "--workspace", "absent"], "the workspace 'absent' is no folder of this machine; make it"),
        (["run", "x", "--workspace", "binary.md"], "the workspace 'binary.md' is no folder"),
        (["run", "x", "--budget", "0"], "budget is 0"),
        (["run", "x", "--budget", "lots"], "not a valid integer"),
        (["run", "many words " * 40, "--budget", "30"], "raise --budget to at least"),
        (["run", "x", "--tokens", "-1"], "tokens is -1"),
        (["run", "x", "--seconds", "nan"], "nan"),
        (["run", "x", "--seconds", "inf"], "not between 0 and 100 years"),
        (["run", "x", "--money", "a lot"], "write it as 0.25"),
        (["run", "x", "--money", "0.0000001"], "at most six decimals"),
        (["run", "x", "--depth", "-1"], "depth is -1"),
        (["run", "x", "--fan-out", "-1"], "fan_out is -1"),
        (["run", "x", "--priority", "urgent"], "not a valid integer"),
        (["run", "x", "--deadline", "soon"], "write it as 2026-11-21T18:00"),
        (["run", "x", "--deadline", "2020-01-01"], "is not behind now"),
        (["run", "x", "--at", "2h", "--deadline", "1h"], "is not behind its beginning"),
        (["run", "x", "--at", "25:00"], "write it as"),
        (["run", "x", "--needs", ""], "--needs names nothing"),
        (["run", "x", "--context", "@absent"], "cannot be read"),
        (["rnu", "x"], "Did you mean 'run'"),
        (["task", "nope"], "there is no task 'nope'"),
        (["context", " ", "."], "the query is empty"),
        (["memory", "forget"], "name ids, --source or --all"),
        (["memory", "add", "  "], "a memory with no text"),
        (["memory", "import", "broken.jsonl"], "line 2: no memory"),
        (["memory", "import", "deep.jsonl"], "line 1: no memory"),
        (["restore", "docs"], "holds no backup"),
        (["backup", "docs"], "is not empty"),
        (["rebuild", "--from-timestamp", "2026"], "write it as"),
        (["verify", "--head", "absent.jsonl"], "cannot be read"),
        (["seal", "--before", "90d"], "Missing option '--to'"),
        (["erase"], "either --task ID or --everything"),
        (["erase", "--task", "nope", "--yes"], "there is no task 'nope'"),
        (["erase", "--everything"], "cannot be undone; say --yes"),
    ],
)
def test_bad_input_gets_one_clear_line_and_exit_2(refusing: Shell, arguments: list[str], says: str) -> None:
    """What, where and the mend; nothing is queued."""
    assert says in refusing.refused(*arguments)


@pytest.mark.parametrize("arguments", [["run", "x"], ["tasks"], ["work"], ["serve", "--port", "0"]])
def test_a_home_that_cannot_be_made_ends_every_command_with_one_line(tmp_path: Path, arguments: list[str]) -> None:
    """The server too; never a traceback."""
    shell = Shell(tmp_path)
    shell.home.write_text("in the way")

    assert "set KINGPOST_HOME to a folder that you may write to" in shell.refused(*arguments)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colours_gets_no_other_style_either(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert styled("HEAD", bold=True) == "\x1b[1mHEAD\x1b[0m"

    monkeypatch.setenv(name, value)

    assert styled("HEAD", bold=True) == "HEAD"


def test_a_description_of_ten_megabytes_is_refused(shell: Shell) -> None:
    """A command line cannot carry it; a settings file that asks for less can."""
    shell.write("kingpost.toml", "[kernel]\ndescription_bytes = 100\n")

    said = shell("run", "word " * 50)

    assert said.code == 2
    assert "250 bytes, more than 100; put the text into a file and hand it in with --input" in said.err


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("[kernel\n", "line 1"),
        ("[kernel]\nagent = '${UNSET_VARIABLE}'\n", "UNSET_VARIABLE is not set"),
        ("[kernel]\nrecall_seconds = nan\n", "is nan"),
        ("[kernel]\nbudgte = 1\n", "did you mean 'budget'"),
        ("[compressor-structure]\nx = [1\n", "end of document"),
    ],
)
def test_broken_settings_are_named_with_their_place(shell: Shell, settings: str, says: str) -> None:
    shell.write("kingpost.toml", settings)

    said = shell.refused("run", "x")

    assert says in said
    assert "kingpost.toml" in said


def test_a_kernel_without_plugins_says_which_doors_are_empty(shell: Shell) -> None:
    """And how to fill them."""
    installed = shell("plugins", "--json").json
    disabled = ", ".join(f'"{plugin["id"]}"' for plugin in installed)
    shell.write("kingpost.toml", f"[plugins]\ndisabled = [{disabled}]\n")

    said = shell("run", "x")

    assert said.code == 2
    assert "any agent, any memory, any compressor, any token counter, any log" in said.err
    assert "pip install kingpost" in said.err
    assert shell("doctor").code == 1


def test_a_run_that_was_killed_is_finished_by_the_next_start(shell: Shell) -> None:
    """Kill -9 in the middle: the task is there, and whoever starts next goes on with it."""
    shell.write("big.txt", "".join(f"line {n}: the lighthouse keeper counts ships\n" for n in range(200_000)))
    process = shell.start("run", "What does the lighthouse keeper count?", "--input", "big.txt")
    _until(lambda: shell.look("tasks", "--json").json["tasks"])
    listed = shell("tasks", "--json")  # beside a run that is busy
    process.send_signal(signal.SIGKILL)
    process.communicate()

    resumed = shell("run", "--resume", "--json")

    assert listed.code == 0
    assert [task["status"] for task in listed.json["tasks"]] in (["running"], ["queued"])
    assert resumed.json["state"] == "succeeded"
    assert "counts ships" in resumed.json["answer"]
    assert shell("verify").code == 0


def test_interrupting_from_the_keyboard_cancels_the_task(shell: Shell) -> None:
    """What was asked to stop does not come back with the next start; what was stopped by the system does."""
    shell.write("big.txt", "".join(f"line {n}: the lighthouse keeper counts ships\n" for n in range(400_000)))
    shell.write("kingpost.toml", "[kernel]\ndrain_seconds = 0\n")
    ends = ((signal.SIGINT, 1, "cancelled"), (signal.SIGTERM, 143, "running"))
    for number, (sent, code, state) in enumerate(ends, 1):
        process = shell.start("run", "What is counted?", "--input", "big.txt")
        _until(lambda n=number: len(_started(shell)) == n)
        process.send_signal(sent)
        _, err = process.communicate(timeout=30)

        assert process.returncode == code, err
        assert shell("tasks", "--json").json["tasks"][0]["status"] == state


def _started(shell: Shell) -> list[str]:
    return [line for line in shell.look("events", "--json").out.splitlines() if '"kind": "task.started"' in line]


def _until(holds: object, seconds: float = 100.0) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]  # a callable without parameters
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)

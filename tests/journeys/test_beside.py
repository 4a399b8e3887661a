"""The other commands: tasks, memory, context, backup, doctor."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from kingpost.cli import COMMANDS, root

from tests.journeys.conftest import Shell


def test_a_task_shows_its_tree_turns_and_ledger(shell: Shell, docs: Path) -> None:
    """By any unique end of its id; a dropped passage comes back by its number."""
    done = shell("run", "What does the cache do when it is full?", "-i", "docs", "--budget", "50", "--json").json

    shown = shell("task", done["task"][-8:], "--ledger")
    whole = shell("task", done["task"], "--json").json
    dropped = done["ledger"]["dropped"][0]
    back = shell("task", done["task"], "--expand", dropped["id"])

    assert shown.code == 0
    assert "succeeded" in shown.out
    assert f"{done['ledger']['used']}  of 50 (o200k_base)" in shown.out
    assert dropped["reason"] in shown.out
    assert whole["turns"][0]["ledger"]["used"] == done["ledger"]["used"]
    assert back.out.strip()
    assert shell("task", done["task"], "--expand", "999").code == 2


def test_memories_are_added_found_forgotten_and_carried_over(shell: Shell, tmp_path: Path) -> None:
    """What one home exports another imports; importing twice stores nothing twice."""
    added = shell("memory", "add", "The release is cut on Thursdays", "--source", "handbook", "--json").json
    again = shell("memory", "add", "The release is cut on Thursdays", "--json").json
    shortly = shell("memory", "add", "The release is cut on Thursdays", "--tier", "short", "--json").json
    assert shell("memory", "forget", *shortly["ids"]).code == 0
    found = shell("memory", "search", "when is the release cut", "--json").json
    exported = shell("memory", "export").out
    answer = shell("run", "When is the release cut?", "--json").json
    file = shell.write("all.jsonl", exported)
    other = Shell(tmp_path / "other")
    other.folder.mkdir()

    assert (added["new"], again["new"], shortly["new"]) == (1, 0, 1)
    assert found[0]["memory"]["body"] == "The release is cut on Thursdays"
    assert "Thursdays" in answer["answer"]
    assert other("memory", "import", str(file), "--json").json == {"read": 1, "new": 1}
    assert other("memory", "import", "-", "--json", stdin=exported).json == {"read": 1, "new": 0}
    assert "1 forgotten" in shell("memory", "forget", added["ids"][0]).out
    assert shell("memory", "forget", added["ids"][0]).code == 2
    assert added["ids"][0] not in shell("memory", "search", "release", "--json").out
    assert "+" in other("memory", "search", "release", "--explain").out


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('"body": " "', "give it a body"),
        (r'"body": "b", "meta": {"heading": "\ud800"}', "is no valid text"),
        ('"body": "b", "importance": 1e999', "is not a finite number"),
        ('"body": "b", "created": NaN', "is not a finite number"),
        ('"text": "b"', "body: Field required"),
    ],
)
def test_an_import_with_one_bad_line_stores_nothing(shell: Shell, wrong: str, says: str) -> None:
    """However far behind the first batch it stands. What would be stored could be neither exported nor restored."""
    good = [json.dumps({"id": f"{n}", "scope": "team", "body": "The pier is long"}) for n in range(501)]
    file = shell.write("late.jsonl", "\n".join([*good, f'{{"id": "late", "scope": "team", {wrong}}}']))

    said = shell.refused("memory", "import", str(file))

    assert "line 502: no memory" in said
    assert says in said
    assert shell("memory", "export", "--scope", "team").out == ""


def test_what_helped_an_answer_says_so_itself(shell: Shell) -> None:
    """Nobody has to tell that a memory was of use: the score's terms show that it was, and how often."""
    shell("memory", "add", "The release is cut on Thursdays", "--source", "handbook")
    before = after = shell.look("memory", "search", "release", "--explain").out
    for _ in range(10):
        # What one process has no time left for when it ends, the next one does.
        assert "Thursdays" in shell("run", "When is the release cut?").out
        after = shell.look("memory", "search", "release", "--explain").out
        if "so far" in after:
            break

    assert "use " not in before
    assert re.search(r"\+0\.\d+  use +how often it was of use \(\d so far\)", after)


def test_a_context_is_packed_for_use_elsewhere(shell: Shell, docs: Path) -> None:
    """The text on standard output, the account on standard error though both are pipes; never over the budget."""
    asks = ("context", "What does the cache evict? What does the queue refuse?", "docs", "--budget", "80")
    said, brief = shell(*asks), shell.look(*asks, "--no-ledger")
    asked = shell(*asks, "--json").json

    assert "refuses new work" in said.out
    assert 'source="queue.md"' in said.out
    assert "framing" not in said.out
    rows = said.err.splitlines()
    assert rows[0].startswith("context: ")
    assert "of 80 tokens" in rows[0]
    assert {row.split()[0] for row in rows[1:]} >= {"kept", "framing", "used", "dropped"}
    # A number, tokens, the place, and the reason in words.
    passages = [row for row in rows[1:] if row.split()[0] not in ("framing", "used")]
    assert all(re.fullmatch(r"  \w+ +\S+ +\d+  \S+  \(.+\)", row) for row in passages)
    assert brief.err.splitlines() == rows[:1]
    assert asked["ledger"]["used"] <= 80
    assert asked["prompt"] in said.out


def test_a_backup_restores_into_an_empty_home(shell: Shell, docs: Path, tmp_path: Path) -> None:
    """Tasks, answers and memories are there again, and the log verifies."""
    done = shell("run", "What does the cache do?", "--input", "docs", "--json").json
    shell("memory", "add", "herons fish at dawn")
    saved = shell("backup", "saved", "--json")
    other = Shell(tmp_path / "other")
    other.folder.mkdir()

    restored = other("restore", str(shell.folder / "saved"), "--json")

    assert saved.code == restored.code == 0, restored
    assert restored.json["position"] == saved.json["position"]
    assert other("task", done["task"], "--json").json["task"]["outcome"]["answer"] == done["answer"]
    assert other("memory", "search", "herons", "--json").json[0]["memory"]["body"] == "herons fish at dawn"
    assert other("verify", "--json").json["sound"] is True


def test_verify_names_the_event_whose_bytes_were_changed(shell: Shell, docs: Path) -> None:
    """One byte of one payload, anywhere in the file, is named with its frame and kind."""
    shell("run", "What does the cache do?", "--input", "docs")
    assert shell("verify").code == 0
    log = next(shell.home.glob("log*.db"))
    content = log.read_bytes()
    place = content.index(b"What does the cache do?")
    log.write_bytes(content[:place] + b"w" + content[place + 1 :])

    said = shell("verify")

    assert said.code == 1
    assert "frame 1" in said.out
    assert "task.queued" in said.out


def test_events_are_printed_and_followed(shell: Shell, docs: Path) -> None:
    """In order, and a limit ends a follower."""
    done = shell("run", "What does the queue do?", "--input", "docs", "--json").json
    events = [json.loads(line) for line in shell("events", "--task", done["task"], "--json").out.splitlines()]

    assert [event["kind"] for event in events] == [
        "task.queued", "task.started", "inputs.read", "context.packed", "turn.decided", "task.succeeded",
    ]  # fmt: skip
    followed = shell("events", "--follow", "--limit", "2")
    assert len(followed.out.splitlines()) >= 2


def test_agents_plugins_config_and_doctor_speak_json(shell: Shell) -> None:
    agents = {agent["name"]: agent for agent in shell("agents", "--json").json}
    plugins = {plugin["id"]: plugin for plugin in shell("plugins", "--json").json}
    config = shell("config", "--json").json
    doctor = shell("doctor", "--json")

    assert agents["extract"]["default"] is True
    assert {"extract", "ollama"} <= agents.keys()
    assert plugins["log-sqlite"]["provides"] == {"log": ["sqlite"]}
    assert config["kernel"]["agent"] == "extract"
    assert all(check["well"] for check in doctor.json["checks"]), doctor.json
    tools = {tool["tool"]["name"]: tool["executor"] for tool in shell("tools", "--json").json}
    for command in ("agents", "plugins", "config", "doctor", "tasks", "tools"):
        assert shell.look(command).code == 0
    assert (tools["read_file"], tools["delegate"], tools["ask_human"]) == ("workspace", "kingpost", "kingpost")


def test_a_reader_that_leaves_early_is_met_with_silence(shell: Shell) -> None:
    """As in ``kingpost doctor | head -1``."""
    process = shell.start("doctor")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr as told:
        assert told.read() == ""
    process.wait(timeout=30)


def test_ollama_without_a_server_is_an_error_with_the_mend(shell: Shell) -> None:
    """Naming a model or the agent means that it is wanted; its absence is said, not worked around."""
    said = shell("run", "hello", "--model", "small", OLLAMA_HOST="http://127.0.0.1:9")

    assert said.code == 1
    assert "ollama serve" in said.err
    assert shell("tasks", "--json").json["tasks"] == []


def test_the_table_of_commands_says_what_the_commands_say() -> None:
    """Their help is written twice so that ``--help`` imports nothing; the two stay equal."""
    for name, (_, text) in COMMANDS.items():
        command = root.get_command(click.Context(root), name)

        assert command is not None
        assert command.help is not None
        assert command.help.partition("\n")[0] == text
        assert command.epilog


def test_help_imports_nothing_that_is_heavy(shell: Shell) -> None:
    """No pydantic, no pluggy, no asyncio, no plugin, once it is known which plugins there are."""
    code = (
        "import sys; sys.argv = ['kingpost', '--help']\nfrom kingpost.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = ('pydantic', 'pluggy', 'asyncio', 'rich', 'sqlite3', 'importlib.metadata')\n"
        "print([name for name in heavy if name in sys.modules])"
    )

    command = [sys.executable, "-c", code]
    _, again = (
        subprocess.run(command, cwd=shell.folder, env=shell.environ, capture_output=True, text=True, check=True)
        for _ in range(2)
    )

    assert again.stdout.splitlines()[-1] == "[]"


def test_a_task_whose_time_has_not_come_is_not_called_left_behind(shell: Shell) -> None:
    """The doctor speaks of what nobody works on although it could be."""
    shell("run", "say hello", "--at", "2h", "--detach")

    assert "none left behind" in shell("doctor").out


def test_the_doctor_tells_what_only_another_machine_can_do_and_what_is_left_out_in_vain(shell: Shell) -> None:
    """Each with its own mend: going on here would not help."""
    shell.write("kingpost.toml", '[plugins]\ndisabled = ["reader-pfd"]\n')
    id = shell.look("run", "draw", "--needs", "gpu", "--detach").out.strip()

    checks = shell.look("doctor", "--json").json["checks"]

    told = {check["name"]: (check["seen"], check["mend"]) for check in checks if not check["well"]}
    assert told.keys() == {"settings", "tasks"}
    assert told["settings"][0].endswith("[plugins] disabled names reader-pfd, which is not installed")
    assert told["tasks"][0] == f"1 for a worker that can do gpu, {id} for one"
    assert "[kernel] capabilities" in told["tasks"][1]

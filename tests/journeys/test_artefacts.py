"""The files of a task: handed in from its workspace, listed, printed and saved, with the real plugins."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from hashlib import sha256

from tests.journeys.conftest import Shell

PLAN = "# Plan\n\nPaint the \u2016 crane.\n"


def test_a_file_of_the_workspace_is_listed_printed_and_saved(actor: Shell) -> None:
    """What an agent has handed in is there, whatever becomes of the workspace."""
    folder = actor.folder / "desk"
    folder.mkdir()
    folder.joinpath("chart.png").write_bytes(bytes(range(256)))
    write = ["write_file", {"path": "notes/plan.md", "content": PLAN}]
    hand = [["hand_in", {"path": "notes/plan.md"}], ["hand_in", {"path": "chart.png", "name": "the chart.png"}]]
    steps = json.dumps([[write], hand, "{seen}"])
    done = actor("run", steps, "--workspace", str(folder), "--json").json
    folder.joinpath("notes", "plan.md").unlink()

    listed = actor.look("artefact", done["task"])
    as_json = actor.look("artefact", done["task"], "--json").json
    printed = actor("artefact", done["task"], "plan.md")
    saved = actor("artefact", done["task"], "the chart.png", "--out", "charts/")
    taken = actor.refused("artefact", done["task"], "plan.md", "--out", "charts/the chart.png")
    again = actor("artefact", done["task"], "plan.md", "--out", "charts/the chart.png", "--force", "--json")

    assert "handed in 'plan.md', 29 bytes, text/markdown" in done["answer"]
    assert sorted(line.split()[-1] for line in listed.out.splitlines()) == ["NAME", "chart.png", "plan.md"]
    assert min(as_json["artefacts"], key=lambda one: one["name"]) == {
        "task": done["task"], "name": "plan.md", "media_type": "text/markdown",
        "digest": sha256(PLAN.encode()).hexdigest(), "size": len(PLAN.encode()),
    }  # fmt: skip
    assert printed.out == PLAN
    assert (saved.code, saved.out) == (0, "")
    assert "saved charts/the chart.png, 256 bytes" in saved.err
    assert "--force" in taken
    assert again.json["out"] == "charts/the chart.png"
    assert actor.folder.joinpath("charts", "the chart.png").read_text("utf-8") == PLAN


def test_files_of_a_delegate_are_listed_under_the_task_that_made_them(actor: Shell) -> None:
    """A task that made none says so; a name that it has not is refused with what lists them."""
    steps = [[["write_file", {"path": "a.txt", "content": "a"}]], [["hand_in", {"path": "a.txt"}]], "made"]
    child = ["delegate", {"agent": "actor", "description": json.dumps(steps)}]
    done = actor("run", json.dumps([[child], "{seen}"]), "--json").json
    none = actor("run", "hello", "--json").json["task"]

    (made,) = actor.look("artefact", done["task"], "--json").json["artefacts"]

    assert made["task"] == f"{done['task']}/1.1"
    assert actor.look("artefact", made["task"], "a.txt").out == "a"
    assert f"'kingpost artefact {none}' lists" in actor.refused("artefact", none, "a.txt")
    assert "name it" in actor.refused("artefact", none, "--out", "x")
    assert actor.look("artefact", none).err == f"task {none} made no files\n"


def test_a_terminal_is_shown_text_and_no_other_bytes(actor: Shell) -> None:
    """Nothing that an agent has made commands a terminal."""
    folder = actor.folder / "desk"
    folder.mkdir()
    folder.joinpath("bin").write_bytes(b"\xff\x00")
    folder.joinpath("bell.txt").write_bytes(b"ring \x1b]0;gone\x07\n")
    hand = [["hand_in", {"path": "bin"}], ["hand_in", {"path": "bell.txt"}]]
    task = actor("run", json.dumps([hand, "done"]), "--workspace", str(folder), "--json").json["task"]

    piped = actor("artefact", task, "bell.txt")
    ring, binary = [_at_terminal(actor, "artefact", task, name) for name in ("bell.txt", "bin")]

    assert piped.out == "ring \x1b]0;gone\x07\n"
    assert ring == (0, "ring \ufffd]0;gone\ufffd\n", "")
    assert binary[:2] == (2, "")
    assert "'bin' is no text (2 bytes, application/octet-stream); save it with --out FILE" in binary[2]


def _at_terminal(shell: Shell, *arguments: str) -> tuple[int, str, str]:
    """What it leaves with, shows on a terminal, and says beside it."""
    side, other = pty.openpty()
    try:
        done = subprocess.run(
            shell.command(*arguments), cwd=shell.folder, env=shell.environ, stdin=subprocess.DEVNULL, stdout=other,
            stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
        os.write(other, b"|")
        shown = b""
        while not shown.endswith(b"|"):
            shown += os.read(side, 65536)
    finally:
        os.close(side)
        os.close(other)
    return done.returncode, shown[:-1].decode().replace("\r\n", "\n"), done.stderr

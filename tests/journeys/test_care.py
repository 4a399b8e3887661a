"""The care of the log: rebuild, verify against heads kept elsewhere, seal and erase, on a real home."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable

from tests.journeys.conftest import Shell, eventually

Start = Callable[..., subprocess.Popen[str]]

SECRET = "the heron nests in the old crane"


def test_the_tables_are_rebuilt_from_the_log_while_it_is_used(actor: Shell) -> None:
    """Also what somebody has changed behind its back; ``verify`` tells before and after."""
    id = actor("run", "hello", "--json").json["task"]
    with sqlite3.connect(actor.home / "log.db") as log:
        log.execute("UPDATE task SET status = 'failed'")
    changed = actor("verify")

    rebuilt = actor("rebuild", "--json")
    recent = actor("rebuild", "--from-timestamp", "1h")

    assert changed.code == 1
    assert id in changed.out
    assert (rebuilt.code, rebuilt.json["sound"], rebuilt.json["findings"]) == (0, True, [])
    assert recent.code == 0, recent
    assert recent.out.startswith("rebuilt: ")
    assert actor("verify").code == 0
    assert actor.look("task", id, "--json").json["task"]["status"] == "succeeded"


def test_others_on_the_machine_read_neither_a_home_nor_a_backup(actor: Shell) -> None:
    """Also where they may enter the folder, as they may one that an operator has made; only public keys are public."""
    for folder in (actor.home, actor.folder / "saved"):
        folder.mkdir()
        folder.chmod(0o755)
    actor("run", "hello")
    actor.look("memory", "add", SECRET)
    actor.look("heads", "export")

    assert actor.look("backup", "saved").code == 0

    kept = [path for folder in ("home", "saved") for path in (actor.folder / folder).rglob("*") if path.is_file()]
    told = {path.name for path in kept if path.stat().st_mode & 0o077 and path.stat().st_size}
    assert told == {"head.pub"}


def test_a_head_that_was_kept_elsewhere_gives_a_rewritten_log_away(actor: Shell) -> None:
    """Heads are added to a file; a log that was cut behind one of them, or another home's log, does not fit it."""
    actor("run", "hello")
    shutil.copytree(actor.home, actor.folder / "before")
    printed = actor("heads", "export")
    actor("heads", "export", "--output", "heads.jsonl")
    actor("run", "hello")
    added = actor("heads", "export", "--output", "heads.jsonl")
    sound = actor("verify", "--head", "heads.jsonl")
    shutil.copy(actor.home / "head.pub", actor.folder)

    cut = actor("verify", "--head", "heads.jsonl", KINGPOST_HOME=str(actor.folder / "before"))
    forged = json.loads(printed.out) | {"hash": "00" * 32}
    actor.write("forged.json", json.dumps(forged))
    refused = actor("verify", "--head", "forged.json")

    assert printed.json.keys() == {"position", "hash", "at", "key", "signature"}
    assert "added to heads.jsonl" in added.err
    assert sound.code == 0, sound
    assert cut.code == 1, cut
    assert refused.code == 1
    assert "signature does not fit" in refused.err


def test_old_frames_are_sealed_and_the_log_goes_on(actor: Shell) -> None:
    """The segment is a file of its own; nothing that has not ended moves."""
    actor("run", "hello")
    waits = actor.queue([["ask_human", {"question": "?"}]], "{seen}")
    actor("work", "--once")

    sealed = actor("seal", "--before", "0.01s", "--to", "old.segment", "--json")
    again = actor("seal", "--before", "0.01s", "--to", "older.segment")
    taken = actor("seal", "--before", "1s", "--to", "old.segment")
    actor("reply", waits, "yes")

    assert sealed.json["frames"] > 0, sealed
    assert (actor.folder / "old.segment").stat().st_size
    assert again.out.startswith("nothing could move")
    assert taken.code == 2
    assert actor("run", "--resume", waits).out == "1=yes\n"
    assert actor("verify").code == 0


def test_what_is_erased_is_in_no_file_any_more(actor: Shell, started: Start) -> None:
    """A task with what it handed on and what was remembered of it; then everything. The log still verifies."""
    child = json.dumps(["I saw that " + SECRET])
    worker = started("work")
    done = actor("run", json.dumps([[["delegate", {"agent": "actor", "description": child}]], "{seen}"]), "--json").json
    actor("memory", "add", "lions roar")
    eventually(
        lambda: done["task"] in actor.look("memory", "search", "heron", "--scope", "default/outcomes", "--json").out
    )
    worker.send_signal(signal.SIGINT)
    worker.communicate(timeout=100)
    assert SECRET in done["answer"]
    asked = actor("erase", "--task", done["task"])

    erased = actor("erase", "--task", done["task"], "--yes", "--json")
    shown = actor.look("task", done["task"])
    assert asked.code == 2
    assert "and of 1 below it" in asked.err
    assert erased.json["tasks"] == 2, erased
    assert erased.json["memories"] == 1
    assert shown.code == 0
    assert files_with(actor, SECRET) == []
    assert actor("verify").code == 0

    at = actor.terminal("erase", "--everything")
    at.until("It cannot be undone")
    at.type("n\n")
    assert at.ended().code == 130
    at = actor.terminal("erase", "--everything")
    at.until("It cannot be undone")
    at.type("y\n")
    assert at.ended().code == 0
    assert files_with(actor, "lions roar") == []
    assert actor("verify").code == 0
    assert actor("run", "hello").out == "HELLO\n"


def files_with(shell: Shell, text: str) -> list[str]:
    """The files of the home that hold a text."""
    return [path.name for path in shell.home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]

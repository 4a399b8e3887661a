"""Webhooks as a user has them: a source, a server, a delivery that becomes work, and events that arrive elsewhere."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.chaos.webhooks import Arrivals, receiver, rounds

from .conftest import Shell, eventually

Start = Callable[..., subprocess.Popen[str]]

_RULES = """[[rules]]
events = ["pull_request.opened"]
description = "Say what pull request {pull_request.number} changes"
agent = "extract"
"""


def _serve(shell: Shell, started: Start) -> tuple[subprocess.Popen[str], str]:
    process = started("serve", "--port", "0")
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"listening on (http://[^ ]+)", line)
    assert found, line + process.stderr.read()
    return process, found[1]


def test_a_delivery_becomes_work_and_its_events_arrive_elsewhere(shell: Shell, started: Start) -> None:
    """From ``source set`` over ``simulate`` to the answer, and to a receiver that hears of it."""
    arrivals = Arrivals()
    server = receiver(arrivals)
    shell.write("kingpost.toml", '[kernel]\nsinks = ["webhooks"]\n\n[webhooks]\nallow = ["127.0.0.0/8"]\n')
    shell.write("secret.txt", "a shared secret\n")
    shell.write("rules.toml", _RULES)
    set_up = ("webhooks", "source", "set", "git", "--scheme", "github", "--secret-file", "secret.txt")
    assert shell(*set_up, "--rules", "rules.toml").code == 0
    shown = shell("webhooks", "endpoint", "set", "ops", f"http://127.0.0.1:{server.server_address[1]}/in")
    assert shown.out.splitlines()[-1].startswith("whsec_")
    process, url = _serve(shell, started)

    sent = shell("webhooks", "simulate", "github", "pull_request", "--url", url, "--json").json
    other = shell("webhooks", "simulate", "github", "push", "--url", url, "--json").json

    task = json.loads(sent["answer"])["task"]
    assert (sent["status"], json.loads(other["answer"])["state"]) == (202, "unmatched")
    eventually(lambda: len(arrivals.ids.get(task, ())) >= 3)
    view = shell.look("task", task, "--json").json["task"]
    assert view["description"] == "Say what pull request 42 changes"
    assert view["origin"].startswith("webhook/git/")
    listed = shell.look("webhooks", "deliveries", "--json").json["deliveries"]
    assert [one["state"] for one in listed] == ["unmatched", "queued"]
    out = eventually(lambda: shell.look("webhooks", "deliveries", "--endpoint", "ops", "--json").json["deliveries"])
    assert {one["state"] for one in out} == {"delivered"}
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    server.shutdown()
    server.server_close()


def _stopped(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def test_dead_letters_are_sent_again_once_their_cause_is_mended(shell: Shell, started: Start) -> None:
    """One by its id, several, and all that are left with ``--dead``: each arrives with the id that it had."""
    arrivals = Arrivals()
    server = receiver(arrivals)
    shut, wide = '[kernel]\nsinks = ["webhooks"]\n', '\n[webhooks]\nallow = ["127.0.0.0/8"]\n'
    shell.write("kingpost.toml", shut + wide)
    shell.write("rules.toml", _RULES)
    shell.look("webhooks", "source", "set", "git", "--scheme", "github", "--secret", "s", "--rules", "rules.toml")
    address = f"http://127.0.0.1:{server.server_address[1]}/in"
    shell.look("webhooks", "endpoint", "set", "ops", address, "--event", "task.queued")
    shell.write("kingpost.toml", shut)
    process, url = _serve(shell, started)
    for _ in range(4):
        assert shell.look("webhooks", "simulate", "github", "pull_request", "--url", url).code == 0

    def listed(state: str) -> list[str]:
        asked = ("webhooks", "deliveries", "--endpoint", "ops", "--state", state, "--json")
        return [one["id"] for one in shell.look(*asked).json["deliveries"]]

    def arrived(count: int) -> None:
        eventually(lambda: arrivals.count == count, 60)
        eventually(lambda: len(listed("delivered")) == count, 60)

    eventually(lambda: len(listed("dead")) == 4, 60)
    _stopped(process)
    dead = listed("dead")
    assert not arrivals.ids
    shell.write("kingpost.toml", shut + wide)
    process, _ = _serve(shell, started)

    for count, settled, asked in ((1, 1, dead[:1]), (2, 3, dead[1:3]), (1, 4, ["--dead"])):
        assert shell("webhooks", "replay", "--endpoint", "ops", *asked, "--json").json == {"count": count, "tasks": []}
        arrived(settled)

    assert sorted(id for ids in arrivals.ids.values() for id in ids) == sorted(dead)
    assert shell.look("webhooks", "replay", "--endpoint", "ops", "--dead", "--json").json["count"] == 0
    assert "deliveries --endpoint ops" in shell.refused("webhooks", "replay", "--endpoint", "ops", "msg_none")
    assert "name an endpoint" in shell.refused("webhooks", "replay", "--dead")
    _stopped(process)
    server.shutdown()
    server.server_close()


def test_listen_prints_what_comes_and_what_goes_as_it_happens(shell: Shell, started: Start) -> None:
    """What came before is not printed; ``--count`` ends it, and so does Ctrl-C."""
    server = receiver(Arrivals())
    shell.write("kingpost.toml", '[kernel]\nsinks = ["webhooks"]\n\n[webhooks]\nallow = ["127.0.0.0/8"]\n')
    shell.write("rules.toml", _RULES)
    shell.look("webhooks", "source", "set", "git", "--scheme", "github", "--secret", "s", "--rules", "rules.toml")
    address = f"http://127.0.0.1:{server.server_address[1]}/in"
    shell.look("webhooks", "endpoint", "set", "ops", address, "--event", "task.queued")
    process, url = _serve(shell, started)

    def simulate(event: str) -> None:
        assert shell.look("webhooks", "simulate", "github", event, "--url", url).code == 0

    simulate("push")
    ears = [
        started("webhooks", "listen", "--count", "2", "--json"),
        started("webhooks", "listen", "--endpoint", "ops", "--count", "1", "--json"),
        started("webhooks", "listen", "--source", "git"),
    ]
    for ear in ears:
        assert ear.stderr is not None
        assert ear.stderr.readline().startswith("listening")

    simulate("pull_request")
    simulate("issues")

    come, gone = (ear.communicate(timeout=60)[0].splitlines() for ear in ears[:2])
    assert [json.loads(line)["state"] for line in come] == ["queued", "unmatched"]
    assert [json.loads(line)["state"] for line in gone] == ["delivered"]
    assert ears[2].stdout is not None
    assert "queued  git" in ears[2].stdout.readline()
    ears[2].send_signal(signal.SIGINT)
    ears[2].communicate(timeout=60)
    assert [ear.returncode for ear in ears] == [0, 0, 0]
    _stopped(process)
    server.shutdown()
    server.server_close()


def test_what_is_set_up_wrongly_is_refused_with_the_mend(shell: Shell) -> None:
    assert "has no secret" in shell.refused("webhooks", "source", "set", "git", "--scheme", "github")
    assert "https://" in shell.refused("webhooks", "endpoint", "set", "ops", "http://example.com/")
    assert "allow" in shell.refused("webhooks", "endpoint", "set", "ops", "https://169.254.169.254/")
    assert "no event fits" in shell.refused(
        "webhooks", "endpoint", "set", "ops", "https://example.com/", "--event", "nothing.*"
    )
    assert "source set" in shell.refused("webhooks", "simulate", "github", "push")
    shell.write("kingpost.toml", '[webhooks.sources.git]\nscheme = "github"\n')
    assert "webhooks.sources.git" in shell.refused("webhooks", "source", "list")


def test_a_restored_home_opens_the_secrets_of_its_backup(shell: Shell, tmp_path: Path) -> None:
    """The key goes along, the command says so, and sources and endpoints work on."""
    shell.write("secret.txt", "a shared secret\n")
    shell("webhooks", "source", "set", "git", "--scheme", "github", "--secret-file", "secret.txt")
    shell("webhooks", "endpoint", "set", "ops", "https://ops.example.com/")
    saved = shell("backup", "saved")
    other = Shell(tmp_path / "other")
    other.folder.mkdir()

    restored = other("restore", str(shell.folder / "saved"))

    assert saved.code == restored.code == 0, restored
    assert "saved holds webhooks.key" in saved.err
    assert [one["name"] for one in other("webhooks", "source", "list", "--json").json["sources"]] == ["git"]
    (endpoint,) = other("webhooks", "endpoint", "list", "--json").json["endpoints"]
    assert endpoint["disabled"] is None


def test_nothing_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """Two rounds of the chaos: every accepted delivery is one task, and its event arrives."""
    counted = rounds(tmp_path, 2, 60)

    assert counted["tasks"] == counted["accepted"] == 60

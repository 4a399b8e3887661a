"""``make chaos-webhooks ROUNDS=N DELIVERIES=M``: kill -9 while deliveries come in and events go out.

A server with one source and one endpoint is killed again and again while senders go on. Checked at the end: every
delivery that was accepted is exactly one task, and the event of each task has arrived at least once, with one id.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

SECRET = "a secret of the rounds"
_SENDERS = 8


@dataclass
class Arrivals:
    """What the endpoint has received: the ids of the events of each task."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def receiver(arrivals: Arrivals) -> ThreadingHTTPServer:
    """An endpoint that takes whatever comes."""

    class Taking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with arrivals.lock:
                arrivals.count += 1
                arrivals.ids.setdefault(document["data"]["task"], set()).add(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever is killed hangs up in the middle of a word."""

    server = Server(("127.0.0.1", 0), Taking)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Home:
    """A home with a source and an endpoint, and the server on it."""

    def __init__(self, folder: Path, target: int) -> None:
        self.folder = folder
        self.environ = {**os.environ, "KINGPOST_HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache")}
        (folder / "kingpost.toml").write_text(
            '[kernel]\nsinks = ["webhooks"]\nqueue = 1000000\n\n[webhooks]\nallow = ["127.0.0.0/8"]\n\n'
            f'[webhooks.sources.git]\nscheme = "github"\nsecrets = ["{SECRET}"]\n\n'
            '[[webhooks.sources.git.rules]]\ndescription = "Note {number}"\nevents = ["push"]\n'
        )
        url = f"http://127.0.0.1:{target}/in"
        self.run("webhooks", "endpoint", "set", "out", url, "--event", "task.queued")
        self.process: subprocess.Popen[str] | None = None
        self.port = 0

    def run(self, *arguments: str) -> str:
        """A command, to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "kingpost", *arguments], cwd=self.folder, env=self.environ, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self) -> None:
        """Start the server; it listens when this returns."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kingpost", "serve", "--port", "0"], cwd=self.folder, env=self.environ, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stderr is not None
        line = ""
        while not (found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)):
            line = self.process.stderr.readline()
            assert line, "the server has ended"
        self.port = int(found[1])

    def kill(self) -> None:
        """At once, whatever it does."""
        if self.process is not None:
            self.process.kill()

    def end(self, how: signal.Signals) -> None:
        """Send it a signal, and wait until it is gone."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(timeout=60)
        assert self.process.stderr is not None
        self.process.stderr.close()


def send(port: int, number: int) -> str | None:
    """One delivery; the task that it became, ``None`` if nobody answered."""
    body = json.dumps({"number": number}).encode()
    sum = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-Hub-Signature-256": f"sha256={sum}", "X-GitHub-Delivery": f"d-{number}", "X-GitHub-Event": "push",
        "Content-Type": "application/json",
    }  # fmt: skip
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/v1/hooks/git", body, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        assert answer.status == 202, said
        task: str = said["task"]
        return task
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def rounds(folder: Path, times: int, deliveries: int, seed: int = 0) -> dict[str, int]:
    """All rounds; what was counted.

    Raises:
        AssertionError: a promise does not hold.
    """
    chance, arrivals = random.Random(seed), Arrivals()
    server = receiver(arrivals)
    home = Home(folder, server.server_address[1])
    accepted: dict[int, str] = {}
    waiting = list(range(deliveries))
    cut = killed_with = 0
    for number in range(times):
        # Half of what is begun in a round is accepted, so that the rounds reach over all deliveries.
        share = waiting[: max(2 * len(waiting) // (times - number), 2)]
        cut += _round(home, share, accepted, chance.randrange(len(share) + 1), chance.uniform(0, 0.02))
        killed_with = len(accepted)
        # Some that were accepted are sent once more, as senders do who have lost the answer.
        waiting = [one for one in waiting if one not in accepted or chance.random() < 0.02]
    _round(home, waiting, accepted, None, 0.0)
    home.serve()
    try:
        _arrive(arrivals, set(accepted.values()))
    finally:
        home.end(signal.SIGTERM)
        server.shutdown()
        server.server_close()
    told = {"killed": times, "in_the_middle": cut, "accepted_in_rounds": killed_with}
    return told | _checked(home, accepted, arrivals)


def _round(home: Home, share: list[int], accepted: dict[int, str], most: int | None, late: float) -> bool:
    """Start the server, send, and kill it soon after so many were answered; whether that left some unanswered."""
    home.serve()
    answered = count()
    timer = threading.Timer(late, home.kill)

    def one(number: int) -> str | None:
        task = send(home.port, number)
        if task is not None and next(answered) == most:
            timer.start()
        return task

    with ThreadPoolExecutor(_SENDERS) as senders:
        told = list(senders.map(one, share))
    if timer.ident is not None:
        timer.join()
    home.end(signal.SIGKILL)
    for number, task in zip(share, told, strict=True):
        if task is not None:
            # Accepted twice, it is the same task.
            assert accepted.setdefault(number, task) == task
    return None in told


def _arrive(arrivals: Arrivals, wanted: set[str], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while wanted - arrivals.ids.keys():
        assert time.monotonic() < end, f"{len(wanted - arrivals.ids.keys())} events have not arrived"
        time.sleep(0.1)


def _checked(home: Home, accepted: dict[int, str], arrivals: Arrivals) -> dict[str, int]:
    tasks: list[str] = []
    after: list[str] = []
    while True:
        page = json.loads(home.run("tasks", "--limit", "1000", "--json", *after))
        tasks += [task["id"] for task in page["tasks"]]
        if not page.get("next"):
            break
        after = ["--after", page["next"]]
    assert sorted(tasks) == sorted(accepted.values()), "a delivery is no task, or two"
    assert all(len(ids) == 1 for ids in arrivals.ids.values()), "an event came with two ids"
    assert json.loads(home.run("verify", "--json"))["findings"] == []
    return {"accepted": len(accepted), "tasks": len(tasks), "events": arrivals.count}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(rounds(Path(folder), given.rounds, given.deliveries, given.seed)))

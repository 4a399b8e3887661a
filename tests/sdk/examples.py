"""The programs in the ``examples`` of each SDK, as its user would run them. Called by the tests beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.contracts import drivers
from tests.contracts.drivers import ROOT

FOLDERS = {"python": "sdk-python/examples", "typescript": "sdk-ts/examples", "go": "sdk-go/examples"}
NAMES = {
    "submit": ("submit_and_wait.py", "submit-and-wait.ts", "submit/main.go"),
    "stream": ("stream.py", "stream.ts", "stream/main.go"),
    "memory": ("memory.py", "memory.ts", "memory/main.go"),
    "receiver": ("webhook_receiver.py", "webhook-receiver.ts", "receiver/main.go"),
    "worker": ("worker.py", "worker.ts", "worker/main.go"),
}


def source(language: str, name: str) -> Path:
    """The file of a program."""
    return ROOT / FOLDERS[language] / NAMES[name][list(FOLDERS).index(language)]


def started(language: str, name: str, url: str) -> subprocess.Popen[str]:
    """A program as a process, told by its environment where the server is; both its outputs are one."""
    path = source(language, name)
    commands: dict[str, list[str | Path]] = {
        "python": [sys.executable, path],
        # It leaves out the types by itself.
        "typescript": [drivers.NODE, path],
        "go": [drivers.GO_EXAMPLES / name],
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KINGPOST_")}
    return subprocess.Popen(
        [str(word) for word in commands[language]], env=environment | {"KINGPOST_URL": url},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def said(language: str, name: str, url: str) -> list[str]:
    """The lines that a program prints; it has to end well."""
    with started(language, name, url) as process:
        output, _ = process.communicate(timeout=90)
    assert process.returncode == 0, output
    return output.splitlines()

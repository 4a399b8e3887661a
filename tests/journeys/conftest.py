"""A shell for journeys: a fresh home, a fresh folder, and the command line as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed and left with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of output as JSON."""
        return json.loads(self.out.splitlines()[-1])


class Shell:
    """Runs ``kingpost`` as a user would, in a folder and a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.environ = {
            **os.environ,
            "KINGPOST_HOME": str(self.home),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_DATA_HOME": str(folder / "data"),
        }

    def __call__(self, *arguments: str, cwd: Path | None = None, stdin: str | None = None, **environ: str) -> Said:
        done = subprocess.run(
            self.command(*arguments), cwd=cwd or self.folder, env={**self.environ, **environ}, input=stdin,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The same, without waiting for it."""
        return subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environ, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """The command line that runs it."""
        return [sys.executable, "-m", "kingpost", *arguments]

    def write(self, name: str, content: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A fresh shell."""
    return Shell(tmp_path)


@pytest.fixture
def docs(shell: Shell) -> Path:
    """A few documents with something to find in them."""
    shell.write(
        "docs/cache.md",
        "# Cache\n\nThe cache evicts the oldest entry when it is full.\n\n## Size\n\nIt holds 512 entries.\n",
    )
    shell.write("docs/queue.md", "# Queue\n\nThe queue refuses new work when 100 tasks wait.\n")
    shell.write("docs/deep/notes.txt", "The release is cut on Thursdays, by whoever is on duty.\n")
    return shell.folder / "docs"

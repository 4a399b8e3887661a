"""A shell for journeys: a fresh home, a fresh folder, and the command line as a process."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kingpost._cli import session
from kingpost.cli import root

_MANIFEST = """id = "actor"
summary = "does what its task says"

[provides]
agents = ["actor"]
executors = ["things"]
"""
_METADATA = "Metadata-Version: 2.1\nName: kingpost-actor\nVersion: 1.0\n"
_ENTRY = "[kingpost.plugins]\nactor = kingpost_actor\n"
_SETTINGS = """[kernel]
agent = "actor"
policy = ["ask burn(books)"]
retries = 1
retry_seconds = 0.01
"""


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

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.folder, self.home = folder, folder / "home"
        self.environ = {
            **os.environ,
            "KINGPOST_HOME": str(self.home),
            "XDG_CACHE_HOME": str(cache or folder / "cache"),
            "XDG_DATA_HOME": str(folder / "data"),
        }

    def __call__(self, *arguments: str, cwd: Path | None = None, stdin: str | None = None, **environ: str) -> Said:
        done = subprocess.run(
            self.command(*arguments), cwd=cwd or self.folder, env={**self.environ, **environ}, input=stdin,
            capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    def look(self, *arguments: str) -> Said:
        """The same command line in this process: what only looks, or is refused, needs no process of its own."""
        with pytest.MonkeyPatch.context() as here:
            here.chdir(self.folder)
            here.syspath_prepend(str(self.folder / "plugins"))
            # The collector of this process is ours.
            here.setattr(session, "settle", int)
            done = CliRunner(env=self.environ).invoke(root, arguments, prog_name="kingpost")
        assert done.exception is None or isinstance(done.exception, SystemExit), done
        return Said(done.exit_code, done.stdout, done.stderr)

    def refused(self, *arguments: str) -> str:
        """What a command that must be refused says: one line that begins with ``Error:``, and exit 2."""
        said = self.look(*arguments)
        assert (said.code, said.out) == (2, ""), said
        line = said.err.strip().splitlines()[-1]
        assert line.startswith("Error: ")
        return line

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The same, without waiting for it. Nobody can type."""
        return subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def terminal(self, *arguments: str) -> Terminal:
        """The same, at a terminal."""
        return Terminal(self.command(*arguments), self.folder, self.environ)

    def queue(self, *steps: Any, options: tuple[str, ...] = ()) -> str:
        """Queue a script for the agent ``actor``; its id."""
        return self("run", json.dumps(steps), "--detach", *options).out.strip()

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """The command line that runs it: what stands in the folder is no module of its."""
        return [sys.executable, "-P", "-m", "kingpost", *arguments]

    def write(self, name: str, content: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def install(self) -> None:
        """Let the command line find the agent ``actor`` and its tools, as if they were installed, and use them."""
        self.write("plugins/kingpost_actor/__init__.py", (Path(__file__).parent / "actor.py").read_bytes())
        self.write("plugins/kingpost_actor/kingpost-plugin.toml", _MANIFEST)
        self.write("plugins/kingpost_actor-1.0.dist-info/METADATA", _METADATA)
        self.write("plugins/kingpost_actor-1.0.dist-info/entry_points.txt", _ENTRY)
        self.write("kingpost.toml", _SETTINGS)
        paths = [str(self.folder / "plugins"), os.environ.get("PYTHONPATH", "")]
        self.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        self.environ["XDG_CACHE_HOME"] = str(self.folder / "cache")


class Terminal:
    """A process at a terminal of its own. Its standard output is a pipe: what is not the answer must not be in it."""

    def __init__(self, command: list[str], folder: Path, environ: dict[str, str]) -> None:
        self._side, other = pty.openpty()
        self.shown = ""
        self._found = 0
        self.process = subprocess.Popen(
            command, cwd=folder, env={**environ, "TERM": "xterm", "COLUMNS": "200"}, stdin=other,
            stdout=subprocess.PIPE, stderr=other, start_new_session=True, text=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here, and no other way
        )  # fmt: skip
        os.close(other)

    def until(self, text: str, seconds: float = 100.0) -> str:
        """Wait until it shows a text, behind the one that was waited for last; what it has shown since then."""
        end = time.monotonic() + seconds
        while (place := self.shown.find(text, self._found)) < 0:
            assert time.monotonic() < end, self.shown[self._found :]
            assert self._read(0.1) or self.process.poll() is None, self.shown
        before, self._found = self.shown[self._found : place], place + len(text)
        return before

    def type(self, text: str) -> None:
        """Type something; a line ends with the return key."""
        os.write(self._side, text.encode())

    def ended(self) -> Said:
        """Wait until it ends."""
        end = time.monotonic() + 100
        while self.process.poll() is None:
            assert time.monotonic() < end, self.shown
            self._read(0.1)
        while self._read(0.1):
            pass
        os.close(self._side)
        return Said(self.process.returncode, self.process.communicate()[0], self.shown)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._side], [], [], seconds)[0]:
            return False
        try:
            self.shown += os.read(self._side, 65536).decode(errors="replace")
        except OSError:
            return False  # the other side is closed
        return True


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index of the installed plugins is kept: it is the same for all."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def shell(tmp_path: Path, cache: Path) -> Shell:
    """A fresh shell."""
    return Shell(tmp_path, cache)


@pytest.fixture
def actor(shell: Shell) -> Shell:
    """A shell whose agent does what its task says."""
    shell.install()
    return shell


@pytest.fixture
def started(shell: Shell) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts commands that end with the test at the latest."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        running.append(shell.start(*arguments))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


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


def eventually(holds: Callable[[], Any], seconds: float = 100.0) -> Any:
    """What comes back once it is true."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)
    return found

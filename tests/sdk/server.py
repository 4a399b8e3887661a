"""``kingpost serve`` as a process: a home, a folder and a free port of its own, and settings."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from kingpost_sdk import Client

SETTINGS = """\
[kernel]
retries = 0
sinks = ["webhooks"]

[webhooks]
allow = ["127.0.0.1"]
"""


class Server:
    """Use as a context manager; it has ended when the block has."""

    def __init__(self, folder: Path, settings: str = SETTINGS) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        (folder / "kingpost.toml").write_text(settings, "utf-8")

    def __enter__(self) -> Server:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KINGPOST_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kingpost", "serve", "--port", "0"], cwd=self.folder, stderr=subprocess.PIPE,
            env=environment | {"KINGPOST_HOME": str(self.folder / "home")}, text=True,
        )  # fmt: skip
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        # Nobody reads the rest, and a full pipe would stop the server.
        self._rest = threading.Thread(target=self._process.stderr.read)
        self._rest.start()
        self.url = next(word for word in said.split() if word.startswith("http://"))
        self.client = Client(self.url, timeout=30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self._process.terminate()
        self._process.wait(60)
        self._rest.join()
        assert self._process.stderr is not None
        self._process.stderr.close()

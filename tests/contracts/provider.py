"""The real server as a process, in the states that the pacts name.

Used by the provider verification, and to write down examples. ``states`` brings the states about.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx
from kingpost_sdk import Client

KINGPOST = Path(sys.executable).parent / "kingpost"
_KERNEL = '[kernel]\npolicy = ["ask saw(oak)"]\n'
_FILES = {
    "plugins/kingpost_joiner/kingpost-plugin.toml": (
        'id = "joiner"\nsummary = "does what the pacts need"\n\n'
        '[provides]\nagents = ["joiner", "sleeper"]\nexecutors = ["yard"]\n'
    ),
    "plugins/kingpost_joiner-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: kingpost-joiner\nVersion: 1.0\n",
    "plugins/kingpost_joiner-1.0.dist-info/entry_points.txt": "[kingpost.plugins]\njoiner = kingpost_joiner\n",
    "plugins/kingpost_joiner/__init__.py": Path(__file__).with_name("agent.py").read_text("utf-8"),
}


class Provider:
    """A home with an agent of its own, a token, and ``kingpost serve``; ``settings`` end its kingpost.toml."""

    def __init__(self, settings: str = "retries = 0\n") -> None:
        self._files = _FILES | {"kingpost.toml": _KERNEL + settings}

    def __enter__(self) -> Provider:
        self._folder = tempfile.TemporaryDirectory()
        for name, text in self._files.items():
            self.folder(name).parent.mkdir(parents=True, exist_ok=True)
            self.folder(name).write_text(text, "utf-8")
        paths = [str(self.folder("plugins")), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {
            "KINGPOST_HOME": str(self.home), "PYTHONWARNINGS": "ignore", "XDG_CACHE_HOME": str(self.folder("cache")),
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        }  # fmt: skip
        made = subprocess.run(
            [KINGPOST, "token", "create"], env=environment, capture_output=True, text=True, check=True,
            cwd=self._folder.name,
        )  # fmt: skip
        self.token = next(word for word in made.stdout.split() if word.startswith("kp_"))
        self._server = subprocess.Popen(
            [KINGPOST, "serve", "--port", "0"],
            env=environment,
            cwd=self._folder.name,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._server.stderr is not None
        said = self._server.stderr.readline()
        self.url = next(word for word in said.split() if word.startswith("http://"))
        self.client = Client(self.url, self.token)
        self.http = httpx.Client(base_url=self.url, timeout=90, trust_env=False)
        self.entered: list[str] = []
        self.after: list[Callable[[], None]] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
        self.client.close()
        self.http.close()
        self._server.terminate()
        self._server.communicate(timeout=30)
        self._folder.cleanup()

    @property
    def home(self) -> Path:
        """Where the server keeps everything."""
        return self.folder("home")

    def folder(self, name: str) -> Path:
        """A place below the provider's own folder."""
        return Path(self._folder.name, name)

    def enter(self, state: str) -> dict[str, str]:
        """Reach a state; the values that the requests of its pacts need.

        Raises:
            KeyError: nobody knows the state.
        """
        from tests.contracts.states import STATES

        self._leave()
        reach = STATES[state]
        self.entered.append(state)
        return {"credential": self.token} | reach(self)

    def _leave(self) -> None:
        """End what the last state has left running."""
        while self.after:
            self.after.pop()()

    def signed(self, key: str) -> dict[str, str]:
        """Headers of a request of ours under an idempotency key."""
        return {"authorization": f"Bearer {self.token}", "idempotency-key": key}

    def ask(
        self, operation: str, path: list[str], request: dict[str, Any] | None, token: str, key: str | None = None
    ) -> tuple[int, str, Any]:
        """Status, media type and body of an operation's answer, asked without any SDK."""
        from tests.contracts.agreements import routes

        method, target = routes()[operation]
        named = iter(path)
        target = re.sub(r"\{\w+\}", lambda _: quote(next(named), safe=""), target)
        headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
        given: dict[str, Any] = {"headers": headers}
        if method in {"POST", "PUT"} and request is not None:
            given["json"] = request
        elif request:
            given["params"] = request
        answered = self.http.request(method, target, **given)
        kind = answered.headers.get("content-type", "")
        return answered.status_code, kind, answered.json() if "json" in kind else answered.text

"""The real server as a process, in the states that the pacts name; each state is reached through the server's own API.

Used by the provider verification, and to write down examples. ``contracts/states.json`` lists the states.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx
from kingpost_sdk import Client, models

from tests.contracts.drivers import ROOT

KINGPOST = Path(sys.executable).parent / "kingpost"


class Provider:
    """A home of its own, a token, and ``kingpost serve``."""

    def __enter__(self) -> Provider:
        self._folder = tempfile.TemporaryDirectory()
        environment = os.environ | {"KINGPOST_HOME": str(Path(self._folder.name, "home")), "PYTHONWARNINGS": "ignore"}
        made = subprocess.run(
            [KINGPOST, "token", "create"], env=environment, capture_output=True, text=True, check=True
        )
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
        self.entered: list[str] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self._server.terminate()
        self._server.communicate(timeout=30)
        self._folder.cleanup()

    def enter(self, state: str) -> dict[str, str]:
        """Reach a state; the values that the requests of its pacts need.

        Raises:
            KeyError: nobody knows the state.
        """
        reach = STATES[state]
        self.entered.append(state)
        return reach(self)

    def ask(self, operation: str, path: list[str], request: dict[str, Any] | None, token: bool) -> tuple[int, str, Any]:
        """Status, media type and body of an operation's answer, asked without any SDK."""
        from tests.contracts.agreements import NOBODY, routes

        method, target = routes()[operation]
        for value in path:
            begin, _, rest = target.partition("{")
            target = begin + quote(value, safe="") + rest.partition("}")[2]
        given: dict[str, Any] = {"headers": {"authorization": f"Bearer {self.token if token else NOBODY}"}}
        if method in {"POST", "PUT"} and request is not None:
            given["json"] = request
        elif request:
            given["params"] = request
        answered = httpx.request(method, self.url + target, timeout=30, **given)
        kind = answered.headers.get("content-type", "")
        return answered.status_code, kind, answered.json() if "json" in kind else answered.text

    def folder(self, name: str) -> Path:
        """A place below the provider's own folder."""
        return Path(self._folder.name, name)


def _nothing(provider: Provider) -> dict[str, str]:
    return {}


def _succeeded(provider: Provider) -> dict[str, str]:
    return {"task": provider.client.tasks.run("Say what a king post is.", agent="extract").id}


def _queued(provider: Provider) -> dict[str, str]:
    later = time.time() + 86400
    return {"task": provider.client.tasks.submit("Wait until tomorrow.", agent="extract", not_before=later).id}


def _cancelled(provider: Provider) -> dict[str, str]:
    task = _queued(provider)["task"]
    provider.client.tasks.cancel(task)
    provider.client.tasks.wait(task, seconds=20)
    return {"task": task}


def _memory(provider: Provider) -> dict[str, str]:
    one = models.MemoryInput(id="m-1", scope="pact", body="The king post carries the ridge.", source="roof.md")
    provider.client.memory.remember([one])
    return {}


def _schedule(provider: Provider) -> dict[str, str]:
    request = models.SubmitInput(description="Say what a king post is.", agent="extract")
    provider.client.schedules.set("nightly", request=request, every=86400.0)
    return {}


def _job(provider: Provider) -> dict[str, str]:
    job = provider.client.jobs.verify()
    while job.state == "running":
        time.sleep(0.01)
        job = provider.client.jobs.get(job.id)
    return {"job": job.id}


def _tenant(provider: Provider) -> dict[str, str]:
    if "acme" not in [one.id for one in provider.client.tenants.list().tenants]:
        provider.client.tenants.create("acme")
    return {}


def _token(provider: Provider) -> dict[str, str]:
    return {"token": provider.client.tokens.create(name="ci", scopes=["tasks:read"]).view.id}


def _folder(provider: Provider) -> dict[str, str]:
    return {"folder": str(provider.folder(uuid.uuid4().hex))}


def _endpoint(provider: Provider) -> dict[str, str]:
    provider.client.endpoints.set("hook", url="https://example.org/hook")
    return {}


STATES: dict[str, Callable[[Provider], dict[str, str]]] = {
    "nothing": _nothing,
    "a task that succeeded": _succeeded,
    "a task that is queued": _queued,
    "a task that was cancelled": _cancelled,
    "a memory": _memory,
    "a schedule": _schedule,
    "a job": _job,
    "a tenant": _tenant,
    "a token": _token,
    "a folder": _folder,
    "an endpoint": _endpoint,
}


def described() -> dict[str, Any]:
    """``contracts/states.json``."""
    found: dict[str, Any] = json.loads((ROOT / "contracts/states.json").read_text("utf-8"))
    return found

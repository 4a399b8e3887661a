"""Verifies pacts against a provider: what each of them says, asked once, however many of them say it.

Used by the tests of the provider and by ``release``. It knows the verifier's false greens: what it passes over, what is
pending, and a state that could not be reached.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import tempfile
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from pact import Verifier

from tests.contracts.pacts import SERVER
from tests.contracts.provider import Provider

os.environ["PACT_DO_NOT_TRACK"] = "true"
Node: TypeAlias = dict[str, Any]


def interactions(folder: Path) -> dict[str, list[Node]]:
    """What the pacts of a folder expect of the server's answers, by file; pacts with somebody else are left out."""
    said = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    return {name: pact["interactions"] for name, pact in said.items() if pact["provider"]["name"] == SERVER}


def distinct(said: Mapping[str, Iterable[Node]]) -> list[Node]:
    """The interactions of several pacts, each that expects the same once, named after the first pact that has it."""
    found: dict[str, Node] = {}
    for pact, each in said.items():
        for one in each:
            found.setdefault(expects(one), one | {"description": f"{pact}: {one['description']}"})
    return list(found.values())


def expects(interaction: Node) -> str:
    """All that the verifier looks at: two interactions with one such text cannot be judged differently.

    Recorded times and ids are not looked at where a rule compares types, and JSON is JSON under any of its names.
    """
    response = dict(interaction["response"])
    body, rules = dict(response.get("body", {})), response.get("matchingRules", {}).get("body", {})
    if body.get("contentType", "").endswith("json"):
        del body["contentType"]
        if {"match": "type"} in rules.get("$", {}).get("matchers", ()):
            body["content"] = _types(body.get("content"))
    told = {name: each for name, each in interaction.items() if name not in {"description", "key"}}
    return json.dumps(told | {"response": response | {"body": body}}, sort_keys=True)


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _types(each) for name, each in value.items()}
    return [_types(each) for each in value] if isinstance(value, list) else type(value).__name__


def _of_any_tools(interaction: Node) -> Node:
    """The same, without what the tools of that day took: plugins bring more of them, and a list is told in order."""
    if interaction["request"]["path"] != "/v1/tools" or "tools" not in _content(interaction):
        return interaction
    widened = copy.deepcopy(interaction)
    for one in _content(widened)["tools"]:
        one["tool"]["parameters"] = {"type": one["tool"]["parameters"]["type"]}
    return widened


def _content(interaction: Node) -> Node:
    content: Node = interaction["response"].get("body", {}).get("content") or {}
    return content


@dataclass(frozen=True)
class Verdict:
    """What the verifier said of each interaction, by name."""

    kept: frozenset[str]
    broken: Mapping[str, str]
    """With what is wrong with it."""
    unreached: tuple[str, ...] = ()
    """States that could not be brought about."""

    def problems(self, asked: Iterable[Node]) -> list[str]:
        """Why this is not green for what was asked: a broken one, an unreached state, or one that was passed over."""
        names = [str(one["description"]) for one in asked]
        found = [f"{name}: {why}" for name, why in self.broken.items()]
        found += [f"state {state}" for state in self.unreached]
        found += [f"{name}: nobody has verified it" for name in names if name not in self.kept | self.broken.keys()]
        return found if names else ["nothing was verified"]


@dataclass
class States:
    """Takes the verifier's requests for a state, and gives the values that it needs."""

    provider: Provider
    problems: list[str] = field(default_factory=list)

    def __enter__(self) -> States:
        outer = self

        class Callback(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                state = json.loads(self.rfile.read(int(self.headers["content-length"])))["state"]
                try:
                    values = {"key": uuid.uuid4().hex} | outer.provider.enter(state)
                except Exception as problem:  # noqa: BLE001 - a state that fails would hold the verifier for two minutes
                    outer.problems.append(f"{state}: {problem!r}")
                    values = {}
                body = json.dumps(values).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def verified(provider: Provider, asked: list[Node], url: str | None = None) -> Verdict:
    """What the verifier says of interactions, asked of a provider, or at ``url`` of somebody who stands before it."""
    widened = [_of_any_tools(one) for one in asked]
    pact = {
        "consumer": {"name": "all"}, "provider": {"name": SERVER}, "interactions": widened,
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, States(provider) as states:
        path = Path(folder, "pact.json")
        path.write_text(json.dumps(pact), "utf-8")
        verifier = Verifier(SERVER, host="127.0.0.1").add_source(path).add_transport(url=url or provider.url)
        verifier.state_handler(states.url, body=True)
        # It raises what says no more than that something is broken; what, is among the results.
        with contextlib.suppress(RuntimeError):
            verifier.verify()
        return _verdict(verifier.results["interactionResults"], states.problems)


def _verdict(results: list[Node], problems: list[str]) -> Verdict:
    kept, broken = set(), {}
    for one in results:
        if one["result"] == "OK" and not one["pending"]:
            kept.add(one["description"])
        else:
            broken[one["description"]] = json.dumps(one.get("mismatch", "pending"))
    return Verdict(frozenset(kept), broken, tuple(problems))

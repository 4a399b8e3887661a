"""What the SDKs ask of the server and what they get: one table, the source of the pacts of all three languages.

``python -m tests.contracts.agreements`` asks a real server everything in the table and writes the answers, as examples
of shape, to ``contracts/interactions.json``. The consumer tests turn that into pacts; the provider test verifies them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.contracts.drivers import ROOT

DOCUMENT = ROOT / "contracts/openapi.json"
EXAMPLES = ROOT / "contracts/interactions.json"
NOBODY = "kp_nobody_0000000000000000000000000000000000000000000"

NONE = {"task": "none", "token": "none", "job": "none", "folder": "none"}
TASK = ["${task}"]
SUBMIT = {"description": "Say what a king post is.", "agent": "extract"}
SCHEDULE = {"request": SUBMIT, "every": 86400.5}

# Operation, provider state, what stands in the path, the request.
SUCCESSES: list[tuple[str, str, list[str], dict[str, Any] | None]] = [
    ("agents.list", "nothing", [], None),
    ("agents.get", "nothing", ["extract"], None),
    ("agents.statistics", "a task that succeeded", ["extract"], None),
    ("calls.list", "nothing", [], {}),
    ("context.count", "nothing", [], {"text": "a king post"}),
    ("context.fit", "nothing", [], {"text": "a king post carries the ridge", "budget": 100}),
    ("context.pack", "a memory", [], {"query": "ridge", "scopes": ["pact"]}),
    ("system.health", "nothing", [], None),
    ("events.list", "a task that succeeded", [], {"limit": 1}),
    ("heads.export", "a task that succeeded", [], None),
    ("http.status", "nothing", [], None),
    ("jobs.list", "a job", [], None),
    ("jobs.get", "a job", ["${job}"], None),
    ("jobs.verify", "nothing", [], None),
    ("jobs.rebuild", "nothing", [], {}),
    ("letters.list", "nothing", [], {}),
    ("log.erase", "a task that succeeded", [], {"task": "${task}"}),
    ("log.backup", "a folder", [], {"target": "${folder}"}),
    ("log.seal", "a folder", [], {"before": 1.5, "target": "${folder}"}),
    (
        "memory.remember",
        "nothing",
        [],
        {"memories": [{"id": "m-2", "scope": "pact", "body": "a truss has a tie beam"}]},
    ),
    ("memory.recall", "a memory", [], {"text": "ridge", "scopes": ["pact"]}),
    ("memory.export", "a memory", [], {"selection": {"scope": "pact"}}),
    ("memory.forget", "a memory", [], {"selection": {"scope": "pact"}}),
    ("memory.get", "a memory", ["pact", "m-1"], {}),
    ("memory.use", "a memory", [], {"ids": ["m-1"], "scope": "pact"}),
    ("deliveries.list", "nothing", [], {}),
    ("deliveries.replay", "an endpoint", [], {"endpoint": "hook", "dead": True}),
    ("endpoints.list", "an endpoint", [], None),
    ("endpoints.set", "nothing", ["hook"], {"url": "https://example.org/hook", "description": "ours"}),
    ("endpoints.disable", "an endpoint", ["hook"], {"reason": "a rest"}),
    ("endpoints.enable", "an endpoint", ["hook"], None),
    ("endpoints.remove", "an endpoint", ["hook"], None),
    ("sources.list", "nothing", [], None),
    ("sources.set", "nothing", ["ci"], {"scheme": "github", "secrets": ["a-secret-of-some-length"]}),
    ("plugins.list", "nothing", [], None),
    ("schedules.list", "a schedule", [], None),
    ("schedules.get", "a schedule", ["nightly"], None),
    ("schedules.set", "nothing", ["nightly"], SCHEDULE),
    ("schedules.pause", "a schedule", ["nightly"], None),
    ("schedules.resume", "a schedule", ["nightly"], None),
    ("schedules.remove", "a schedule", ["nightly"], None),
    ("tasks.submit", "nothing", [], SUBMIT),
    ("tasks.submit_all", "nothing", [], {"tasks": [SUBMIT]}),
    ("tasks.get", "a task that succeeded", TASK, None),
    ("tasks.wait", "a task that succeeded", TASK, {"seconds": 5.0}),
    ("tasks.list", "a task that succeeded", [], {"limit": 1}),
    ("tasks.tree", "a task that succeeded", TASK, None),
    ("tasks.turns", "a task that succeeded", TASK, None),
    ("tasks.cancel", "a task that is queued", TASK, {"reason": "no longer needed"}),
    ("tasks.message", "a task that is queued", TASK, {"text": "be quick"}),
    ("tasks.fork", "a task that succeeded", TASK, {}),
    ("tasks.retry", "a task that was cancelled", TASK, None),
    ("tenants.create", "nothing", [], {"id": "acme", "queue": 10}),
    ("tenants.list", "a tenant", [], None),
    ("tenants.limit", "a tenant", ["acme"], {"queue": 5}),
    ("tenants.erase", "a tenant", ["acme"], None),
    ("tokens.create", "nothing", [], {"name": "ci", "scopes": ["tasks:read"]}),
    ("tokens.list", "a token", [], None),
    ("tokens.rotate", "a token", ["${token}"], {"overlap_hours": 1.5}),
    ("tokens.revoke", "a token", ["${token}"], None),
    ("tools.list", "nothing", [], None),
    ("workers.list", "nothing", [], None),
    ("agents.personas", "nothing", [], None),
]
# What nobody has, and what a request must hold besides.
MISSING: list[tuple[str, list[str], dict[str, Any] | None]] = [
    ("artefacts.get", ["none", "none.txt"], None),
    ("calls.observe", ["none"], {"observation": {"call": "c", "text": "done"}}),
    ("calls.reply", ["none", "c"], {"text": "yes"}),
    ("jobs.get", ["none"], None),
    ("letters.get", ["none"], None),
    ("letters.discard", ["none"], None),
    ("letters.replay", ["none"], None),
    ("memory.get", ["pact", "none"], {}),
    ("schedules.get", ["none"], None),
    ("schedules.remove", ["none"], None),
    ("endpoints.rotate", ["none"], {}),
    ("sources.remove", ["none"], None),
    ("tasks.get", ["none"], None),
    ("tasks.wait", ["none"], {"seconds": 1.0}),
    ("tasks.expand", ["none", "p"], None),
    ("tasks.cancel", ["none"], {}),
    ("tasks.fork", ["none"], {}),
    ("tasks.message", ["none"], {"text": "hello"}),
    ("tasks.retry", ["none"], None),
    ("tasks.tree", ["none"], None),
    ("tasks.turns", ["none"], None),
    ("tokens.rotate", ["none"], {}),
    ("tokens.revoke", ["none"], None),
]
# Agreed only with who has no token.
CLOSED: list[tuple[str, list[str], dict[str, Any] | None]] = [
    ("agents.delete", ["none"], None),
    ("agents.register", [], {"name": "scribe"}),
    ("agents.update", ["none"], {}),
    ("workers.claim", ["none"], {}),
    ("workers.heartbeat", ["none"], None),
    ("workers.leave", ["none"], None),
    ("workers.observe", ["none"], {"task": "t", "call": "c"}),
    ("workers.register", [], {}),
]
# These need an agent that waits or fails; see docs/critiques.md.
UNREACHED = {
    "artefacts.get",
    "calls.observe",
    "calls.reply",
    "letters.get",
    "letters.discard",
    "letters.replay",
    "tasks.expand",
    "endpoints.rotate",
    "sources.remove",
} | {operation for operation, *_ in CLOSED}


def routes() -> dict[str, tuple[str, str]]:
    """Method and path of every operation of the document, by ``noun.verb``."""
    document = json.loads(DOCUMENT.read_text("utf-8"))
    found = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            noun = operation["tags"][0]
            found[f"{noun}.{operation['operationId'].removeprefix(noun + '_')}"] = (method.upper(), path)
    return found


def table() -> list[dict[str, Any]]:
    """Every agreement, without its answer: successes, what is missing, and for every operation a token of nobody."""
    rows = [
        {"operation": operation, "state": state, "path": path, "request": request, "token": True}
        for operation, state, path, request in SUCCESSES
    ]
    rows += [
        {"operation": operation, "state": "nothing", "path": path, "request": request, "token": True}
        for operation, path, request in MISSING
    ]
    known = {row["operation"]: row for row in rows[::-1]}
    known |= {operation: {"path": path, "request": request} for operation, path, request in CLOSED}
    rows += [
        {"operation": operation, "state": "nothing", "token": False}
        | {"path": filled(row["path"], NONE), "request": filled(row["request"], NONE)}
        for operation, row in known.items()
    ]
    rows.append({"operation": "events.stream", "state": "a task that succeeded", "path": [],
                 "request": {"task": "${task}"}, "token": True})  # fmt: skip
    rows.append({"operation": "events.stream", "state": "nothing", "path": [], "request": {"task": "none"},
                 "token": False})  # fmt: skip
    return rows


def filled(value: Any, values: dict[str, str]) -> Any:
    """The placeholders of a value, filled."""
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], value)
    if isinstance(value, list):
        return [filled(each, values) for each in value]
    if isinstance(value, dict):
        return {name: filled(each, values) for name, each in value.items()}
    return value


def _harmless(value: Any) -> Any:
    """An example without secrets and without paths of the machine that it was recorded on."""
    if isinstance(value, list):
        return [_harmless(each) for each in value]
    if isinstance(value, dict):
        return {name: _harmless(each) for name, each in value.items()}
    if isinstance(value, str) and value.startswith("kp_"):
        return "kp_example"
    if isinstance(value, str) and not value.startswith("retry:") and re.search(r"(^|[ '])/\w", value):
        return "/example"
    return value


def main() -> None:
    """Ask a real server, and keep what it answers."""
    from tests.contracts.provider import Provider

    rows = table()
    with Provider() as provider:
        for row in rows:
            values = provider.enter(row["state"])
            status, kind, body = provider.ask(
                row["operation"], filled(row["path"], values), filled(row["request"], values), row["token"]
            )
            row |= {"status": status, "type": kind.partition(";")[0], "example": _harmless(body)}
    EXAMPLES.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""What the SDKs ask of the server and what they get: one table, the source of the pacts of all three languages.

``python -m tests.contracts.agreements`` asks a real server everything in the table and writes the answers, as examples
of shape, to ``contracts/interactions.json``. The consumer tests of each SDK turn that into a pact; the provider test
verifies them.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, TypeAlias

from tests.contracts.drivers import ROOT

DOCUMENT = ROOT / "contracts/openapi.json"
EXAMPLES = ROOT / "contracts/interactions.json"
NOBODY = "kp_nobody_0000000000000000000000000000000000000000000"

TASK, WORKER, TOKEN = ["${task}"], ["${worker}"], ["${token}"]
SUBMIT = {"description": "Say what a king post is.", "agent": "extract"}
SCHEDULE = {"request": SUBMIT, "every": 86400.5}
DONE = {"call": "1", "text": "done"}
ABOUT = {"text": "ridge", "scopes": ["pact"]}
FROM_SCOPE = {"selection": {"scope": "pact"}}
NO_BACKEND = {"backend": "nobody"}
BEAM = {"memories": [{"id": "m-2", "scope": "pact", "body": "a truss has a tie beam"}]}
PERSONA = {"agent": "extract", "instructions": "Write like a carpenter."}
OFFERS = {
    "id": "shop", "name": "shop", "agents": [{"name": "carver", "tools": True}],
    "tools": [{"name": "plane", "description": "Plane a piece.", "parameters": {"type": "object"}, "repeatable": True}],
}  # fmt: skip

Row: TypeAlias = tuple[str, str, list[str], dict[str, Any] | None]
"""Operation, provider state, what stands in the path, the request."""

SUCCESSES: list[Row] = [
    ("agents.list", "no worker", [], None),
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
    ("jobs.backup", "a folder", [], {"target": "${folder}"}),
    ("letters.list", "nothing", [], {}),
    ("log.erase", "a task that succeeded", [], {"task": "${task}"}),
    ("log.seal", "a folder", [], {"before": 1.5, "target": "${folder}"}),
    ("memory.remember", "nothing", [], BEAM),
    ("memory.recall", "a memory", [], ABOUT),
    ("memory.export", "a memory", [], FROM_SCOPE),
    ("memory.forget", "a memory", [], FROM_SCOPE),
    ("memory.get", "a memory", ["pact", "m-1"], {}),
    ("memory.use", "a memory", [], {"ids": ["m-1"], "scope": "pact"}),
    ("agents.register", "no persona", [], {"name": "scribe"} | PERSONA),
    ("agents.update", "a persona", ["scribe"], PERSONA),
    ("agents.delete", "a persona", ["scribe"], None),
    ("artefacts.get", "a task that made a file", ["${task}", "plan.txt"], None),
    ("calls.observe", "a call that waits for somebody outside", TASK, {"observation": DONE}),
    ("calls.reply", "a call that waits to be allowed", ["${task}", "1"], {"allow": True}),
    ("letters.get", "a dead letter", TASK, None),
    ("letters.discard", "a dead letter", TASK, None),
    ("letters.replay", "a dead letter", TASK, None),
    ("deliveries.list", "nothing", [], {}),
    ("deliveries.replay", "an endpoint", [], {"endpoint": "hook", "dead": True}),
    ("endpoints.list", "an endpoint", [], None),
    ("endpoints.set", "nothing", ["hook"], {"url": "https://example.org/hook", "description": "ours"}),
    ("endpoints.disable", "an endpoint", ["hook"], {"reason": "a rest"}),
    ("endpoints.enable", "an endpoint", ["hook"], None),
    ("endpoints.remove", "an endpoint", ["hook"], None),
    ("endpoints.rotate", "an endpoint", ["hook"], {}),
    ("sources.list", "nothing", [], None),
    ("sources.remove", "a source", ["ci"], None),
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
    ("tokens.rotate", "a token", TOKEN, {"overlap_hours": 1.5}),
    ("tokens.revoke", "a token", TOKEN, None),
    ("tools.list", "no worker", [], None),
    ("tasks.expand", "a task whose context did not fit", ["${task}", "handed"], None),
    ("workers.list", "a worker", [], None),
    ("workers.register", "nothing", [], OFFERS),
    ("workers.heartbeat", "a worker", WORKER, None),
    ("workers.claim", "a worker for whom a call waits", WORKER, {"limit": 1, "seconds": 5.5}),
    (
        "workers.observe",
        "a worker that holds a call",
        WORKER,
        {"task": "${task}", "call": "${call}", "decision": {"text": "carved"}},
    ),
    ("workers.leave", "a worker", WORKER, None),
    ("events.stream", "a task that succeeded", [], {"task": "${task}"}),
    ("agents.personas", "nothing", [], None),
]
# What comes of it when something is wrong. Status and code stand here, so that the server cannot quietly change them.
FAILURES: list[tuple[int, str, Row]] = [
    (403, "access.forbidden", ("tokens.rotate", "a token that may less than another", TOKEN, {})),
    (404, "input.not_found", ("agents.delete", "nothing", ["nobody"], None)),
    (404, "input.not_found", ("agents.update", "nothing", ["nobody"], {})),
    (404, "input.not_found", ("artefacts.get", "nothing", ["none", "none.txt"], None)),
    (404, "input.not_found", ("calls.list", "nothing", [], {"task": "none"})),
    (404, "input.not_found", ("calls.observe", "nothing", ["none"], {"observation": DONE})),
    (404, "input.not_found", ("calls.reply", "nothing", ["none", "c"], {"text": "yes"})),
    (404, "input.not_found", ("deliveries.list", "nothing", [], {"endpoint": "none"})),
    (404, "input.not_found", ("deliveries.replay", "nothing", [], {"endpoint": "none", "dead": True})),
    (404, "input.not_found", ("endpoints.disable", "nothing", ["none"], {})),
    (404, "input.not_found", ("endpoints.enable", "nothing", ["none"], None)),
    (404, "input.not_found", ("endpoints.remove", "nothing", ["none"], None)),
    (404, "input.not_found", ("endpoints.rotate", "nothing", ["none"], {})),
    (404, "input.not_found", ("events.list", "nothing", [], {"task": "none"})),
    (404, "input.not_found", ("events.stream", "nothing", [], {"task": "none"})),
    (404, "input.not_found", ("jobs.get", "nothing", ["none"], None)),
    (404, "input.not_found", ("letters.get", "nothing", ["none"], None)),
    (404, "input.not_found", ("letters.discard", "nothing", ["none"], None)),
    (404, "input.not_found", ("letters.replay", "nothing", ["none"], None)),
    (404, "input.not_found", ("log.erase", "nothing", [], {"task": "none"})),
    (404, "input.not_found", ("memory.get", "nothing", ["pact", "none"], {})),
    (404, "input.not_found", ("schedules.get", "nothing", ["none"], None)),
    (404, "input.not_found", ("schedules.pause", "nothing", ["none"], None)),
    (404, "input.not_found", ("schedules.remove", "nothing", ["none"], None)),
    (404, "input.not_found", ("schedules.resume", "nothing", ["none"], None)),
    (404, "input.not_found", ("sources.remove", "nothing", ["none"], None)),
    (404, "input.not_found", ("tasks.get", "nothing", ["none"], None)),
    (404, "input.not_found", ("tasks.wait", "nothing", ["none"], {"seconds": 1.0})),
    (404, "input.not_found", ("tasks.expand", "nothing", ["none", "p"], None)),
    (404, "input.not_found", ("tasks.cancel", "nothing", ["none"], {})),
    (404, "input.not_found", ("tasks.fork", "nothing", ["none"], {})),
    (404, "input.not_found", ("tasks.message", "nothing", ["none"], {"text": "hello"})),
    (404, "input.not_found", ("tasks.retry", "nothing", ["none"], None)),
    (404, "input.not_found", ("tasks.tree", "nothing", ["none"], None)),
    (404, "input.not_found", ("tasks.turns", "nothing", ["none"], None)),
    (404, "input.not_found", ("tenants.limit", "nothing", ["none"], {"queue": 5})),
    (404, "input.not_found", ("tenants.erase", "nothing", ["none"], None)),
    (404, "input.not_found", ("tokens.rotate", "nothing", ["none"], {})),
    (404, "input.not_found", ("tokens.revoke", "nothing", ["none"], None)),
    (404, "input.not_found", ("workers.claim", "nothing", ["none"], {})),
    (404, "input.not_found", ("workers.heartbeat", "nothing", ["none"], None)),
    (404, "input.not_found", ("workers.leave", "nothing", ["none"], None)),
    (404, "input.not_found", ("workers.observe", "nothing", ["none"], {"task": "t", "call": "c", "observation": DONE})),
    (409, "idempotency.in_flight", ("tasks.submit", "a key that is being answered", [], SUBMIT)),
    (409, "transient.conflict", ("endpoints.rotate", "an endpoint with two keys", ["hook"], {})),
    (
        409,
        "transient.conflict",
        (
            "sources.set",
            "a source of somebody else",
            ["theirs"],
            {"scheme": "github", "secrets": ["a-secret-of-some-length"]},
        ),
    ),
    (409, "transient.conflict", ("tokens.rotate", "a token that was replaced", TOKEN, {})),
    (422, "idempotency.mismatch", ("context.count", "a key that was used", [], {"text": "a king post"})),
    (422, "idempotency.mismatch", ("tasks.submit", "a key that was used", [], SUBMIT)),
    (422, "input.budget_too_small", ("context.pack", "nothing", [], {"query": "ridge" * 99, "budget": 1})),
    (422, "input.budget_too_small", ("tasks.submit", "nothing", [], SUBMIT | {"budget": 1})),
    (422, "input.invalid", ("agents.register", "nothing", [], {"name": "a/b"})),
    (422, "input.invalid", ("agents.update", "a persona", ["scribe"], {"budget": -1})),
    (422, "input.invalid", ("calls.reply", "a call that waits to be allowed", ["${task}", "1"], {"text": "perhaps"})),
    (422, "input.invalid", ("context.fit", "nothing", [], {"text": "a king post", "budget": -1})),
    (422, "input.invalid", ("deliveries.replay", "an endpoint", [], {"endpoint": "hook"})),
    (422, "input.invalid", ("endpoints.set", "nothing", ["hook"], {"url": "no address"})),
    (422, "input.invalid", ("letters.list", "nothing", [], {"limit": -1})),
    (422, "input.invalid", ("letters.replay", "a dead letter that was discarded", TASK, None)),
    (422, "input.invalid", ("log.erase", "nothing", [], {})),
    (422, "input.invalid", ("memory.remember", "nothing", [], {"memories": [{"id": "m-3", "scope": "p", "body": ""}]})),
    (422, "input.invalid", ("memory.recall", "nothing", [], ABOUT | {"limit": -1})),
    (422, "input.invalid", ("schedules.set", "nothing", ["nightly"], {"request": SUBMIT, "every": -1.5})),
    (422, "input.invalid", ("sources.set", "nothing", ["ci"], {"scheme": "smoke", "secrets": []})),
    (422, "input.invalid", ("tasks.list", "nothing", [], {"limit": -1})),
    (422, "input.invalid", ("tasks.submit", "nothing", [], {"description": ""})),
    (422, "input.invalid", ("tenants.create", "nothing", [], {"id": "a/b"})),
    (422, "input.invalid", ("tokens.create", "nothing", [], {"scopes": ["no scope"]})),
    (
        422,
        "input.invalid",
        ("workers.observe", "a worker that holds a call", WORKER, {"task": "${task}", "call": "${call}"}),
    ),
    (422, "input.invalid", ("workers.register", "nothing", [], {"name": "idle"})),
    (422, "input.unknown_name", ("agents.get", "nothing", ["nobody"], None)),
    (422, "input.unknown_name", ("agents.register", "no persona", [], {"name": "scribe", "agent": "nobody"})),
    (422, "input.unknown_name", ("agents.statistics", "nothing", ["nobody"], None)),
    (422, "input.unknown_name", ("agents.update", "a persona", ["scribe"], {"agent": "nobody"})),
    (422, "input.unknown_name", ("context.count", "nothing", [], {"text": "ridge", "counter": "nobody"})),
    (422, "input.unknown_name", ("context.fit", "nothing", [], {"text": "ridge", "budget": 9, "counter": "nobody"})),
    (
        422,
        "input.unknown_name",
        ("schedules.set", "nothing", ["nightly"], {"request": SUBMIT | {"agent": "nobody"}, "every": 86400.5}),
    ),
    (422, "input.unknown_name", ("tasks.submit", "nothing", [], SUBMIT | {"agent": "nobody"})),
    (422, "input.unknown_name", ("tasks.submit_all", "nothing", [], {"tasks": [SUBMIT | {"agent": "nobody"}]})),
    (422, "input.unknown_name", ("tasks.fork", "a task that succeeded", TASK, {"agent": "nobody"})),
    (422, "input.unknown_name", ("memory.export", "nothing", [], FROM_SCOPE | NO_BACKEND)),
    (422, "input.unknown_name", ("memory.forget", "nothing", [], FROM_SCOPE | NO_BACKEND)),
    (422, "input.unknown_name", ("memory.get", "nothing", ["pact", "none"], NO_BACKEND)),
    (422, "input.unknown_name", ("memory.use", "nothing", [], {"ids": ["m-1"], "scope": "pact"} | NO_BACKEND)),
    (422, "input.unreadable", ("tasks.submit", "nothing", [], SUBMIT | {"inputs": ["/none/of/this.md"]})),
    (429, "transient.overloaded", ("letters.replay", "a tenant whose queue is full", TASK, None)),
    (429, "transient.overloaded", ("tasks.fork", "a tenant whose queue is full", TASK, {})),
    (429, "transient.overloaded", ("tasks.retry", "a tenant whose queue is full", TASK, None)),
    (429, "transient.overloaded", ("tasks.submit", "a tenant whose queue is full", [], SUBMIT)),
    (429, "transient.overloaded", ("tasks.submit_all", "a tenant whose queue is full", [], {"tasks": [SUBMIT]})),
]
# Where a whole family is treated alike, one of its operations stands for all.
WEAK = (403, "access.forbidden", "a token that may do nothing")
HASTY = (429, "http.rate", "a tenant that has asked too much")
NONE = dict.fromkeys(("task", "token", "job", "folder", "worker", "call"), "none")


def routes(document: Path = DOCUMENT) -> dict[str, tuple[str, str]]:
    """Method and path of every operation of the document, by ``noun.verb``."""
    paths = json.loads(document.read_text("utf-8"))["paths"]
    found = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            noun = operation["tags"][0]
            found[f"{noun}.{operation['operationId'].removeprefix(noun + '_')}"] = (method.upper(), path)
    return found


def table() -> list[dict[str, Any]]:
    """Every agreement, without its answer. Nobody is let in anywhere without a token."""
    rows = [_row(each, True) for each in SUCCESSES]
    rows += [_row(row, True) | {"status": status, "code": code} for status, code, row in FAILURES]
    families: dict[str, tuple[str, Any, Any]] = {}
    for operation, _, path, request in SUCCESSES:
        asked = (filled(path, NONE), filled(request, NONE))
        families.setdefault(operation.partition(".")[0], (operation, *asked))
        closed = _row((operation, "nothing", *asked), False)
        rows.append(closed | {"status": 401, "code": "access.unauthorized"})
    for status, code, state in (WEAK, HASTY):
        rows += [
            _row((operation, state, path, request), True) | {"status": status, "code": code}
            for operation, path, request in families.values()
        ]
    return rows


def _row(row: Row, token: bool) -> dict[str, Any]:
    return dict(zip(("operation", "state", "path", "request"), row, strict=True)) | {"token": token}


def filled(value: Any, values: dict[str, str]) -> Any:
    """The placeholders of a value, filled."""
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], value)
    if isinstance(value, list):
        return [filled(each, values) for each in value]
    if isinstance(value, dict):
        return {name: filled(each, values) for name, each in value.items()}
    return value


def recorded() -> list[dict[str, Any]]:
    """Every agreement with the answer of a real server."""
    from tests.contracts.provider import Provider

    rows = table()
    with Provider() as provider:
        for row in rows:
            values = provider.enter(row["state"])
            asked = filled(row["path"], values), filled(row["request"], values)
            token = values["credential"] if row["token"] else NOBODY
            row["answer"] = provider.ask(row["operation"], *asked, token, values.get("key"))
    return rows


def main() -> None:
    """Ask a real server, and keep what it answers."""
    from tests.contracts.shapes import agreed, kept, mistaken

    rows = recorded()
    if wrong := [problem for row in rows if (problem := mistaken(row))]:
        sys.exit("\n".join(wrong))
    before = json.loads(EXAMPLES.read_text("utf-8")) if EXAMPLES.exists() else []
    text = json.dumps(kept([agreed(row) for row in rows], before), indent=1, ensure_ascii=False)
    EXAMPLES.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""Examples of requests and answers, made out of the schemas of the OpenAPI document, with words that mean something.

Called by ``page``. An example holds what must be there; what a request may hold besides stands in ``ASKED``.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TASK = "01a1fe10-cbe3-7000-a028-9138644f1b6a"
_DEEPEST = 8
_TIME = 1_790_000_000.5

_WORDS: Json = {
    "id": TASK, "task": TASK, "root": TASK, "job": TASK, "name": "nightly", "tenant": "default", "agent": "extract",
    "model": "llama3.2", "description": "What does the king post carry?", "status": "succeeded", "scope": "default",
    "source": "trusses.md", "place": "10-24", "body": "A king post carries the ridge.", "text": "The ridge.",
    "kind": "text", "counter": "o200k_base", "query": "ridge", "call": "1", "tool": "order", "waits": "approval",
    "target": "/backups/today", "passage": "2", "stream": f"task/{TASK}", "version": "3",
    "url": "https://example.org/hook", "signing": "standard", "scheme": "github", "secrets": "a-secret-of-some-length",
    "token": "kp_1f0c_...", "hash": "00" * 32, "key": "5f" * 32, "signature": "c2lnbmF0dXJl", "event": "task.succeeded",

    "engine": "sqlite", "state": "done", "reason": "no longer needed", "answer": "The ridge.",
    "plugin": "extract", "executor": "workspace", "what": "",
    "durability": "on disk", "chain": "log",
    "home": "/home/you/.kingpost", "seen": "sound", "prompt": "What does ...", "media_type": "text/plain",
    "zone": "UTC", "thread": "trusses", "reference": "order-17", "worker": "helper", "compressor": "structure",
    "memory": "sqlite", "session": "", "speaker": "", "problem": "", "mend": "", "why": "", "scopes": "default",
    "events": "task.*", "ids": "m-1", "tools": "recall", "inputs": "/srv/documents", "needs": "gpu", "frames": 3,
    "position": 3, "at": _TIME, "created": _TIME, "updated": _TIME, "expires": _TIME, "began": _TIME, "since": _TIME,
    "ended": _TIME, "before": _TIME, "deadline": _TIME, "not_before": _TIME, "every": 86_400.0, "seconds": 30.0,
    "ttl": 30.0, "score": 0.5, "limit": 50, "budget": 8000, "tokens": 10_000, "money": 250_000, "turns": 2,
    "samples": 12, "succeeded": 11, "failed": 1, "port": 8420, "turn": 1, "number": 1, "attempt": 1, "total": 3,
    "done": 3, "v": 1, "days": 30.0, "queue": 1000, "allow": True, "well": True, "enabled": True, "exact": True,
}  # fmt: skip
"""What a field of this name says, where its type allows it."""

OTHERS: dict[str, Json] = {
    "agents": {"name": "extract"},
    "artefacts": {"name": "report.md"},
    "workers": {"id": "helper"},
    "tenants": {"id": "acme"},
    "tokens": {"id": "1f0c9a7e2b4d6f80"},
    "schedules": {"id": "nightly"},
    "endpoints": {"id": "hook"},
    "sources": {"name": "ci"},
    "memory": {"id": "m-1"},
}
"""What the fields of a path say where the noun is another one than a task."""

SAID: dict[str, Json] = {
    "events_stream": {"id": "117.0", "kind": "task.succeeded", "position": 117},
    "jobs_rebuild": {"kind": "rebuild", "state": "running"},
    "jobs_backup": {"kind": "backup", "state": "running"},
    "jobs_verify": {"kind": "verify", "state": "running"},
    "jobs_get": {"kind": "verify"},
    "jobs_list": {"kind": "verify"},
    "workers_register": {"name": "", "seen": _TIME, "alive": True},
    "tasks_submit": {"status": "queued"},
    "tasks_submit_all": {"status": "queued"},
    "tasks_fork": {"status": "queued"},
    "tasks_retry": {"status": "queued"},
    "letters_replay": {"status": "queued"},
    "tasks_cancel": {"status": "cancelled"},
    "letters_get": {"status": "failed"},
    "letters_list": {"status": "failed"},
    "letters_discard": {"status": "failed"},
}
"""What answers say where the words of all would mislead."""

ASKED: dict[str, Json] = {
    "agents.register": {
        "name": "scribe",
        "agent": "ollama",
        "instructions": "Write short sentences.",
        "tools": ["recall"],
    },
    "agents.update": {"agent": "ollama", "instructions": "Write long sentences.", "budget": 4000},
    "calls.observe": {"observation": {"call": "1", "text": "Order 17 was sent."}},
    "calls.reply": {"allow": True, "text": "go ahead"},
    "context.fit": {"text": "A king post carries the ridge. It hangs from it.", "budget": 8, "query": "ridge"},
    "deliveries.replay": {"endpoint": "hook", "dead": True},
    "endpoints.set": {"url": "https://example.org/hook", "events": ["task.succeeded", "task.failed"]},
    "log.erase": {"task": TASK},
    "memory.recall": {"text": "What carries the ridge?", "limit": 5},
    "sources.set": {
        "scheme": "github",
        "secrets": ["a-secret-of-some-length"],
        "rules": [
            {
                "description": "Review pull request {pull_request.number}",
                "events": ["pull_request.opened"],
                "agent": "reviewer",
            }
        ],
    },
    "schedules.set": {
        "cron": "0 6 * * 1-5",
        "zone": "UTC",
        "request": {"description": "What is new?", "agent": "extract"},
    },
    "tasks.cancel": {"reason": "no longer needed"},
    "tasks.fork": {"turn": 1, "description": "What does the tie beam carry?"},
    "tasks.message": {"text": "Look at the drawings, too."},
    "tasks.submit": {"description": "What does the king post carry?", "agent": "extract", "tokens": 10_000},
    "tasks.submit_all": {
        "tasks": [{"description": "What does the king post carry?"}, {"description": "And the tie beam?"}]
    },
    "tenants.create": {"id": "acme", "queue": 1000},
    "tenants.limit": {"queue": 500, "rate": 100.0},
    "tokens.create": {"name": "ci", "scopes": ["tasks:read", "tasks:write"], "days": 7.0},
    "tokens.rotate": {"overlap_hours": 1.0},
    "workers.claim": {"limit": 10, "seconds": 20.0},
    "workers.observe": {"task": TASK, "call": "1", "observation": {"call": "1", "text": "Order 17 was sent."}},
    "workers.register": {
        "id": "helper",
        "tools": [{"name": "order", "description": "Order something.", "parameters": {"type": "object"}}],
    },
    "calls.list": {"waits": "approval"},
    "deliveries.list": {"state": "dead"},
    "events.list": {"after": 3, "wait": 20.0},
    "events.stream": {"task": TASK, "live": True},
    "letters.list": {"limit": 20},
    "tasks.list": {"statuses": ["failed"], "limit": 20},
    "tasks.wait": {"seconds": 30.0},
}
"""Requests of which what must be there tells too little: their bodies, or their queries."""


def resolved(schema: Json, document: Json) -> Json:
    """A schema behind its reference."""
    found: Json = schema
    while "$ref" in found:
        found = document["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found


def example(schema: Json, document: Json, words: Json | None = None, name: str = "", depth: int = 0) -> Any:
    """A value that fits a schema: all that it requires, with ``words`` for the fields that they name."""
    known, found = {**_WORDS, **(words or {})}, resolved(schema, document)
    if "const" in found or "enum" in found:
        choices = found.get("enum", [found.get("const")])
        return known[name] if known.get(name) in choices else choices[0]
    if "anyOf" in found:
        return example(found["anyOf"][0], document, words, name, depth)
    kind = found.get("type")
    if kind == "object":
        return _object(found, document, words, depth)
    if kind == "array":
        items = found.get("prefixItems") or [found.get("items", {})]
        return [example(item, document, words, name, depth + 1) for item in items] if depth < _DEEPEST else []
    return _plain(kind, known.get(name), found)


def _object(schema: Json, document: Json, words: Json | None, depth: int) -> Json:
    fields = schema.get("properties", {})
    names = [name for name in schema.get("required", ()) if name in fields]
    return {name: example(fields[name], document, words, name, depth + 1) for name in sorted(names)}


def _plain(kind: Any, word: Any, schema: Json) -> Any:
    if kind == "boolean":
        return word if isinstance(word, bool) else False
    if kind == "integer":
        return int(word) if isinstance(word, int | float) else max(schema.get("minimum", 0), 0)
    if kind == "number":
        return float(word) if isinstance(word, int | float) else float(max(schema.get("minimum", 0), 0))
    return word if isinstance(word, str) else "" if kind == "string" else None


def asked(operation: str, schema: Json | None, document: Json) -> Any:
    """The body of an operation's example; ``None`` where it takes none."""
    if schema is None:
        return None
    return ASKED.get(operation, example(schema, document, OTHERS.get(operation.partition(".")[0])))

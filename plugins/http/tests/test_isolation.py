"""Tenants over HTTP: what is there for another tenant answers as what is nowhere, by whatever it is named."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[3] / "contracts/openapi.json").read_bytes())
Json: TypeAlias = dict[str, Any]

SECRET = "zqnorthzq"
"""Stands in every text that is the tenant's own."""

HOST = {"tenants:read", "tenants:write", "log:write"}
"""What is asked of the house and of no tenant, as ``host:files`` is: no tenant's token has it."""

ABOUT_THE_HOUSE = {"system_health", "heads_export", "http_status"}
"""What these tell is of the house: how large it is, and how far its log."""

PUBLIC = {"sources_set"}
"""The name of a source is a part of a public address, so who wants one that is taken is told so."""

OBSERVATION = {"call": "{call}", "text": "intruded"}
AGENT = {"agents": [{"name": "buyer"}]}

NAMING: dict[str, Json] = {
    "agents_register": {"name": "{persona}", "agent": "extract"},
    "calls_list": {"task": "{task}"},
    "calls_observe": {"observation": OBSERVATION, "token": "{secret}"},
    "calls_reply": {"text": "intruded"},
    "context_pack": {"query": "lions", "scopes": ["{scope}"]},
    "context_count": {"text": "two words"},
    "context_fit": {"text": "two words", "budget": 100},
    "deliveries_list": {"source": "{source}"},
    "deliveries_replay": {"endpoint": "{endpoint}", "dead": True},
    "endpoints_set": {"url": "https://example.org/hook"},
    "events_list": {"task": "{task}"},
    "letters_list": {"after": "{task}"},
    "jobs_backup": {"target": "/nowhere/{task}"},
    "log_erase": {"task": "{task}"},
    "log_seal": {"before": 1.0, "target": "/nowhere/{task}"},
    "memory_export": {"selection": {"scope": "{scope}", "tenant": "{tenant}", "after": ["{scope}", "{memory}"]}},
    "memory_forget": {"selection": {"scope": "{scope}", "tenant": "{tenant}", "ids": ["{memory}"]}},
    "memory_recall": {"text": "lions", "scopes": ["{scope}"]},
    "memory_remember": {"memories": [{"id": "{memory}", "scope": "{scope}", "body": "intruded", "tenant": "{tenant}"}]},
    "memory_use": {"ids": ["{memory}"], "scope": "{scope}"},
    "schedules_set": {"every": 3600.0, "paused": True, "request": {"description": "intruded", "thread": "{thread}"}},
    "sources_set": {"scheme": "github", "secrets": ["a-secret-of-some-length"]},
    "tasks_list": {"thread": "{thread}", "root": "{task}", "parent": "{task}", "after": "{task}"},
    "tasks_message": {"text": "intruded"},
    "tasks_submit": {"description": "intrude", "thread": "{thread}", "scopes": ["{scope}"], "origin": "{task}"},
    "tasks_submit_all": {"tasks": [{"description": "intrude", "thread": "{thread}"}]},
    "tasks_wait": {"seconds": 0.1},
    "tenants_create": {"id": "{tenant}"},
    "tokens_create": {"name": "intruder", "tenant": "{tenant}", "scopes": ["tasks:read"]},
    "workers_claim": {"limit": 10},
    "workers_observe": {"task": "{task}", "call": "{call}", "observation": OBSERVATION},
    "workers_register": {"id": "{worker}", **AGENT},
}
"""What an operation is asked for besides what stands in its path: every field that can name a thing names one."""

PATH = {
    "agents": {"name": "{persona}"}, "artefacts": {"id": "{task}", "name": "{file}"},
    "calls": {"id": "{task}", "call": "{call}"}, "endpoints": {"id": "{endpoint}"}, "jobs": {"id": "{job}"},
    "letters": {"id": "{task}"}, "memory": {"scope": "{scope}", "id": "{memory}"}, "schedules": {"id": "{schedule}"},
    "sources": {"name": "{source}"}, "tasks": {"id": "{task}", "passage": "task"}, "tenants": {"id": "{tenant}"},
    "tokens": {"id": "{key}"}, "workers": {"id": "{worker}"},
}  # fmt: skip
STREAMS = ("task={task}", "root={task}", "thread={thread}&after=0", "after=1.0", "after=0")

LISTS = (
    "tasks?limit=100",
    "calls",
    "schedules",
    "personas",
    "tokens",
    "jobs",
    "webhooks/endpoints",
    "webhooks/sources",
)
TIMES = "request_id|created|updated|seen|began|ended|position|next|expires|rotating_until|at|secret|key|frames"
VOLATILE = re.compile(
    rf'"(?:{TIMES})": ?(?:"[^"]*"|[0-9.]+|\[[^]]*\])|'
    r'[0-9a-f]{8}-[0-9a-f-]{27}|kp_\w+|[0-9a-f]{16,}|whsec_[\w+/=]+|^id: \d+\.\d+$|"id":"\d+\.\d+"',
    re.MULTILINE,
)


def filled(template: Any, names: Mapping[str, str]) -> Any:
    """A template with these names in it."""
    text = json.dumps(template)
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return json.loads(text)


def same(text: str, names: Mapping[str, str]) -> str:
    """An answer without what it was asked for by name, and without ids and times."""
    for name, value in names.items():
        text = text.replace(value, f"<{name}>")
    return VOLATILE.sub("#", text)


class Tenant:
    """Somebody with a token of a tenant that may do everything but what is asked of the house."""

    def __init__(self, url: str, admin: Mapping[str, str], name: str) -> None:
        scopes = {one["x-scope"] for methods in DOCUMENT["paths"].values() for one in methods.values()} - HOST
        asked = {"tenant": name, "scopes": sorted(filter(None, scopes))}
        made = httpx.post(f"{url}/v1/tokens", json=asked, headers=admin).raise_for_status().json()
        self.name, self.key = name, str(made["view"]["id"])
        headers = {"Authorization": f"Bearer {made['token']}"}
        self.client = httpx.Client(base_url=f"{url}/v1/", headers=headers, timeout=60)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.client.request(method, path, **more)

    def made(self, method: str, path: str, **body: Any) -> Json:
        answer: Json = self.ask(method, path, json=body).raise_for_status().json()
        return answer

    def seen(self, path: str) -> Json:
        answer: Json = self.ask("GET", path).raise_for_status().json()
        return answer

    def follow(self, query: str) -> tuple[int, str]:
        """The status of a stream, and what comes by it within a moment."""
        came = ""
        patience = httpx.Timeout(60, read=2.0)
        with self.client.stream("GET", f"events/stream?{query}", timeout=patience) as answer:
            until = time.monotonic() + 4.0
            try:
                for part in answer.iter_text():
                    came += part
                    if time.monotonic() > until:
                        break
            except httpx.ReadTimeout:
                pass
            return answer.status_code, came

    def belongings(self) -> list[str]:
        """All that it has: nothing of it may change by what another tenant does."""
        every = {"selection": {"scope": None}}
        kept = sorted(map(str, self.made("POST", "memories/export", **every)["memories"]))
        workers = [(one["id"], one["holds"]) for one in self.seen("workers")["workers"]]
        return [*kept, str(workers), *(self.ask("GET", path).raise_for_status().text for path in LISTS)]


def furnish(north: Tenant) -> dict[str, str]:
    """All kinds of things that a tenant can have; how each is named."""
    north.made("POST", "workers", id="norths-worker", agents=[{"name": "buyer", "tools": True}], ttl=3600.0)
    asked = {
        "description": f"{SECRET} buys",
        "thread": "norths-thread",
        "scopes": ["norths-scope"],
        "context": f"{SECRET} is handed",
    }
    task = north.made("POST", "tasks", agent="buyer", **asked)["id"]
    (work,) = north.made("POST", "workers/norths-worker/claim", seconds=30)["work"]
    asks = {"calls": [{"id": "asked-1", "tool": "ask_human", "arguments": {"question": SECRET}}]}
    north.made("POST", "workers/norths-worker/observations", task=task, call=work["call"], decision=asks)
    while north.seen(f"tasks/{task}")["waits"] != {"asked-1": "question"}:
        time.sleep(0.05)
    north.made("POST", "tasks", agent="buyer", **asked)
    assert north.made("POST", "workers/norths-worker/claim", seconds=30)["work"]
    beam = {"id": "norths-memory", "scope": "norths-scope", "body": f"{SECRET} remembers lions"}
    north.made("POST", "memories", memories=[beam])
    north.made("PUT", "schedules/norths-schedule", every=3600.0, paused=True, request={"description": SECRET})
    north.made("POST", "agents", name="norths-persona", agent="extract", instructions=SECRET)
    north.made("PUT", "webhooks/endpoints/norths-endpoint", url=f"https://example.org/{SECRET}")
    north.made("PUT", "webhooks/sources/norths-source", scheme="github", secrets=["a-secret-of-some-length"])
    job = north.ask("POST", "log/verify").raise_for_status().json()["id"]
    while north.seen(f"jobs/{job}")["state"] == "running":
        time.sleep(0.05)
    return {"task": task, "job": job, "key": north.key, "call": "asked-1", "secret": "0" * 64, **named("norths")}


def named(whose: str) -> dict[str, str]:
    """What goes by a name that somebody has given it."""
    kinds = ("schedule", "worker", "persona", "memory", "scope", "endpoint", "source", "thread", "file")
    return {"tenant": whose, **{kind: f"{whose}-{kind}" for kind in kinds}}


NOBODYS = {
    "task": "01999999-0000-7000-8000-000000000000", "job": "01999999-0000-7000-8000-000000000001",
    "key": "0a0a0a0a0a0a", "call": "asked-9", "secret": "1" * 64, **named("nobodys"),
}  # fmt: skip
"""The same names, of what is nowhere."""


def answers(stranger: Tenant, names: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """What comes of every operation of the document for somebody who names these things."""
    found: dict[str, tuple[int, str]] = {}
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            id = operation["operationId"]
            if id == "events_stream":
                # All at once, so that each can be patient: what comes late on a loaded machine comes.
                with ThreadPoolExecutor(len(STREAMS)) as pool:
                    streams = list(pool.map(stranger.follow, [filled(query, names) for query in STREAMS]))
                for query, (status, came) in zip(STREAMS, streams, strict=True):
                    found[f"{id} {query}"] = status, came.replace(stranger.name, "<me>")
                continue
            where = filled(path, filled(PATH.get(id.split("_")[0], {}), names)).removeprefix("/v1/")
            assert "{" not in where, (id, where)
            asked = filled(NAMING.get(id, {}), names)
            body = operation.get("requestBody")
            answer = stranger.ask(method, where, **({"json": asked} if body else {"params": asked}))
            found[id] = answer.status_code, answer.text.replace(stranger.name, "<me>")
    return found


@pytest.mark.long
def test_what_another_tenant_has_answers_as_what_is_nowhere(serve: Any) -> None:
    """Two strangers ask the same of every operation: one names what is there for a tenant, one what never was.

    In paths, queries and bodies. They get the same answers, and the tenant has what it had.
    """
    _, url = serve()
    made = httpx.post(f"{url}/v1/tokens", json={"name": "admin"}).raise_for_status().json()
    admin = {"Authorization": f"Bearer {made['token']}"}
    with ExitStack() as stack:
        north, south, west = (Tenant(url, admin, name) for name in ("norths", "stranger-1", "stranger-2"))
        for one in (north, south, west):
            stack.enter_context(closing(one.client))
        theirs = furnish(north)
        before = north.belongings()
        assert SECRET in "".join(before)
        told, else_told = answers(south, theirs), answers(west, NOBODYS)
        after = north.belongings()

    for id, (status, text) in told.items():
        assert SECRET not in text, id
        other, elsewhere = else_told[id]
        assert status == (409 if id in PUBLIC else other), (id, text, elsewhere)
        if id not in ABOUT_THE_HOUSE | PUBLIC:
            assert same(text, theirs) == same(elsewhere, NOBODYS), id
        assert status < 500, (id, text)
    assert after == before

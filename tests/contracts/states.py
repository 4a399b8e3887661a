"""The states that the pacts name, each reached through the server's own API.

Called by ``provider``. ``contracts/states.json`` says what each of them is and which values it gives.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from threading import Thread
from typing import Any

from kingpost import Ports
from kingpost_log_sqlite.log import SqliteLog
from kingpost_log_sqlite.settings import Settings
from kingpost_sdk import Client, models

from tests.contracts.drivers import ROOT
from tests.contracts.provider import Provider

PLAN = b"a king post, two rafters, a tie beam\n"


def described() -> dict[str, Any]:
    """``contracts/states.json``."""
    found: dict[str, Any] = json.loads((ROOT / "contracts/states.json").read_text("utf-8"))
    return found


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


def _drew(provider: Provider) -> dict[str, str]:
    digest = asyncio.run(_kept(provider, PLAN))
    return {"task": provider.client.tasks.run(f"draw plan.txt {digest} {len(PLAN)}", agent="joiner").id}


async def _kept(provider: Provider, content: bytes) -> str:
    """The digest of a file that lies in the server's log, where a second process of the same home has put it."""
    log = SqliteLog(Settings(), Ports(home=provider.home))
    await log.start()
    try:
        return await log.put("default", content)
    finally:
        await log.stop()


def _dropped(provider: Provider) -> dict[str, str]:
    context = "\n\n".join(f"Beam {number} is {number} feet long and carries nothing." for number in range(60))
    task = provider.client.tasks.submit("Which beam is 7 feet long?", agent="extract", context=context, budget=300)
    provider.client.tasks.wait(task.id, seconds=20)
    return {"task": task.id}


def _letter(provider: Provider) -> dict[str, str]:
    task = provider.client.tasks.submit("Sleep.", agent="sleeper").id
    assert provider.client.tasks.wait(task, seconds=20).status == "failed"
    return {"task": task}


def _discarded(provider: Provider) -> dict[str, str]:
    task = _letter(provider)["task"]
    provider.client.letters.discard(task)
    return {"task": task}


def _waits(provider: Provider, description: str, **more: Any) -> dict[str, str]:
    task = provider.client.tasks.submit(description, agent="joiner", **more).id
    until(lambda: provider.client.tasks.get(task).status == "waiting")
    return {"task": task}


def until(it_is_so: Callable[[], bool]) -> None:
    """Wait for what the API does not tell of by itself."""
    end = time.monotonic() + 30
    while not it_is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


def _approval(provider: Provider) -> dict[str, str]:
    return _waits(provider, "saw oak")


def _outside(provider: Provider) -> dict[str, str]:
    return _waits(provider, "order oak")


def _worker(provider: Provider) -> dict[str, str]:
    worker = uuid.uuid4().hex
    tool = models.ToolInput.from_dict(
        {"name": f"plane-{worker}", "description": "Plane it.", "parameters": _PIECE, "repeatable": True}
    )
    agent = models.OfferedAgent(name=f"carver-{worker}")
    provider.client.workers.register(id=worker, name="shop", tools=[tool], agents=[agent])
    return {"worker": worker}


def _no_worker(provider: Provider) -> dict[str, str]:
    for worker in provider.client.workers.list().workers:
        provider.client.workers.leave(worker.id)
    return {}


_PIECE = {"type": "object", "properties": {"piece": {"type": "string"}}}


def _asked(provider: Provider) -> dict[str, str]:
    worker = _worker(provider)["worker"]
    task = provider.client.tasks.submit("Carve a king post.", agent=f"carver-{worker}").id
    until(lambda: provider.client.tasks.get(task).status == "waiting")
    return {"worker": worker, "task": task}


def _holds(provider: Provider) -> dict[str, str]:
    values = _asked(provider)
    (work,) = provider.client.workers.claim(values["worker"], seconds=30.0).work
    return values | {"call": work.call}


def _persona(provider: Provider) -> dict[str, str]:
    if not _has_persona(provider):
        provider.client.agents.register("scribe", agent="extract")
    return {}


def _no_persona(provider: Provider) -> dict[str, str]:
    if _has_persona(provider):
        provider.client.agents.delete("scribe")
    return {}


def _has_persona(provider: Provider) -> bool:
    return "scribe" in [one.name for one in provider.client.agents.personas().personas]


def _memory(provider: Provider) -> dict[str, str]:
    one = models.MemoryInput(id="m-1", scope="pact", body="The king post carries the ridge.", source="roof.md")
    provider.client.memory.remember([one])
    return {}


def _schedule(provider: Provider) -> dict[str, str]:
    request = models.SubmitInput(description="Say what a king post is.", agent="extract")
    provider.client.schedules.set("nightly", request=request, every=86400.0)
    return {}


def _job(provider: Provider) -> dict[str, str]:
    # Of a tenant that has no others: a list is compared entry by entry.
    token = provider.client.tokens.create(tenant="looking", scopes=["log:read"]).token
    with Client(provider.url, token) as client:
        job = client.jobs.verify().id
        until(lambda: client.jobs.get(job).state != "running")
    return {"job": job, "credential": token}


def _tenant(provider: Provider) -> dict[str, str]:
    # All of them with a bound: a list is compared entry by entry.
    _has_tenant(provider, "acme", queue=10)
    return {}


def _has_tenant(provider: Provider, id: str, **limits: Any) -> None:
    if id not in [one.id for one in provider.client.tenants.list().tenants]:
        provider.client.tenants.create(id, **limits)


def _token(provider: Provider) -> dict[str, str]:
    return {"token": provider.client.tokens.create(name="ci", scopes=["tasks:read"]).view.id}


def _rotated(provider: Provider) -> dict[str, str]:
    token = _token(provider)["token"]
    provider.client.tokens.rotate(token, overlap_hours=1.0)
    return {"token": token}


def _lesser(provider: Provider) -> dict[str, str]:
    return _token(provider) | {"credential": provider.client.tokens.create(scopes=["tokens:write"]).token}


def _folder(provider: Provider) -> dict[str, str]:
    return {"folder": str(provider.folder(uuid.uuid4().hex))}


def _endpoint(provider: Provider) -> dict[str, str]:
    provider.client.endpoints.set("hook", url="https://example.org/hook")
    provider.client.endpoints.rotate("hook", close=True)
    return {}


def _two_keys(provider: Provider) -> dict[str, str]:
    _endpoint(provider)
    provider.client.endpoints.rotate("hook")
    return {}


def _source(provider: Provider) -> dict[str, str]:
    provider.client.sources.set("ci", scheme="github", secrets=["a-secret-of-some-length"])
    return {}


def _anothers_source(provider: Provider) -> dict[str, str]:
    _has_tenant(provider, "neighbour", queue=10)
    token = provider.client.tokens.create(tenant="neighbour").token
    with Client(provider.url, token) as neighbour:
        neighbour.sources.set("theirs", scheme="github", secrets=["a-secret-of-some-length"])
    return {}


def _weak(provider: Provider) -> dict[str, str]:
    return {"credential": provider.client.tokens.create(name="weak", scopes=["host:files"]).token}


def _full(provider: Provider) -> dict[str, str]:
    """A tenant whose queue takes nothing more, with what was queued and failed before."""
    _has_tenant(provider, "full", queue=10)
    token = provider.client.tokens.create(tenant="full").token
    provider.client.tenants.limit("full", queue=10)
    with Client(provider.url, token) as client:
        task = client.tasks.submit("Sleep.", agent="sleeper").id
        client.tasks.wait(task, seconds=20)
    provider.client.tenants.limit("full", queue=0)
    return {"credential": token, "task": task}


def _hasty(provider: Provider) -> dict[str, str]:
    """A tenant that may ask once in a thousand seconds and has."""
    _has_tenant(provider, "hasty", queue=10, rate=0.001)
    token = provider.client.tokens.create(tenant="hasty").token
    for _ in range(2):
        provider.http.get("/v1/agents", headers={"authorization": f"Bearer {token}"})
    return {"credential": token}


def _used_key(provider: Provider) -> dict[str, str]:
    key = uuid.uuid4().hex
    asked = {"description": "Something else.", "agent": "extract"}
    provider.http.post("/v1/tasks", headers=provider.signed(key), json=asked).raise_for_status()
    return {"key": key}


def _key_in_flight(provider: Provider) -> dict[str, str]:
    """A claim waits under the key until the next state is asked for."""
    key, worker = uuid.uuid4().hex, _worker(provider)["worker"]

    def asks() -> None:
        provider.http.post(f"/v1/workers/{worker}/claim", headers=provider.signed(key), json={"seconds": 60})

    thread = Thread(target=asks)

    def heard() -> float:
        return next(one.seen for one in provider.client.workers.list().workers if one.id == worker)

    def ended() -> None:
        # Work for the worker is what its claim waits for.
        provider.client.tasks.submit("Carve a king post.", agent=f"carver-{worker}")
        thread.join()

    before = heard()
    thread.start()
    until(lambda: heard() > before)
    provider.after.append(ended)
    return {"key": key}


STATES: dict[str, Callable[[Provider], dict[str, str]]] = {
    "nothing": _nothing,
    "a task that succeeded": _succeeded,
    "a task that is queued": _queued,
    "a task that was cancelled": _cancelled,
    "a task that made a file": _drew,
    "a task whose context did not fit": _dropped,
    "a dead letter": _letter,
    "a dead letter that was discarded": _discarded,
    "a call that waits to be allowed": _approval,
    "a call that waits for somebody outside": _outside,
    "a worker": _worker,
    "no worker": _no_worker,
    "a worker for whom a call waits": _asked,
    "a worker that holds a call": _holds,
    "a persona": _persona,
    "no persona": _no_persona,
    "a memory": _memory,
    "a schedule": _schedule,
    "a job": _job,
    "a tenant": _tenant,
    "a token": _token,
    "a token that was replaced": _rotated,
    "a token that may less than another": _lesser,
    "a folder": _folder,
    "an endpoint": _endpoint,
    "an endpoint with two keys": _two_keys,
    "a source": _source,
    "a source of somebody else": _anothers_source,
    "a token that may do nothing": _weak,
    "a tenant whose queue is full": _full,
    "a tenant that has asked too much": _hasty,
    "a key that was used": _used_key,
    "a key that is being answered": _key_in_flight,
}

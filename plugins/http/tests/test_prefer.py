"""``Prefer: wait=N``: a task begun and waited for in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from kingpost import Answer, Call, Calls, Context, Say
from kingpost.testing import ScriptedAgent
from kingpost_http.prefer import preferred

Serving = Callable[..., Any]
TASK, LONG = {"description": "count the lions"}, {"prefer": "wait=60"}


async def test_a_task_that_ends_in_time_is_the_answer(serving: Serving) -> None:
    """With 200 and all that is known of it, as asked for afterwards."""
    async with serving() as (_, url), httpx.AsyncClient(base_url=url, timeout=120) as client:
        ended = await client.post("/v1/tasks", json=TASK, headers=LONG)
        known = await client.get(f"/v1/tasks/{ended.json()['id']}")
        begun = await client.post("/v1/tasks", json=TASK)

    assert (ended.status_code, ended.headers["preference-applied"]) == (200, "wait=60")
    assert ended.json()["status"] == "succeeded"
    assert ended.json()["outcome"]["answer"] == "done"
    assert ended.json() == known.json()
    assert begun.status_code == 202
    assert "preference-applied" not in begun.headers


async def test_a_task_that_goes_on_is_answered_as_without_the_preference(serving: Serving) -> None:
    """After the time that was given; a fork of it as well, and what is said to it shows the task."""
    let_go = asyncio.Event()

    async def hang(context: Context, _: Say) -> Answer:
        await let_go.wait()
        return Answer(text="done")

    async with (
        serving(agents=[ScriptedAgent(hang)]) as (_, url),
        httpx.AsyncClient(base_url=url, timeout=120) as client,
    ):
        begun = await client.post("/v1/tasks", json=TASK, headers={"prefer": "wait=1"})
        id = begun.json()["id"]
        forked = await client.post(f"/v1/tasks/{id}/fork", json={}, headers={"prefer": "respond-async, wait=0"})
        told = await client.post(f"/v1/tasks/{id}/messages", json={"text": "hurry"}, headers={"prefer": "wait=0"})
        let_go.set()

    assert (begun.status_code, begun.headers["preference-applied"]) == (202, "wait=1")
    assert set(begun.json()) == {"id", "status", "position"}
    assert begun.json()["status"] in {"queued", "running"}
    assert (forked.status_code, set(forked.json())) == (202, {"id", "status", "position"})
    assert (told.status_code, told.json()["id"]) == (202, id)


async def test_a_task_that_waits_for_somebody_is_not_waited_for(serving: Serving) -> None:
    """It would wait for who waits for it: the question comes back at once."""
    asks = ScriptedAgent([Calls(calls=(Call(id="a", tool="ask_human", arguments={"question": "how many?"}),)), "done"])
    async with serving(agents=[asks]) as (_, url), httpx.AsyncClient(base_url=url, timeout=120) as client:
        paused = await client.post("/v1/tasks", json=TASK, headers=LONG)

    assert (paused.status_code, paused.json()["status"]) == (200, "waiting")
    assert paused.json()["waits"] == {"a": "question"}


async def test_a_retry_is_waited_for_and_the_first_preference_counts(serving: Serving) -> None:
    """Several Prefer headers are one list, and what is no preference in them is passed by (RFC 7240, section 2)."""
    many = [("prefer", 'handling=lenient, wait="30"'), ("prefer", "wait=0")]
    fails = ScriptedAgent([ValueError("no")])
    async with serving(agents=[fails]) as (_, url), httpx.AsyncClient(base_url=url, timeout=120) as client:
        failed = await client.post("/v1/tasks", json=TASK, headers=LONG)
        again = await client.post(f"/v1/tasks/{failed.json()['id']}/retry", headers=many)

    assert (failed.status_code, failed.json()["status"]) == (200, "failed")
    assert (again.status_code, again.json()["status"]) == (200, "failed")
    assert again.json()["replay_of"] == failed.json()["id"]
    assert again.headers["preference-applied"] == "wait=30"


async def test_a_key_begins_one_task_however_often_it_is_waited_for(serving: Serving) -> None:
    """Without the preference the same key gets the answer of the submit, with it the task as it is by then."""
    headers = {"idempotency-key": "one"}
    async with serving() as (_, url), httpx.AsyncClient(base_url=url, timeout=120) as client:
        waited = await client.post("/v1/tasks", json=TASK, headers=headers | LONG)
        plain = await client.post("/v1/tasks", json=TASK, headers=headers)
        again = await client.post("/v1/tasks", json=TASK, headers=headers | LONG)
        other = await client.post("/v1/tasks", json={"description": "count the cranes"}, headers=headers | LONG)
        tasks = (await client.get("/v1/tasks")).json()["tasks"]

    assert (waited.status_code, plain.status_code, again.status_code) == (200, 202, 200)
    assert {one.json()["id"] for one in (waited, plain, again)} == {tasks[0]["id"]}
    assert waited.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.mismatch")
    assert len(tasks) == 1


async def test_who_may_not_look_at_tasks_is_answered_without_waiting(serving: Serving, token: Any) -> None:
    """The task is begun all the same: a preference is no condition."""
    async with serving() as (opened, url), httpx.AsyncClient(base_url=url, timeout=120) as client:
        headers = await token(opened, "default", "tasks:write")
        begun = await client.post("/v1/tasks", json=TASK, headers=headers | LONG)

    assert begun.status_code == 202
    assert "preference-applied" not in begun.headers


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"wait=10", 10),
        (b"Wait = 10 ; why=not", 10),
        (b"respond-async, wait=5, wait=7", 5),
        (b"wait=61", 60),
        (b"wait=" + b"9" * 5000, 60),
        (b"wait=-1", None),
        (b"wait=ten, waiting=3", None),
        (b"", None),
    ],
)
def test_a_preference_is_seconds_with_an_upper_bound(header: bytes, seconds: int | None) -> None:
    assert preferred([(b"host", b"wait=1"), (b"prefer", header)]) == seconds

"""A worker of each SDK serves agents and tools of its own to the real server."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from kingpost_sdk import models

from tests.contracts.drivers import Driver
from tests.contracts.scripted import Asked, Scripted, answer, passed_on
from tests.sdk.server import Server

SECONDS = 120
"""How long a worker waits for calls at most."""


@pytest.fixture(scope="session")
def own(server: Server) -> Server:
    """A server that knows the agents already, so that tasks can wait for the worker that comes."""
    schema = models.ToolInputParameters.from_dict({"type": "object"})
    price = models.ToolInput(name="price", description="What it costs.", parameters=schema, repeatable=True)
    agents = [models.OfferedAgent("teller"), models.OfferedAgent("buyer", tools=True)]
    server.client.workers.register(name="before", tools=[price], agents=agents)
    return server


def submitted(server: Server, agent: str, *descriptions: str) -> list[str]:
    return [server.client.tasks.submit(each, agent=agent).id for each in descriptions]


def served(driver: Driver, server: Server, url: str = "", **asked: Any) -> dict[str, Any]:
    """What a worker found; one that is called less often than it waits for says so, and does not wait for ever."""
    said = driver.do("worker", client={"url": url or server.url}, seconds=SECONDS, **asked)
    found: dict[str, Any] = said["value"]
    assert [one.name for one in server.client.workers.list().workers] == ["before"], "it has not left"
    assert found["calls"] >= asked["most"], found
    return found


def outcomes(server: Server, ids: list[str]) -> list[str]:
    """The answers, or what went wrong."""
    views = [server.client.tasks.wait(id, seconds=60).outcome for id in ids]
    return [str(one and (one.answer or one.detail or one.reason)) for one in views]


def test_a_worker_serves_an_agent_and_the_tool_that_it_uses(driver: Driver, own: Server) -> None:
    """Each decision and each call is claimed, done once and settled; told to stop, it finishes and leaves."""
    ids = submitted(own, "buyer", "tea", "milk", "bread")
    found = served(driver, own, most=9, parallel=2)

    assert outcomes(own, ids) == ["three tea", "three milk", "three bread"]
    assert found["problems"] == []
    assert found["calls"] == 9


def test_as_many_calls_at_once_as_it_is_told_and_no_more(driver: Driver, own: Server) -> None:
    """Every call waits until another one is there, so two at once it must be."""
    ids = submitted(own, "teller", *["meet"] * 4)
    found = served(driver, own, most=4, parallel=2)

    assert outcomes(own, ids) == ["three meet"] * 4
    assert found["most_at_once"] == 2


def test_a_tool_of_a_worker_hands_in_a_file(driver: Driver, own: Server) -> None:
    """It comes byte for byte, with its type, and is listed with the outcome of the task."""
    ids = submitted(own, "buyer", "draw")
    found = served(driver, own, most=3)
    outcome = own.client.tasks.wait(ids[0], seconds=60).outcome

    assert found["problems"] == []
    assert outcome
    assert outcome.answer == "three draw"
    (artefact,) = outcome.artefacts
    assert (artefact.name, artefact.media_type) == ("all.bin", "image/png")
    assert own.client.artefacts.get(ids[0], "all.bin") == bytes(at % 256 for at in range(20_000))


def test_what_a_function_raises_is_told(driver: Driver, own: Server) -> None:
    """To the agent where it is a tool's, to the task where it is an agent's; and the worker goes on."""
    ids = [*submitted(own, "buyer", "fail", "odd"), *submitted(own, "teller", "fail", "tea")]
    found = served(driver, own, most=8)
    buyers, tellers = outcomes(own, ids[:2]), outcomes(own, ids[2:])

    assert "sold out" in buyers[0]
    assert all("three" not in said for said in buyers)
    assert "sold out" in tellers[0]
    assert tellers[1] == "three tea"
    assert len(found["problems"]) == 3


def test_what_is_said_and_cannot_be_taken_is_told_too(driver: Driver, own: Server) -> None:
    """Half a character is no text: the task does not wait for ever."""
    ids = submitted(own, "teller", "half")
    served(driver, own, most=1)

    assert own.client.tasks.wait(ids[0], seconds=60).status in {"succeeded", "failed"}


def test_a_lost_claim_is_broken_off(driver: Driver, own: Server) -> None:
    """Its task was cancelled meanwhile: whoever can be broken off is, the rest is refused, and the worker goes on."""
    ids = submitted(own, "teller", "lost", "tea")
    found = served(driver, own, most=2, ttl=6)

    assert own.client.tasks.get(ids[0]).status == "cancelled"
    assert outcomes(own, ids[1:]) == ["three tea"]
    assert found["problems"] == ["ClaimLost"]


def test_a_worker_that_was_forgotten_comes_again(driver: Driver, own: Server) -> None:
    """Under a new id, and is given what it had before."""
    ids = submitted(own, "teller", "forget")
    found = served(driver, own, most=2)

    assert outcomes(own, ids) == ["three forget"]
    assert found["problems"] == ["ClaimLost"]


def test_a_call_whose_answer_was_lost_is_given_out_again(driver: Driver, own: Server) -> None:
    """To the worker that holds it, which is alive: it asks under one key until an answer arrives, however long."""
    lost: list[str] = []

    def between(asked: Asked) -> bytes:
        status, body, headers = passed_on(own.url, asked)
        if asked.path.endswith("/claim") and len(lost) < 5 and json.loads(body).get("work"):
            lost.append(asked.headers["idempotency-key"])
            return b""
        return answer(status, body, headers)

    ids = submitted(own, "teller", "tea", "milk")
    with Scripted(between) as server:
        found = served(driver, own, server.url, most=2)

    assert outcomes(own, ids) == ["three tea", "three milk"]
    assert set(found["problems"]) == {"ConnectionFailed"}
    assert (len(lost), len(set(lost))) == (5, 1)


@pytest.mark.parametrize("away", [True, False], ids=["away", "there"])
def test_what_was_done_is_told_however_long_nobody_takes_it(driver: Driver, own: Server, away: bool) -> None:
    """Behind its time too: it lives, so nobody else is given the call.

    A server that is there and does not take it hears that the call has failed.
    """
    began: list[float] = []

    def between(asked: Asked) -> bytes:
        settles = asked.path.endswith("/observations")
        if settles and not began:
            began.append(time.monotonic())
        refused = b"three tea" in asked.body if not away else began and time.monotonic() - began[0] < 2
        return answer(502, b"<html>") if refused else answer(*passed_on(own.url, asked))

    ids = submitted(own, "teller", "tea", "milk")
    with Scripted(between) as server:
        found = served(driver, own, server.url, most=2, ttl=1)
    said = outcomes(own, ids)

    assert said[1] == "three milk"
    assert said[0] == "three tea" if away else "could not be told" in said[0]
    assert set(found["problems"]) == {"TransientError"}


WORK = {
    "task": "t-1", "turn": 1, "call": "c", "tool": "decide/teller", "key": "t-1/1.c", "arguments": {},
    "asking": {"agent": "teller", "description": "tea", "prompt": "", "turns": [], "tools": []},
}  # fmt: skip
WORKER = {
    "id": "w-1", "name": "", "tools": [], "agents": [], "ttl": 60, "beat": 20, "seen": 0, "alive": True, "holds": [],
}  # fmt: skip


VIEW: dict[str, Any] = {
    "id": "t-1", "description": "tea", "status": "running", "agent": "teller", "tenant": "default", "root": "t-1",
    "created": 1.0, "updated": 2.0, "attempt": 1, "turns": 1, "usage": {}, "cancel_requested": False,
    "spent": [0, 0, 0], "granted": [None, None, None], "retries": 0, "waits": {},
}  # fmt: skip


def test_a_server_that_is_away_is_waited_for(driver: Driver) -> None:
    """Longer than a request is tried, behind a page too; what was done is told under one key until it is taken."""
    turns = iter(range(1_000_000))
    claims: list[Asked] = []
    settled: list[Asked] = []

    def script(asked: Asked) -> bytes:
        if asked.path == "/v1/workers":
            return answer(503) if next(turns) < 4 else answer(201, WORKER)
        if asked.path.endswith("/claim"):
            claims.append(asked)
            return answer(200, {"work": [WORK]})
        if asked.path.endswith("/observations"):
            settled.append(asked)
            away = answer(503) if len(settled) % 2 else answer(200, b"<html>back soon")
            return away if len(settled) < 5 else answer(200, VIEW)
        return answer(200, {"workers": []})

    with Scripted(script) as server:
        said = driver.do("worker", client={"url": server.url}, most=1, seconds=SECONDS)

    assert set(said["value"]["problems"]) == {"TransientError", "AnswerInvalid"}
    assert len(claims) == 1, "it was told to stop"
    assert len(settled) == 5
    assert len({asked.headers["idempotency-key"] for asked in settled}) == 1
    assert json.loads(settled[-1].body)["decision"]["text"] == "three tea"
    assert server.seen[-1].method == "DELETE"


def test_a_worker_that_is_refused_says_so(driver: Driver) -> None:
    with Scripted(lambda asked: answer(403, {"code": "access.forbidden", "detail": "workers:write"})) as server:
        said = driver.do("worker", client={"url": server.url}, most=1, seconds=SECONDS)

    assert said["error"]["kind"] == "Forbidden"


def test_a_worker_at_a_wrong_address_says_so(driver: Driver) -> None:
    """A page in answer to its first words is no server that is away for a while."""
    with Scripted(lambda asked: answer(200, b"<html>welcome")) as server:
        said = driver.do("worker", client={"url": server.url}, most=1, seconds=SECONDS)

    assert said["error"]["kind"] == "AnswerInvalid"
    assert server.url in said["error"]["message"]

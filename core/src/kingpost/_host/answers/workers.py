"""Answers to operations on workers: who offers what, who is alive, who has which call."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ..._walk.kit import DELEGATE, TOOLS
from ..._walk.remote import WAITS, asked_agent, held
from ..._walk.replay import observed
from ..._walk.sound import is_name
from ..._walk.turn import failed
from ...errors import Conflict, InvalidRequest, NotFound
from ...operations import workers as op
from ...operations.tasks import TaskView
from ...records.access import Asked
from ...records.action import Action, Answer, Call, Calls, Observation, Tool
from ...records.codec import adapter
from ...records.event import Recorded
from ...records.record import replace
from ...state import TaskState
from ..claims import Claims
from ..guests import GuestBook, Worker, left, registered
from ..intake import check_text
from .calls import taken
from .house import House
from .personas import check_agent_name
from .tasks import find, view

LONGEST_WAIT_SECONDS = 60.0
LOOK_SECONDS = 1.0
"""How often a claim that waits looks for calls of workers that have died, which nobody tells."""

MOST_TOGETHER = 100
MOST_WORKERS = 1000
_BEATS = 3


async def _stand(house: House, tenant: str) -> tuple[GuestBook, Claims]:
    book = await house.guests()
    return book, Claims(await house.log(), book, tenant)


def _view(book: GuestBook, tenant: str, worker: Worker, holds: Mapping[str, list[str]]) -> op.WorkerView:
    offers = worker.offers
    return op.WorkerView(
        id=worker.id, name=offers.name, tools=tuple(tool.name for tool in offers.tools),
        agents=tuple(agent.name for agent in offers.agents), ttl=offers.ttl, beat=offers.ttl / _BEATS,
        seen=book.seen(tenant, worker), alive=book.alive(tenant, worker), holds=tuple(holds.get(worker.id, ())),
    )  # fmt: skip


async def _register(house: House, request: op.Register, tenant: str) -> op.WorkerView:
    """Whoever registers begins anew: what was held under its id, and by a process that is no more, is put back."""
    _check(house, request)
    book, claims = await _stand(house, tenant)
    guests = await book.of(tenant)
    for agent in request.agents:
        if agent.name in guests.personas:
            raise InvalidRequest(f"agent {agent.name!r} is made of data already; take another name, or delete it")
    id = request.id or house.ports.ids.new()
    stale = [one for one in book.stale(tenant, guests) if one != id]
    if len(guests.workers) - len(stale) >= MOST_WORKERS and id not in guests.workers:
        raise InvalidRequest(f"{MOST_WORKERS} workers are all that a tenant may have; let some leave")
    before = guests.workers.get(id)
    events = [*(left(one) for one in stale), registered(id, replace(request, id=id))]
    guests = await book.record(tenant, *events)
    for one in stale:
        book.gone(tenant, one)
    book.beat(tenant, id)
    now = guests.workers[id]
    if before is not None:
        await claims.put_back(before)
    return _view(book, tenant, now, {})


def _check(house: House, request: op.Register) -> None:
    for name, text in (("id", request.id or "1"), ("name", request.name or "1")):
        check_text(name, text)
        if not is_name(text):
            raise InvalidRequest(f"the worker's {name} must have 1 to 128 printable characters")
    if " " in (request.id or "") or "/" in (request.id or ""):
        raise InvalidRequest("the worker's id must have neither a blank nor '/'")
    if not request.tools and not request.agents:
        raise InvalidRequest("a worker offers at least one tool or agent")
    if not 1 <= request.ttl <= 3600 or not math.isfinite(request.ttl):
        raise InvalidRequest(f"ttl is {request.ttl}; give from 1 to 3600 seconds")
    for tool in request.tools:
        _check_tool(tool)
    for agent in request.agents:
        check_agent_name(house, agent.name)
    for names in ([tool.name for tool in request.tools], [agent.name for agent in request.agents]):
        if len(names) > MOST_TOGETHER or len(names) != len(set(names)):
            raise InvalidRequest(f"give each tool and agent once, and up to {MOST_TOGETHER} of them")


def _check_tool(tool: Tool) -> None:
    check_text("tool's description", tool.description)
    if not is_name(tool.name) or asked_agent(tool.name) is not None:
        raise InvalidRequest(f"tool name {tool.name[:80]!r}: use up to 128 printable characters, not 'decide/...'")
    if tool.name == DELEGATE or tool.name in TOOLS:
        raise InvalidRequest(f"the kernel has a tool {tool.name!r} of its own; take another name")
    if tool.parameters.get("type") != "object":
        raise InvalidRequest(f"the parameters of {tool.name!r} must be a JSON Schema of type object")


async def _list(house: House, request: op.ListWorkers, tenant: str) -> op.WorkerList:
    book, claims = await _stand(house, tenant)
    workers = (await book.of(tenant)).workers
    holds = await claims.held() if workers else {}
    return op.WorkerList(tuple(_view(book, tenant, workers[id], holds) for id in sorted(workers)))


async def _beat(house: House, request: op.WorkerId, tenant: str) -> op.WorkerView:
    book, claims = await _stand(house, tenant)
    worker = await book.worker(tenant, request.id)
    book.beat(tenant, request.id)
    return _view(book, tenant, worker, await claims.held())


async def _leave(house: House, request: op.WorkerId, tenant: str) -> op.WorkerList:
    book, _ = await _stand(house, tenant)
    await book.worker(tenant, request.id)
    await book.record(tenant, left(request.id))
    book.gone(tenant, request.id)
    return await _list(house, op.ListWorkers(), tenant)


async def _claim(house: House, request: op.Claim, tenant: str, asked: Asked) -> op.Claimed:
    if not 1 <= request.limit <= MOST_TOGETHER:
        raise InvalidRequest(f"limit is {request.limit}; give from 1 to {MOST_TOGETHER}")
    if not 0 <= request.seconds <= LONGEST_WAIT_SECONDS:
        raise InvalidRequest(f"seconds is {request.seconds}; give from 0 to {LONGEST_WAIT_SECONDS:g}")
    book, claims = await _stand(house, tenant)
    worker = await book.worker(tenant, request.id)
    key = "" if asked.once is None else sha256(asked.once.key.encode()).hexdigest()[:32]
    if key and (before := await claims.again(worker, key)):
        book.beat(tenant, request.id)
        return op.Claimed(tuple(before))
    stirred = asyncio.Event()

    def hear(frame: Recorded) -> None:
        if any(event.kind == "call.pending" and event.header.get("waits") == WAITS for event in frame.events):
            stirred.set()

    silence = await (await house.tail()).listen(None, hear)
    until = house.ports.clock.monotonic() + request.seconds
    try:
        while True:
            stirred.clear()
            if await book.worker(tenant, request.id) != worker:
                return op.Claimed(())  # it has begun anew since it asked, so nobody reads this
            # To ask is a sign of life.
            book.beat(tenant, request.id)
            taken = await claims.take(worker, request.limit, key)
            if taken and (await book.of(tenant)).workers.get(request.id) != worker:
                await claims.put_back(worker, taken)
                return op.Claimed(())
            left_over = until - house.ports.clock.monotonic()
            if taken or left_over <= 0:
                return op.Claimed(tuple(taken))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left_over, LOOK_SECONDS)):
                    await stirred.wait()
    finally:
        silence()


async def _observe(house: House, request: op.Settle, tenant: str) -> TaskView:
    book, claims = await _stand(house, tenant)
    worker = await book.worker(tenant, request.id)
    book.beat(tenant, request.id)
    while True:
        state = await find(claims.log, request.task, tenant)
        if held(state.waits.get(request.call, ""))[:2] != (WAITS, worker.id) or request.call not in state.pending:
            raise NotFound("claim", f"{request.task}/{request.call}", "it is settled, or went to another worker")
        said = _observation(state, request)
        told_so, artefacts = await taken(claims.log, state, said, request.files, house.config.artefact_bytes)
        event = observed(state.turn, told_so, artefacts=artefacts)
        try:
            await claims.settle(state, event)
        except Conflict:
            continue
        return await view(claims.log, await find(claims.log, state.id, tenant))


def _observation(state: TaskState, request: op.Settle) -> Observation:
    """What came, as it stands in the log: a decision as the JSON of its action."""
    if (request.observation is None) == (request.decision is None):
        raise InvalidRequest("give an observation, or the decision of an agent")
    agent = asked_agent(state.open[request.call])
    if agent is not None and request.files:
        raise InvalidRequest(f"call {request.call!r} asks an agent to decide; only what a tool made is handed in")
    if agent is not None and request.decision is not None:
        return Observation(call=request.call, text=_decided(request.decision), trust="trusted")
    if request.decision is not None:
        raise InvalidRequest(f"call {request.call!r} is one of {state.open[request.call]!r}; give an observation")
    said = request.observation
    assert said is not None
    check_text("observation", said.text)
    if said.error is not None and not is_name(said.error):
        raise InvalidRequest("the observation's error is no code; give a short one, and say the rest in its text")
    if said.call != request.call:
        raise InvalidRequest(f"the observation is one of call {said.call!r}, not of {request.call!r}")
    if agent is not None and said.error is None:
        # Plain words of an agent are its answer.
        return replace(said, text=_decided(op.Decision(text=said.text)), trust="trusted")
    return failed(Call(said.call, ""), said.error, said.text) if agent is not None and said.error else said


def _decided(decision: op.Decision) -> str:
    check_text("decision", decision.text)
    action: Action = Answer(text=decision.text, usage=decision.usage)
    if decision.calls:
        ids = [call.id for call in decision.calls]
        if len(set(ids)) != len(ids) or not all(map(is_name, ids)):
            raise InvalidRequest("give each call an id of its own, of up to 128 printable characters")
        for call in decision.calls:
            if not is_name(call.tool) or asked_agent(call.tool) is not None:
                raise InvalidRequest(f"call {call.id!r} names no tool")
        action = Calls(calls=decision.calls, until=decision.until, text=decision.text, usage=decision.usage)
    return adapter(Action).dump_json(action).decode()


ANSWERS: Mapping[str, Any] = {
    op.REGISTER.id: _register,
    op.WORKERS.id: _list,
    op.BEAT.id: _beat,
    op.OBSERVE.id: _observe,
    op.LEAVE.id: _leave,
}
PERSONAL: Mapping[str, Any] = {
    op.CLAIM.id: _claim,
}

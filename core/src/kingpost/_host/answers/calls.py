"""Answers to operations on calls that wait for the world."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ..._walk.artefacts import every, store
from ..._walk.journal import stow
from ..._walk.replay import observed, replay
from ..._walk.sound import is_name, of_files
from ..._walk.turn import failed
from ...errors import Conflict, InvalidRequest, NotFound
from ...operations import calls as op
from ...operations.bounds import check_limit
from ...operations.tasks import TaskView
from ...protocols import Log
from ...records.action import Call, HandedIn, Made, Observation
from ...records.event import Event, TaskQuery
from ...records.task import Artefact, Status
from ...state import TaskState, task_stream
from ..intake import check_text
from .house import House
from .tasks import ANSWER, find, history_of, view

_OURS = ("approval", "child")
"""What is settled by a decision or an outcome, and never by an observation from outside."""


async def _list(house: House, request: op.ListCalls, tenant: str) -> op.CallPage:
    check_limit(request.limit)
    if request.waits is not None and request.waits not in op.WAITED:
        raise InvalidRequest(f"waits is {request.waits!r}; give one of {', '.join(op.WAITED)}")
    log = await house.log()
    if request.task is not None:
        states: Sequence[TaskState] = [await find(log, request.task, tenant)]
    else:
        statuses = [Status.RUNNING.value, Status.WAITING.value]
        states = await log.select(
            TaskQuery(tenant=tenant, statuses=statuses, after=request.after, limit=request.limit, oldest_first=True)
        )
    found: list[op.CallView] = []
    for state in states:
        # A worker's call says so, and not whose it is.
        waits = {call: state.waits.get(call, ANSWER).partition(" ")[0] for call in state.pending}
        if any(request.waits in (None, kind) for kind in waits.values()):
            found += [one for one in await _calls(log, state, waits) if request.waits in (None, one.waits)]
    full = request.task is None and len(states) >= request.limit
    return op.CallPage(calls=tuple(found), next=states[-1].id if full else None)


async def _calls(log: Log, state: TaskState, waits: Mapping[str, str]) -> list[op.CallView]:
    history = await history_of(log, state)
    turns = replay(history)
    made = {call.id: call for call in getattr(turns[-1].action, "calls", ())} if turns else {}
    references = {
        event.header["call"]: event.payload["reference"]
        for event in history
        if event.kind == "call.pending" and event.header.get("turn") == state.turn and event.payload is not None
    }
    return [
        op.CallView(
            task=state.id,
            turn=state.turn,
            call=call,
            tool=state.open[call],
            waits=kind,
            arguments=made[call].arguments if call in made else {},
            reference=references.get(call, ""),
            wake_at=state.pending[call],
        )
        for call, kind in waits.items()
    ]


def _waits(state: TaskState, call: str) -> str:
    """What a pending call waits for.

    Raises:
        NotFound: it is not pending.
    """
    if call not in state.pending:
        pending = ", ".join(state.pending) or "none"
        raise NotFound("pending call", call, f"pending calls of this task: {pending}")
    return state.waits.get(call, ANSWER)


async def _observe(house: House, request: op.Observe, tenant: str) -> TaskView:
    log = await house.log()
    observation = request.observation
    check_text("observation", observation.text)
    if observation.error is not None and not is_name(observation.error):
        raise InvalidRequest("the observation's error is no code; give a short one, and say the rest in its text")
    while True:
        state = await find(log, request.id, tenant)
        if (kind := _waits(state, observation.call)) in _OURS:
            mend = "'kingpost reply' answers it" if kind == "approval" else "its child settles it"
            raise InvalidRequest(f"call {observation.call!r} waits for {kind}, not for an observation; {mend}")
        if request.token is not None:
            await _check_token(log, state, observation.call, request.token)
        told_so, artefacts = await taken(log, state, observation, request.files, house.config.artefact_bytes)
        try:
            event = await stow(log, tenant, observed(state.turn, told_so, artefacts=artefacts))
            await log.append(task_stream(state.id), state.version, [event])
        except Conflict:
            continue
        return await view(log, await find(log, state.id, tenant))


async def taken(
    log: Log, state: TaskState, said: Observation, files: tuple[Made, ...], most: int
) -> tuple[Observation, tuple[Artefact, ...]]:
    """What the agent is told of an observation from outside, and the files of it that are kept now.

    Raises:
        InvalidRequest: what came are no files.
    """
    if not files:
        return said, ()
    if (flaw := of_files(files)) is not None:
        raise InvalidRequest(f"the observation {flaw}")
    came = HandedIn(
        call=said.call, text=said.text, error=said.error, trust=said.trust, truncated=said.truncated, files=files
    )
    return await store(log, state.tenant, every(await history_of(log, state)), most, came)


async def _check_token(log: Log, state: TaskState, call: str, token: str) -> None:
    """Only the newest token of a call settles it; only its hash is known.

    Raises:
        InvalidRequest: it is another one.
    """
    kept = ""
    for event in await history_of(log, state):
        if event.kind == "call.pending" and (event.header["turn"], event.header["call"]) == (state.turn, call):
            kept = event.header.get("token") or ""
    if not hmac.compare_digest(kept, sha256(token.encode()).hexdigest()):
        raise InvalidRequest(f"this token does not settle call {call!r}; the one that its tool was last given does")


async def _reply(house: House, request: op.Reply, tenant: str) -> TaskView:
    log = await house.log()
    check_text("text", request.text)
    while True:
        state = await find(log, request.id, tenant)
        kind = _waits(state, request.call)
        event = _decision(state, request) if kind == "approval" else _answer(state, request, kind)
        try:
            await log.append(task_stream(state.id), state.version, [await stow(log, tenant, event)])
        except Conflict:
            continue
        return await view(log, await find(log, state.id, tenant))


def _decision(state: TaskState, request: op.Reply) -> Event:
    if request.allow is None:
        raise InvalidRequest(f"call {request.call!r} of {state.open[request.call]!r} waits to be allowed or refused")
    if request.allow:
        payload = {
            "arguments": None if request.arguments is None else dict(request.arguments), "text": request.text
        }  # fmt: skip
        return Event("call.approved", {"turn": state.turn, "call": request.call}, payload)
    text = f"refused: {request.text}" if request.text else "refused"
    return observed(state.turn, failed(Call(request.call, ""), "tool.refused", text))


def _answer(state: TaskState, request: op.Reply, kind: str) -> Event:
    if kind != "question":
        raise InvalidRequest(f"call {request.call!r} waits for {kind}, not for a human")
    if not request.text.strip():
        raise InvalidRequest("the answer is empty; say something")
    return observed(state.turn, Observation(call=request.call, text=request.text, trust="trusted"))


ANSWERS: Mapping[str, Any] = {
    op.CALLS.id: _list,
    op.OBSERVE.id: _observe,
    op.REPLY.id: _reply,
}

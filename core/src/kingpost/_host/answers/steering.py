"""Answers to operations that change the course of a task."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ..._walk.artefacts import complete
from ..._walk.journal import Journal, payloads, stow
from ..._walk.replay import ended, replay
from ...errors import Conflict, InvalidRequest, KeyReused, NotFound
from ...operations import steering as op
from ...operations.bounds import check_limit
from ...operations.tasks import Submit, Submitted, TaskId, TaskPage, TaskView
from ...protocols import Log
from ...records.access import Asked, Once
from ...records.action import Calls
from ...records.codec import dump
from ...records.event import Event, TaskQuery
from ...records.record import replace
from ...records.task import Outcome, Status, Task
from ...state import Refused, TaskState, task_stream
from ..attempt import read_task
from ..intake import check_text, check_words, keyed_id
from .house import House
from .tasks import find, history_of, shown, view

_SCAN = 1000


async def _cancel(house: House, request: op.Cancel, tenant: str) -> TaskView:
    """Ask every holder to stop; where no one lives there is nobody to ask, so the outcome is recorded here."""
    check_text("reason", request.reason)
    log = await house.log()
    top = await find(log, request.id, tenant)
    if top.final:
        return await view(log, top)
    await _cancel_one(log, top.id, request.reason)
    reason = request.reason or f"task {top.id} was cancelled"
    for state in await _unfinished_below(log, top):
        await _cancel_one(log, state.id, reason)
    return await view(log, await find(log, top.id, tenant))


async def _unfinished_below(log: Log, top: TaskState) -> list[TaskState]:
    found: list[TaskState] = []
    after: str | None = None
    statuses = [status.value for status in Status if not status.final]
    while True:
        query = TaskQuery(root=top.root, statuses=statuses, after=after, limit=_SCAN, oldest_first=True)
        page = await log.select(query)
        found += [state for state in page if state.id.startswith(f"{top.id}/")]
        if len(page) < _SCAN:
            return found
        after = page[-1].id


async def _cancel_one(log: Log, id: str, reason: str) -> None:
    while True:
        (state,) = await log.select(TaskQuery(ids=[id], limit=1))
        if state.final:
            return
        events = [] if state.cancel else [Event("cancel.requested", {}, {"reason": reason})]
        if state.worker is None or not await log.alive(state.worker):
            outcome = Outcome(status=Status.CANCELLED, reason="requested", detail=reason)
            events.append(ended(await complete(Journal(log, state), outcome)))
        if not events:
            return
        try:
            stowed = [await stow(log, state.tenant, event) for event in events]
            await log.append(task_stream(id), state.version, stowed)
        except Conflict:
            continue
        return


async def end_all(log: Log, tenant: str, task: str | None) -> None:
    """End a task, or all of a tenant, before its content is erased.

    Raises:
        InvalidRequest: one is in the hands of a worker, which is now asked to end.
    """
    statuses = [status.value for status in Status if not status.final]
    ids = None if task is None else [task]
    while found := await log.select(TaskQuery(tenant=tenant, ids=ids, statuses=statuses, limit=_SCAN)):
        for state in found:
            await _cancel_one(log, state.id, "its content is erased")
        left = await log.select(TaskQuery(tenant=tenant, ids=ids, statuses=statuses, limit=_SCAN))
        if left and len(left) >= len(found):
            raise InvalidRequest(
                f"task {left[0].id!r} is just being worked on; it was asked to end: erase it in a moment"
            )


async def _message(house: House, request: op.Message, tenant: str, asked: Asked) -> TaskView:
    """The key stands beside the words: who asks again, for a crash took the answer, has said it already."""
    check_text("message", request.text)
    if not request.text.strip():
        raise InvalidRequest("the message is empty; say something")
    log, once = await house.log(), asked.once
    state = await find(log, request.id, tenant)
    more = {} if once is None else {"key": sha256(once.key.encode()).hexdigest(), "once": once.digest}
    mend = f"submit a new task in its thread {state.thread!r}" if state.thread else "fork it, or submit a new one"
    event = await stow(log, tenant, Event("message.received", {}, {"text": request.text, **more}))
    while not (said := once is not None and await _was_said(log, state, once, more["key"])) and not state.final:
        try:
            # With a key nobody may have said it since it was looked for.
            await log.append(task_stream(state.id), None if once is None else state.version, [event])
        except (Conflict, Refused):
            state = await find(log, state.id, tenant)
        else:
            said = True
            break
    if said:
        return await view(log, await find(log, state.id, tenant))
    raise InvalidRequest(f"task {state.id!r} has {state.status} and hears nothing any more; {mend}")


async def _was_said(log: Log, state: TaskState, once: Once, key: str) -> bool:
    if not state.messages:
        return False
    for words in payloads(await history_of(log, state), "message.received"):
        if words.get("key") == key:
            if words["once"] != once.digest:
                raise KeyReused(once.key)
            return True
    return False


async def _fork(house: House, request: op.Fork, tenant: str, asked: Asked) -> Submitted:
    log, intake = await house.log(), await house.intake()
    state = await find(log, request.id, tenant)
    task = await read_task(log, state)
    turns = replay(await history_of(log, state))
    kept = turns if request.turn is None else [turn for turn in turns if turn.number <= request.turn]
    if request.turn is not None and (request.turn < 0 or request.turn > len(turns)):
        raise InvalidRequest(f"task {state.id!r} has {len(turns)} turns; fork it from one of them, or from 0")
    if kept and isinstance(kept[-1].action, Calls) and not kept[-1].observations:
        raise InvalidRequest(f"turn {kept[-1].number} is not closed yet; fork from the one before it, or wait")
    changed = Submit(
        description=request.description or task.description,
        agent=request.agent or task.crew.agent.name,
        model=request.model or (task.model if request.agent is None else None),
        context=task.context if request.context is None else request.context,
        budget=request.budget or task.budget,
        memory=task.crew.memory.name if task.crew.memory else None,
        compressor=task.crew.compressor.name if task.crew.compressor else None,
        tools=task.grant.tools, scopes=task.grant.scopes, workspace=task.grant.workspace,
        tokens=request.tokens or task.grant.tokens, money=task.grant.money, seconds=task.grant.seconds,
        depth=task.grant.depth, fan_out=task.grant.fan_out, thread=task.thread, priority=task.priority,
        needs=task.needs,
    )  # fmt: skip
    check_words(changed, house.config)
    id = house.ports.ids.new() if asked.once is None else keyed_id(tenant, asked.once.key)
    forked = await house.drafter().task(changed, tenant, id, task.inputs)
    # A persona's words stand in the context already, and its bounds in the grant.
    persona = task.persona if request.agent is None else forked.persona
    forked = replace(forked, fork_of=task.id, persona=persona)
    await intake.check_budget(forked)
    more = {} if asked.once is None else {"once": asked.once.digest}
    return await intake.queue(forked, turns=[dump(turn) for turn in kept], **more)


async def _letters(house: House, request: op.ListLetters, tenant: str) -> TaskPage:
    check_limit(request.limit)
    log, after, limit = await house.log(), request.after, min(request.limit, _SCAN)
    found: list[TaskState] = []
    while len(found) <= limit:
        query = TaskQuery(tenant=tenant, statuses=[Status.FAILED.value], after=after, limit=_SCAN)
        page = await log.select(query)
        found += [state for state in page if is_letter(state)]
        if len(page) < _SCAN:
            break
        after = page[-1].id
    views = await shown(log, found[:limit])
    return TaskPage(tasks=views, next=views[-1].id if len(found) > len(views) else None)


def is_letter(state: TaskState) -> bool:
    """Whether a task is a dead letter that nobody has done anything about."""
    return state.reason == "exhausted" and not state.late


async def _letter(log: Log, id: str, tenant: str) -> TaskState:
    state = await find(log, id, tenant)
    if state.reason != "exhausted":
        raise NotFound("dead letter", id, f"the task has {state.status}; 'kingpost letters' lists what there is")
    return state


async def _replay(house: House, request: TaskId, tenant: str) -> Submitted:
    """The new task is named by the old one, so that a letter is replayed once, however often it is asked for."""
    log, intake = await house.log(), await house.intake()
    state = await _letter(log, request.id, tenant)
    if "discarded" in state.late:
        raise InvalidRequest(f"letter {state.id!r} was discarded; fork the task instead")
    old = await read_task(log, state)
    id = f"{state.id.replace('/', '-')}~"
    again: Task = replace(
        old, id=id, root=id, parent=None, replay_of=old.id, created=house.ports.clock.now(), deadline=None,
        not_before=None,
    )  # fmt: skip
    submitted = await intake.queue(again)
    house.ports.point("letter.replayed")
    if "replayed" not in state.late:
        with contextlib.suppress(Refused):  # somebody else has said so
            await log.append(task_stream(state.id), None, [Event("letter.replayed", {"task": id})])
    return submitted


async def _retry(house: House, request: TaskId, tenant: str) -> Submitted:
    """Named by the old one, as a letter that is replayed: however often it is asked for, it is begun once."""
    log, intake = await house.log(), await house.intake()
    state = await find(log, request.id, tenant)
    if state.reason == "exhausted":
        return await _replay(house, request, tenant)
    if not state.final or state.status == Status.SUCCEEDED.value:
        raise InvalidRequest(f"task {state.id!r} is {state.status}; only one that failed or was cancelled is retried")
    old = await read_task(log, state)
    id = f"{state.id.replace('/', '-')}~"
    again: Task = replace(
        old, id=id, root=id, parent=None, replay_of=old.id, created=house.ports.clock.now(), deadline=None,
        not_before=None,
    )  # fmt: skip
    return await intake.queue(again)


async def _one_letter(house: House, request: TaskId, tenant: str) -> TaskView:
    log = await house.log()
    return await view(log, await _letter(log, request.id, tenant))


async def _discard(house: House, request: TaskId, tenant: str) -> TaskView:
    log = await house.log()
    while not (state := await _letter(log, request.id, tenant)).late:
        with contextlib.suppress(Conflict):  # what came in between may have said what was done about it
            await log.append(task_stream(state.id), state.version, [Event("letter.discarded", {})])
    return await view(log, await find(log, state.id, tenant))


ANSWERS: Mapping[str, Any] = {
    op.CANCEL.id: _cancel,
    op.LETTERS.id: _letters,
    op.REPLAY.id: _replay,
    op.DISCARD.id: _discard,
    op.RETRY.id: _retry,
    op.LETTER.id: _one_letter,
}
PERSONAL: Mapping[str, Any] = {
    op.FORK.id: _fork,
    op.MESSAGE.id: _message,
}

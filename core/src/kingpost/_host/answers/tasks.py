"""Answers to operations on tasks and events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..._walk.artefacts import newest
from ..._walk.journal import read_stream, unstow_frame
from ..._walk.ledger import ledgers, original
from ..._walk.remote import held
from ..._walk.replay import replay
from ...errors import ConfigurationError, InputError, InvalidRequest, NotFound
from ...operations import tasks as op
from ...operations.bounds import check_limit
from ...protocols import Log
from ...records.access import Asked
from ...records.action import Usage
from ...records.codec import load
from ...records.event import Event, Recorded, TaskQuery
from ...records.record import replace
from ...records.task import Outcome, Status
from ...state import TaskState, task_stream
from ..attempt import read_task
from ..echo import EchoLog
from ..intake import require
from ..portion import PAGE_BYTES
from .house import House

_SCAN = 1000

_PAGES, _SHORTEST, _BREATH = 10, 1, 10

MOST_TOGETHER = 100
"""Tasks in one batch."""

ANSWER = "answer"
"""What a call waits for that a tool has left pending: the answer of something outside."""


async def _submit(house: House, request: op.Submit, tenant: str, asked: Asked) -> op.Submitted:
    require(house.plugins)
    intake = await house.intake()
    if asked.once is None:
        return (await intake.submit(request, tenant))[1]
    return (await intake.submit_once([request], tenant, asked.once))[0]


async def _submit_all(house: House, request: op.SubmitAll, tenant: str, asked: Asked) -> op.SubmittedAll:
    require(house.plugins)
    if not 0 < len(request.tasks) <= MOST_TOGETHER:
        raise InvalidRequest(f"{len(request.tasks)} tasks came; give from 1 to {MOST_TOGETHER}")
    intake = await house.intake()
    if asked.once is None:
        return op.SubmittedAll(tasks=tuple(await intake.submit_all(request.tasks, tenant)))
    return op.SubmittedAll(tasks=tuple(await intake.submit_once(request.tasks, tenant, asked.once)))


async def find(log: Log, id: str, tenant: str) -> TaskState:
    """The task that an id, or a unique beginning or end of one among the tenant's newest tasks, names.

    Raises:
        NotFound: no task, or several.
    """
    if exact := await log.select(TaskQuery(ids=[id], tenant=tenant, limit=1)):
        return exact[0]
    found: list[TaskState] = []
    after: str | None = None
    # Whoever asks for what is not there must not have every task of the home looked at.
    for _ in range(_PAGES if len(id) >= _SHORTEST else 0):
        page = await log.select(TaskQuery(tenant=tenant, after=after, limit=_SCAN))
        if not page:
            break
        found += [state for state in page if state.id.startswith(id) or state.id.endswith(id)]
        after = page[-1].id
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound("single task", id, f"{len(found)} tasks match, {found[0].id} and {found[1].id} among them")
    raise NotFound("task", id, "'kingpost tasks' lists them")


async def view(log: Log, state: TaskState, *, outcome: bool = True, heard: Sequence[Recorded] = ()) -> op.TaskView:
    """A task for a caller. Content that has been erased, or sealed with its frames, reads as empty.

    ``heard`` are frames of it that are at hand; the outcome may be in one of them.
    """
    asked, ended_as = dict[str, Any](), None
    with contextlib.suppress(NotFound):
        asked, ended_as = await _content(log, state, heard, outcome=state.final and outcome)
    return op.TaskView(
        id=state.id,
        description=asked.get("description", ""),
        status=Status(state.status),
        agent=state.agent,
        tenant=state.tenant,
        root=state.root,
        parent=state.parent,
        thread=state.thread,
        model=asked.get("model"),
        created=state.created / 1e6,
        updated=state.updated / 1e6,
        attempt=state.attempt,
        worker=state.worker,
        turns=state.turn,
        usage=Usage(input_tokens=state.input_tokens or None, output_tokens=state.output_tokens or None),
        cancel_requested=state.cancel,
        spent=(state.spent[0], state.spent[1], state.spent[2]),
        granted=(None, None, None) if state.granted is None else (state.granted[0], state.granted[1], state.granted[2]),
        retries=state.retries,
        not_before=state.not_before,
        waits={call: " ".join(filter(None, held(state.waits.get(call, ANSWER))[:2])) for call in state.pending},
        replay_of=asked.get("replay_of"),
        fork_of=asked.get("fork_of"),
        schedule=asked.get("schedule"),
        origin=asked.get("origin"),
        outcome=ended_as,
    )


async def _content(
    log: Log, state: TaskState, heard: Sequence[Recorded], *, outcome: bool
) -> tuple[dict[str, Any], Outcome | None]:
    """What was asked, as the fields of a ``Task`` that somebody has given, and how it ended if that is wanted.

    Raises:
        NotFound: its frames were sealed.
    """
    ended_as: Outcome | None = None
    for frame in heard:
        ended_as = outcome_of((await unstow_frame(log, state.tenant, frame)).events) or ended_as
    if ended_as is not None or not outcome:
        frame = await unstow_frame(log, state.tenant, (await log.read(0, 1, task_stream(state.id)))[0])
        return dict(frame.events[0].payload or {}), ended_as
    asked: dict[str, Any] = {}
    async for frame in read_stream(log, task_stream(state.id), state.tenant):
        if frame.events[0].kind == "task.queued":
            asked = dict(frame.events[0].payload or {})
        ended_as = outcome_of(frame.events) or ended_as
    return asked, ended_as


def outcome_of(events: Sequence[Event]) -> Outcome | None:
    """How the task ended, if it did with one of these events."""
    for event in events:
        if event.payload is not None and event.kind != "task.queued" and "outcome" in event.payload:
            return load(Outcome, event.payload["outcome"])
    return None


async def _get(house: House, request: op.TaskId, tenant: str) -> op.TaskView:
    log, views = await house.log(), house.views
    mark = log.mark() if isinstance(log, EchoLog) else None
    if (shown := views.shown(mark, tenant, request.id)) is not None:
        return shown
    state = await find(log, request.id, tenant)
    found = views.of(state) or views.keep(state, await view(log, state))
    return views.show(mark, tenant, request.id, found)


async def _list(house: House, request: op.ListTasks, tenant: str) -> op.TaskPage:
    check_limit(request.limit)
    log = await house.log()
    limit = min(request.limit, _SCAN)
    states = await log.select(
        TaskQuery(
            tenant=tenant,
            statuses=None if request.statuses is None else [status.value for status in request.statuses],
            agent=request.agent,
            thread=request.thread,
            root=request.root,
            parent=request.parent,
            after=request.after,
            limit=limit + 1,
        )
    )
    views = await shown(log, states[:limit], outcome=False)
    return op.TaskPage(tasks=views, next=views[-1].id if len(states) > len(views) else None)


async def shown(log: Log, states: Sequence[TaskState], *, outcome: bool = True) -> tuple[op.TaskView, ...]:
    """Tasks as a page shows them: at least the first, and no more than it should hold of their words."""
    views, size = list[op.TaskView](), 0
    for state in states:
        views.append(one := await view(log, state, outcome=outcome))
        size += len(one.description) + (len(one.outcome.answer) if one.outcome is not None else 0)
        if size > PAGE_BYTES:
            break
        if not len(views) % _BREATH:
            await asyncio.sleep(0)
    return tuple(views)


async def every(log: Log, query: TaskQuery) -> list[TaskState]:
    """All tasks that a query finds, page after page."""
    found: list[TaskState] = []
    while page := await log.select(replace(query, after=found[-1].id if found else None, limit=_SCAN)):
        found += page
    return found


async def tree_of(log: Log, id: str, tenant: str) -> list[TaskState]:
    """A task and everything below it, oldest first.

    Raises:
        NotFound: no task, or several.
    """
    top = await find(log, id, tenant)
    states = await every(log, TaskQuery(root=top.root, tenant=tenant, oldest_first=True))
    return [state for state in states if state.id == top.id or state.id.startswith(f"{top.id}/")]


async def _tree(house: House, request: op.TaskId, tenant: str) -> op.TaskPage:
    log = await house.log()
    return op.TaskPage(tasks=tuple([await view(log, state) for state in await tree_of(log, request.id, tenant)]))


async def history_of(log: Log, state: TaskState) -> Sequence[Event]:
    frames = read_stream(log, task_stream(state.id), state.tenant)
    return [event async for frame in frames for event in frame.events]


async def _turns(house: House, request: op.TaskId, tenant: str) -> op.Turns:
    log = await house.log()
    history = await history_of(log, await find(log, request.id, tenant))
    accounts = ledgers(history)
    return op.Turns(turns=tuple(op.TurnView(turn=turn, ledger=accounts.get(turn.number)) for turn in replay(history)))


async def _expand(house: House, request: op.Expand, tenant: str) -> op.Expanded:
    log = await house.log()
    found = original(await history_of(log, await find(log, request.id, tenant)), request.passage)
    if found is None:
        raise NotFound("passage", request.passage, f"'kingpost task {request.id} --ledger' lists them")
    return op.Expanded(passage=request.passage, text=found[0], dropped=found[1])


async def _fetch(house: House, request: op.Fetch, tenant: str) -> op.File:
    log = await house.log()
    history = await history_of(log, await find(log, request.id, tenant))
    # What it has handed in can be had before it ends.
    made, outcome = newest(history), outcome_of(history)
    for artefact in made if outcome is None else outcome.artefacts:
        if artefact.name == request.name:
            content = await log.get(tenant, artefact.digest)
            return op.File(name=artefact.name, media_type=artefact.media_type, content=content, digest=artefact.digest)
    raise NotFound("artefact", request.name, f"'kingpost artefact {request.id}' lists what the task has made")


async def _resume(house: House, request: op.Resume, tenant: str) -> op.Resumed:
    """Tasks that have no outcome and that nobody alive works on."""
    log = await house.log()
    open_statuses = [Status.QUEUED.value, Status.RUNNING.value, Status.WAITING.value]
    root = None if request.only is None else (await find(log, request.only, tenant)).root
    outfitter = await house.outfitter()
    roots: dict[str, None] = {}
    left: dict[str, str] = {}
    for state in await every(log, TaskQuery(tenant=tenant, statuses=open_statuses, root=root, oldest_first=True)):
        if state.worker is not None and await log.alive(state.worker):
            continue
        try:
            outfitter.changed((await read_task(log, state)).crew)
            roots[state.root] = None
        except (ConfigurationError, InputError) as problem:
            left[state.id] = str(problem)
    if roots:
        await house.work(*roots)
    return op.Resumed(tasks=tuple(roots), left=left)


ANSWERS: Mapping[str, Any] = {
    op.GET.id: _get,
    op.LIST.id: _list,
    op.TREE.id: _tree,
    op.TURNS.id: _turns,
    op.EXPAND.id: _expand,
    op.RESUME.id: _resume,
    op.FETCH.id: _fetch,
}
PERSONAL: Mapping[str, Any] = {
    op.SUBMIT.id: _submit,
    op.SUBMIT_ALL.id: _submit_all,
}

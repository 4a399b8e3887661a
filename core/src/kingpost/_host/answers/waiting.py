"""Answers to those who wait for a task: until it has ended, or until it waits for somebody in its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..._walk.remote import held
from ...operations import tasks as op
from ...protocols import Log
from ...records.event import Recorded
from ...records.record import replace
from ...records.task import Status
from ...state import TaskState, task_stream
from ..echo import Told
from .house import House
from .tasks import ANSWER, find, view


async def _wait(house: House, request: op.Wait, tenant: str) -> op.TaskView:
    return await _until(house, request, tenant, lambda state: state.final)


async def _await(house: House, request: op.Wait, tenant: str) -> op.TaskView:
    return await _until(house, request, tenant, lambda state: state.final or _paused(state))


async def _until(house: House, request: op.Wait, tenant: str, enough: Callable[[TaskState], bool]) -> op.TaskView:
    log, tail = await house.log(), await house.tail()
    changed, heard = asyncio.Event(), list[Recorded]()

    def hear(frame: Recorded) -> None:
        # What this process has appended comes with what it adds up to, so that all on the way is passed by.
        if not isinstance(frame, Told) or frame.state is None or enough(frame.state):
            heard.append(frame)
            changed.set()

    # Heard first and looked up then: nothing can happen in between, and once is enough.
    silence = await tail.listen(task_stream(request.id), hear)
    try:
        state = await find(log, request.id, tenant)
        if state.id == request.id:
            async with asyncio.timeout(max(request.seconds, 0)):
                while not enough(state):
                    await changed.wait()
                    changed.clear()
                    state = await _newest(log, state, heard)
    except TimeoutError:
        state = await find(log, state.id, tenant)
    finally:
        silence()
    if state.id != request.id:
        return await _until(house, replace(request, id=state.id), tenant, enough)
    return await view(log, state, heard=heard)


def _paused(state: TaskState) -> bool:
    """Whether it waits for somebody outside; as ``TaskView.paused``."""
    if state.status != Status.WAITING.value:
        return False
    return any(held(state.waits.get(call, ANSWER))[0] not in op.GO_ON for call in state.pending)


async def _newest(log: Log, state: TaskState, heard: Sequence[Recorded]) -> TaskState:
    """The task as it is now: as it was heard of, or as the log has it."""
    last = heard[-1] if heard else None
    return last.state if isinstance(last, Told) and last.state else await find(log, state.id, state.tenant)


ANSWERS: Mapping[str, Any] = {
    op.WAIT.id: _wait,
    op.AWAIT.id: _await,
}

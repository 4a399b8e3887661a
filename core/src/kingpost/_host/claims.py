"""Calls that wait for a worker: which there are, who has them, and what whoever claims one is told.

Called by the answers to operations on workers. A claim is an ordinary append to the task's stream, so that of two
workers one gets it, and a restart forgets none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from .._walk.context import prompt_of
from .._walk.journal import read_stream, stow
from .._walk.ledger import frame_of
from .._walk.remote import WAITS, asked_agent, asked_of, held, is_question
from .._walk.replay import arguments_of, observed, replay
from .._walk.turn import INTERRUPTED, failed
from ..errors import Conflict
from ..operations.workers import Asking, Work
from ..protocols import Log
from ..records.action import Call, Calls, Tool
from ..records.codec import load
from ..records.event import Event, TaskQuery
from ..records.record import Record
from ..records.task import Status, Task
from ..state import Refused, TaskState, task_stream
from .guests import GuestBook, Guests, Worker

_PAGE = 500


class Claims(Record):
    """The calls of one tenant that wait for its workers."""

    log: Log
    book: GuestBook
    tenant: str

    async def waiting(self) -> AsyncIterator[tuple[TaskState, str, str, str]]:
        """Task, call, the worker that holds it or nothing, and the digest of its key; oldest task first."""
        after: str | None = None
        statuses = [Status.RUNNING.value, Status.WAITING.value]
        while True:
            query = TaskQuery(tenant=self.tenant, statuses=statuses, after=after, limit=_PAGE, oldest_first=True)
            page = await self.log.select(query)
            for state in page:
                for call, waits in state.waits.items():
                    kind, holder, key = held(waits)
                    if kind == WAITS:
                        yield state, call, holder, key
            if len(page) < _PAGE:
                return
            after = page[-1].id

    async def held(self) -> dict[str, list[str]]:
        """The calls that each worker holds, as ``task/turn.call``."""
        found: dict[str, list[str]] = {}
        async for state, call, holder, _ in self.waiting():
            found.setdefault(holder, []).append(key_of(state, call))
        return found

    async def again(self, worker: Worker, key: str) -> list[Work]:
        """What a worker was given under a key and has not settled yet: it asks again, for it got no answer."""
        guests = await self.book.of(self.tenant)
        theirs = [(state, call) async for state, call, *by in self.waiting() if by == [worker.id, key]]
        return [await self._work(state, call, guests) for state, call in theirs]

    async def take(self, worker: Worker, limit: int, key: str = "") -> list[Work]:
        """Claim up to so many calls for a worker; ``key`` is the digest of the key that it claims under."""
        guests = await self.book.of(self.tenant)
        taken: list[Work] = []
        touched: set[str] = set()
        async for state, call, holder, _ in self.waiting():
            if len(taken) >= limit:
                break
            # A claim moves the stream on: the next one of the same task is for the next look.
            if state.id in touched or not _offers(worker, state.open.get(call, "")):
                continue
            if holder and (holder == worker.id or self.book.alive(self.tenant, guests.workers.get(holder))):
                continue
            if holder and not _repeatable(worker, state.open[call]):
                await self._give_up(state, call)
                continue
            if (work := await self._claim(state, call, worker, guests, key)) is not None:
                taken.append(work)
                touched.add(state.id)
        return taken

    async def put_back(self, before: Worker, unread: Sequence[Work] | None = None) -> None:
        """What a worker held before it began anew is there for everybody again, itself among them.

        Of a call that must not be made twice the agent is told that nobody knows whether it was. With ``unread`` only
        this is put back, which was taken and never handed out.
        """
        keys = None if unread is None else {work.key for work in unread}
        moved = True
        while moved:
            held: dict[str, tuple[TaskState, list[Event]]] = {}
            async for state, call, holder, _ in self.waiting():
                if holder == before.id and (keys is None or key_of(state, call) in keys):
                    safe = keys is not None or _repeatable(before, state.open[call])
                    held.setdefault(state.id, (state, []))[1].append((_again if safe else _unknown)(state, call))
            moved = False
            for state, events in held.values():
                try:
                    await self.log.append(task_stream(state.id), state.version, events)
                except Conflict:
                    moved = True
                except Refused:
                    continue  # it has ended meanwhile

    async def _give_up(self, state: TaskState, call: str) -> None:
        """Its worker has died over it."""
        try:
            await self.log.append(task_stream(state.id), state.version, [_unknown(state, call)])
        except (Conflict, Refused):
            return

    async def _claim(self, state: TaskState, call: str, worker: Worker, guests: Guests, key: str) -> Work | None:
        header = {"turn": state.turn, "call": call, "worker": worker.id, **({"key": key} if key else {})}
        event = Event("call.claimed", header)
        try:
            await self.log.append(task_stream(state.id), state.version, [event])
        except (Conflict, Refused):
            return None
        return await self._work(state, call, guests)

    async def _work(self, state: TaskState, call: str, guests: Guests) -> Work:
        frames = read_stream(self.log, task_stream(state.id), self.tenant)
        history = [event async for frame in frames for event in frame.events]
        turns = replay(history)
        action = turns[-1].action if turns else None
        made = next((one for one in action.calls if one.id == call), None) if isinstance(action, Calls) else None
        changed = arguments_of(history, state.turn).get(call)
        arguments = changed if changed is not None else made.arguments if made is not None else {}
        agent = asked_agent(state.open[call])
        return Work(
            task=state.id, turn=state.turn, call=call, tool=state.open[call],
            key=key_of(state, call), arguments=arguments, wake_at=state.pending.get(call),
            asking=None if agent is None else _asking(agent, history, guests),
        )  # fmt: skip

    async def settle(self, state: TaskState, event: Event) -> None:
        """Append what came of a call.

        Raises:
            Conflict: the task has moved on.
        """
        await self.log.append(task_stream(state.id), state.version, [await stow(self.log, self.tenant, event)])


def key_of(state: TaskState, call: str) -> str:
    """What a call is told apart by, whoever makes it and however often: ``task/turn.call``."""
    return f"{state.id}/{state.turn}.{call}"


def _again(state: TaskState, call: str) -> Event:
    header = {"turn": state.turn, "call": call, "wake_at": state.pending.get(call), "waits": WAITS}
    return Event("call.pending", header, {"reference": asked_of(state.open[call])})


def _unknown(state: TaskState, call: str) -> Event:
    """Whether it happened nobody knows."""
    return observed(state.turn, failed(Call(call, state.open[call]), "tool.interrupted", INTERRUPTED))


def _asking(agent: str, history: Sequence[Event], guests: Guests) -> Asking:
    task = next(load(Task, event.payload) for event in history if event.kind == "task.queued")
    frame = frame_of(history)
    turns = [turn for turn in replay(history) if not is_question(turn.action)]
    tools: list[Tool] = []
    offered = guests.agents().get(agent)
    if offered is not None and offered.tools:
        tools = list(guests.tools().values())
    return Asking(
        agent=agent, description=task.description, prompt="" if frame is None else prompt_of(frame),
        turns=tuple(turns), tools=tuple(tools),
    )  # fmt: skip


def _offers(worker: Worker, tool: str) -> bool:
    agent = asked_agent(tool)
    if agent is not None:
        return any(one.name == agent for one in worker.offers.agents)
    return any(one.name == tool for one in worker.offers.tools)


def _repeatable(worker: Worker, tool: str) -> bool:
    return asked_agent(tool) is not None or any(one.name == tool and one.repeatable for one in worker.offers.tools)

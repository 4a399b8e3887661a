"""Admission: what is asked becomes a task on disk, or is refused before anything is written.

Called by the operations that submit, replay and fork, and by schedules. Checks every bound that can be checked now,
and appends ``task.queued``. What is refused here costs nothing; what is accepted is never lost.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Any

from .._walk.context import budget_for, check
from .._walk.counting import surely_fits
from .._walk.inputs import check as check_input
from .._walk.inputs import seen
from .._walk.journal import stow, stow_all, unstow
from ..errors import Conflict, DoorEmpty, InvalidRequest, KeyReused, KingpostError
from ..operations.tasks import Submit, Submitted
from ..records.access import Once
from ..records.context import Description
from ..records.event import TaskQuery
from ..records.record import replace
from ..records.task import Status, Task
from ..state import task_stream
from .delegate import queued
from .draft import Drafter, absolute, default_budget
from .echo import EchoLog
from .equip import Outfitter, reader_suffixes
from .plugins import Plugins
from .room import Counted, Room
from .settings import KernelSettings

_HEX = frozenset("0123456789abcdef")
_NEEDED = {
    "agents": "agent",
    "memory": "memory",
    "compressors": "compressor",
    "counters": "token counter",
    "log": "log",
}
_DOORS = tuple(_NEEDED)

_AMOUNTS = ("budget", "tokens", "money", "seconds")
_UNBOUNDED = (None,) * len(_AMOUNTS)
_amounts = attrgetter(*_AMOUNTS)


class Intake:
    """The door of one kernel."""

    def __init__(
        self,
        drafter: Drafter,
        outfitter: Outfitter,
        log: EchoLog,
        counted: Counted,
        met: Callable[[Task], None],
        limit: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        """``limit`` says how many tasks a tenant may have queued, where somebody has bounded it alone."""
        self._drafter, self._outfitter, self._log, self._met = drafter, outfitter, log, met
        self._settings, self._ports, self._plugins = drafter.settings, drafter.ports, drafter.plugins
        self._room = Room(log, self._settings, self._ports, counted, limit)

    async def submit(
        self, request: Submit, tenant: str, id: str | None = None, schedule: str | None = None
    ) -> tuple[Task, Submitted]:
        """Queue a task; durable when it returns. With an ``id`` that exists already, the one that exists.

        Raises:
            InputError: something in it must be mended. Overloaded: the queue is full; nothing was accepted.
        """
        task = await self._drafted(request, tenant, id or self._ports.ids.new())
        task = replace(task, schedule=schedule) if schedule else task
        return task, await self.queue(task)

    async def _drafted(self, request: Submit, tenant: str, id: str) -> Task:
        """A task that has passed all that can be checked before it is written.

        Raises:
            KingpostError: as ``submit``.
        """
        check_words(request, self._settings)
        check_workspace(request.workspace)
        inputs = await check_inputs(request.inputs, self._plugins, self._settings) if request.inputs else ()
        task, fitted = await self._drafter.draft(request, tenant, id, inputs)
        bounded = task.budget is not None or task.grant.tokens is not None
        if bounded or not surely_fits(request.description, fitted.room):
            await self.check_budget(task, fitted.description)
        return task

    async def submit_all(
        self, requests: Sequence[Submit], tenant: str, ids: Sequence[str] = (), **more: Any
    ) -> list[Submitted]:
        """Queue several tasks, all or none: each is checked before they go to disk together.

        Raises:
            InputError: something in one of them must be mended. Overloaded: there is no room for all of them.
        """
        made = ids or [self._ports.ids.new() for _ in requests]
        tasks = [await self._drafted(request, tenant, id) for request, id in zip(requests, made, strict=True)]
        await self._room.check(tenant, len(tasks))
        if len(tasks) == 1:
            return [await self._queue(tasks[0], **more)]
        return await self._queue_all(tasks, **more)

    async def submit_once(self, requests: Sequence[Submit], tenant: str, once: Once) -> list[Submitted]:
        """The same, with ids made out of a key: who asks again finds the tasks that there are.

        Raises:
            KeyReused: the key came with another request. KingpostError: as ``submit_all``.
        """
        many = len(requests) > 1
        ids = [keyed_id(tenant, f"{once.key}\0{n}" if many else once.key) for n in range(len(requests))]
        try:
            return await self.submit_all(requests, tenant, ids, once=once.digest)
        except KeyReused:
            raise KeyReused(once.key) from None
        except KingpostError:
            # It may have been accepted when there was room, and the agent was there.
            begun = await self._log.select(TaskQuery(ids=ids, tenant=tenant, limit=len(ids)))
            if len(begun) < len(ids):
                raise
            return [await self._before(id, tenant, once.digest) for id in ids]

    async def _before(self, id: str, tenant: str, digest: str | None) -> Submitted:
        """A task that was begun before, as it was answered then.

        Raises:
            KeyReused: by another request.
        """
        frame = (await self._log.read(0, 1, task_stream(id)))[0]
        payload = (await unstow(self._log, tenant, frame.events[0])).payload
        if digest is not None and payload is not None and payload.get("once") != digest:
            raise KeyReused(id)
        return Submitted(id=id, status=Status.QUEUED, position=frame.position)

    async def queue(self, task: Task, **more: Any) -> Submitted:
        """Append a task that was made already; ``more`` stands beside it in the payload."""
        await self._room.check(task.tenant)
        return await self._queue(task, **more)

    async def _queue(self, task: Task, **more: Any) -> Submitted:
        event = await stow(self._log, task.tenant, queued(task, **more))
        self._met(task)
        try:
            receipt = await self._log.append(task_stream(task.id), "", [event])
        except Conflict:
            return await self._before(task.id, task.tenant, more.get("once"))
        self._room.taken(task.tenant)
        self._ports.point("task.queued")
        return Submitted(id=task.id, status=Status.QUEUED, position=receipt.position)

    async def _queue_all(self, tasks: Sequence[Task], **more: Any) -> list[Submitted]:
        """Append what of these is not there yet, all or nothing."""
        tenant = tasks[0].tenant
        events = await stow_all(self._log, tenant, [queued(task, **more) for task in tasks])
        found: dict[str, Submitted] = {}
        missing = list(zip(tasks, events, strict=True))
        for task in tasks:
            self._met(task)
        while missing:
            try:
                receipts = await self._log.append_all([(task_stream(task.id), "", [event]) for task, event in missing])
            except Conflict:
                begun = await self._log.select(TaskQuery(ids=[task.id for task, _ in missing], limit=len(missing)))
                if not begun:
                    raise
                found |= {state.id: await self._before(state.id, tenant, more.get("once")) for state in begun}
                missing = [(task, event) for task, event in missing if task.id not in found]
                continue
            for (task, _), receipt in zip(missing, receipts, strict=True):
                found[task.id] = Submitted(id=task.id, status=Status.QUEUED, position=receipt.position)
            self._room.taken(tenant, len(missing))
            self._ports.point("task.queued")
            break
        return [found[task.id] for task in tasks]

    async def check_budget(self, task: Task, description: Description | None = None) -> None:
        """Refuse now what could never be decided: a budget that does not even hold the task's own words and tools.

        ``description`` is what its agent is, for who has it at hand.

        Raises:
            BudgetTooSmall: it does not.
        """
        description = description or await self._drafter.described(task.crew.agent, task.model, task.tenant)
        counter = await self._drafter.counter(task.crew.counter.name if task.crew.counter else "", description.model)
        tools = [tool for tool, _ in (await self._outfitter.tools(task, description)).values()]
        setting = task.budget or default_budget(counter, self._settings)
        budget = budget_for(description, counter, task.grant.tokens, setting)
        check(task.description, budget, counter, tools)


def keyed_id(tenant: str, key: str) -> str:
    """The id of the task that an idempotency key begins: a UUID of version 8 (RFC 9562, section 5.8).

    Where the key is a UUID of version 7 its time stays in front, so that ids of one time lie together on disk.
    """
    digest = sha256(f"{tenant}\0{key}".encode()).hexdigest()
    plain = key.replace("-", "").lower()
    timed = len(plain) >= 32 and plain[12] == "7" and _HEX.issuperset(plain[:12])
    head = plain[:12] if timed else digest[32:44]
    return f"{head[:8]}-{head[8:]}-8{digest[:3]}-{'89ab'[int(digest[3], 16) & 3]}{digest[4:7]}-{digest[7:19]}"


def require(plugins: Plugins) -> None:
    """Refuse to begin while a door that every task needs is empty.

    Raises:
        DoorEmpty: naming all of them, and what fills them.
    """
    if not plugins.offer(_DOORS):
        empty = [noun for kind, noun in _NEEDED.items() if not plugins.names(kind)]
        mend = "the kernel alone does nothing: 'pip install kingpost' brings the standard plugins ('kingpost doctor')"
        raise DoorEmpty([f"any {noun}" for noun in empty], mend)


def check_words(request: Submit, settings: KernelSettings) -> None:
    """Refuse texts and numbers that nothing can be done with.

    Raises:
        InvalidRequest: naming which.
    """
    check_text("description", request.description)
    check_text("context", request.context)
    for one in request.material:
        check_text("material", one.text)
    size = len(request.description.encode("utf-8"))
    if size > settings.description_bytes:
        raise InvalidRequest(
            f"the description has {size:,} bytes, more than {settings.description_bytes:,}; "
            "put the text into a file and hand it in with --input"
        )
    if not request.description.strip():
        raise InvalidRequest("the description is empty; say what is to be done")
    if _amounts(request) != _UNBOUNDED:
        for name, value in zip(_AMOUNTS, _amounts(request), strict=True):
            if value is not None and not 0 < value < math.inf:
                raise InvalidRequest(f"{name} is {value}; it must be more than 0, and finite")
    for name, most in (("depth", request.depth), ("fan_out", request.fan_out)):
        if most is not None and most < 0:
            raise InvalidRequest(f"{name} is {most}; it must be 0 or more")


def check_text(name: str, text: str) -> None:
    """Refuse what is no text, or cannot be stored.

    Raises:
        InvalidRequest: naming it.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise InvalidRequest(f"the {name} is no valid text (character {problem.start}); mend its encoding") from problem
    if "\0" in text:
        raise InvalidRequest(f"the {name} holds a NUL character; remove it")


def check_workspace(path: str | None) -> None:
    """Refuse a folder that tools could not work in.

    Raises:
        InvalidRequest: it is none.
    """
    if path is not None and not seen(Path(absolute(path)).is_dir):
        raise InvalidRequest(f"the workspace {path[:200]!r} is no folder of this machine; make it, or name another one")


async def check_inputs(given_paths: Sequence[str], plugins: Plugins, settings: KernelSettings) -> tuple[str, ...]:
    """The absolute paths of inputs that can be read in.

    Raises:
        UnreadableInput: one of them cannot.
    """
    if not given_paths:
        return ()
    suffixes = await reader_suffixes(plugins)
    inputs = []
    for given in given_paths:
        path = Path(absolute(given))
        readable = path.suffix.lower() in suffixes
        await asyncio.to_thread(check_input, path, settings.input_bytes, readable=readable)
        inputs.append(str(path))
    return tuple(dict.fromkeys(inputs))

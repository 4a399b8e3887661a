"""Children: what a call of ``delegate`` asks for as a task, bounded by its parent, and its first event.

Lent to the walk as its ``Delegates``. A child gets what its parent handed it and nothing else: no memory but what was
named, no tool that its parent lacks, no more than was cut out of its parent's grant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.json import encode

from .._walk.inputs import Root
from .._walk.journal import stow
from .._walk.spend import granted
from .._walk.turn import allowed
from ..chain import Written
from ..errors import Conflict, InvalidRequest
from ..operations.tasks import Submit
from ..protocols import Log
from ..records.codec import dump
from ..records.event import Event, TaskQuery
from ..records.grant import Grant
from ..records.record import Record, replace
from ..records.task import Task
from ..state import Bound, task_stream
from .draft import INPUTS, Drafter
from .personas import narrowed


class Children(Record):
    """Makes and begins the children of one task, which may use the ``tools``."""

    drafter: Drafter
    log: Log
    tools: Sequence[str]

    async def child(self, parent: Task, id: str, arguments: Mapping[str, Any], cut: Bound) -> Task:
        """The task that a call of ``delegate`` asks for. Writes nothing.

        Raises:
            InputError: it cannot be, with the mend.
        """
        if not arguments["description"].strip():
            raise InvalidRequest("the description is empty; say what is to be done")
        agent = arguments["agent"]
        same = agent == (parent.persona or parent.crew.agent.name)
        request = Submit(
            description=arguments["description"],
            agent=agent,
            model=parent.model if same else None,
            context=arguments.get("context", ""),
            budget=parent.budget if same else None,
            memory=parent.crew.memory.name if parent.crew.memory else None,
            compressor=parent.crew.compressor.name if parent.crew.compressor else None,
            tokens=cut[0],
            priority=parent.priority,
            deadline=parent.deadline,
            needs=parent.needs,
        )
        task = await self.drafter.task(request, parent.tenant, id)
        grant = self._grant(parent, arguments, cut)
        # A persona's own bounds hold for a child too.
        grant = replace(grant, tools=narrowed(grant.tools, task.grant.tools))
        return replace(task, parent=parent.id, root=parent.root or parent.id, grant=grant)

    def _grant(self, parent: Task, arguments: Mapping[str, Any], cut: Bound) -> Grant:
        tools = parent.grant.tools
        if (asked := arguments.get("tools")) is not None:
            # Names, not patterns: what a later plugin brings was not handed over.
            tools = tuple(tool for tool in self.tools if allowed(tool, asked))
        scopes: list[str] = []
        for name in arguments.get("memory", ()):
            scopes += [Root.of(path).scope for path in parent.inputs] if name == INPUTS else [name]
        return Grant(
            tokens=cut[0],
            money=cut[1],
            seconds=None if cut[2] is None else cut[2] / 1000,
            depth=parent.grant.depth - 1,
            fan_out=parent.grant.fan_out,
            tools=tools,
            scopes=tuple(scopes),
            workspace=parent.grant.workspace if arguments.get("share_workspace") else None,
        )

    async def begin(self, child: Task) -> None:
        """Queue it, unless that was done before."""
        event = await stow(self.log, child.tenant, queued(child))
        try:
            await self.log.append(task_stream(child.id), "", [event])
        except Conflict:
            return

    async def begun(self, ids: list[str]) -> set[str]:
        """Which of these tasks exist."""
        return {state.id for state in await self.log.select(TaskQuery(ids=ids, limit=len(ids)))}


def queued(task: Task, once: str | None = None, turns: Sequence[Any] = ()) -> Event:
    """The first event of a task. ``once`` names the request that it was made by, ``turns`` are what it begins with.

    Both stand beside the task in the payload.
    """
    header: dict[str, Any] = {
        "task": task.id, "tenant": task.tenant, "agent": task.persona or task.crew.agent.name, "root": task.root,
        "thread": task.thread, "priority": task.priority, "deadline": task.deadline,
    }  # fmt: skip
    bound = granted(task.grant)
    if task.parent:
        header["parent"] = task.parent
    if task.not_before:
        header["not_before"] = task.not_before
    if task.needs:
        header["needs"] = list(task.needs)
    if bound:
        header["grant"] = bound
    if turns:
        header["turn"] = len(turns)
    if task.origin:
        header["origin"] = task.origin
    more = ({"once": once} if once is not None else {}) | ({"turns": turns} if turns else {})
    # The turns of a fork, and half a surrogate pair, are for ``stow`` to look at.
    try:
        content = b"" if turns else encode(task)
    except (UnicodeEncodeError, OverflowError):
        content = b""
    if not content:
        return Event("task.queued", header, dump(task) | more)
    return Written("task.queued", header, content=content[:-1] + b"," + encode(more)[1:] if more else content)

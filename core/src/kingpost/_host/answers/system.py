"""Answers to operations on the installation."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..._walk.kit import TOOLS, delegate_tool
from ..._walk.remote import WORKERS
from ...errors import InvalidRequest, KingpostError, UnknownName
from ...operations import system as op
from ...protocols import Care, MemoryBackend
from ...records.event import Report, TaskQuery
from ...records.head import SignedHead
from ...records.memory import Selection
from ...records.record import replace
from ...records.speech import Progress
from ..doctor import examine
from ..equip import work_folder
from ..heads import compare, export, read_heads
from ..keep import backup, restore
from ..offered import tools_of
from .findings import report_to
from .house import House
from .steering import end_all
from .tasks import every, tree_of

PERSONAS = "personas"
"""Stands for the plugin of agents that are data."""

_SAMPLES = 1000
"""The newest tasks that statistics are made of."""


async def _agents(house: House, request: op.Nothing, tenant: str) -> op.AgentList:
    views = []
    for name, ids in house.plugins.names("agents").items():
        problem = None
        try:
            plugin = house.plugins.owner("agents", name).id
        except KingpostError as found:
            plugin, problem = ids[0], str(found)
        views.append(op.AgentView(name=name, plugin=plugin, default=name == house.config.agent, problem=problem))
    guests = await (await house.guests()).of(tenant)
    views += [op.AgentView(name=name, plugin=WORKERS, kind="worker") for name in guests.agents()]
    views += [op.AgentView(name=name, plugin=PERSONAS, kind="persona") for name in guests.personas]
    return op.AgentList(tuple(sorted(views, key=lambda view: view.name)))


async def _agent(house: House, request: op.AgentName, tenant: str) -> op.AgentView:
    for view in (await _agents(house, op.Nothing(), tenant)).agents:
        if view.name == request.name:
            return view
    house.plugins.owner("agents", request.name)
    raise UnknownName("agent", request.name, ())


async def _statistics(house: House, request: op.AgentName, tenant: str) -> op.Statistics:
    """Out of the newest tasks of the agent: the figures say how many."""
    await _agent(house, request, tenant)
    log = await house.log()
    states = await log.select(TaskQuery(tenant=tenant, agent=request.name, limit=_SAMPLES))
    ended = [state for state in states if state.final]
    count = Counter(state.status for state in ended)
    many = len(ended)
    return op.Statistics(
        agent=request.name, samples=many, succeeded=count["succeeded"], failed=count["failed"],
        cancelled=count["cancelled"], unfinished=len(states) - many,
        turns=sum(state.turn for state in ended) / many if many else None,
        tokens=sum(state.input_tokens + state.output_tokens for state in ended) / many if many else None,
        seconds=sum(state.updated - state.created for state in ended) / many / 1e6 if many else None,
    )  # fmt: skip


async def _tools(house: House, request: op.Nothing, tenant: str) -> op.ToolList:
    tools = []
    for name in house.plugins.names("executors"):
        try:
            tools += [op.ToolView(tool=tool, executor=name) for tool in await tools_of(house.plugins, name)]
        except KingpostError as problem:
            house.tell("", problem)
    guests = await (await house.guests()).of(tenant)
    tools += [op.ToolView(tool=tool, executor=WORKERS) for tool in guests.tools().values()]
    own = [*TOOLS.values(), delegate_tool(await house.drafter().named(tenant), ())]
    tools += [op.ToolView(tool=tool, executor="kingpost") for tool in own]
    return op.ToolList(tuple(sorted(tools, key=lambda view: view.tool.name)))


async def _plugins(house: House, request: op.Nothing, tenant: str) -> op.PluginList:
    return op.PluginList(
        tuple(
            op.PluginView(
                id=plugin.id,
                version=plugin.version,
                provides=dict(plugin.provides),
                enabled=plugin.id not in house.plugins.disabled,
                problem=house.plugins.problems.get(plugin.id),
            )
            for plugin in house.plugins.installed
        )
    )


async def care(house: House) -> Care:
    """The log, if it can be cared for."""
    log = await house.bare_log()
    if not isinstance(log, Care):
        raise InvalidRequest(f"the log {log.name!r} has no verify, backup or restore; use its own tools")
    return log


async def _verify(house: House, request: op.Verify, tenant: str) -> Report:
    log = await care(house)
    heads = [] if request.heads is None else await asyncio.to_thread(read_heads, Path(request.heads), house.home)
    # Of many heads the last says most: the log must lead to it, and so to all before it.
    newest = max(heads, key=lambda head: head.position, default=None)
    report = await log.verify(lambda done, total: house.tell("", Progress("verifying", done, total)), newest)
    others = await compare(await house.log(), [head for head in heads if head is not newest])
    return await report_to(tenant, replace(report, findings=(*report.findings, *others)), await house.log())


async def _rebuild(house: House, request: op.Rebuild, tenant: str) -> Report:
    log = await care(house)
    report = await log.rebuild(lambda done, total: house.tell("", Progress("rebuilding", done, total)), request.since)
    return await report_to(tenant, report, await house.log())


async def _head(house: House, request: op.Nothing, tenant: str) -> SignedHead:
    return await export(await house.log(), house.ports)


async def _erase(house: House, request: op.Erase, tenant: str) -> op.Erasure:
    """Whatever still runs is ended first, so that nothing of it is written afterwards."""
    if (request.task is None) == (not request.everything):
        raise InvalidRequest("name a task, or say that everything of the tenant is to go")
    log, keeper = await house.log(), await care(house)
    memory: MemoryBackend = await house.plugins.use("memory", house.config.memory)
    if request.task is None:
        tasks = [state.id for state in await every(log, TaskQuery(tenant=tenant))]
        await end_all(log, tenant, None)
        memories = await memory.forget(Selection(scope=None, tenant=tenant))
        gone = [await keeper.erase(tenant, None)]
    else:
        # What it handed to its children is its content too, and what they came to.
        tasks = [state.id for state in await tree_of(log, request.task, tenant)]
        for id in tasks:
            await end_all(log, tenant, id)
        memories = sum([await memory.forget(Selection(scope=None, tenant=tenant, source=f"task {id}")) for id in tasks])
        gone = [await keeper.erase(tenant, id) for id in tasks]
    house.views.forget()
    (await house.guests()).forget()
    (await house.jobs()).forget()
    await asyncio.to_thread(_clear, house.home, tasks)
    return op.Erasure(
        tasks=sum(one.tasks for one in gone), payloads=sum(one.payloads for one in gone),
        blobs=sum(one.blobs for one in gone), memories=memories,
    )  # fmt: skip


def _clear(home: Path, tasks: Sequence[str]) -> None:
    """Remove the workspaces that these tasks had for themselves."""
    for id in tasks:
        shutil.rmtree(work_folder(home, id), ignore_errors=True)


async def _seal(house: House, request: op.Seal, tenant: str) -> op.Sealing:
    if request.before < 0:
        raise InvalidRequest(f"before is {request.before:g}; give seconds since the epoch, 0 or more")
    return op.Sealing(segment=await (await care(house)).seal(request.before, Path(request.target)))


async def _backup(house: House, request: op.Backup, tenant: str) -> op.Copied:
    memory = await house.plugins.use("memory", house.config.memory)

    def tell(step: str, done: int, total: int) -> None:
        house.tell("", Progress(step, done, total or None))

    return await backup(house.home, Path(request.target), await care(house), memory, tell)


async def _restore(house: House, request: op.Restore, tenant: str) -> op.Copied:
    memory = await house.plugins.use("memory", house.config.memory)
    return await restore(house.home, Path(request.source), await care(house), memory)


async def _doctor(house: House, request: op.Nothing, tenant: str) -> op.Health:
    return await examine(house.ports, house.settings, house.config, house.plugins, house.log, tenant)


ANSWERS: Mapping[str, Any] = {
    op.AGENTS.id: _agents,
    op.TOOLS.id: _tools,
    op.PLUGINS.id: _plugins,
    op.VERIFY.id: _verify,
    op.REBUILD.id: _rebuild,
    op.HEAD.id: _head,
    op.ERASE.id: _erase,
    op.SEAL.id: _seal,
    op.BACKUP.id: _backup,
    op.RESTORE.id: _restore,
    op.DOCTOR.id: _doctor,
    op.AGENT.id: _agent,
    op.STATISTICS.id: _statistics,
}

"""Answers to operations on the installation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import InvalidRequest, KingpostError
from ...operations import system as op
from ...protocols import Care
from ...records.event import Report
from ...records.speech import Progress
from ..doctor import examine
from ..keep import backup, restore
from .house import House


async def _agents(house: House, request: op.Nothing, tenant: str) -> op.AgentList:
    views = []
    for name, ids in house.plugins.names("agents").items():
        problem = None
        try:
            plugin = house.plugins.owner("agents", name).id
        except KingpostError as found:
            plugin, problem = ids[0], str(found)
        views.append(op.AgentView(name=name, plugin=plugin, default=name == house.config.agent, problem=problem))
    return op.AgentList(tuple(views))


async def _tools(house: House, request: op.Nothing, tenant: str) -> op.ToolList:
    tools = []
    for name in house.plugins.names("executors"):
        executor = await house.plugins.use("executors", name)
        tools += [op.ToolView(tool=tool, executor=name) for tool in await executor.tools()]
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
    log = await house.log()
    if not isinstance(log, Care):
        raise InvalidRequest(f"the log {log.name!r} has no verify, backup or restore; use its own tools")
    return log


async def _verify(house: House, request: op.Nothing, tenant: str) -> Report:
    log = await care(house)
    return await log.verify(lambda done, total: house.tell("", Progress("verifying", done, total)))


async def _backup(house: House, request: op.Backup, tenant: str) -> op.Copied:
    memory = await house.plugins.use("memory", house.config.memory)
    return await backup(Path(request.target), await care(house), memory)


async def _restore(house: House, request: op.Restore, tenant: str) -> op.Copied:
    memory = await house.plugins.use("memory", house.config.memory)
    return await restore(Path(request.source), await care(house), memory)


async def _doctor(house: House, request: op.Nothing, tenant: str) -> op.Health:
    return await examine(house.home, house.settings, house.config, house.plugins, house.log)


ANSWERS: Mapping[str, Any] = {
    op.AGENTS.id: _agents,
    op.TOOLS.id: _tools,
    op.PLUGINS.id: _plugins,
    op.VERIFY.id: _verify,
    op.BACKUP.id: _backup,
    op.RESTORE.id: _restore,
    op.DOCTOR.id: _doctor,
}

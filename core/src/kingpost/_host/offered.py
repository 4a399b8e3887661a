"""What an agent or an executor says of itself, asked with a limit and looked through before anything is made of it.

Called by ``agents`` for descriptions, by ``equip`` and the operations for tools, and wherever tokens are counted.
Whatever comes instead is blamed on the plugin by name; it is a failure of those who wanted it and of nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from .._walk.counting import Counting
from .._walk.sound import is_name
from .._walk.told import is_fault, thrown, told
from ..errors import KingpostError, PluginBroken, Unavailable
from ..protocols import Agent, Executor, TokenCounter
from ..records.action import Tool
from ..records.codec import adapter
from ..records.context import Description
from .plugins import Plugins

PATIENCE_SECONDS = 60.0
"""How long a plugin may take to start and to say what it offers."""


async def tools_of(plugins: Plugins, name: str, known: Sequence[Tool] = ()) -> Sequence[Tool]:
    """The tools of an executor; those that are ``known`` need not be looked through again.

    Raises:
        PluginBroken: it raised, or named something else. Unavailable: it does not answer.
        KingpostError: nobody offers it, or its plugin is broken.
    """

    async def ask() -> Any:
        executor: Executor = await plugins.use("executors", name)
        return await executor.tools()

    came = await _asked(plugins, "executors", name, "tools()", ask())
    if not isinstance(came, list | tuple):
        raise _blame(plugins, "executors", name, "tools()", "a list of tools", type(came).__name__)
    same = len(came) == len(known) and all(one is other for one, other in zip(came, known, strict=True))
    if not same and not all(map(_is_tool, came)):
        raise _blame(plugins, "executors", name, "tools()", "a list of tools with names", type(came).__name__)
    return came


def _is_tool(came: Any) -> bool:
    if type(came) is not Tool or not is_name(came.name) or not isinstance(came.description, str):
        return False
    try:
        adapter(Tool).dump_json(came, warnings="error")
    except (ValueError, TypeError, RecursionError):
        return False
    return True


async def description_of(plugins: Plugins, name: str, model: str | None) -> Description:
    """What an agent is with a model.

    Raises:
        PluginBroken: it raised, or says what cannot be. Unavailable: it does not answer.
        KingpostError: what it reports itself, or nobody offers it.
    """

    async def ask() -> Any:
        agent: Agent = await plugins.use("agents", name)
        return await agent.describe(model)

    came = await _asked(plugins, "agents", name, "describe()", ask())
    if type(came) is not Description or not _is_sound(came):
        raise _blame(plugins, "agents", name, "describe()", "a Description with bounds from 0 up", repr(came)[:300])
    return came


def _is_sound(came: Description) -> bool:
    try:
        adapter(Description).dump_json(came, warnings="error")
    except (ValueError, TypeError, RecursionError):
        return False
    return all(bound >= 0 for bound in (came.window or 0, came.room, *(came.prices or ())))


async def counter_of(plugins: Plugins, name: str) -> TokenCounter:
    """A token counter, started, whose answers are looked at.

    Raises:
        KingpostError: nobody offers it, or its plugin is broken.
    """
    return Counting(await plugins.use("counters", name), plugins.owner("counters", name).id)


async def _asked(plugins: Plugins, kind: str, name: str, what: str, asking: Awaitable[Any]) -> Any:
    limit = asyncio.timeout(PATIENCE_SECONDS)
    try:
        async with limit:
            return await asking
    except KingpostError:
        raise
    except BaseException as problem:
        if not is_fault(problem):
            raise
        if limit.expired():
            raise Unavailable(f"{name!r} has not answered {what} within {PATIENCE_SECONDS:g} s") from problem
        raise _blame(plugins, kind, name, what, "an answer", thrown(problem, 300)) from problem


def _blame(plugins: Plugins, kind: str, name: str, what: str, expected: str, came: str) -> PluginBroken:
    """One wrong answer does not put a plugin out of use; the next may be right."""
    return PluginBroken(plugins.owner(kind, name).id, f"{what} of {name!r}", expected, told(came, 300))

"""Admission: what is asked becomes a task on disk, or is refused before anything is written.

Called by the operation ``tasks.submit``. Chooses the crew, checks every bound that can be checked now, and appends
``task.queued``. What is refused here costs nothing; what is accepted is never lost.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from .._walk.context import Stock, Want, budget_for, fit, gather
from .._walk.inputs import check
from .._walk.journal import stow
from .._walk.turn import allowed
from ..errors import DoorEmpty, InvalidRequest
from ..operations.tasks import Submit, Submitted
from ..ports import Ports
from ..protocols import Agent, Executor, Log, TokenCounter
from ..records.action import Tool
from ..records.codec import dump
from ..records.context import Description
from ..records.event import Event
from ..records.grant import Grant
from ..records.task import Crew, Status, Task
from ..state import task_stream
from .plugins import Plugins
from .settings import KernelSettings

DEFAULT_SCOPE = "default"
DEFAULT_BUDGET = 8000
"""Context budget in tokens where nobody names one."""

BOUND_BUDGET = 15000
"""The same for a counter that gives an upper bound, which counts about four for a token of prose."""

_NEEDED = {
    "agents": "agent",
    "memory": "memory",
    "compressors": "compressor",
    "counters": "token counter",
    "log": "log",
}


async def submit(request: Submit, tenant: str, plugins: Plugins, settings: KernelSettings, ports: Ports) -> Submitted:
    """Queue a task; durable when it returns."""
    require(plugins)
    _check_words(request, settings)
    inputs = await check_inputs(request.inputs, plugins, settings)
    agent: Agent = await plugins.use("agents", request.agent or settings.agent)
    description = await agent.describe(request.model or settings.model)
    task = _task(request, tenant, inputs, description, plugins, settings, ports)
    await _check_budget(task, description, plugins, settings, ports)
    log: Log = await plugins.use("log", settings.log)
    header = {
        "task": task.id, "tenant": tenant, "agent": task.crew.agent.name, "root": task.root,
        "thread": task.thread, "priority": task.priority, "deadline": task.deadline,
    }  # fmt: skip
    event = await stow(log, tenant, Event("task.queued", header, dump(task)))
    receipt = await log.append(task_stream(task.id), "", [event])
    ports.point("task.queued")
    return Submitted(id=task.id, status=Status.QUEUED, position=receipt.position)


def require(plugins: Plugins) -> None:
    """Refuse to begin while a door that every task needs is empty.

    Raises:
        DoorEmpty: naming all of them, and what fills them.
    """
    empty = [noun for kind, noun in _NEEDED.items() if not plugins.names(kind)]
    if empty:
        mend = "the kernel alone does nothing: 'pip install kingpost' brings the standard plugins ('kingpost doctor')"
        raise DoorEmpty([f"any {noun}" for noun in empty], mend)


def _check_words(request: Submit, settings: KernelSettings) -> None:
    for name, text in (("description", request.description), ("context", request.context)):
        try:
            size = len(text.encode("utf-8"))
        except UnicodeEncodeError as problem:
            raise InvalidRequest(
                f"the {name} is no valid text (character {problem.start}); mend its encoding"
            ) from problem
        if "\0" in text:
            raise InvalidRequest(f"the {name} holds a NUL character; remove it")
        if name == "description" and size > settings.description_bytes:
            raise InvalidRequest(
                f"the description has {size:,} bytes, more than {settings.description_bytes:,}; "
                "put the text into a file and hand it in with --input"
            )
    if not request.description.strip():
        raise InvalidRequest("the description is empty; say what is to be done")
    for name, value in (("budget", request.budget), ("tokens", request.tokens), ("seconds", request.seconds)):
        if value is not None and not value > 0:
            raise InvalidRequest(f"{name} is {value}; it must be more than 0")


async def check_inputs(given_paths: Sequence[str], plugins: Plugins, settings: KernelSettings) -> tuple[str, ...]:
    """The absolute paths of inputs that can be read in.

    Raises:
        UnreadableInput: one of them cannot.
    """
    suffixes = await reader_suffixes(plugins)
    inputs = []
    for given in given_paths:
        path = Path(absolute(given))
        readable = path.suffix.lower() in suffixes
        await asyncio.to_thread(check, path, settings.input_bytes, readable=readable)
        inputs.append(str(path))
    return tuple(dict.fromkeys(inputs))


async def reader_suffixes(plugins: Plugins) -> Mapping[str, str]:
    """Which suffix which reader takes."""
    names = plugins.names("readers")
    return {suffix: name for name in names for suffix in (await plugins.use("readers", name)).suffixes}


def _task(
    request: Submit, tenant: str, inputs: tuple[str, ...], description: Description, plugins: Plugins,
    settings: KernelSettings, ports: Ports,
) -> Task:  # fmt: skip
    counter = description.counter or settings.counter
    crew = Crew(
        agent=plugins.part("agents", request.agent or settings.agent),
        memory=plugins.part("memory", request.memory or settings.memory),
        compressor=plugins.part("compressors", request.compressor or settings.compressor),
        counter=plugins.part("counters", counter),
        executors=tuple(plugins.part("executors", name) for name in plugins.names("executors")),
    )
    grant = Grant(
        tokens=request.tokens,
        seconds=request.seconds,
        tools=("*",) if request.tools is None else request.tools,
        scopes=(DEFAULT_SCOPE,) if request.scopes is None else request.scopes,
        workspace=None if request.workspace is None else absolute(request.workspace),
    )
    id = ports.ids.new()
    return Task(
        id=id, root=id, description=request.description, crew=crew, tenant=tenant, model=description.model,
        context=request.context, inputs=inputs, grant=grant, budget=request.budget,
        thread=request.thread, priority=request.priority, created=ports.clock.now(), deadline=request.deadline,
    )  # fmt: skip


async def _check_budget(
    task: Task, description: Description, plugins: Plugins, settings: KernelSettings, ports: Ports
) -> None:
    """Refuse now what could never be decided: a budget that does not even hold the task's own words and its tools."""
    counter: TokenCounter = await plugins.use("counters", task.crew.counter.name if task.crew.counter else "")
    compressor = await plugins.use("compressors", task.crew.compressor.name if task.crew.compressor else "")
    want = Want(text=task.description, tenant=task.tenant, scopes=(), limit=0, seconds=0)
    stock = await gather(want, "", None, ports)
    tools = [tool for tool, _ in (await tools_for(task, description, plugins)).values()]
    budget = budget_for(
        description.window, description.room, task.grant.tokens, task.budget or default_budget(counter, settings)
    )
    await fit(Stock(stock.passages[:1]), budget, task.description, compressor, counter, tools)


def absolute(path: str) -> str:
    """A path from the current folder, ``..`` taken out and links not followed: a root keeps the name it was given."""
    return os.path.normpath(Path(path).absolute())


def default_budget(counter: TokenCounter, settings: KernelSettings) -> int:
    """The context budget where a task names none, in tokens of its counter."""
    return settings.budget or (DEFAULT_BUDGET if counter.exact else BOUND_BUDGET)


async def tools_for(task: Task, description: Description, plugins: Plugins) -> Mapping[str, tuple[Tool, Executor]]:
    """The tools that a task's agent may use, by name, with who executes them."""
    if not description.tools:
        return {}
    tools: dict[str, tuple[Tool, Executor]] = {}
    for part in task.crew.executors:
        executor: Executor = await plugins.use("executors", part.name)
        tools |= {
            tool.name: (tool, executor) for tool in await executor.tools() if allowed(tool.name, task.grant.tools)
        }
    return dict(sorted(tools.items()))

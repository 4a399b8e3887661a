"""What is asked becomes a task: crew, grant and the bounds of a turn, every name resolved.

Called by ``intake`` for what comes from outside and by ``delegate`` for children. Writes nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from .._walk.calibrate import Calibrated, Calibrations
from .._walk.context import budget_for
from .._walk.counting import error_of
from .._walk.kit import DELEGATE, TOOLS, Kit, delegate_tool
from .._walk.remote import WORKERS
from .._walk.spend import turn_bound
from .._walk.turn import allowed
from ..errors import InvalidRequest, KingpostError
from ..operations.tasks import Submit
from ..ports import Ports
from ..protocols import Executor, TokenCounter
from ..records.action import Tool
from ..records.context import Description
from ..records.grant import Grant
from ..records.record import Record, field
from ..records.task import Crew, Part, Task
from .agents import Agents
from .guests import Guests
from .offered import counter_of
from .personas import laid_over
from .plugins import Plugins
from .settings import KernelSettings

DEFAULT_SCOPE = "default"
DEFAULT_BUDGET = 8000
"""Context budget in tokens where nobody names one."""

BOUND_BUDGET = 15000
"""The same for a counter that gives an upper bound, which counts about four for a token of prose."""

INPUTS = "inputs"
"""How a parent names the memory of the files that it was given, when it hands memory to a child."""


class Fitted(Record):
    """What all tasks have in common that ask for the same agent, model, memory and compressor.

    It holds while the agent's ``description`` with the model that was ``asked`` for is this very one, and no plugin
    more has a problem. ``room`` is the budget of each prompt where a request bounds nothing; 0 where it depends on more
    than this: an agent with a model, or with tools.
    """

    description: Description
    asked: str | None
    crew: Crew
    counter: str
    fallbacks: tuple[Part, ...]
    problems: int
    room: int


_MOST_FITTED = 256


class Drafter(Record):
    """Makes tasks out of requests."""

    plugins: Plugins
    agents: Agents
    settings: KernelSettings
    ports: Ports
    calibrations: Calibrations
    guests: Callable[[str], Awaitable[Guests]]
    _fitted: dict[tuple[str | None, ...], Fitted] = field(default_factory=dict)
    _counters: dict[str, tuple[TokenCounter, int]] = field(default_factory=dict)

    async def task(self, request: Submit, tenant: str, id: str, inputs: tuple[str, ...] = ()) -> Task:
        """As ``draft``, for who needs to know no more."""
        return (await self.draft(request, tenant, id, inputs))[0]

    async def draft(self, request: Submit, tenant: str, id: str, inputs: tuple[str, ...] = ()) -> tuple[Task, Fitted]:
        """A root task, and what it has in common with others; whoever makes a child of it says so with ``replace``.

        Raises:
            InvalidRequest: it cannot be bounded as it asks.
            KingpostError: a name is unknown, or a model does not answer.
        """
        fitted, persona = self._known(request), None
        if fitted is None:
            name = request.agent or self.settings.agent
            if name not in self.plugins.names("agents"):
                persona = (await self.guests(tenant)).personas.get(name)
                request = request if persona is None else laid_over(persona, request)
            fitted = await self._fit(request, tenant)
        crew, description = fitted.crew, fitted.description
        if request.money is not None and description.model is not None and description.prices is None:
            raise InvalidRequest(
                f"nobody knows the price of model {description.model!r}, so a grant of money cannot be kept; "
                "bound it with tokens, or let the agent's plugin name the price"
            )
        bound = (0, 0)
        if description.model is not None:
            counter = await self.counter(fitted.counter, description.model)
            setting = request.budget or default_budget(counter, self.settings)
            bound = turn_bound(budget_for(description, counter, request.tokens, setting), description)
        task = Task(
            id=id, root=id, description=request.description, crew=crew, tenant=tenant, model=description.model,
            context=request.context, inputs=inputs, grant=self._grant(request), budget=request.budget,
            thread=request.thread, priority=request.priority, created=self.ports.clock.now(),
            deadline=request.deadline, not_before=request.not_before, needs=request.needs,
            fallbacks=fitted.fallbacks, bound=bound, material=request.material, origin=request.origin,
            persona=None if persona is None else persona.name,
        )  # fmt: skip
        return task, fitted

    def _known(self, request: Submit) -> Fitted | None:
        """What is known still of what others asked for alike. Plugins' agents only: those of guests come and go."""
        known = self._fitted.get((request.agent, request.model, request.memory, request.compressor))
        if known is None or known.problems != len(self.plugins.problems):
            return None
        return known if self.agents.kept(known.crew.agent.name, known.asked) is known.description else None

    async def _fit(self, request: Submit, tenant: str) -> Fitted:
        name, plugins = request.agent or self.settings.agent, self.plugins
        agent, asked = await self.part(name, tenant), self.model(name, request.model)
        description = await self.described(agent, asked, tenant)
        counter = self.counter_name(description)
        crew = Crew(
            agent=agent,
            memory=plugins.part("memory", request.memory or self.settings.memory),
            compressor=plugins.part("compressors", request.compressor or self.settings.compressor),
            counter=plugins.part("counters", counter),
            executors=tuple(plugins.part("executors", name) for name in plugins.names("executors")),
        )
        fallbacks = tuple(plugins.part("agents", other) for other in self.settings.fallbacks.get(agent.name, ()))
        room = 0
        if description.model is None and not description.tools and agent.plugin != WORKERS:
            counts = await self.counter(counter, None)
            room = budget_for(description, counts, None, default_budget(counts, self.settings))
        made = Fitted(description, asked, crew, counter, fallbacks, len(plugins.problems), room)
        if agent.plugin != WORKERS:
            if len(self._fitted) >= _MOST_FITTED:
                self._fitted.clear()
            self._fitted[request.agent, request.model, request.memory, request.compressor] = made
        return made

    async def part(self, name: str, tenant: str) -> Part:
        """Who decides under this name: a plugin's agent, or one that a worker of the tenant serves.

        Raises:
            KingpostError: nobody.
        """
        if name not in self.plugins.names("agents") and name in (await self.guests(tenant)).agents():
            return Part(name, WORKERS, "0")
        return self.plugins.part("agents", name)

    async def described(self, agent: Part, model: str | None, tenant: str) -> Description:
        """What an agent is with a model.

        Raises:
            KingpostError: nobody offers it, or its model does not answer.
        """
        if agent.plugin != WORKERS:
            return await self.agents.describe(agent.name, model)
        offered = (await self.guests(tenant)).agents().get(agent.name)
        return Description(tools=offered is not None and offered.tools)

    async def named(self, tenant: str) -> list[str]:
        """Every agent that a task of this tenant may delegate to."""
        guests = await self.guests(tenant)
        single = {name for name, owners in self.plugins.names("agents").items() if len(owners) == 1}
        return sorted({*single, *guests.agents(), *guests.personas})

    def counter_name(self, description: Description) -> str:
        """The counter of an agent's model: its own, unless that is only a bound and another one is exact for it."""
        named, known = description.counter, self.plugins.counter_for(description.model)
        if known is not None and (named is None or not self.plugins.get("counters", named).exact):
            return known
        return named or self.settings.counter

    async def counter(self, name: str, model: str | None) -> TokenCounter:
        """The counter for a task's model: in place of a bound one that was calibrated, as soon as there is one.

        Raises:
            KingpostError: nobody offers it, or its plugin is broken.
        """
        problems = len(self.plugins.problems)
        found, asked_at = self._counters.get(name, (None, -1))
        if found is None or asked_at != problems:
            found = await counter_of(self.plugins, name)
            self._counters[name] = found, problems
        if found.exact or model is None or not self.settings.calibrate:
            return found
        calibration = self.calibrations.of(model)
        base = None if calibration is None else await counter_of(self.plugins, self.settings.counter)
        return found if calibration is None or base is None or not base.exact else Calibrated(base, model, calibration)

    async def learner(self, name: str, model: str | None) -> Callable[[str, int], None] | None:
        """How what a server reports is learned, where nothing counts exactly what its model reads."""
        if model is None or not self.settings.calibrate or (await counter_of(self.plugins, name)).exact:
            return None
        with contextlib.suppress(KingpostError):
            base = await counter_of(self.plugins, self.settings.counter)
            if base.exact:
                return partial(self._learn, base, model)
        return None

    def _learn(self, base: TokenCounter, model: str, text: str, reported: int) -> None:
        # The turn is paid for; a counter that breaks must not cost it.
        with contextlib.suppress(KingpostError):
            self.calibrations.learn(model, base.count(text), reported)

    def model(self, agent: str, asked: str | None) -> str | None:
        """The model that a task gets: the one it names, or the settings' for the settings' agent."""
        return asked or (self.settings.model if agent == self.settings.agent else None)

    def _grant(self, request: Submit) -> Grant:
        settings = self.settings
        return Grant(
            tokens=request.tokens,
            money=request.money,
            seconds=request.seconds,
            depth=settings.depth if request.depth is None else request.depth,
            fan_out=settings.fan_out if request.fan_out is None else request.fan_out,
            tools=("*",) if request.tools is None else request.tools,
            scopes=(DEFAULT_SCOPE,) if request.scopes is None else request.scopes,
            workspace=None if request.workspace is None else absolute(request.workspace),
        )


def absolute(path: str) -> str:
    """A path from the current folder, ``..`` taken out and links not followed: a root keeps the name it was given."""
    return os.path.normpath(Path(path).absolute())


def default_budget(counter: TokenCounter, settings: KernelSettings) -> int:
    """The context budget where a task names none, in tokens of its counter."""
    return settings.budget or (DEFAULT_BUDGET if counter.exact or error_of(counter) is not None else BOUND_BUDGET)


Offered = Callable[[str], Awaitable[Mapping[str, tuple[Tool, Executor]]]]
"""The tools of an executor, by name, with itself."""


async def tools_for(
    task: Task, description: Description, agents: Sequence[str], kit: Kit, offered: Offered
) -> Mapping[str, tuple[Tool, Executor]]:
    """The tools that a task's agent may use, by name, with who executes them. Names of the kernel's own are its."""
    if not description.tools:
        return {}
    tools: dict[str, tuple[Tool, Executor]] = dict(await offered(WORKERS))
    for part in task.crew.executors:
        tools |= await offered(part.name)
    # Also those that this task has not got: another's tool of that name would pass for the kernel's.
    for name in (DELEGATE, *TOOLS):
        tools.pop(name, None)
    tools |= {tool.name: (tool, kit) for tool in await kit.tools()}
    if task.grant.depth > 0 and task.grant.fan_out > 0 and agents:
        handed = [*((INPUTS,) if task.inputs else ()), *task.grant.scopes]
        tools[DELEGATE] = (delegate_tool(agents, handed), kit)
    return {name: tools[name] for name in sorted(tools) if allowed(name, task.grant.tools)}

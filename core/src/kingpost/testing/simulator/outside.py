"""What stands around the processes and outlives them: models, tools with their effects, a memory, people who answer.

Wrapped by ``history`` around whatever a workload offers, so that every agent and tool meets the same trouble and
leaves the same account. Nothing here knows a promise; ``promises`` reads the account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from msgspec import Struct, field

from ...errors import Unavailable
from ...protocols import Agent, Executor, Say
from ...records.action import Action, Call, HandedIn, Limits, Made, Observation, Pending, Tool
from ...records.context import Context, Description
from ...records.memory import Memory, Query, Recollection
from ...state import task_stream
from ..fakes import DictMemory
from .process import Process
from .stage import Stage
from .trouble import Trouble

LONGEST_HANG = 12.0
"""Seconds until what hangs comes back after all; most are given up before."""

ANSWER = "somebody's answer"
BRINGS = 0.3
"""How often an answer from outside comes with a file."""


class Execution(Struct):
    """One time that a call was executed: by whom, whether its tool says that this may be done twice, how it went."""

    who: str
    repeatable: bool
    done: bool = False


class Outside(Struct):
    """The account of what processes asked of the world.

    ``decided`` counts what was asked by task and turn; ``files`` are those that a tool handed in, by the call's key.
    """

    stage: Stage
    trouble: Trouble
    kept: dict[tuple[str, str, str], Memory] = field(default_factory=dict)
    decided: dict[tuple[str, int], int] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    executions: dict[str, list[Execution]] = field(default_factory=dict)
    tools: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[Made, ...]] = field(default_factory=dict)

    def brought(self, task: str, call: str) -> tuple[Made, ...]:
        """What an answer from outside comes with, seldom anything: the same for all calls of one id in a task.

        Whoever answers twice may settle the next one of that id, which no answer without a token tells apart.
        """
        if self.stage.dice("brings", task, call).random() >= BRINGS:
            return ()
        return (Made("from outside", f"{task} {call}".encode()),)

    def asks(self, process: Process, task: str, number: int) -> None:
        """A process asks an agent for a turn. Whoever holds the task must not ask for one that is recorded."""
        self.stage.note(process.name, "asks for", f"{task} turn {number}")
        self.decided[task, number] = self.decided.get((task, number), 0) + 1
        state = self.stage.tasks.get(task_stream(task))
        if state is not None and state.worker in process.log.workers and state.turn >= number:
            self.again.append(f"{process.name} asked for turn {number} of {task}, which was recorded")


class WatchedAgent:
    """An agent in a world where models are slow, down or mad at times."""

    def __init__(self, agent: Agent, process: Process, outside: Outside) -> None:
        self.name = agent.name
        self._agent, self._process, self._outside = agent, process, outside

    async def describe(self, model: str | None) -> Description:
        return await self._agent.describe(model)

    async def decide(self, context: Context, say: Say) -> Action:
        outside, number = self._outside, turn_of(context)
        outside.asks(self._process, context.task, number)
        tries = outside.decided[context.task, number]
        dice = outside.stage.dice("model", context.task, number, tries)
        await asyncio.sleep(dice.random() ** 3 * 0.2)
        if "model" in outside.trouble and dice.random() < 0.2:
            return await self._fails(dice)
        return await self._agent.decide(context, say)

    async def _fails(self, dice: Random) -> Action:
        kind = dice.choice(("down", "down", "down", "hangs", "raises", "rubbish"))
        self._outside.stage.note(self._process.name, f"finds that the model {kind}")
        if kind == "hangs":
            await asyncio.sleep(dice.random() * LONGEST_HANG)
        if kind == "raises":
            raise RuntimeError("this model has gone mad")
        if kind == "rubbish":
            return "rubbish"  # type: ignore[return-value]  # that is the point
        raise Unavailable("the model's server does not answer")


def turn_of(context: Context) -> int:
    """The number of the turn that is asked for; where no room is left, the early ones stand in the ledger only."""
    dropped = [int(row.id[5:]) for row in context.pack.dropped if row.id.startswith("turn ") and row.id[5:].isdigit()]
    return 1 + max([turn.number for turn in context.turns] + dropped, default=0)


class WatchedExecutor:
    """Tools whose every use is written down, and which raise or hang at times."""

    def __init__(self, executor: Executor, process: Process, outside: Outside) -> None:
        self.name = executor.name
        self._executor, self._process, self._outside = executor, process, outside
        self._repeatable: dict[str, bool] = {}

    async def tools(self) -> Sequence[Tool]:
        tools = await self._executor.tools()
        self._repeatable = {tool.name: tool.repeatable for tool in tools}
        self._outside.tools.update(self._repeatable)
        return tools

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        outside = self._outside
        outside.stage.note(self._process.name, "executes", call.tool, limits.key)
        execution = Execution(self._process.name, self._repeatable.get(call.tool, False))
        past = outside.executions.setdefault(limits.key, [])
        past.append(execution)
        outside.tokens[limits.key] = limits.token
        dice = outside.stage.dice("tool", limits.key, len(past))
        await asyncio.sleep(dice.random() ** 3 * 0.05)
        if "tool" in outside.trouble and dice.random() < 0.2:
            if dice.random() < 0.3:
                await asyncio.sleep(dice.random() * LONGEST_HANG)
            raise RuntimeError("this tool is broken")
        came = await self._executor.execute(call, limits)
        execution.done = True
        if isinstance(came, HandedIn):
            outside.files[limits.key] = came.files
        return came


class LengthCounter:
    """Counts four characters as one token, which is quick, and all that a simulated model knows of words."""

    name, exact = "length", True

    def count(self, text: str) -> int:
        return -(-len(text) // 4)

    def cut(self, text: str, limit: int) -> str:
        return text[: limit * 4]


class TroubledMemory(DictMemory):
    """A memory that all processes share, down or slow at times."""

    def __init__(self, name: str, outside: Outside, dice: Random) -> None:
        super().__init__(name, outside.kept)
        self._outside, self._chance = outside, dice.random

    async def remember(self, memories: Sequence[Memory]) -> int:
        await self._trouble()
        return await super().remember(memories)

    async def recall(self, query: Query) -> Sequence[Recollection]:
        await self._trouble()
        return await super().recall(query)

    async def _trouble(self) -> None:
        if "memory" in self._outside.trouble:
            await asyncio.sleep(self._chance() ** 4 * 8)
            if self._chance() < 0.3:
                raise Unavailable("the memory is down")

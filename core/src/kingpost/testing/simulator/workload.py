"""What the processes of a simulated world work on, and the workload that the kernel's own tests use.

Handed to ``simulate``; a plugin author makes one with agents and executors of his own. The standard one has an agent
that does what its task's words say, so that a seed alone decides how deep and how wide a history goes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from ...errors import Unavailable
from ...operations.schedules import SetSchedule
from ...operations.tasks import Submit
from ...ports import Ports
from ...protocols import Agent, Compressor, Executor, Say
from ...records.action import (
    Action,
    Answer,
    Call,
    Calls,
    HandedIn,
    Limits,
    Made,
    Observation,
    Pending,
    Tool,
    Usage,
)
from ...records.context import Context, Description
from ...records.record import Record, field, replace
from ..fakes import FirstFitCompressor
from ..world import EPOCH
from .outside import turn_of

DELEGATE = "delegate"
"""The kernel's own tool by which the standard agent hands work on, wherever it is among the tools."""

AGENT, SPARE, ABSENT = "planned", "spare", "absent"
ROOM = 64
PRICES = (2_000_000, 8_000_000)
"""Micro-units for a million tokens that go in, and that come out: two and eight for each."""

MOST_BYTES = 2000
"""What a task may hand in: two or three files of ``draw``."""

DOWN: Mapping[str, Any] = {"turns": [], "down": True, "agent": ABSENT}
"""A plan that comes to nothing, by an agent that no other task shares its circuit breaker with."""


class Workload(Record, kw_only=True):
    """What is worked on. ``requests`` draws the tasks of one history, ``schedules`` what is submitted by itself.

    Agents, executors and compressors are made anew for each process. ``settings`` are those of the kernels, by section.
    """

    requests: Callable[[Random], Sequence[Submit]]
    agents: Callable[[Ports], Sequence[Agent]]
    executors: Callable[[Ports], Sequence[Executor]] = lambda ports: ()
    compressors: Callable[[Ports], Sequence[Compressor]] = lambda ports: (FirstFitCompressor(),)
    schedules: Callable[[Random], Sequence[SetSchedule]] = lambda dice: ()
    settings: Mapping[str, Any] = field(default_factory=dict)


class PlannedAgent:
    """Does what its task's description says: the plan that ``planned`` makes, as JSON.

    A plan has ``turns``, each with ``calls`` (tool and arguments; for ``delegate`` the child's plan) and ``until``.
    With ``down`` its model never answers; ``agent`` is who is to do it.
    """

    def __init__(self, name: str = AGENT) -> None:
        self.name = name

    async def describe(self, model: str | None) -> Description:
        return Description(model=model or "plan-1", room=ROOM, prices=PRICES, prices_source="the plan", tools=True)

    async def decide(self, context: Context, say: Say) -> Action:
        plan = json.loads(context.description)
        if plan.get("down"):
            raise Unavailable("this model never answers")
        number = turn_of(context) - 1
        usage = Usage(input_tokens=context.pack.used, output_tokens=1 + number % ROOM)
        if number >= len(plan["turns"]):
            return Answer(text=f"done after {number} turns", usage=usage)
        turn = plan["turns"][number]
        offered = {tool.name for tool in context.tools}
        calls = [
            _call(f"c{place}", tool, given)
            for place, (tool, given) in enumerate(turn["calls"])
            if tool != DELEGATE or DELEGATE in offered
        ]
        if not calls:
            calls = [Call("c0", "note", {})]
        return Calls(calls=tuple(calls), until=turn["until"], usage=usage)


def _call(id: str, tool: str, given: Mapping[str, Any]) -> Call:
    if tool != DELEGATE:
        return Call(id, tool, given)
    return Call(id, tool, {"agent": given.get("agent", AGENT), "description": json.dumps(given, separators=(",", ":"))})


ANYTHING: Mapping[str, Any] = {"type": "object"}
TOOLS = (
    Tool(name="note", description="Write it down.", parameters=ANYTHING, repeatable=True),
    Tool(name="pay", description="Pay once.", parameters=ANYTHING),
    Tool(name="ask", description="Ask somebody.", parameters=ANYTHING, repeatable=True),
    Tool(name="sign", description="Sign it, once it is allowed.", parameters=ANYTHING),
    Tool(name="steal", description="Never allowed.", parameters=ANYTHING),
    Tool(name="draw", description="Hand in a file.", parameters=ANYTHING, repeatable=True),
)


class PlannedTools:
    """Tools of every kind.

    ``note`` may be repeated, ``pay`` may not, ``ask`` waits for an answer from outside, ``sign`` has to be allowed and
    ``steal`` never is. ``draw`` hands in a file of so many bytes under a name, the same whenever it is repeated.
    """

    name = "hands"

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def tools(self) -> Sequence[Tool]:
        return TOOLS

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        if call.tool == "draw":
            content = limits.key.encode().ljust(call.arguments["bytes"], b".")
            return HandedIn(call=call.id, text="did draw", files=(Made(call.arguments["name"], content),))
        if call.tool != "ask":
            return Observation(call=call.id, text=f"did {call.tool}")
        patience = call.arguments.get("patience")
        wake_at = None if patience is None else self._ports.clock.now() + patience
        return Pending(call=call.id, reference=limits.key, wake_at=wake_at)


def planned(dice: Random, depth: int = 3) -> dict[str, Any]:
    """A plan of up to four turns, which delegates up to ``depth`` levels deep."""
    turns = []
    for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 4))):
        calls = [_step(dice, depth) for _ in range(dice.choice((1, 1, 2, 2, 3)))]
        turns.append({"calls": calls, "until": "any" if dice.random() < 0.2 else "all"})
    return {"turns": turns, "agent": SPARE} if dice.random() < 0.2 else {"turns": turns}


def _step(dice: Random, depth: int) -> list[Any]:
    kinds = {
        "note": 5, "pay": 4, "ask": 2, "sign": 1, "steal": 0.3, "draw": 1,
        "wait": 0.7, "ask_human": 0.7, "remember": 0.5,
    }  # fmt: skip
    kind = dice.choices([*kinds, DELEGATE], [*kinds.values(), 3 if depth else 0])[0]
    given: dict[str, Any] = {}
    if kind == "ask" and dice.random() < 0.5:
        given = {"patience": round(dice.random() * 3, 3)}
    elif kind == "wait":
        given = {"seconds": round(dice.random() * 2 + 0.01, 3) if dice.random() < 0.8 else 8.0}
    elif kind == "ask_human":
        given = {"question": "which way?"}
    elif kind == "remember":
        given = {"text": "this way"}
    elif kind == "draw":
        given = {"name": dice.choice("ab"), "bytes": dice.randrange(MOST_BYTES // 2)}
    elif kind == DELEGATE:
        given = planned(dice, depth - 1 if dice.random() < 0.6 else 0)
    return [kind, given]


def requests(dice: Random) -> Sequence[Submit]:
    """One to five tasks, some of them with small grants, little time, a priority, or a time of their own."""
    asked = []
    for _ in range(dice.choice((1, 1, 2, 2, 3, 5))):
        plan = planned(dice) if dice.random() < 0.96 else DOWN
        asked.append(Submit(description=json.dumps(plan, separators=(",", ":")), agent=plan.get("agent", AGENT)))
        if dice.random() < 0.15:
            asked[-1] = replace(asked[-1], tokens=dice.choice((dice.randrange(200, 1500), dice.randrange(9000, 40000))))
        if dice.random() < 0.1:
            asked[-1] = replace(asked[-1], money=dice.randrange(1000, 60000))
        if dice.random() < 0.1:
            asked[-1] = replace(asked[-1], seconds=dice.choice((0.2, 1.0, 5.0)))
        if dice.random() < 0.2:
            asked[-1] = replace(asked[-1], priority=dice.randrange(-3, 9))
        if dice.random() < 0.1:
            asked[-1] = replace(asked[-1], not_before=EPOCH + dice.random() * 3)
        if dice.random() < 0.1:
            asked[-1] = replace(asked[-1], deadline=EPOCH + dice.random() * 4)
    return asked


def schedules(dice: Random) -> Sequence[SetSchedule]:
    """Seldom a task that comes by itself, every second."""
    if dice.random() < 0.9:
        return ()
    plan = {"turns": [{"calls": [["note", {}]], "until": "all"}]}
    return [SetSchedule(id="again", every=1.0, request=Submit(description=json.dumps(plan), agent=AGENT))]


def standard() -> Workload:
    """The workload of the kernel's own tests."""
    kernel = {
        "agent": AGENT, "policy": ["ask sign", "deny steal"], "ask_seconds": 4.0, "silence_seconds": 8.0,
        "tool_seconds": 6.0, "retries": 2, "retry_seconds": 0.2, "retry_most_seconds": 2.0, "attempts": 5,
        "fallbacks": {AGENT: [SPARE]}, "artefact_bytes": MOST_BYTES,
    }  # fmt: skip
    return Workload(
        requests=requests,
        agents=lambda ports: [PlannedAgent(name) for name in (AGENT, SPARE, ABSENT)],
        executors=lambda ports: [PlannedTools(ports)],
        schedules=schedules,
        settings={"kernel": kernel},
    )

"""An agent that does what its task says, and tools for it: what a journey needs instead of a model.

``conftest`` makes a plugin of this file, which the command line finds as it finds any other. A description is JSON: a
list with a step for each turn, or any text, which comes back in capitals. A step is one of

- a text: the answer, in which ``{seen}`` stands for what came back and ``{heard}`` for what was said meanwhile;
- ``[[tool, arguments], ...]``: calls, named 1, 2, 3;
- ``{"until": file, "fail": text}``: the world fails as long as there is no such file, then the next step is taken;
- ``{"sleep": seconds}``: the same, after a while;
- ``{"when": file}``: the same, once there is such a file.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kingpost import (
    Action,
    Agent,
    Answer,
    Call,
    Calls,
    Context,
    Description,
    Executor,
    Limits,
    Observation,
    Pending,
    Say,
    Tool,
    Unavailable,
    hookimpl,
)


class Actor:
    """Follows the script in its description."""

    name = "actor"

    async def describe(self, model: str | None) -> Description:
        return Description(tools=True)

    async def decide(self, context: Context, say: Say) -> Action:
        if not context.description.startswith("["):
            return Answer(text=context.description.upper())
        turn = len(context.turns)
        for step in json.loads(context.description):
            if isinstance(step, dict):
                await _meet(step)
            elif turn:
                turn -= 1
            elif isinstance(step, str):
                return Answer(text=step.format(seen=_seen(context), heard=_heard(context)))
            else:
                calls = enumerate(step, 1)
                return Calls(calls=tuple(Call(str(number), tool, arguments) for number, (tool, arguments) in calls))
        return Answer(text="the script has ended")


async def _meet(step: dict[str, Any]) -> None:
    if "until" in step and not _is_there(step["until"]):
        raise Unavailable(step["fail"])
    while "when" in step and not _is_there(step["when"]):  # noqa: ASYNC110 - it is another process that gives the file
        await asyncio.sleep(0.02)
    await asyncio.sleep(step.get("sleep", 0))


def _is_there(file: str) -> bool:
    return Path(file).exists()


def _seen(context: Context) -> str:
    last = context.turns[-1].observations if context.turns else ()
    return " | ".join(f"{one.call}={one.error or one.text}" for one in last)


def _heard(context: Context) -> str:
    return " | ".join(message for turn in context.turns for message in turn.messages)


class Things:
    """``burn`` does something at once; ``knock`` leaves it to somebody outside, who finds a token in the workspace."""

    name = "things"

    async def tools(self) -> Sequence[Tool]:
        what = {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]}
        nothing = {"type": "object", "properties": {}}
        return [
            Tool(name="burn", description="Burn something.", parameters=what),
            Tool(name="knock", description="Knock at the door.", parameters=nothing),
        ]

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        if call.tool == "burn":
            return Observation(call=call.id, text=f"burnt {call.arguments['what']}")
        _keep(limits)
        return Pending(call=call.id, reference="door 7")


def _keep(limits: Limits) -> None:
    assert limits.workspace is not None
    Path(limits.workspace, "token").write_text(limits.token, "utf-8")


@hookimpl
def provide_agents() -> list[Agent]:
    return [Actor()]


@hookimpl
def provide_executors() -> list[Executor]:
    return [Things()]

"""An agent that brings about, when its task says so, what the provider states of the pacts need, and a tool beside it.

``provider`` makes a plugin of this file, which the server finds as it finds any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from kingpost import (
    Action,
    Agent,
    Answer,
    Artefact,
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


class Joiner:
    """Uses the tool that is its task's first word; ``draw`` answers with a file."""

    name = "joiner"

    async def describe(self, model: str | None) -> Description:
        return Description(tools=True)

    async def decide(self, context: Context, say: Say) -> Action:
        deed, *words = context.description.split()
        if deed == "draw":
            name, digest, size = words
            return Answer(text="drawn", artefacts=(Artefact(name, "text/plain", digest, int(size)),))
        if deed in {"saw", "order"} and not context.turns:
            return Calls(calls=(Call("1", deed, {"what": words[0]}),))
        return Answer(text=" ".join(one.text for turn in context.turns for one in turn.observations) or "done")


class Sleeper:
    """Never finds its model. Apart from the other, because after three failures an agent is left alone for a while."""

    name = "sleeper"

    async def describe(self, model: str | None) -> Description:
        return Description()

    async def decide(self, context: Context, say: Say) -> Action:
        raise Unavailable("the model sleeps")


class Yard:
    """``saw`` does something at once, when it is allowed to; ``order`` leaves it to somebody outside."""

    name = "yard"

    async def tools(self) -> Sequence[Tool]:
        what = {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]}
        return [
            Tool(name="saw", description="Saw a piece of timber.", parameters=what),
            Tool(name="order", description="Order timber.", parameters=what),
        ]

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        if call.tool == "saw":
            return Observation(call=call.id, text=f"sawn {call.arguments['what']}")
        return Pending(call=call.id, reference="order 7")


@hookimpl
def provide_agents() -> list[Agent]:
    return [Joiner(), Sleeper()]


@hookimpl
def provide_executors() -> list[Executor]:
    return [Yard()]

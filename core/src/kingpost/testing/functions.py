"""Tools made of plain async functions.

Called by tests that give an agent something to do. A function's name is the tool's, its first docstring line the
description, its annotations the schema that arguments are checked against.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import InvalidRequest, KingpostError, Unavailable, UnknownName
from ..records.action import Call, Limits, Observation, Pending, Tool
from ..records.record import replace

Result = str | Observation | Pending
Function = Callable[..., Awaitable[Result]]


class FunctionExecutor:
    """Offers functions as tools. One returns text, an ``Observation`` or ``Pending``; the call's id is put in.

    ``repeatable`` names those that may be done twice.
    """

    def __init__(
        self, functions: Iterable[Function], name: str = "functions", repeatable: Collection[str] = ()
    ) -> None:
        self.name = name
        self._tools: list[Tool] = []
        self._made: dict[str, TypeAdapter[Any]] = {}
        for function in functions:
            tool = getattr(function, "__name__", repr(function))
            shape: Any = function
            self._made[tool] = TypeAdapter(shape)
            self._tools.append(
                Tool(
                    name=tool,
                    description=(function.__doc__ or tool).strip().partition("\n")[0],
                    parameters=self._made[tool].json_schema(),
                    repeatable=tool in repeatable,
                )
            )

    async def tools(self) -> Sequence[Tool]:
        return self._tools

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        if (made := self._made.get(call.tool)) is None:
            return _failure(call, UnknownName.code, f"there is no tool {call.tool!r}")
        try:
            # A validated call of an async function is the awaitable itself; nothing has run yet.
            started: Awaitable[Result] = made.validate_python(dict(call.arguments))
        except ValidationError as problem:
            return _failure(call, InvalidRequest.code, str(problem))
        return await _seen(call, started, limits)


async def _seen(call: Call, started: Awaitable[Result], limits: Limits) -> Observation | Pending:
    try:
        async with asyncio.timeout(limits.seconds):
            result = await started
    except TimeoutError:
        return _failure(call, Unavailable.code, f"no answer within {limits.seconds:g} s")
    except KingpostError as problem:
        return _failure(call, problem.code, str(problem))
    except Exception as problem:  # noqa: BLE001 - whatever a function does wrong is told to the agent
        return _failure(call, KingpostError.code, f"{type(problem).__name__}: {problem}")
    if isinstance(result, Pending):
        return replace(result, call=call.id)
    seen = result if isinstance(result, Observation) else Observation(call=call.id, text=result)
    return _bounded(replace(seen, call=call.id), limits.output_bytes)


def _failure(call: Call, code: str, text: str) -> Observation:
    return Observation(call=call.id, text=text, error=code, trust="trusted")


def _bounded(seen: Observation, limit: int) -> Observation:
    content = seen.text.encode("utf-8", "replace")
    if len(content) <= limit:
        return seen
    return replace(seen, text=content[:limit].decode("utf-8", "ignore"), truncated=True)

"""Does what it is told, a line of JSON at a time, through the Python SDK; answers a line of JSON for each.

Started by ``drivers``: the same commands go to the SDKs of all three languages. With ``--wait`` it is the asynchronous
half that is asked.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from kingpost_sdk import ApiError, AsyncClient, Client, KingpostError, Options, Received, Retry, models, verify_webhook
from kingpost_sdk._async.resources import OPERATIONS
from kingpost_sdk._errors import told
from kingpost_sdk._policy import pause

from tests.sdk.serving import served as serving

CLIENT: type[Any] = AsyncClient if "--wait" in sys.argv else Client


@cache
def kept(given: str) -> Any:
    """The client of these settings, made once: a command costs no handshake."""
    return made(json.loads(given))


def client(asked: dict[str, Any]) -> Any:
    """The client of a command."""
    return kept(json.dumps(asked["client"], sort_keys=True))


def made(given: dict[str, Any]) -> Any:
    """A client."""
    given = {"retries": 2, "first": 0.01, "longest": 0.02, "timeout": 20, "idle": 20} | given
    one = CLIENT(
        given["url"], given.get("token"), timeout=given["timeout"],
        retry=Retry(given["retries"], given["first"], given["longest"]),
    )  # fmt: skip
    object.__setattr__(one._transport.settings, "idle", given["idle"])  # noqa: SLF001 - only a test is so impatient
    return one


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(value, "__slots__") and not isinstance(value, list | dict | str | int | float | None):
        return {name: getattr(value, name) for name in value.__slots__}
    return value


async def waited(value: Any) -> Any:
    """A value, whichever half of the SDK it came from."""
    return await value if inspect.isawaitable(value) else value


async def collected(items: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """What an iterator gives."""
    found = []
    if hasattr(items, "__aiter__"):
        async for item in items:
            found.append(plain(item))
            if len(found) == asked.get("most"):
                break
    else:
        for item in items:
            found.append(plain(item))
            if len(found) == asked.get("most"):
                break
    return {"value": found}


async def call(asked: dict[str, Any], one: Any = None) -> dict[str, Any]:
    """One operation, by its name."""
    one = one or client(asked)
    noun, verb = asked["operation"].split(".", 1)
    method = getattr(getattr(one, noun), verb)
    seen: list[Received] = []
    given = {name: shaped(asked["operation"], name, each) for name, each in (asked.get("request") or {}).items()}
    options = Options(on_response=seen.append, **asked.get("options", {}))
    result = method(*asked.get("path", ()), **given, options=options)
    if asked["operation"] == "events.stream":
        return await collected(result, asked)
    value = plain(await waited(result))
    return {
        "value": value, "status": seen[-1].status, "request_id": seen[-1].request_id, "position": one.position,
    }  # fmt: skip


_SHAPES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("calls.observe", "observation"): models.ObservationInput.from_dict,
    ("memory.remember", "memories"): lambda many: [models.MemoryInput.from_dict(one) for one in many],
    ("memory.forget", "selection"): models.Selection.from_dict,
    ("memory.export", "selection"): models.Selection.from_dict,
    ("schedules.set", "request"): models.SubmitInput.from_dict,
    ("tasks.submit_all", "tasks"): lambda many: [models.SubmitInput.from_dict(one) for one in many],
    ("workers.register", "agents"): lambda many: [models.OfferedAgent.from_dict(one) for one in many],
    ("workers.register", "tools"): lambda many: [models.ToolInput.from_dict(one) for one in many],
    ("workers.observe", "decision"): models.Decision.from_dict,
    ("workers.observe", "observation"): models.ObservationInput.from_dict,
}


def shaped(operation: str, name: str, value: Any) -> Any:
    """A field as the facade takes it: records are classes there."""
    return _SHAPES.get((operation, name), lambda each: each)(value)


async def bare(asked: dict[str, Any]) -> dict[str, Any]:
    """One operation with a client that is told by the environment what the command does not tell."""
    os.environ.update(asked["environment"])
    try:
        one = CLIENT(token=asked.get("client", {}).get("token"))
    finally:
        for name in asked["environment"]:
            del os.environ[name]
    return await call(asked, one)


async def sequence(asked: dict[str, Any]) -> dict[str, Any]:
    """Several operations with one client; the position that it has at the end."""
    one = client(asked)
    for each in asked["calls"]:
        await call(each, one)
    return {"value": one.position}


async def stream(asked: dict[str, Any]) -> dict[str, Any]:
    """The events of a task."""
    return await collected(client(asked).tasks.stream(asked["task"], live=asked.get("live")), asked)


async def each(asked: dict[str, Any]) -> dict[str, Any]:
    """All tasks of a list."""
    return await collected(client(asked).tasks.each(**asked.get("request", {})), asked)


async def paused(asked: dict[str, Any]) -> dict[str, Any]:
    """The pause before a try."""
    retry = Retry(0, asked["retry"]["first"], asked["retry"]["longest"])
    headers = {name.lower(): value for name, value in asked["headers"].items()}
    return {"value": pause(asked["attempt"], headers, retry, asked["chance"], asked["now"])}


async def judged(asked: dict[str, Any]) -> dict[str, Any]:
    """The failure that an answer tells of."""
    headers = {name.lower(): value for name, value in asked["headers"].items()}
    problem = told(asked["status"], headers, asked["body"].encode())
    return {
        "value": {
            "kind": type(problem).__name__, "code": problem.code, "request_id": problem.request_id,
            "retry_after": problem.retry_after,
        }
    }  # fmt: skip


async def webhook(asked: dict[str, Any]) -> dict[str, Any]:
    """A delivery, verified."""
    body = bytes.fromhex(asked["hex"]) if "hex" in asked else asked["body"].encode()
    return {"value": plain(verify_webhook(body, asked["headers"], asked["secret"], now=asked["now"]))}


async def plugin(asked: dict[str, Any]) -> dict[str, Any]:
    """Operations of a plugin, with one client; what the last one answers."""
    one = client(asked).plugin(asked["plugin"])
    value = None
    for each in asked["calls"]:
        value = await waited(one.call(each["operation"], each["request"]))
    return {"value": value}


async def served(asked: dict[str, Any]) -> dict[str, Any]:
    """A worker, until it has done enough."""
    return {"value": await serving(client(asked), asked)}


async def operations(asked: dict[str, Any]) -> dict[str, Any]:
    """What the facade says it has."""
    return {"value": list(OPERATIONS)}


DEEDS = {
    "call": call, "bare": bare, "sequence": sequence, "stream": stream, "each": each, "pause": paused, "told": judged,
    "webhook": webhook, "plugin": plugin, "worker": served, "operations": operations,
}  # fmt: skip


async def main() -> None:
    """Until nothing more is asked."""
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            said = await DEEDS[asked["do"]](asked)
        except KingpostError as problem:
            said = {"error": {"kind": type(problem).__name__, "message": str(problem)}}
            if isinstance(problem, ApiError):
                said["error"] |= {"code": problem.code, "status": problem.status, "request_id": problem.request_id}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())

"""The tools that every agent has, whatever plugins are installed: delegate, recall, remember, expand, ask, wait.

Offered by the host with each task's gear, bounded by its grant. An ``Executor`` like any other, one for each task, for
all but ``delegate``: what a child may spend is cut out of the parent's grant, which only ``calls`` can do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from ..errors import InvalidRequest, KingpostError, Unavailable
from ..ports import Ports
from ..protocols import Log, MemoryBackend
from ..records.action import Call, Limits, Observation, Pending, Tool
from ..records.memory import Memory, Query, Tier
from ..records.record import Record, field
from ..records.task import Task
from ..state import task_stream
from .breaker import Breakers, Key
from .context import fitting
from .journal import read_stream
from .ledger import original
from .reading import Names
from .told import is_fault, thrown, told

DELEGATE, RECALL, REMEMBER, EXPAND, ASK, WAIT = "delegate", "recall", "remember", "expand", "ask_human", "wait"
WAITS = {DELEGATE: "child", ASK: "question", WAIT: "timer"}
"""What a pending call of one of these waits for, as the log says it."""

OUTCOMES = "/outcomes"
"""Behind a scope's name: where the outcomes of tasks that write to it are kept.

Apart from what was learned, so that the same question has the same answer however often it was asked; the tool recall
searches both.
"""

PART_CHARS = 8000
LARGEST = 1e300
"""Numbers end here: JSON knows none without end, and an integer beyond it cannot be printed as a float."""

LONGEST_WAIT_SECONDS = 366 * 86400.0


def _tool(name: str, says: str, required: Sequence[str], **properties: Any) -> Tool:
    parameters = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return Tool(name=name, description=says, parameters=parameters, repeatable=True)


_TEXT = {"type": "string"}
_NUMBER = {"type": "integer", "minimum": 1}


def delegate_tool(agents: Sequence[str], scopes: Sequence[str]) -> Tool:
    """The tool by which an agent hands a part of its work to another one; it names those that there are."""
    properties: dict[str, Any] = {
        "agent": {"enum": list(agents)},
        "description": _TEXT,
        "context": {**_TEXT, "description": "all that it needs to know"},
        "tools": {"type": "array", "items": _TEXT, "description": "tools it may use; all of yours if left out"},
        "tokens": {**_NUMBER, "description": "the most it may spend"},
        "share_workspace": {"type": "boolean"},
    }
    if scopes:
        properties["memory"] = {
            "type": "array", "items": {"enum": list(scopes)}, "description": "memory it may search"
        }  # fmt: skip
    says = "Give a part of the work to another agent. It sees only description, context and the memory named here."
    return _tool(DELEGATE, says, ["agent", "description"], **properties)


TOOLS: Mapping[str, Tool] = {
    RECALL: _tool(RECALL, "Search the memory.", ["query"], query=_TEXT, limit={**_NUMBER, "maximum": 20}),
    REMEMBER: _tool(REMEMBER, "Keep a fact for later tasks.", ["text"], text=_TEXT),
    EXPAND: _tool(
        EXPAND,
        "Bring back, in parts, what was shortened or left out: a passage by its number, or a call as turn.call.",
        ["id"],
        id=_TEXT,
        part=_NUMBER,
    ),
    ASK: _tool(ASK, "Ask a human, and wait for the answer.", ["question"], question=_TEXT),
    WAIT: _tool(
        WAIT, "Wait before going on.", ["seconds"], seconds={"type": "number", "exclusiveMinimum": 0}
    ),
}  # fmt: skip


class Kit(Record, kw_only=True):
    """The tools of one task. ``scopes`` are those that it may search, ``keeps`` the one that it writes to.

    ``recalled`` says of which memories the answer to a call was made, until it is written down.
    """

    task: Task
    log: Log
    ports: Ports
    memory: MemoryBackend | None
    breakers: Breakers
    scopes: tuple[str, ...]
    keeps: str | None
    ask_seconds: float | None
    recall_seconds: float
    name: str = "kingpost"
    recalled: dict[str, Names] = field(default_factory=dict)

    async def tools(self) -> Sequence[Tool]:
        """Those that this task can use."""
        left_out = set()
        if self.memory is None or not self.scopes:
            left_out.add(RECALL)
        if self.memory is None or self.keeps is None:
            left_out.add(REMEMBER)
        return [tool for name, tool in TOOLS.items() if name not in left_out]

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        does: Mapping[str, Callable[..., Any]] = {
            RECALL: self._recall, REMEMBER: self._remember, EXPAND: self._expand, ASK: self._ask, WAIT: self._wait
        }  # fmt: skip
        try:
            done = await does[call.tool](call, limits, **check(call, TOOLS[call.tool]))
        except KingpostError as problem:
            return Observation(call=call.id, text=told(problem), error=problem.code, trust="trusted")
        except BaseException as problem:
            if not is_fault(problem):
                raise
            # A memory that raises must not be taken for this executor being out of order, which is everybody's.
            return Observation(call=call.id, text=thrown(problem), error="tool.raised")
        return done if isinstance(done, Observation | Pending) else Observation(call=call.id, text=done)

    async def _recall(self, call: Call, limits: Limits, query: str, limit: int = 5) -> str:
        if self.memory is None:
            raise Unavailable("there is no memory")
        key: Key = ("memory", self.memory.name)
        self.breakers.check(key)
        outcomes = (scope + OUTCOMES for scope in self.task.grant.scopes)
        asked = Query(
            text=query, scopes=(*self.scopes, *outcomes), tenant=self.task.tenant, limit=min(limit, 20),
            now=self.ports.clock.now(),
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.recall_seconds):
                found = fitting(asked, await self.memory.recall(asked))
        except TimeoutError as problem:
            self.breakers.failed(key, problem)
            raise Unavailable(f"the memory gave no answer within {self.recall_seconds:g} s") from problem
        except BaseException as problem:
            if is_fault(problem):
                self.breakers.failed(key, problem)
            raise
        self.breakers.succeeded(key)
        self.recalled[call.id] = tuple((one.memory.scope, one.memory.id) for one in found)
        said = [f"[{one.memory.source or 'memory'} {one.memory.place}]\n{one.memory.body}" for one in found]
        return "\n\n".join(said) or "nothing fits"

    async def _remember(self, call: Call, limits: Limits, text: str) -> str:
        if self.memory is None or self.keeps is None:
            raise Unavailable("there is no memory to keep it in")
        # Named by the call, so that a call that is repeated after a crash leaves one memory.
        kept = Memory(
            id=sha256(limits.key.encode()).hexdigest()[:32], scope=self.keeps, body=text, tenant=self.task.tenant,
            tier=Tier.LONG, source=f"task {self.task.id}", created=self.ports.clock.now(), origin="agent",
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.recall_seconds):
                await self.memory.remember([kept])
        except TimeoutError as problem:
            raise Unavailable(f"the memory gave no answer within {self.recall_seconds:g} s") from problem
        return "remembered"

    async def _expand(self, call: Call, limits: Limits, id: str, part: int = 1) -> str:
        frames = read_stream(self.log, task_stream(self.task.id), self.task.tenant)
        history = [event async for frame in frames for event in frame.events]
        found = original(history, id)
        if found is None:
            raise InvalidRequest(f"there is no passage or call {id!r}; name one as the context or the ledger does")
        text, _ = found
        parts = max(-(-len(text) // PART_CHARS), 1)
        if part > parts:
            raise InvalidRequest(f"{id!r} has {parts} parts")
        head = f"part {part} of {parts}\n" if parts > 1 else ""
        return head + text[(part - 1) * PART_CHARS : part * PART_CHARS]

    async def _ask(self, call: Call, limits: Limits, question: str) -> Pending:
        wake_at = None if self.ask_seconds is None else self.ports.clock.now() + self.ask_seconds
        return Pending(call=call.id, reference=question, wake_at=wake_at)

    async def _wait(self, call: Call, limits: Limits, seconds: float) -> Pending:
        wake_at = self.ports.clock.now() + min(seconds, LONGEST_WAIT_SECONDS)
        return Pending(call=call.id, reference=f"{seconds:g} s", wake_at=wake_at)


def check(call: Call, tool: Tool) -> Mapping[str, Any]:
    """The arguments of a call of one of these tools, if they fit it.

    Raises:
        InvalidRequest: one is missing, unknown or of another type.
    """
    known: Mapping[str, Any] = tool.parameters["properties"]
    for name in tool.parameters["required"]:
        if name not in call.arguments:
            raise InvalidRequest(f"{call.tool!r} needs {name!r}")
    for name, value in call.arguments.items():
        if name not in known:
            raise InvalidRequest(f"{call.tool!r} knows no {name!r}, only {', '.join(known)}")
        if not _fits(value, known[name]):
            raise InvalidRequest(f"{call.tool!r}: {name} is {str(value)[:80]!r}; its schema is {known[name]}")
    return call.arguments


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    kind = schema["type"]
    if kind == "array":
        return isinstance(value, list | tuple) and all(_fits(one, schema["items"]) for one in value)
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else int | float):
        return False
    return bool(
        -LARGEST <= value <= LARGEST
        and schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and value > schema.get("exclusiveMinimum", value - 1)
    )

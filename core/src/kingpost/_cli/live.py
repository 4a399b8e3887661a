"""Live progress of a run on a terminal: what it is doing, how long, how many tokens, the tree, and text as it is said.

Called by ``follow`` when standard error is a terminal. Draws with rich, which is loaded only then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text as Line
from rich.tree import Tree

from ..operations.tasks import TaskView
from ..ports import Clock
from ..records.event import Event, Recorded
from ..records.speech import Progress, Text, Thought, ToolNote, UsageNote
from .session import one_line
from .show import WAITS_FOR

_SHOWN_CHARS = 600


class _Seen(Struct):
    """What is known of one task while it runs; ``turn_tokens`` are those of the turn that is still open."""

    agent: str = ""
    status: str = "queued"
    step: str = "waiting for a worker"
    turn: int = 0
    tokens: int = 0
    turn_tokens: int = 0
    context: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    again: float = 0.0
    problem: str = ""
    children: list[str] = field(default_factory=list)


def _met(view: TaskView) -> _Seen:
    return _Seen(agent=view.agent, status=view.status.value, turn=view.turns, waits=dict(view.waits))


class Display:
    """The picture of a run. Feed it what a kernel tells."""

    def __init__(self, tree: Sequence[TaskView], clock: Clock, console: Console | None = None) -> None:
        self._root, self._clock, self._began = tree[0].id, clock, clock.monotonic()
        self._console = console or Console(stderr=True)
        self._seen = {view.id: _met(view) for view in tree}
        for view in tree[1:]:
            self._seen[view.parent or self._root].children.append(view.id)
        self._said = ""
        self._live = self._picture()

    def _picture(self) -> Live:
        return Live(console=self._console, get_renderable=self._draw, refresh_per_second=8, transient=True)

    def __enter__(self) -> Display:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """Make room for something else on the terminal."""
        self._live.stop()
        try:
            yield
        finally:
            # A picture that is started again would wipe out what was printed meanwhile.
            self._live = self._picture()
            self._live.start()

    def hear(self, task: str, what: Any) -> None:
        """Take in one thing that the kernel tells."""
        if task != self._root and not task.startswith(f"{self._root}/"):
            return
        seen = self._seen.setdefault(task, _Seen())
        if isinstance(what, Recorded):
            for event in what.events:
                self._event(task, seen, event)
        elif isinstance(what, Progress):
            count = f" {what.done}" + (f" of {what.total}" if what.total else "") if what.done else ""
            seen.step = f"{what.step}{count} {what.detail}".strip()
        elif isinstance(what, Text):
            self._said = (self._said + what.text)[-_SHOWN_CHARS:]
        elif isinstance(what, Thought):
            seen.step = "thinking"
        elif isinstance(what, ToolNote):
            seen.step = f"{what.tool}: {what.text}"
        elif isinstance(what, UsageNote):
            seen.turn_tokens = (what.usage.input_tokens or 0) + (what.usage.output_tokens or 0)

    def _event(self, task: str, seen: _Seen, event: Event) -> None:
        header = event.header
        match event.kind:
            case "task.queued":
                seen.agent = header["agent"]
                if (parent := header.get("parent")) in self._seen and task not in self._seen[parent].children:
                    self._seen[parent].children.append(task)
            case "task.started":
                seen.status, seen.problem = "running", ""
            case "task.retrying":
                seen.status, seen.again = "retrying", header["not_before"]
                seen.problem = (event.payload or {}).get("problem", header.get("error", ""))
                seen.agent = header.get("agent", seen.agent)
            case "turn.decided":
                seen.turn, seen.tools, seen.waits = header["turn"], header.get("calls") or {}, {}
                seen.tokens += (header.get("input_tokens") or 0) + (header.get("output_tokens") or 0)
                seen.turn_tokens = 0
            case "call.pending":
                seen.waits[header["call"]] = header.get("waits", "answer")
            case "call.observed" | "call.approved":
                seen.waits.pop(header["call"], None)
            case "context.packed":
                seen.tokens += (header.get("input_tokens") or 0) + (header.get("output_tokens") or 0)
                seen.context = f"{header['used']}/{header['budget']} tokens of context"
            case kind if kind.startswith("task."):
                seen.status = kind.removeprefix("task.")

    def _draw(self) -> Group:
        elapsed = self._clock.monotonic() - self._began
        parts: list[Any] = [self._tree(self._root, None, elapsed)]
        if self._said:
            parts.append(Line(self._said, style="dim"))
        return Group(*parts)

    def _tree(self, task: str, above: Tree | None, elapsed: float) -> Tree:
        seen = self._seen[task]
        facts = [seen.agent, self._doing(seen)]
        facts += [f"turn {seen.turn}"] if seen.turn else []
        facts += [seen.context] if seen.context else []
        facts += [f"{seen.tokens + seen.turn_tokens} tokens"] if seen.tokens + seen.turn_tokens else []
        label = "  ".join(fact for fact in facts if fact)
        top = Spinner("dots", Line(f"{elapsed:5.1f} s  {label}"))
        tree = Tree(top) if above is None else above.add(Line(label))
        for child in seen.children:
            self._tree(child, tree, elapsed)
        return tree

    def _doing(self, seen: _Seen) -> str:
        if seen.status == "retrying":
            wait = max(seen.again - self._clock.now(), 0)
            return f"tries again in {wait:.0f} s: {one_line(seen.problem, 120)}"
        if seen.waits and seen.status in ("running", "waiting", "queued"):
            waits = [
                f"{seen.tools.get(call, f'call {call}')} for {WAITS_FOR.get(of, of)}" for call, of in seen.waits.items()
            ]
            return f"waits: {', '.join(dict.fromkeys(waits))}"
        return seen.step if seen.status in ("queued", "running") else seen.status

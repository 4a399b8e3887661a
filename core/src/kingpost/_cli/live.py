"""Live progress of a run on a terminal: what it is doing, how long, how many tokens, the tree, and text as it is said.

Called by ``run`` when standard error is a terminal. Draws with rich, which is loaded only then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text as Line
from rich.tree import Tree

from ..records.event import Recorded
from ..records.speech import Progress, Text, Thought, ToolNote, UsageNote

_SHOWN_CHARS = 600


@dataclass(slots=True)
class _Seen:
    """What is known of one task while it runs."""

    agent: str = ""
    status: str = "queued"
    step: str = "waiting for a worker"
    turn: int = 0
    tokens: int = 0
    context: str = ""
    children: list[str] = field(default_factory=list)


class Display:
    """The picture of a run. Feed it what a kernel tells."""

    def __init__(self, root: str, agent: str, console: Console | None = None) -> None:
        self._root, self._began = root, time.monotonic()
        self._seen: dict[str, _Seen] = {root: _Seen(agent)}
        self._said = ""
        self._live = Live(
            console=console or Console(stderr=True), get_renderable=self._draw, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> Callable[[str, Any], None]:
        self._live.start()
        return self.hear

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def hear(self, task: str, what: Any) -> None:
        """Take in one thing that the kernel tells."""
        if task != self._root and not task.startswith(f"{self._root}/"):
            return
        seen = self._seen.setdefault(task, _Seen())
        if isinstance(what, Recorded):
            self._frame(task, seen, what)
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
            seen.tokens += (what.usage.input_tokens or 0) + (what.usage.output_tokens or 0)

    def _frame(self, task: str, seen: _Seen, frame: Recorded) -> None:
        for event in frame.events:
            header = event.header
            if event.kind == "task.queued":
                seen.agent = header["agent"]
                if (parent := header.get("parent")) in self._seen and task not in self._seen[parent].children:
                    self._seen[parent].children.append(task)
            elif event.kind == "task.started":
                seen.status = "running"
            elif event.kind == "turn.decided":
                seen.turn = header["turn"]
            elif event.kind == "context.packed":
                seen.context = f"{header['used']}/{header['budget']} tokens of context"
            elif event.kind.startswith("task."):
                seen.status = event.kind.removeprefix("task.")

    def _draw(self) -> Group:
        elapsed = time.monotonic() - self._began
        parts: list[Any] = [self._tree(self._root, None, elapsed)]
        if self._said:
            parts.append(Line(self._said, style="dim"))
        return Group(*parts)

    def _tree(self, task: str, above: Tree | None, elapsed: float) -> Tree:
        seen = self._seen[task]
        facts = [seen.agent, seen.step if seen.status in ("queued", "running") else seen.status]
        facts += [f"turn {seen.turn}"] if seen.turn else []
        facts += [seen.context] if seen.context else []
        facts += [f"{seen.tokens} tokens"] if seen.tokens else []
        label = "  ".join(fact for fact in facts if fact)
        top = Spinner("dots", Line(f"{elapsed:5.1f} s  {label}"))
        tree = Tree(top) if above is None else above.add(Line(label))
        for child in seen.children:
            self._tree(child, tree, elapsed)
        return tree

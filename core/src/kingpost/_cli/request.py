"""The options that say what a task is: one list for every command that submits one.

Used by ``run``, for a task now, and by ``schedule``, for tasks later. Turns options into a ``Submit``, and refuses
what no kernel is needed for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from ..operations.tasks import Submit
from .session import Failure
from .when import Duration, Money

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--input", "-i", "inputs", multiple=True, metavar="PATH", help="File or folder to read in first; repeatable."
    ),
    click.option(
        "--agent", "-a", metavar="NAME", help="Agent that does it.  [default: extract, which needs no model]"
    ),
    click.option("--model", "-m", metavar="NAME", help="Model for the agent; alone it means --agent ollama."),
    click.option("--context", "-c", metavar="TEXT|@FILE", help="Handed along with the task."),
    click.option(
        "--budget", "-b", type=int, metavar="TOKENS", help="Context budget of one prompt.  [default: 8000]"
    ),
    click.option("--memory", metavar="NAME", help="Memory backend."),
    click.option("--compressor", metavar="NAME", help="Context compressor."),
    click.option(
        "--scope", "scopes", multiple=True, metavar="NAME",
        help="Memory scope to recall; repeatable.  [default: default]",
    ),
    click.option(
        "--tool", "tools", multiple=True, metavar="PATTERN", help="Tools that may be used; repeatable.  [default: all]"
    ),
    click.option("--workspace", metavar="DIR", help="Folder that tools work in.  [default: a fresh one]"),
    click.option("--tokens", type=int, metavar="N", help="Tokens that it may spend, its children included."),
    click.option(
        "--money", type=Money(), metavar="AMOUNT", help="Money that it may spend, in the currency of the prices: 0.25."
    ),
    click.option(
        "--seconds", type=Duration(), metavar="S", help="Active time that it may take, waits for others not counted."
    ),
    click.option("--depth", type=int, metavar="N", help="Levels of children below it.  [default: 3]"),
    click.option("--fan-out", type=int, metavar="N", help="Children that one task may begin.  [default: 16]"),
    click.option("--thread", metavar="NAME", help="Conversation that it belongs to: it sees what was said there."),
    click.option("--priority", type=int, default=0, show_default=True, metavar="N", help="Higher goes first."),
    click.option(
        "--needs", multiple=True, metavar="NAME", help="What a worker must be able to do; repeatable."
    ),
)  # fmt: skip


def task_options(command: Command) -> Command:
    """Give a command the options of a task."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def request(description: str, options: Mapping[str, Any], **more: Any) -> Submit:
    """What is asked of the kernel. ``more`` is what only some commands know."""
    if not all(name.strip() for name in options["needs"]):
        raise Failure("--needs names nothing; leave it out, or say what a worker must be able to do", 2)
    agent = options["agent"]
    if agent is None and options["model"] is not None:
        agent = "ollama"
    same = {
        name: options[name]
        for name in (
            "model", "inputs", "budget", "memory", "compressor", "workspace", "tokens", "money", "seconds", "depth",
            "fan_out", "thread", "priority", "needs",
        )
    }  # fmt: skip
    return Submit(
        description=description,
        agent=agent,
        context=_context(options["context"] or ""),
        scopes=options["scopes"] or None,
        tools=options["tools"] or None,
        **same,
        **more,
    )


def _context(given: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Failure(f"--context {given!r} cannot be read as UTF-8 text ({problem})", 2) from problem

"""``kingpost message``, ``cancel`` and ``fork``."""

from __future__ import annotations

from typing import Any

import click

from .._host.kernel import Kernel
from ..operations.steering import CANCEL, FORK, MESSAGE, Cancel, Fork, Message
from ..operations.tasks import GET, TREE, TaskId
from .follow import finish
from .session import as_json, plain, print_json, with_kernel
from .show import state_of


@click.command(
    epilog="""\b
Examples:
  kingpost message 3f2a "only the last two releases matter"
  kingpost message 3f2a "$(cat remarks.txt)" """
)
@click.argument("id")
@click.argument("text")
@as_json
@with_kernel
async def message(kernel: Kernel, id: str, text: str, json_: bool) -> None:
    """Say something to a task; its next decision sees it."""
    view = await kernel.perform(MESSAGE, Message(id=id, text=text))
    if json_:
        print_json(plain(view))
    else:
        click.echo(f"{view.id} has it; {state_of(view, kernel.ports.clock.now())}")


@click.command(epilog="Example: kingpost cancel 3f2a --reason 'asked the wrong thing'")
@click.argument("id")
@click.option("--reason", default="", help="Recorded with the outcome.")
@as_json
@with_kernel
async def cancel(kernel: Kernel, id: str, reason: str, json_: bool) -> None:
    """Ask a task and all below it to end."""
    before = await kernel.perform(GET, TaskId(id))
    view = await kernel.perform(CANCEL, Cancel(id=before.id, reason=reason))
    if json_:
        print_json(plain(view))
        return
    below = len((await kernel.perform(TREE, TaskId(view.id))).tasks) - 1
    tree = f" and {below} below it" if below and not before.status.final else ""
    if before.status.final:
        click.echo(f"{view.id} had {view.status} already")
    elif view.status.final:
        click.echo(f"{view.id} {view.status}{tree}")
    else:
        click.echo(f"{view.id}{tree} asked to end; whoever works on it stops at the next step")


@click.command(
    epilog="""\b
The turns up to --turn are taken over as they stand; the new task goes on behind
them, with what is changed here.
Examples:
  kingpost fork 3f2a --turn 2 --agent ollama --model qwen3 --run
  kingpost fork 3f2a --turn 0 --description "the same, for the last release" --run"""
)
@click.argument("id")
@click.option("--turn", type=click.IntRange(0), metavar="N", help="The last turn that is taken over.  [default: all]")
@click.option("--description", metavar="TEXT", help="What is to be done instead.")
@click.option("--agent", "-a", metavar="NAME", help="Another agent.")
@click.option("--model", "-m", metavar="NAME", help="Another model.")
@click.option("--context", "-c", metavar="TEXT", help="Handed along instead.")
@click.option("--budget", "-b", type=int, metavar="TOKENS", help="Another context budget.")
@click.option("--tokens", type=int, metavar="N", help="Another grant of tokens.")
@click.option("--run", "run_", is_flag=True, help="Do it now, and print its answer.")
@as_json
@with_kernel
async def fork(kernel: Kernel, /, id: str, run_: bool, json_: bool, **changes: Any) -> None:
    """Begin a new task with the turns of another one, with changes."""
    forked = await kernel.perform(FORK, Fork(id=id, **changes))
    if run_:
        raise click.exceptions.Exit(await finish(kernel, forked.id, json_=json_))
    if json_:
        print_json({"task": forked.id, "state": forked.status.value, "position": forked.position})
    else:
        click.echo(forked.id)
        click.echo(f"it is queued; to do it here: kingpost run --resume {forked.id}", err=True)

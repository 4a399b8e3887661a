"""``kingpost letters``: tasks that were tried as often as they may be."""

from __future__ import annotations

import click

from .._host.kernel import Kernel
from ..operations.steering import DISCARD, LETTERS, REPLAY, ListLetters
from ..operations.tasks import TaskId
from .follow import finish
from .session import as_json, moment, one_line, plain, print_json, table, with_kernel
from .tasks import show_all


@click.group(
    invoke_without_command=True,
    epilog="""\b
A dead letter is a task that failed because the world did, as often as it may.
Examples:
  kingpost letters
  kingpost letters show 3f2a
  kingpost letters replay 3f2a --run
  kingpost letters discard 3f2a""",
)
@as_json
@click.pass_context
def letters(context: click.Context, json_: bool) -> None:
    """Dead letters: list, show, replay or discard what was given up."""
    if context.invoked_subcommand is None:
        context.invoke(list_, json_=json_)


@letters.command("list", epilog="Example: kingpost letters list --json")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@click.option("--after", metavar="ID", help="Go on behind this one.")
@as_json
@with_kernel
async def list_(kernel: Kernel, limit: int, after: str | None, json_: bool) -> None:
    """List dead letters, newest first."""
    page = await kernel.perform(LETTERS, ListLetters(after=after, limit=limit))
    if json_:
        print_json(plain(page))
        return
    if not page.tasks:
        click.echo("no dead letters", err=True)
        return
    rows = [
        (t.id, t.agent, moment(t.updated), one_line(t.outcome.detail if t.outcome else "", 60), t.description)
        for t in page.tasks
    ]
    table(rows, ("ID", "AGENT", "GIVEN UP", "WHY", "TASK"))
    if page.next:
        click.echo(f"more: kingpost letters list --after {page.next}", err=True)


@letters.command(epilog="Example: kingpost letters show 3f2a")
@click.argument("id")
@as_json
@with_kernel
async def show(kernel: Kernel, id: str, json_: bool) -> None:
    """Show one, with everything that is needed to try it again."""
    await show_all(kernel, id, whole=True, ledger=False, json_=json_)


@letters.command(epilog="Example: kingpost letters replay 3f2a --run")
@click.argument("id")
@click.option("--run", "run_", is_flag=True, help="Do it now, and print its answer.")
@as_json
@with_kernel
async def replay(kernel: Kernel, id: str, run_: bool, json_: bool) -> None:
    """Try one again, as a new task. Asked for twice, it is one task."""
    again = await kernel.perform(REPLAY, TaskId(id))
    if run_:
        raise click.exceptions.Exit(await finish(kernel, again.id, json_=json_))
    if json_:
        print_json({"task": again.id, "state": again.status.value, "position": again.position})
    else:
        click.echo(again.id)
        click.echo(f"it is queued; to do it here: kingpost run --resume {again.id}", err=True)


@letters.command(epilog="Example: kingpost letters discard 3f2a")
@click.argument("id")
@as_json
@with_kernel
async def discard(kernel: Kernel, id: str, json_: bool) -> None:
    """Put one away; the task stays in the log."""
    view = await kernel.perform(DISCARD, TaskId(id))
    print_json(plain(view)) if json_ else click.echo(f"{view.id} is put away")

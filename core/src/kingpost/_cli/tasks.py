"""``kingpost tasks``, ``task`` and ``events``."""

from __future__ import annotations

from typing import Any

import click

from .._host.kernel import Kernel
from ..errors import NotFound
from ..operations.events import EVENTS, ListEvents
from ..operations.tasks import EXPAND, LIST, TREE, TURNS, Expand, ListTasks, TaskId, TurnView
from ..records.event import Recorded
from ..records.task import Status
from .session import as_json, harmless, moment, one_line, plain, print_json, table, with_kernel
from .show import show_task, show_tree, show_turn, state_of


@click.command(
    epilog="""\b
Examples:
  kingpost tasks
  kingpost tasks --state running --state queued --json
  kingpost tasks --thread release"""
)
@click.option(
    "--state", "states", multiple=True, type=click.Choice([s.value for s in Status]), help="Only these; repeatable."
)
@click.option("--agent", metavar="NAME", help="Only this agent's.")
@click.option("--thread", metavar="NAME", help="Only this conversation's.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@click.option("--after", metavar="ID", help="Go on behind this one.")
@as_json
@with_kernel
async def tasks(
    kernel: Kernel, states: tuple[str, ...], agent: str | None, thread: str | None, limit: int, after: str | None,
    json_: bool,
) -> None:  # fmt: skip
    """List tasks, newest first."""
    statuses = tuple(Status(state) for state in states) or None
    wanted = ListTasks(statuses=statuses, agent=agent, thread=thread, limit=limit, after=after)
    page = await kernel.perform(LIST, wanted)
    if json_:
        print_json(plain(page))
        return
    if not page.tasks:
        narrowed = states or agent or thread or after
        click.echo("no task fits" if narrowed else 'no tasks yet; try: kingpost run "..." --input docs/', err=True)
        return
    now = kernel.ports.clock.now()
    rows = [(t.id, state_of(t, now), t.agent, moment(t.created), one_line(t.description, 200)) for t in page.tasks]
    table(rows, ("ID", "STATE", "AGENT", "CREATED", "TASK"))
    if page.next:
        click.echo(f"more: kingpost tasks --after {page.next}", err=True)


@click.command(
    epilog="""\b
An id can be shortened to any unique beginning or end.
Examples:
  kingpost task 3f2a
  kingpost task 3f2a --turns
  kingpost task 3f2a --ledger
  kingpost task 3f2a --expand 7"""
)
@click.argument("id")
@click.option("--turns", "whole", is_flag=True, help="Every word of every turn: calls, what came back, messages.")
@click.option("--ledger", is_flag=True, help="Every passage of every turn: kept or dropped, tokens, why.")
@click.option("--expand", metavar="PASSAGE", help="Print a passage as it was before it was fitted.")
@as_json
@with_kernel
async def task(kernel: Kernel, id: str, whole: bool, ledger: bool, expand: str | None, json_: bool) -> None:
    """Show one task: tree, turns, ledger."""
    if expand is not None:
        back = await kernel.perform(EXPAND, Expand(id=id, passage=expand))
        print_json(plain(back)) if json_ else click.echo(harmless(back.text))
        return
    await show_all(kernel, id, whole=whole, ledger=ledger, json_=json_)


async def show_all(kernel: Kernel, id: str, *, whole: bool, ledger: bool, json_: bool) -> None:
    """Print one task with its tree, its turns and its answer."""
    tree = (await kernel.perform(TREE, TaskId(id))).tasks
    turns: tuple[TurnView, ...] = ()
    try:
        turns = (await kernel.perform(TURNS, TaskId(tree[0].id))).turns
    except NotFound as problem:
        # Its frames were sealed: what the tables say of it is still there.
        click.echo(str(problem), err=True)
    if json_:
        print_json({"task": plain(tree[0]), "tree": [plain(t) for t in tree], "turns": [plain(t) for t in turns]})
        return
    now = kernel.ports.clock.now()
    show_task(tree[0], now)
    if len(tree) > 1:
        show_tree(tree, now)
    for turn in turns:
        show_turn(turn, ledger=ledger, whole=whole)
    if tree[0].outcome is not None and tree[0].outcome.answer:
        click.echo(f"\nanswer\n{harmless(tree[0].outcome.answer)}")


@click.command(
    epilog="""\b
Examples:
  kingpost events --follow
  kingpost events --task 3f2a --json"""
)
@click.option("--follow", "-f", is_flag=True, help="Go on printing until interrupted.")
@click.option("--task", "task_", metavar="ID", help="Only this task's.")
@click.option("--after", type=int, default=0, metavar="POSITION", help="Begin behind this position.")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many frames.")
@as_json
@with_kernel
async def events(kernel: Kernel, follow: bool, task_: str | None, after: int, limit: int | None, json_: bool) -> None:
    """Print what the log holds."""
    printed = 0
    while True:
        wait = 1.0 if follow else 0.0
        page = await kernel.perform(EVENTS, ListEvents(after=after, task=task_, limit=500, wait=wait))
        for frame in page.frames:
            _show_frame(frame, json_=json_)
            printed += 1
            if printed == limit:
                return
        done = page.position == after
        after = max(page.position, after)
        if done and not follow:
            return


def _show_frame(frame: Recorded, *, json_: bool) -> None:
    for number, event in enumerate(frame.events):
        if json_:
            shown: dict[str, Any] = {
                "position": frame.position, "event": number, "at": frame.at / 1e6, "stream": frame.stream,
                "kind": event.kind, "v": event.v, "header": dict(event.header), "payload": event.payload,
                "erased": event.erased, "hash": frame.hash.hex(),
            }  # fmt: skip
            print_json(shown)
            continue
        facts = "  ".join(f"{k}={v}" for k, v in event.header.items() if v not in (None, "", [], {}) and k != "task")
        click.echo(
            f"{frame.position:>7}  {moment(frame.at / 1e6)}  {frame.stream}  {event.kind}  {one_line(facts, 160)}"
        )

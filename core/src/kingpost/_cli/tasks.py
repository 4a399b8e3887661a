"""``kingpost tasks``, ``task``, ``events`` and ``cancel``."""

from __future__ import annotations

from typing import Any

import click

from .._host.kernel import Kernel
from ..operations.tasks import (
    CANCEL,
    EVENTS,
    EXPAND,
    LIST,
    TREE,
    TURNS,
    Cancel,
    Expand,
    ListEvents,
    ListTasks,
    TaskId,
    TaskView,
    TurnView,
)  # fmt: skip
from ..records.action import Answer
from ..records.context import Pack
from ..records.event import Recorded
from ..records.task import Status
from .session import as_json, harmless, moment, one_line, plain, print_json, table, with_kernel


@click.command(
    epilog="""\b
Examples:
  kingpost tasks
  kingpost tasks --state running --state queued --json"""
)
@click.option(
    "--state", "states", multiple=True, type=click.Choice([s.value for s in Status]), help="Only these; repeatable."
)
@click.option("--agent", metavar="NAME", help="Only this agent's.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@click.option("--after", metavar="ID", help="Go on behind this one.")
@as_json
@with_kernel
async def tasks(
    kernel: Kernel, states: tuple[str, ...], agent: str | None, limit: int, after: str | None, json_: bool
) -> None:
    """List tasks, newest first."""
    statuses = tuple(Status(state) for state in states) or None
    page = await kernel.perform(LIST, ListTasks(statuses=statuses, agent=agent, limit=limit, after=after))
    if json_:
        print_json(plain(page))
        return
    if not page.tasks:
        narrowed = states or agent or after
        click.echo("no task fits" if narrowed else 'no tasks yet; try: kingpost run "..." --input docs/', err=True)
        return
    rows = [(t.id, t.status.value, t.agent, moment(t.created), one_line(t.description, 200)) for t in page.tasks]
    table(rows, ("ID", "STATE", "AGENT", "CREATED", "TASK"))
    if page.next:
        click.echo(f"more: kingpost tasks --after {page.next}", err=True)


@click.command(
    epilog="""\b
An id can be shortened to any unique beginning or end.
Examples:
  kingpost task 3f2a
  kingpost task 3f2a --ledger
  kingpost task 3f2a --expand 7"""
)
@click.argument("id")
@click.option("--ledger", is_flag=True, help="Every passage of every turn: kept or dropped, tokens, why.")
@click.option("--expand", metavar="PASSAGE", help="Print a passage as it was before it was fitted.")
@as_json
@with_kernel
async def task(kernel: Kernel, id: str, ledger: bool, expand: str | None, json_: bool) -> None:
    """Show one task: tree, turns, ledger."""
    if expand is not None:
        back = await kernel.perform(EXPAND, Expand(id=id, passage=expand))
        print_json(plain(back)) if json_ else click.echo(harmless(back.text))
        return
    tree = (await kernel.perform(TREE, TaskId(id))).tasks
    turns = (await kernel.perform(TURNS, TaskId(tree[0].id))).turns
    if json_:
        print_json({"task": plain(tree[0]), "tree": [plain(t) for t in tree], "turns": [plain(t) for t in turns]})
        return
    _show_task(tree[0])
    if len(tree) > 1:
        click.echo("\ntree")
        for one in tree:
            depth = one.id.removeprefix(tree[0].id).count("/")
            click.echo(f"  {'  ' * depth}{one.id}  {one.status}  {one.agent}  {one_line(one.description, 60)}")
    for turn in turns:
        _show_turn(turn, ledger=ledger)
    if tree[0].outcome is not None and tree[0].outcome.answer:
        click.echo(f"\nanswer\n{harmless(tree[0].outcome.answer)}")


def _show_task(view: TaskView) -> None:
    usage = view.usage
    spent = f"{usage.input_tokens or 0} in, {usage.output_tokens or 0} out" if usage.input_tokens else "none reported"
    rows = [
        ("task", view.id),
        ("state", view.status.value + (f" ({view.outcome.reason})" if view.outcome and view.outcome.reason else "")),
        ("detail", view.outcome.detail if view.outcome else ""),
        ("agent", view.agent + (f", model {view.model}" if view.model else ", no model")),
        ("created", moment(view.created)),
        ("updated", moment(view.updated)),
        ("attempts", str(view.attempt)),
        ("turns", str(view.turns)),
        ("tokens", spent),
        ("asked", view.description),
    ]
    for name, value in rows:
        if value:
            click.echo(f"{name:<9}{harmless(value)}")


def _show_turn(view: TurnView, *, ledger: bool) -> None:
    action = view.turn.action
    click.echo(
        f"\nturn {view.turn.number}  " + ("answered" if isinstance(action, Answer) else f"{len(action.calls)} call(s)")
    )
    if not isinstance(action, Answer):
        for call in action.calls:
            click.echo(f"  {call.id}: {call.tool} {one_line(str(dict(call.arguments)), 100)}")
        for one in view.turn.observations:
            click.echo(f"  {one.call}: {one.error or 'ok'}  {one_line(one.text, 100)}")
    if view.ledger is not None:
        from .run import summary

        click.echo(f"  {summary(view.ledger)}")
        if ledger:
            show_ledger(view.ledger)


def show_ledger(pack: Pack, *, err: bool = False) -> None:
    """Every row of an account, in a user's words; kept rows and framing add up to used."""
    for row in pack.kept:
        place = f"{row.source}:{row.place}" if row.place else row.source
        click.echo(f"  kept     {row.id:>8}  {row.tokens:>7}  {place}  ({row.reason})", err=err)
    click.echo(f"  framing  {'':>8}  {pack.framing:>7}  labels and joins", err=err)
    click.echo(f"  used     {'':>8}  {pack.used:>7}  of {pack.budget} ({pack.counter})", err=err)
    for lost in pack.dropped:
        place = f"{lost.source}:{lost.place}" if lost.place else lost.source
        what = "dropped " if lost.whole else "shorter "
        click.echo(f"  {what} {lost.id:>8}  {lost.tokens:>7}  {place}  ({lost.reason})", err=err)


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
            if limit is not None and printed >= limit:
                return
            _show_frame(frame, json_=json_)
            printed += 1
        done = page.position == after or not page.frames
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


@click.command(epilog="Example: kingpost cancel 3f2a --reason 'asked the wrong thing'")
@click.argument("id")
@click.option("--reason", default="", help="Recorded with the outcome.")
@as_json
@with_kernel
async def cancel(kernel: Kernel, id: str, reason: str, json_: bool) -> None:
    """Ask a task to end."""
    view = await kernel.perform(CANCEL, Cancel(id=id, reason=reason))
    if json_:
        print_json(plain(view))
    elif view.status.final:
        click.echo(f"{view.id} {view.status}")
    else:
        click.echo(f"{view.id} was asked to end; whoever works on it stops at the next step")

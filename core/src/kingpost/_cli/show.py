"""A task for the eye: where it stands, what it waits for, what it has spent, its turns and their ledgers.

Called by the commands that print tasks. Prints; asks nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from ..operations.tasks import TaskView, TurnView
from ..records.action import Answer
from ..records.context import Pack, Turn
from ..records.task import Status
from .outcome import summary
from .session import harmless, moment, one_line
from .when import length, money

WAITS_FOR = {
    "approval": "an approval",
    "question": "an answer",
    "answer": "a tool outside",
    "worker": "a worker of your own",
    "child": "a child",
    "timer": "a time",
}
"""What a call waits for, in words."""


def state_of(view: TaskView, now: float) -> str:
    """Where a task stands and, when it does not run, what it waits for."""
    if view.status.final:
        reason = view.outcome.reason if view.outcome else None
        return f"{view.status} ({reason})" if reason else view.status.value
    notes = []
    if view.waits:
        notes.append("for " + ", ".join(dict.fromkeys(WAITS_FOR.get(kind, kind) for kind in view.waits.values())))
    if view.status is Status.QUEUED and view.not_before is not None and view.not_before > now:
        notes.append(f"{'again ' if view.retries else ''}at {moment(view.not_before)}")
    if view.cancel_requested:
        notes.append("asked to end")
    return f"{view.status} ({', '.join(notes)})" if notes else view.status.value


def show_task(view: TaskView, now: float) -> None:
    """All that is known of one task, a line each; what there is nothing to say about is left out."""
    usage = view.usage
    rows = [
        ("task", view.id),
        ("state", state_of(view, now)),
        ("detail", view.outcome.detail if view.outcome else ""),
        *(("waits", f"call {call} for {WAITS_FOR.get(kind, kind)}") for call, kind in view.waits.items()),
        ("agent", view.agent + (f", model {view.model}" if view.model else ", no model")),
        ("parent", view.parent or ""),
        ("thread", view.thread or ""),
        ("schedule", view.schedule or ""),
        ("again", f"replay of {view.replay_of}" if view.replay_of else ""),
        ("fork", f"of {view.fork_of}" if view.fork_of else ""),
        ("created", moment(view.created)),
        ("updated", moment(view.updated)),
        ("attempts", str(view.attempt)),
        ("retries", f"{view.retries} since the last turn" if view.retries else ""),
        ("turns", str(view.turns)),
        ("tokens", f"{usage.input_tokens or 0} in, {usage.output_tokens or 0} out" if usage.input_tokens else ""),
        ("spent", _spent(view)),
        ("asked", view.description),
    ]
    for name, value in rows:
        if value:
            click.echo(f"{name:<9}{harmless(value)}")


def _spent(view: TaskView) -> str:
    """What the tree has spent, of what it may."""
    tokens, micro, milliseconds = view.spent
    most_tokens, most_micro, most_milliseconds = view.granted
    parts = []
    if tokens or most_tokens is not None:
        parts.append(f"{tokens:,}" + ("" if most_tokens is None else f" of {most_tokens:,}") + " tokens")
    if micro or most_micro is not None:
        parts.append(f"{money(micro)}" + ("" if most_micro is None else f" of {money(most_micro)}") + " money")
    bound = "" if most_milliseconds is None else f" of {length(most_milliseconds / 1000)}"
    parts.append(f"{length(milliseconds / 1000)}{bound} active")
    return ", ".join(parts)


def show_tree(tasks: Sequence[TaskView], now: float) -> None:
    """A task and everything below it."""
    click.echo("\ntree")
    for one in tasks:
        depth = one.id.removeprefix(tasks[0].id).count("/")
        about = one_line(one.description, 60)
        click.echo(harmless(f"  {'  ' * depth}{one.id}  {state_of(one, now)}  {one.agent}  {about}"))


def show_turn(view: TurnView, *, ledger: bool, whole: bool) -> None:
    """One turn, a line for each call and for what came back; ``whole`` prints every word."""
    turn = view.turn
    calls = () if isinstance(turn.action, Answer) else turn.action.calls
    click.echo(f"\nturn {turn.number}  " + (f"{len(calls)} call(s)" if calls else "answered"))
    if whole:
        _show_words(turn)
    else:
        for call in calls:
            click.echo(harmless(f"  {call.id}: {call.tool} {one_line(_json(call.arguments), 100)}"))
        for one in turn.observations:
            click.echo(harmless(f"  {one.call}: {one.error or 'ok'}  {one_line(one.text, 100)}"))
        for message in turn.messages:
            click.echo(f"  message: {one_line(message, 100)}")
    if view.ledger is not None:
        click.echo(f"  {summary(view.ledger)}")
        if ledger:
            show_ledger(view.ledger)


def _show_words(turn: Turn) -> None:
    if turn.action.text:
        click.echo(_indented(turn.action.text))
    calls = () if isinstance(turn.action, Answer) else turn.action.calls
    for call in calls:
        click.echo(harmless(f"  {call.id}: {call.tool} {_json(call.arguments)}"))
    for one in turn.observations:
        cut = ", cut" if one.truncated else ""
        click.echo(harmless(f"  {one.call}: {one.error or 'ok'} ({one.trust}{cut})"))
        click.echo(_indented(one.text, "    "))
    for message in turn.messages:
        click.echo(f"  message:\n{_indented(message, '    ')}")


def _json(arguments: Any) -> str:
    return json.dumps(dict(arguments), ensure_ascii=False)


def _indented(text: str, by: str = "  ") -> str:
    return "\n".join(f"{by}{line}" for line in harmless(text).splitlines())


def certainty(pack: Pack) -> str:
    """How sure the counts of an account are, said behind them; nothing where they are exact."""
    if pack.exact:
        return ""
    return ", upper bound" if pack.error is None else f", \u00b1{pack.error:.0%}"


def show_ledger(pack: Pack, *, err: bool = False) -> None:
    """Every row of an account, in a user's words; kept rows and framing add up to used."""
    for row in pack.kept:
        place = f"{row.source}:{row.place}" if row.place else row.source
        click.echo(f"  kept     {row.id:>8}  {row.tokens:>7}  {place}  ({row.reason})", err=err)
    click.echo(f"  framing  {'':>8}  {pack.framing:>7}  labels and joins", err=err)
    click.echo(f"  used     {'':>8}  {pack.used:>7}  of {pack.budget} ({pack.counter}{certainty(pack)})", err=err)
    for lost in pack.dropped:
        place = f"{lost.source}:{lost.place}" if lost.place else lost.source
        what = "dropped " if lost.whole else "shorter "
        click.echo(f"  {what} {lost.id:>8}  {lost.tokens:>7}  {place}  ({lost.reason})", err=err)

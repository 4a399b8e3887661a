"""What a task came to, as it is printed.

Called by the commands that follow a task to its end, and by ``work`` for each one that ends.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from .._host.kernel import Kernel
from ..operations.tasks import TURNS, TaskId, TaskView
from ..records.context import Pack
from ..records.event import Recorded
from ..records.task import Status
from .session import Failure, harmless, one_line, plain, print_json, styled

EXITS = {Status.SUCCEEDED: 0, Status.FAILED: 1, Status.CANCELLED: 1}
EXHAUSTED = "exhausted"


async def show_outcome(kernel: Kernel, task: TaskView, *, json_: bool) -> None:
    """The answer on standard output; how it failed on standard error; with JSON all of it as one object."""
    turns = (await kernel.perform(TURNS, TaskId(task.id))).turns
    ledger = next((turn.ledger for turn in reversed(turns) if turn.ledger is not None), None)
    if task.outcome is None:
        raise Failure(f"task {task.id} has {task.status}, and what it came to was erased or sealed", 1)
    if json_:
        print_json({**outcome_json(task), "ledger": None if ledger is None else ledger_json(ledger)})
        return
    if task.status is not Status.SUCCEEDED:
        click.echo(failed_line(task), err=True)
        return
    click.echo(harmless(task.outcome.answer))
    if ledger is not None and sys.stdout.isatty():
        click.echo(styled(f"\n{summary(ledger)}  (kingpost task {task.id} --ledger)", dim=True))


def tell_retries(task: str, frame: Recorded, now: float) -> None:
    """A line on standard error where a frame says that a task will be tried again: when, and what keeps it up."""
    for event in frame.events:
        if event.kind == "task.retrying":
            wait = max(event.header["not_before"] - now, 0)
            why = (event.payload or {}).get("problem") or event.header.get("error", "")
            click.echo(f"task {task} is tried again in {wait:.0f} s: {one_line(why, 300)}", err=True)


def outcome_json(task: TaskView) -> dict[str, Any]:
    """How a task ended, for programs. What was erased is null."""
    outcome = plain(task.outcome) if task.outcome is not None else {}
    return {
        "task": task.id,
        "state": task.status.value,
        "answer": outcome.get("answer") if task.status is Status.SUCCEEDED else None,
        "sources": outcome.get("sources", []),
        "ledger": None,
        "model": task.model,
        "reason": outcome.get("reason"),
        "error": outcome.get("error"),
        "detail": outcome.get("detail") or None,
    }


def failed_line(task: TaskView) -> str:
    """How a task failed, on one line, with the mend where there is one."""
    outcome = task.outcome
    said = "" if outcome is None else f"{outcome.reason}; {outcome.detail}".rstrip("; ")
    mend = ""
    if outcome is not None and outcome.reason == EXHAUSTED:
        mend = f"; when its cause is mended: kingpost letters replay {task.id} --run"
    return " ".join(harmless(f"task {task.id} {task.status}: {said}{mend}", err=True).split())


def ledger_json(ledger: Pack) -> dict[str, Any]:
    """The ledger without the texts: rows of kept passages and ``framing`` add up to ``used``."""
    whole = plain(ledger)
    for row in whole["kept"]:
        del row["text"]
    result: dict[str, Any] = whole
    return result


def summary(ledger: Pack) -> str:
    """The ledger on one line."""
    exact = "" if ledger.exact else " (upper bound)"
    if ledger.error is not None:
        exact = f" (calibrated, \u00b1{ledger.error:.0%})"
    return (
        f"context: {ledger.used} of {ledger.budget} tokens{exact}, {len(ledger.kept)} passages kept, "
        f"{len(ledger.dropped)} dropped or shortened"
    )

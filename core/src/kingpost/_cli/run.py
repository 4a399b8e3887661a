"""``kingpost run``: do a task and print the answer with its sources."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from .._host.kernel import Kernel
from ..operations.tasks import CANCEL, GET, RESUME, SUBMIT, TURNS, WAIT, Cancel, Resume, Submit, TaskId, TaskView, Wait
from ..records.context import Pack
from ..records.task import Status
from .session import Failure, as_json, harmless, plain, print_json, with_kernel

EXITS = {Status.SUCCEEDED: 0, Status.FAILED: 1, Status.CANCELLED: 1}


@click.command(
    epilog="""\b
Examples:
  kingpost run "What does the cache do when it is full?" --input docs/
  kingpost run "Summarise the decisions" --input notes.pdf --agent ollama --model qwen3
  kingpost run "..." --input src/ --json | jq .sources
  kingpost run --resume

Exit codes: 0 done, 1 the task failed, 2 wrong usage. Ctrl-C cancels the task;
a run that was killed goes on with the next start."""
)
@click.argument("description", required=False)
@click.option(
    "--input", "-i", "inputs", multiple=True, metavar="PATH", help="File or folder to read in first; repeatable."
)
@click.option("--agent", "-a", metavar="NAME", help="Agent that does it.  [default: extract, which needs no model]")
@click.option("--model", "-m", metavar="NAME", help="Model for the agent; alone it means --agent ollama.")
@click.option("--budget", "-b", type=int, metavar="TOKENS", help="Context budget of one prompt.  [default: 8000]")
@click.option("--context", "-c", metavar="TEXT|@FILE", help="Handed along with the task.")
@click.option("--memory", metavar="NAME", help="Memory backend.")
@click.option("--compressor", metavar="NAME", help="Context compressor.")
@click.option(
    "--scope", "scopes", multiple=True, metavar="NAME", help="Memory scope to recall; repeatable.  [default: default]"
)
@click.option(
    "--tool", "tools", multiple=True, metavar="PATTERN", help="Tools that may be used; repeatable.  [default: all]"
)
@click.option("--workspace", metavar="DIR", help="Folder that tools work in.  [default: a fresh one]")
@click.option("--tokens", type=int, metavar="N", help="Tokens that the whole tree may spend.")
@click.option("--seconds", type=float, metavar="S", help="Time that it may take.")
@click.option("--thread", metavar="NAME", help="Conversation that it belongs to.")
@click.option("--resume", is_flag=True, help="Finish what was interrupted instead of beginning something.")
@as_json
def run(description: str | None, *, resume: bool, json_: bool, **options: Any) -> None:
    """Do a task and print the answer with its sources."""
    if resume:
        if description is not None:
            raise click.UsageError("--resume takes no task; leave out one of them")
        code = _resume(json_)
    else:
        if description is None:
            raise click.UsageError('say what is to be done: kingpost run "..."')
        code = _run(_request(description, options), json_)
    raise click.exceptions.Exit(code)


def _request(description: str, options: dict[str, Any]) -> Submit:
    context = options["context"] or ""
    if context.startswith("@"):
        try:
            context = Path(context[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise Failure(f"--context {context!r} cannot be read as UTF-8 text ({problem})", 2) from problem
    if options["seconds"] is not None and not math.isfinite(options["seconds"]):
        raise Failure(f"--seconds {options['seconds']} is no number of seconds", 2)
    agent = options["agent"]
    if agent is None and options["model"] is not None:
        agent = "ollama"
    return Submit(
        description=description,
        agent=agent,
        model=options["model"],
        context=context,
        inputs=options["inputs"],
        budget=options["budget"],
        memory=options["memory"],
        compressor=options["compressor"],
        scopes=options["scopes"] or None,
        tools=options["tools"] or None,
        workspace=options["workspace"],
        tokens=options["tokens"],
        seconds=options["seconds"],
        thread=options["thread"],
    )


@with_kernel
async def _run(kernel: Kernel, request: Submit, json_: bool) -> int:
    submitted = await kernel.perform(SUBMIT, request)
    left_behind = [root for root in (await kernel.perform(RESUME, Resume())).tasks if root != submitted.id]
    if left_behind:
        click.echo(f"also finishing {len(left_behind)} interrupted task(s): {', '.join(left_behind)}", err=True)
    with _shown(kernel, submitted.id, request.agent or kernel.config.agent):
        await kernel.work(submitted.id)
        task = await _finished(kernel, submitted.id)
    await _print(kernel, task, json_)
    for other in left_behind:
        done = await _finished(kernel, other)
        click.echo(f"finished {other}: {done.status}", err=True)
    return EXITS[task.status]


@with_kernel
async def _resume(kernel: Kernel, json_: bool) -> int:
    resumed = await kernel.perform(RESUME, Resume())
    for id, why in resumed.left.items():
        click.echo(f"left {id}: {why}", err=True)
    if not resumed.tasks:
        click.echo("nothing was interrupted", err=True)
    worst = 0
    for root in resumed.tasks:
        agent = (await kernel.perform(GET, TaskId(root))).agent
        with _shown(kernel, root, agent):
            task = await _finished(kernel, root)
        await _print(kernel, task, json_)
        worst = max(worst, EXITS[task.status])
    return worst


async def _finished(kernel: Kernel, id: str) -> TaskView:
    """The task with its outcome. Ctrl-C cancels it, SIGTERM lets go of it: the next start goes on."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    cancels: set[asyncio.Task[Any]] = set()

    def interrupt() -> None:
        cancels.add(loop.create_task(kernel.perform(CANCEL, Cancel(id=id, reason="interrupted from the keyboard"))))

    # On Windows an event loop has no signal handlers; there Ctrl-C is what kill -9 is, and --resume goes on.
    with contextlib.suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, interrupt)
        loop.add_signal_handler(signal.SIGTERM, stop.set)
    stopped = loop.create_task(stop.wait())
    while True:
        waiting = loop.create_task(kernel.perform(WAIT, Wait(id=id, seconds=30.0)))
        await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            waiting.cancel()
            await kernel.drain()
            task = await kernel.perform(GET, TaskId(id))
            if not task.status.final:
                raise Failure(f"stopped; task {id} goes on with 'kingpost run --resume'", 143)
            return task
        task = waiting.result()
        if task.status.final:
            stopped.cancel()
            return task


@contextlib.contextmanager
def _shown(kernel: Kernel, root: str, agent: str) -> Iterator[None]:
    """Live progress on a terminal, silence in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from .live import Display

    with Display(root, agent) as ear:
        silence = kernel.listen(ear)
        try:
            yield
        finally:
            silence()


async def _print(kernel: Kernel, task: TaskView, json_: bool) -> None:
    turns = (await kernel.perform(TURNS, TaskId(task.id))).turns
    ledger = next((turn.ledger for turn in reversed(turns) if turn.ledger is not None), None)
    outcome = task.outcome
    if outcome is None:
        raise Failure(f"task {task.id} has ended but its outcome has been erased", 1)
    if json_:
        print_json(
            {
                "task": task.id,
                "state": task.status.value,
                "answer": outcome.answer if task.status is Status.SUCCEEDED else None,
                "sources": plain(outcome)["sources"],
                "ledger": None if ledger is None else ledger_json(ledger),
                "model": task.model,
                "reason": outcome.reason,
                "error": outcome.error,
                "detail": outcome.detail or None,
            }
        )
        return
    if task.status is not Status.SUCCEEDED:
        click.echo(f"task {task.id} {task.status}: {outcome.reason}; {outcome.detail}".rstrip("; "), err=True)
        return
    click.echo(harmless(outcome.answer))
    if ledger is not None and sys.stdout.isatty():
        click.echo(click.style(f"\n{summary(ledger)}  (kingpost task {task.id} --ledger)", dim=True))


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
    return (
        f"context: {ledger.used} of {ledger.budget} tokens{exact}, {len(ledger.kept)} passages kept, "
        f"{len(ledger.dropped)} dropped or shortened"
    )

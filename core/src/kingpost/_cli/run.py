"""``kingpost run``: do a task and print the answer with its sources."""

from __future__ import annotations

from typing import Any

import click

from .._host.kernel import Kernel
from ..operations.tasks import GET, LIST, RESUME, SUBMIT, TREE, ListTasks, Resume, Submit, TaskId
from ..records.task import Status
from .follow import Follow, finish, shown
from .outcome import EXITS, show_outcome
from .request import request, task_options
from .session import Failure, as_json, moment, print_json, with_kernel
from .show import state_of
from .when import Moment


@click.command(
    epilog="""\b
Examples:
  kingpost run "What does the cache do when it is full?" --input docs/
  kingpost run "Summarise the decisions" --input notes.pdf --agent ollama --model qwen3
  kingpost run "..." --input src/ --json | jq .sources
  kingpost run "..." --tokens 50000 --deadline 2h
  kingpost run "..." --at 06:45 --detach
  kingpost run --resume

When it asks something, answer at the terminal, or from anywhere else with
'kingpost reply'.

Exit codes: 0 done, 1 the task failed, 2 wrong usage. Ctrl-C cancels the task;
a run that was killed goes on with the next start."""
)
@click.argument("description", required=False)
@task_options
@click.option("--deadline", type=Moment(), metavar="TIME", help="Fail when it is not done by then: 18:00, 2h.")
@click.option("--at", "--not-before", "not_before", type=Moment(), metavar="TIME", help="Begin then, not earlier.")
@click.option("--detach", "-d", is_flag=True, help="Only queue it, and print its id; 'kingpost work' does it.")
@click.option("--resume", is_flag=True, help="Finish what was left unfinished, or the task with this id.")
@as_json
def run(
    description: str | None, *, resume: bool, detach: bool, json_: bool, deadline: float | None,
    not_before: float | None, **options: Any,
) -> None:  # fmt: skip
    """Do a task and print the answer with its sources."""
    if resume:
        code = _resume(json_) if description is None else _resume_one(description, json_)
    else:
        if description is None:
            raise click.UsageError('say what is to be done: kingpost run "..."')
        asked = request(description, options, deadline=deadline, not_before=not_before)
        code = _queue(asked, json_) if detach else _run(asked, json_)
    raise click.exceptions.Exit(code)


def _check(kernel: Kernel, asked: Submit) -> None:
    """Refuse a task that could never be done in time."""
    begins = max(kernel.ports.clock.now(), asked.not_before or 0)
    if asked.deadline is not None and asked.deadline <= begins:
        behind = "its beginning" if begins == asked.not_before else "now"
        raise Failure(f"the deadline, {moment(asked.deadline)}, is not behind {behind}; give it more time", 2)


@with_kernel
async def _queue(kernel: Kernel, asked: Submit, json_: bool) -> int:
    _check(kernel, asked)
    submitted = await kernel.perform(SUBMIT, asked)
    if json_:
        print_json({"task": submitted.id, "state": submitted.status.value, "position": submitted.position})
    else:
        click.echo(submitted.id)
    return 0


@with_kernel
async def _run(kernel: Kernel, asked: Submit, json_: bool) -> int:
    _check(kernel, asked)
    submitted = await kernel.perform(SUBMIT, asked)
    if asked.not_before is not None and asked.not_before > kernel.ports.clock.now():
        click.echo(f"task {submitted.id} begins at {moment(asked.not_before)}", err=True)
    if lacking := set(asked.needs).difference(kernel.config.capabilities):
        what = ", ".join(sorted(lacking))
        click.echo(f"task {submitted.id} waits for a worker that can do {what}: [kernel] capabilities", err=True)
    others = await _take_up(kernel, [root for root in await _interrupted(kernel) if root != submitted.id])
    if others:
        click.echo(f"also finishing {len(others)} interrupted task(s): {', '.join(others)}", err=True)
    code = await finish(kernel, submitted.id, json_=json_)
    for other in others:
        await _finish_other(kernel, other)
    return code


async def _interrupted(kernel: Kernel) -> list[str]:
    """The trees in which a worker has died. What waits, for somebody or in the queue, was not interrupted."""
    log = await kernel.log()
    roots: dict[str, None] = {}
    after: str | None = None
    while True:
        page = await kernel.perform(LIST, ListTasks(statuses=(Status.RUNNING,), after=after, limit=1000))
        for task in page.tasks:
            if task.worker is None or not await log.alive(task.worker):
                roots[task.root] = None
        if page.next is None:
            return list(roots)
        after = page.next


async def _take_up(kernel: Kernel, roots: list[str]) -> list[str]:
    """Work on these trees; those that can be worked on here."""
    taken: list[str] = []
    for root in roots:
        taken += (await kernel.perform(RESUME, Resume(only=root))).tasks
    return taken


async def _finish_other(kernel: Kernel, root: str) -> None:
    with shown(kernel, (await kernel.perform(TREE, TaskId(root))).tasks) as still:
        task = await Follow(kernel, root, still, ask=False).ended(leave=True)
    if task is None:
        await _tell_left(kernel, root)
    else:
        click.echo(f"finished {root}: {task.status}", err=True)


async def _tell_left(kernel: Kernel, id: str) -> None:
    task = await kernel.perform(GET, TaskId(id))
    click.echo(f"left {id}: {state_of(task, kernel.ports.clock.now())}; see 'kingpost calls'", err=True)


@with_kernel
async def _resume(kernel: Kernel, json_: bool) -> int:
    resumed = await kernel.perform(RESUME, Resume())
    for id, why in resumed.left.items():
        click.echo(f"left {id}: {why}", err=True)
    if not resumed.tasks:
        click.echo("nothing was interrupted", err=True)
    worst = 0
    for root in resumed.tasks:
        with shown(kernel, (await kernel.perform(TREE, TaskId(root))).tasks) as still:
            task = await Follow(kernel, root, still).ended(leave=True)
        if task is None:
            await _tell_left(kernel, root)
            continue
        await show_outcome(kernel, task, json_=json_)
        worst = max(worst, EXITS[task.status])
    return worst


@with_kernel
async def _resume_one(kernel: Kernel, id: str, json_: bool) -> int:
    task = await kernel.perform(GET, TaskId(id))
    if task.status.final:
        await show_outcome(kernel, task, json_=json_)
        return EXITS[task.status]
    return await finish(kernel, task.id, json_=json_)

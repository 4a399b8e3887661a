"""``kingpost artefact``: the files that a task and what it delegated to have handed in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from .._host.kernel import Kernel
from ..operations.tasks import FETCH, TREE, Fetch, File, TaskId, TaskView
from ..records.task import Artefact
from .session import Failure, as_json, harmless, plain, print_json, table, with_kernel

_DIGEST_CHARS = 12


@click.command(
    epilog="""\b
Files of what a task delegated are listed under the task that made them.
Examples:
  kingpost artefact 3f2a
  kingpost artefact 3f2a report.md
  kingpost artefact 3f2a chart.png --out charts/"""
)
@click.argument("task")
@click.argument("name", required=False)
@click.option("--out", "-o", metavar="FILE", help="Save it here; a folder keeps its name.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@as_json
@with_kernel
async def artefact(kernel: Kernel, task: str, name: str | None, out: str | None, force: bool, json_: bool) -> None:
    """List the files that a task made; print or save one."""
    if name is None:
        if out is not None or force:
            raise Failure("--out saves one file: name it, as in 'kingpost artefact TASK NAME --out FILE'", 2)
        _list((await kernel.perform(TREE, TaskId(task))).tasks, json_=json_)
        return
    file = await kernel.perform(FETCH, Fetch(id=task, name=name))
    if out is not None:
        _save(file, out, force=force, json_=json_)
    elif json_:
        print_json(plain(file))
    else:
        _print(file)


def _list(tasks: Sequence[TaskView], *, json_: bool) -> None:
    made = [(task.id, one) for task in tasks for one in (task.outcome.artefacts if task.outcome is not None else ())]
    if json_:
        print_json({"task": tasks[0].id, "artefacts": [{"task": id, **plain(one)} for id, one in made]})
        return
    if made:
        table([_row(id, one) for id, one in made], ("TASK", "SIZE", "TYPE", "SHA-256", "NAME"))
    elif tasks[0].status.final:
        click.echo(f"task {tasks[0].id} made no files", err=True)
    if not tasks[0].status.final:
        click.echo(
            f"task {tasks[0].id} is {tasks[0].status}: its files are listed when it ends, and can be had by NAME now",
            err=True,
        )


def _row(task: str, one: Artefact) -> tuple[str, ...]:
    return task, f"{one.size:,}", one.media_type, one.digest[:_DIGEST_CHARS], one.name


def _print(file: File) -> None:
    """The bytes as they are; at a terminal only text, which cannot command it."""
    if not sys.stdout.isatty():
        click.echo(file.content, nl=False)
        return
    try:
        text = file.content.decode()
    except UnicodeDecodeError:
        said = f"{file.name!r} is no text ({len(file.content):,} bytes, {file.media_type}); save it with --out FILE"
        raise Failure(harmless(said, err=True), 2) from None
    click.echo(harmless(text), nl=not text.endswith("\n"))


def _save(file: File, out: str, *, force: bool, json_: bool) -> None:
    path = Path(out)
    if out.endswith("/") or path.is_dir():
        if file.name != Path(file.name).name or file.name in ("", ".", ".."):
            # Agents name files, too.
            raise Failure("its name leads elsewhere; name the file that it is saved in, not the folder", 2)
        path = path / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb" if force else "xb") as opened:
            opened.write(file.content)
    except FileExistsError:
        raise Failure(f"{path} is there already; name another file, or replace it with --force", 2) from None
    if json_:
        saved = {"name": file.name, "media_type": file.media_type, "size": len(file.content), "out": str(path)}
        print_json(saved)
        return
    click.echo(harmless(f"saved {path}, {len(file.content):,} bytes", err=True), err=True)

"""``kingpost verify``, ``rebuild``, ``heads``, ``backup``, ``restore``, ``seal`` and ``erase``: the log's care."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from .._host.kernel import Kernel
from ..operations import system as op
from ..operations.tasks import TREE, TaskId
from ..records.event import Finding, Report
from ..records.speech import Progress
from .session import Failure, as_json, moment, one_line, plain, print_json, talks, with_kernel
from .when import Moment

_NOTHING = op.Nothing()


@click.command(
    epilog="""\b
It changes nothing. Exit codes: 0 the log is sound, 1 it is not.
Examples:
  kingpost verify
  kingpost verify --head /mnt/elsewhere/heads.jsonl"""
)
@click.option(
    "--head", "heads", metavar="FILE", help="Heads of this log that were kept elsewhere: what 'heads export' wrote."
)
@as_json
@with_kernel
async def verify(kernel: Kernel, heads: str | None, json_: bool) -> None:
    """Read the whole log and name what is wrong."""
    with _progress(kernel):
        report = await kernel.perform(op.VERIFY, op.Verify(heads=heads))
    _show_report(report, "sound" if report.sound else "NOT SOUND", json_=json_)


@click.command(
    epilog="""\b
Work goes on meanwhile. Frames that cannot be read are named and left out.
Exit codes: 0 the log is sound, 1 something was left out.
Examples:
  kingpost rebuild
  kingpost rebuild --from-timestamp 2026-11-20"""
)
@click.option(
    "--from-timestamp", "since", type=Moment(back=True), metavar="TIME",
    help="Begin at the newest snapshot before: 2026-11-20T18:00, 7d.  [default: at the first frame]",
)  # fmt: skip
@as_json
@with_kernel
async def rebuild(kernel: Kernel, since: float | None, json_: bool) -> None:
    """Fold the log into fresh tables, in place of the old ones."""
    with _progress(kernel):
        report = await kernel.perform(op.REBUILD, op.Rebuild(since=since))
    _show_report(report, "rebuilt" if report.sound else "REBUILT IN PART", json_=json_)


def _show_report(report: Report, verdict: str, *, json_: bool) -> None:
    if json_:
        head = {"position": report.head.position, "hash": report.head.hash.hex()}
        print_json({**plain(report), "head": head, "sound": report.sound})
    else:
        for finding in report.findings:
            click.echo(f"{_where(finding)}: {finding.what}")
        count = "" if report.sound else f", {len(report.findings)} finding(s)"
        click.echo(
            f"{verdict}{count}: {report.frames} frames, {report.events} events, {report.erased} erased; head "
            f"{report.head.position} {report.head.hash.hex()[:16]}"
        )
    raise click.exceptions.Exit(0 if report.sound else 1)


def _where(finding: Finding) -> str:
    where = [f"frame {finding.position}" if finding.position else "", finding.stream or ""]
    where += [f"event {finding.event}" if finding.event is not None else "", finding.kind or ""]
    return ", ".join(part for part in where if part) or "log"


@contextlib.contextmanager
def _progress(kernel: Kernel) -> Iterator[None]:
    """How far it is, on one line of a terminal that is gone afterwards."""
    if not sys.stderr.isatty():
        yield
        return
    silence = kernel.listen(_show_progress)
    try:
        yield
    finally:
        silence()
        click.echo("\r\033[K", err=True, nl=False)


def _show_progress(task: str, what: Any) -> None:
    if isinstance(what, Progress):
        share = f"{100 * what.done // what.total} %" if what.total else str(what.done)
        click.echo(f"\r\033[K{what.step} {share}", err=True, nl=False)


@click.group(
    epilog="""\b
Whoever can rewrite a log can make it fit together again; a head that was kept
where they cannot write gives them away.
Examples:
  kingpost heads export --output /mnt/elsewhere/heads.jsonl
  kingpost verify --head /mnt/elsewhere/heads.jsonl"""
)
def heads() -> None:
    """Signed heads of the log, to be kept elsewhere."""


@heads.command("export", epilog="Example: kingpost heads export --output /mnt/elsewhere/heads.jsonl")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Add it to this file, which is made if need be.  [default: print it]",
)  # fmt: skip
@with_kernel
async def export(kernel: Kernel, output: Path | None) -> None:
    """Sign the newest head with the key of this home."""
    signed = plain(await kernel.perform(op.HEAD, _NOTHING))
    if output is None:
        print_json(signed)
        return
    with output.open("a", encoding="utf-8") as file:
        file.write(json.dumps(signed) + "\n")
    click.echo(f"head {signed['position']} {signed['hash'][:16]} added to {output}", err=True)


@click.command(
    epilog="""\b
A backup that was broken off is begun anew by the same command.
Example: kingpost backup /backups/2026-11-21"""
)
@click.argument("folder")
@as_json
@with_kernel
async def backup(kernel: Kernel, folder: str, json_: bool) -> None:
    """Copy memories and log while work goes on, into a new folder."""
    with _progress(kernel):
        copied = await kernel.perform(op.BACKUP, op.Backup(folder))
    _copied(copied, f"saved to {folder}", json_=json_)
    _tell_keys(Path(folder))


def _tell_keys(folder: Path) -> None:
    if keys := sorted(path.name for path in folder.glob("*.key")):
        click.echo(f"{folder} holds {', '.join(keys)}: keep it where only you can read it", err=True)


@click.command(epilog="Example: kingpost restore /backups/2026-11-21")
@click.argument("folder")
@as_json
@with_kernel
async def restore(kernel: Kernel, folder: str, json_: bool) -> None:
    """Take the state of a backup; what is newer than it is refused, not lost."""
    copied = await kernel.perform(op.RESTORE, op.Restore(folder))
    _copied(copied, f"restored from {folder}", json_=json_)


def _copied(copied: op.Copied, what: str, *, json_: bool) -> None:
    if json_:
        print_json({"position": copied.head.position, "hash": copied.head.hash.hex(), "memories": copied.memories})
    else:
        click.echo(
            f"{what}: log up to {copied.head.position} ({copied.head.hash.hex()[:16]}), {copied.memories} memories"
        )


@click.command(
    epilog="""\b
Only frames at the log's beginning move, none of a task that has not ended.
'kingpost verify' goes on from the head that the log keeps.
Example:
  kingpost seal --before 90d --to /archive/2026-08.segment"""
)
@click.option("--before", type=Moment(back=True), required=True, metavar="TIME", help="What is older: 2026-08-01, 90d.")
@click.option("--to", "target", required=True, metavar="FILE", help="The new file.")
@as_json
@with_kernel
async def seal(kernel: Kernel, before: float, target: str, json_: bool) -> None:
    """Move old frames of the log into a file of their own."""
    segment = (await kernel.perform(op.SEAL, op.Seal(before=before, target=target))).segment
    if json_:
        print_json(None if segment is None else plain(segment))
    elif segment is None:
        click.echo(f"nothing could move: no ended task is wholly before {moment(before)}")
    else:
        head = f"{segment.head.position} ({segment.head.hash.hex()[:16]})"
        click.echo(f"{segment.frames} frames, up to {head}, moved to {segment.path}")


@click.command(
    epilog="""\b
It cannot be undone. What still runs is ended first. Headers stay, so the log
still verifies; no byte of the content does.
Examples:
  kingpost erase --task 3f2a
  kingpost erase --everything --yes"""
)
@click.option("--task", "task_", metavar="ID", help="This task's content, and that of everything below it.")
@click.option("--everything", is_flag=True, help="All tasks and all memories.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@with_kernel
async def erase(kernel: Kernel, task_: str | None, everything: bool, yes: bool, json_: bool) -> None:
    """Erase the content of a task, or of everything."""
    if (task_ is None) == (not everything):
        raise click.UsageError("say what: either --task ID or --everything")
    what, id = f"the content of every task and every memory in {kernel.home}", None
    if task_ is not None:
        tree = (await kernel.perform(TREE, TaskId(task_))).tasks
        id, below = tree[0].id, f", and of {len(tree) - 1} below it" if len(tree) > 1 else ""
        what = f"the content of task {id} ({one_line(tree[0].description, 60)}){below}"
    if not yes:
        if not talks():
            raise Failure(f"this would erase {what}, which cannot be undone; say --yes to do it", 2)
        click.confirm(f"Erase {what}? It cannot be undone", abort=True, err=True)
    gone = await kernel.perform(op.ERASE, op.Erase(task=id, everything=everything))
    if json_:
        print_json(plain(gone))
    else:
        click.echo(
            f"erased: {gone.tasks} task(s), {gone.payloads} payloads, {gone.blobs} blobs, {gone.memories} memories"
        )

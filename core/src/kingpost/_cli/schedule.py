"""``kingpost schedule``: tasks that are submitted when their time comes."""

from __future__ import annotations

from typing import Any

import click

from .._host.kernel import Kernel
from ..operations.schedules import REMOVE, SCHEDULES, SET, ListSchedules, ScheduleId, ScheduleView, SetSchedule
from .request import request, task_options
from .session import Failure, as_json, moment, one_line, plain, print_json, table, with_kernel
from .when import Duration, length


@click.group(
    invoke_without_command=True,
    epilog="""\b
Schedules fire while 'kingpost work' runs; what it missed is made up for, once.
Examples:
  kingpost schedule set weekday-report --cron "45 6 * * 1-5" --zone Europe/Berlin "Report on last night"
  kingpost schedule set watch --every 2h "Is the build green?" --input logs/
  kingpost schedule
  kingpost schedule pause watch""",
)
@as_json
@click.pass_context
def schedule(context: click.Context, json_: bool) -> None:
    """Do tasks again and again: set, list, pause, resume, remove."""
    if context.invoked_subcommand is None:
        context.invoke(list_, json_=json_)


@schedule.command(
    "set",
    epilog="""\b
Set again with the same ID, it is changed. With --every the first one is due at once.
Examples:
  kingpost schedule set weekday-report --cron "45 6 * * 1-5" --zone Europe/Berlin "Report on last night"
  kingpost schedule set watch --every 2h "Is the build green?" --input logs/""",
)
@click.argument("id")
@click.argument("description")
@click.option("--cron", metavar="WHEN", help="Minute, hour, day, month, weekday, such as '45 6 * * 1-5', or @daily.")
@click.option("--every", type=Duration(), metavar="TIME", help="Every so often: 90s, 15m, 2h, 7d.")
@click.option("--zone", default="UTC", show_default=True, metavar="NAME", help="Time zone in which --cron is read.")
@click.option("--paused", is_flag=True, help="Do not fire before 'kingpost schedule resume'.")
@task_options
@as_json
@with_kernel
async def set_(
    kernel: Kernel, /, id: str, description: str, cron: str | None, every: float | None, zone: str, paused: bool,
    json_: bool, **options: Any,
) -> None:  # fmt: skip
    """Submit a task by the clock, or every so often."""
    if (cron is None) == (every is None):
        raise click.UsageError("say when: either --cron or --every")
    wanted = SetSchedule(
        id=id, request=request(description, options), cron=cron, every=every, zone=zone, paused=paused
    )  # fmt: skip
    _tell(await kernel.perform(SET, wanted), json_=json_)


@schedule.command("list", epilog="Example: kingpost schedule list --json")
@as_json
@with_kernel
async def list_(kernel: Kernel, json_: bool) -> None:
    """List schedules, by id."""
    found = (await kernel.perform(SCHEDULES, ListSchedules())).schedules
    if json_:
        print_json([plain(one) for one in found])
        return
    if not found:
        click.echo("no schedules; 'kingpost schedule set --help' shows how to make one", err=True)
        return
    rows = [(one.id, _when(one), _next(one), one_line(one.request.description, 200)) for one in found]
    table(rows, ("ID", "WHEN", "NEXT", "TASK"))


@schedule.command(epilog="Example: kingpost schedule remove watch")
@click.argument("id")
@as_json
@with_kernel
async def remove(kernel: Kernel, id: str, json_: bool) -> None:
    """Fire one no more. Tasks that it has submitted stay."""
    left = (await kernel.perform(REMOVE, ScheduleId(id))).schedules
    print_json([plain(one) for one in left]) if json_ else click.echo(f"{id} is removed")


@schedule.command(epilog="Example: kingpost schedule pause watch")
@click.argument("id")
@as_json
@with_kernel
async def pause(kernel: Kernel, id: str, json_: bool) -> None:
    """Let one rest."""
    _tell(await _change(kernel, id, paused=True), json_=json_)


@schedule.command(epilog="Example: kingpost schedule resume watch")
@click.argument("id")
@as_json
@with_kernel
async def resume(kernel: Kernel, id: str, json_: bool) -> None:
    """Let one that rests go on; what it has missed is not made up for."""
    _tell(await _change(kernel, id, paused=False), json_=json_)


async def _change(kernel: Kernel, id: str, *, paused: bool) -> ScheduleView:
    found = {one.id: one for one in (await kernel.perform(SCHEDULES, ListSchedules())).schedules}
    if id not in found:
        raise Failure(f"there is no schedule {id!r}; 'kingpost schedule list' lists them", 2)
    one = found[id]
    wanted = SetSchedule(
        id=id, request=one.request, cron=one.cron, every=one.every, zone=one.zone, paused=paused
    )  # fmt: skip
    return await kernel.perform(SET, wanted)


def _tell(view: ScheduleView, *, json_: bool) -> None:
    if json_:
        print_json(plain(view))
    else:
        click.echo(f"{view.id}: {_when(view)}, {'next ' if view.next else ''}{_next(view)}")


def _when(view: ScheduleView) -> str:
    if view.every is not None:
        return f"every {length(view.every)}"
    return f"{view.cron} {view.zone}"


def _next(view: ScheduleView) -> str:
    return "paused" if view.next is None else moment(view.next)

"""``kingpost calls``, ``reply`` and ``settle``: calls that wait for the world."""

from __future__ import annotations

import sys

import click

from .._host.kernel import Kernel
from ..errors import InvalidRequest
from ..operations.calls import CALLS, OBSERVE, REPLY, CallView, ListCalls, Observe, Reply
from ..operations.tasks import TREE, TaskId, TaskView
from ..records.action import Observation
from .asking import HUMAN, arguments_of
from .session import Failure, as_json, failure, harmless, moment, one_line, plain, print_json, table, with_kernel
from .show import WAITS_FOR, state_of


@click.command(
    epilog="""\b
Examples:
  kingpost calls
  kingpost calls --waits approval --json
  kingpost calls --task 3f2a"""
)
@click.option("--waits", type=click.Choice(list(WAITS_FOR)), help="Only those that wait for this.")
@click.option("--task", "task_", metavar="ID", help="Only this task's.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Tasks looked at.")
@click.option("--after", metavar="ID", help="Go on behind this task.")
@as_json
@with_kernel
async def calls(
    kernel: Kernel, waits: str | None, task_: str | None, limit: int, after: str | None, json_: bool
) -> None:
    """List the calls that wait: for a person, a time, a child, a tool."""
    page = await kernel.perform(CALLS, ListCalls(task=task_, waits=waits, after=after, limit=limit))
    if json_:
        print_json(plain(page))
        return
    if not page.calls:
        click.echo("no call waits", err=True)
    else:
        rows = [
            (call.task, call.call, call.tool, call.waits, moment(call.wake_at or 0), _about(call))
            for call in page.calls
        ]
        table(rows, ("TASK", "CALL", "TOOL", "WAITS", "UNTIL", "FOR"))
    if page.next:
        click.echo(f"more: kingpost calls --after {page.next}", err=True)


def _about(call: CallView) -> str:
    if call.waits == "approval":
        return one_line(str(dict(call.arguments)), 200)
    return one_line(call.reference, 200)


@click.command(
    epilog="""\b
CALL may be left out when only one call of the task, or below it, waits for a
person. Examples:
  kingpost reply 3f2a "the blue one"
  kingpost reply 3f2a --allow
  kingpost reply 3f2a c2 --allow --arguments '{"path": "notes.md"}'
  kingpost reply 3f2a --deny --because "not on a Friday" """
)
@click.argument("id")
@click.argument("rest", nargs=-1, metavar="[CALL] [TEXT]")
@click.option("--allow", is_flag=True, help="Let the call be made.")
@click.option("--deny", is_flag=True, help="Refuse the call.")
@click.option("--because", default="", metavar="TEXT", help="What the agent is told, with --deny.")
@click.option("--arguments", metavar="JSON", help="What the call is made with instead, with --allow.")
@as_json
def reply(
    id: str, rest: tuple[str, ...], allow: bool, deny: bool, because: str, arguments: str | None, json_: bool
) -> None:
    """Answer a question of a task, or allow or refuse a call."""
    if allow and deny:
        raise click.UsageError("--allow and --deny contradict each other; say one of them")
    if because and not deny:
        raise click.UsageError("--because goes with --deny")
    if arguments is not None and not allow:
        raise click.UsageError("--arguments go with --allow")
    decides = allow or deny
    if len(rest) > (1 if decides else 2):
        raise click.UsageError("that is too much; put the text into quotes")
    if not decides and not rest:
        raise click.UsageError('say what to answer: kingpost reply ID "...", --allow or --deny')
    call = rest[0] if len(rest) == 2 or (decides and rest) else None
    try:
        changed = None if arguments is None else arguments_of(arguments)
    except InvalidRequest as problem:
        raise failure(problem) from problem
    text = because if decides else rest[-1]
    _reply(id, call, Reply(id=id, call="", text=text, allow=allow if decides else None, arguments=changed), json_)


@with_kernel
async def _reply(kernel: Kernel, id: str, call: str | None, said: Reply, json_: bool) -> None:
    found = await _pick(kernel, id, call, "question" if said.allow is None else "approval")
    answered = Reply(id=found.task, call=found.call, text=said.text, allow=said.allow, arguments=said.arguments)
    view = await kernel.perform(REPLY, answered)
    what = {None: "is answered", True: f"may call {found.tool}", False: f"is refused {found.tool}"}[said.allow]
    _tell(kernel, view, what, json_=json_)


async def _pick(kernel: Kernel, id: str, call: str | None, kind: str) -> CallView:
    """The call that is meant: the one that is named, or the only one that waits for this, in the tree of a task.

    Raises:
        Failure: none, or several.
    """
    tree = (await kernel.perform(TREE, TaskId(id))).tasks
    waiting = [view for view in tree if any(one in HUMAN for one in view.waits.values())]
    found = [one for view in waiting for one in (await kernel.perform(CALLS, ListCalls(task=view.id))).calls]
    human = [one for one in found if one.waits in HUMAN]
    fitting = [one for one in human if (one.call == call if call is not None else one.waits == kind)]
    if len(fitting) > 1 and any(one.task == tree[0].id for one in fitting) and call is not None:
        fitting = [one for one in fitting if one.task == tree[0].id]
    if len(fitting) == 1:
        return fitting[0]
    listed = "; ".join(f"{one.task} {one.call} ({one.waits}, {one.tool})" for one in fitting or human)
    if fitting:
        raise Failure(f"{len(fitting)} calls wait; name one: {listed}", 2)
    what = f"call {call!r} that waits for somebody" if call is not None else f"call that waits for {WAITS_FOR[kind]}"
    mend = f"these wait: {listed}" if listed else f"it is {state_of(tree[0], kernel.ports.clock.now())}"
    raise Failure(f"task {tree[0].id!r} has no {what}; {mend}", 2)


def _tell(kernel: Kernel, view: TaskView, what: str, *, json_: bool) -> None:
    if json_:
        print_json(plain(view))
        return
    state = state_of(view, kernel.ports.clock.now())
    click.echo(f"{view.id} {harmless(what)}; it is {state}")
    if not view.status.final:
        click.echo(f"it goes on where it is worked on, or here: kingpost run --resume {view.root}", err=True)


@click.command(
    epilog="""\b
TEXT may be - for standard input.
Examples:
  kingpost settle 3f2a c1 "the build is green"
  kingpost settle 3f2a c1 "exit status 2" --error build.failed
  KINGPOST_CALL_TOKEN=... kingpost settle 3f2a c1 - < report.txt"""
)
@click.argument("id")
@click.argument("call")
@click.argument("text")
@click.option("--error", metavar="CODE", help="It came to nothing; the code says why.")
@click.option("--token", envvar="KINGPOST_CALL_TOKEN", metavar="TOKEN", help="The call's own, checked if given.")
@as_json
@with_kernel
async def settle(
    kernel: Kernel, id: str, call: str, text: str, error: str | None, token: str | None, json_: bool
) -> None:
    """Say what came of a call that a tool left pending."""
    said = sys.stdin.read() if text == "-" else text
    observation = Observation(call=call, text=said, error=error)
    view = await kernel.perform(OBSERVE, Observe(id=id, observation=observation, token=token))
    _tell(kernel, view, f"knows what came of {call}", json_=json_)

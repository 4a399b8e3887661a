"""``kingpost webhooks``: sources, endpoints, deliveries, replay, simulate and listen.

Each command asks one operation of a kernel that is opened for its length; ``simulate`` then speaks to a server.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from kingpost import ConfigurationError, InputError, InvalidRequest, Kernel, KingpostError, Opener, Record, dump, load
from pydantic import ValidationError

from . import asked as op
from .samples import SAMPLES
from .schemes import SCHEMES
from .source import Form, Rule


class Offered(Record):
    """A command as the door offers it."""

    name: str
    command: click.Command


class _Mendable(click.ClickException):
    """What the user can mend: the input, or the configuration."""

    exit_code = 2


def _with_kernel(command: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a command with an open kernel; a failure is one line."""

    def run(opener: Opener, **options: Any) -> None:
        async def inside() -> None:
            async with opener({}) as kernel:
                await command(kernel, **options)

        try:
            asyncio.run(inside())
        except KingpostError as problem:
            mendable = isinstance(problem, InputError | ConfigurationError)
            said = " ".join(str(problem).split())
            raise (_Mendable if mendable else click.ClickException)(said) from problem
        except KeyboardInterrupt:
            raise click.exceptions.Exit(0) from None

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return click.pass_obj(run)


_LOOK_SECONDS = 0.25

_json = click.option("--json", "json_", is_flag=True, help="Print one JSON object on one line.")


def _show(value: Any, rows: Sequence[Sequence[str]], head: Sequence[str], *, json_: bool) -> None:
    if json_:
        click.echo(json.dumps(dump(value), ensure_ascii=False))
        return
    if not rows:
        click.echo("none", err=True)
        return
    shown = [[_plain(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(head))]
    for row in shown:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _plain(text: str) -> str:
    """What others have written, on one line and harmless to a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:200]).split())


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


@click.group(
    epilog="""\b
Deliveries of others come in at POST /v1/hooks/SOURCE of 'kingpost serve'.
Examples:
  kingpost webhooks source set git --scheme github --secret-file s.txt --rules r.toml
  kingpost webhooks simulate github pull_request
  kingpost webhooks endpoint set ops https://ops.example.com/hook --event 'task.*'
  kingpost webhooks deliveries --endpoint ops --state failed
  kingpost webhooks replay --endpoint ops --dead"""
)
def webhooks() -> None:
    """Webhooks: sources, endpoints, deliveries; replay, simulate, listen."""


@webhooks.group()
def source() -> None:
    """Whose deliveries are taken in, how they are verified, and what becomes of them."""


@source.command("set", epilog="Example: kingpost webhooks source set git --scheme github --secret-file s.txt")
@click.argument("name")
@click.option("--scheme", required=True, type=click.Choice(sorted(SCHEMES)), help="Who signs, and how.")
@click.option("--secret", "secrets", multiple=True, metavar="TEXT", help="A secret; repeatable while one is replaced.")
@click.option("--secret-file", "files", multiple=True, type=click.Path(path_type=Path), help="A file that holds one.")
@click.option("--rules", type=click.Path(path_type=Path), help="TOML with [[rules]], and [form] for generic sources.")
@click.option("--tolerance", type=float, default=300.0, show_default=True, help="Seconds that a time stamp may be off.")
@click.option(
    "--unique", type=click.Choice(["id", "body"]), default="id", show_default=True, help="What makes two one."
)
@_json
@_with_kernel
async def set_source(kernel: Kernel, name: str, json_: bool, **options: Any) -> None:
    """Set up a source, or set it up anew."""
    rules, form = _rules(options["rules"])
    secrets = (*options["secrets"], *(_text(path).strip() for path in options["files"]))
    made = await kernel.perform(
        op.SET_SOURCE,
        op.SetSource(
            name=name, scheme=options["scheme"], secrets=secrets, tolerance=options["tolerance"],
            unique=options["unique"], rules=rules, form=form,
        ),
    )  # fmt: skip
    _show(made, [_source_row(made)], _SOURCE, json_=json_)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidRequest(f"{str(path)!r} cannot be read as UTF-8 text ({problem})") from problem


def _rules(path: Path | None) -> tuple[tuple[Rule, ...], Form]:
    if path is None:
        return (), Form()
    try:
        read = tomllib.loads(_text(path))
        return tuple(load(Rule, rule) for rule in read.get("rules", ())), load(Form, read.get("form", {}))
    except (tomllib.TOMLDecodeError, ValidationError) as problem:
        raise InvalidRequest(f"{str(path)!r}: {str(problem)[:300]}") from problem


_SOURCE = ("NAME", "SCHEME", "PATH", "SECRETS", "RULES")


def _source_row(view: op.SourceView) -> list[str]:
    return [view.name, view.scheme, view.path, str(view.secrets), str(len(view.rules))]


@source.command("list", epilog="Example: kingpost webhooks source list --json")
@_json
@_with_kernel
async def list_sources(kernel: Kernel, json_: bool) -> None:
    """List sources."""
    found = await kernel.perform(op.SOURCES, op.Nothing())
    _show(found, [_source_row(view) for view in found.sources], _SOURCE, json_=json_)


@source.command("remove", epilog="Example: kingpost webhooks source remove git")
@click.argument("name")
@_json
@_with_kernel
async def remove_source(kernel: Kernel, name: str, json_: bool) -> None:
    """Take no more deliveries of a source."""
    found = await kernel.perform(op.REMOVE_SOURCE, op.SourceName(name))
    _show(found, [_source_row(view) for view in found.sources], _SOURCE, json_=json_)


@webhooks.group()
def endpoint() -> None:
    """Where events are sent. Sending needs sinks = ["webhooks"] in the section [kernel]."""


_ENDPOINT = ("ID", "URL", "EVENTS", "STATE")


def _endpoint_row(view: op.EndpointView) -> list[str]:
    return [view.id, view.url, ",".join(view.events), f"disabled: {view.disabled}" if view.disabled else "sending"]


def _show_endpoint(view: op.EndpointView, *, json_: bool) -> None:
    _show(view, [_endpoint_row(view)], _ENDPOINT, json_=json_)
    if view.keys and not json_:
        click.echo("verify with (shown once):", err=True)
        for key in view.keys:
            click.echo(key)


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := next((name for name, equals, _ in pairs if not equals or not name), None):
        raise InvalidRequest(f"--where {wrong!r}: write PATH=PATTERN")
    return {name: value for name, _, value in pairs}


@endpoint.command("set", epilog="Example: kingpost webhooks endpoint set ops https://ops.example.com/hook")
@click.argument("id")
@click.argument("url")
@click.option("--event", "events", multiple=True, metavar="PATTERN", help="Which events; repeatable.  [default: *]")
@click.option("--where", multiple=True, metavar="PATH=PATTERN", help="Only where the data says so: agent=extract*.")
@click.option("--in-order", is_flag=True, help="Events of one task one after another, whatever fails.")
@click.option("--description", default="", metavar="TEXT", help="For the eye.")
@click.option(
    "--signing", multiple=True, type=click.Choice(["v1", "v1a"]), help="Shared secret, Ed25519.  [default: v1]"
)
@_json
@_with_kernel
async def set_endpoint(kernel: Kernel, id: str, url: str, json_: bool, **options: Any) -> None:
    """Set up an endpoint, or set it up anew; its keys and its place stay."""
    asked = op.SetEndpoint(
        id=id, url=url, events=options["events"] or ("*",), where=_pairs(options["where"]),
        order="task" if options["in_order"] else "none", description=options["description"],
        signing=options["signing"] or ("v1",),
    )  # fmt: skip
    _show_endpoint(await kernel.perform(op.SET_ENDPOINT, asked), json_=json_)


@endpoint.command("list", epilog="Example: kingpost webhooks endpoint list")
@_json
@_with_kernel
async def list_endpoints(kernel: Kernel, json_: bool) -> None:
    """List endpoints."""
    found = await kernel.perform(op.ENDPOINTS, op.Nothing())
    _show(found, [_endpoint_row(view) for view in found.endpoints], _ENDPOINT, json_=json_)


@endpoint.command("remove", epilog="Example: kingpost webhooks endpoint remove ops")
@click.argument("id")
@_json
@_with_kernel
async def remove_endpoint(kernel: Kernel, id: str, json_: bool) -> None:
    """Forget an endpoint, and what was kept for it."""
    found = await kernel.perform(op.REMOVE_ENDPOINT, op.EndpointId(id))
    _show(found, [_endpoint_row(view) for view in found.endpoints], _ENDPOINT, json_=json_)


@endpoint.command(epilog="Example: kingpost webhooks endpoint enable ops")
@click.argument("id")
@_json
@_with_kernel
async def enable(kernel: Kernel, id: str, json_: bool) -> None:
    """Send again; what happened meanwhile is sent first."""
    _show_endpoint(await kernel.perform(op.ENABLE, op.EndpointId(id)), json_=json_)


@endpoint.command(epilog="Example: kingpost webhooks endpoint disable ops")
@click.argument("id")
@_json
@_with_kernel
async def disable(kernel: Kernel, id: str, json_: bool) -> None:
    """Send nothing more; what happens meanwhile is kept."""
    _show_endpoint(await kernel.perform(op.DISABLE, op.Disable(id=id)), json_=json_)


@endpoint.command(epilog="Example: kingpost webhooks endpoint rotate ops")
@click.argument("id")
@click.option("--close", is_flag=True, help="End the overlap now: the old key signs no more.")
@_json
@_with_kernel
async def rotate(kernel: Kernel, id: str, close: bool, json_: bool) -> None:
    """Give it a new key; the old one signs beside it for a day."""
    _show_endpoint(await kernel.perform(op.ROTATE, op.Rotate(id=id, close=close)), json_=json_)


_DELIVERY = ("AT", "STATE", "FROM OR TO", "EVENT", "DELIVERY", "TASK", "WHY")


def _delivery_row(view: op.DeliveryView) -> list[str]:
    why = view.why or (f"{view.status} in {view.ms} ms" if view.status else "")
    return [_moment(view.at), view.state, view.source or view.endpoint, view.event, view.id, view.task, why]


@webhooks.command(epilog="Example: kingpost webhooks deliveries --state unmatched")
@click.option("--endpoint", metavar="ID", help="What was sent there, with request and reply (--json).")
@click.option("--source", metavar="NAME", help="What came from there.")
@click.option("--state", metavar="STATE", help="queued, unmatched, rejected, failed, delivered, gone, ours or dead.")
@click.option("--before", type=int, metavar="N", help="Go on behind the page before.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many.")
@_json
@_with_kernel
async def deliveries(kernel: Kernel, json_: bool, **options: Any) -> None:
    """List deliveries in, or those out to an endpoint, newest first."""
    page = await kernel.perform(op.DELIVERIES, op.ListDeliveries(**options))
    _show(page, [_delivery_row(view) for view in page.deliveries], _DELIVERY, json_=json_)
    if page.next and not json_:
        click.echo(f"more: --before {page.next}", err=True)


@webhooks.command(epilog="Example: kingpost webhooks replay --endpoint ops --dead")
@click.argument("ids", nargs=-1)
@click.option("--endpoint", metavar="ID", help="Send its events again, with the same id.")
@click.option("--source", metavar="NAME", help="Let deliveries that became no task meet the rules again.")
@click.option("--dead", is_flag=True, help="All dead letters of the endpoint.")
@_json
@_with_kernel
async def replay(kernel: Kernel, json_: bool, **options: Any) -> None:
    """Deliver again: one, several, or all dead letters."""
    done = await kernel.perform(op.REPLAY, op.Replay(**options))
    _show(done, [[str(done.count), " ".join(done.tasks)]], ("COUNT", "TASKS"), json_=json_)


@webhooks.command(epilog="Example: kingpost webhooks simulate github pull_request")
@click.argument("scheme", type=click.Choice(sorted(SAMPLES)))
@click.argument("event")
@click.option("--source", metavar="NAME", help="The source.  [default: the first of this scheme]")
@click.option("--url", default="http://127.0.0.1:8420", show_default=True, help="The server.")
@_json
@_with_kernel
async def simulate(kernel: Kernel, scheme: str, event: str, source: str | None, url: str, json_: bool) -> None:
    """Send a delivery to a local server, signed as the sender would."""
    made = await kernel.perform(op.SIMULATE, op.Simulate(scheme=scheme, event=event, source=source))
    status, body = await asyncio.to_thread(_post, url, made)
    if json_:
        click.echo(json.dumps({"source": made.source, "status": status, "answer": body}))
    else:
        click.echo(f"{made.source} answered {status}: {_plain(body)}")
    if status >= 400:
        raise click.exceptions.Exit(1)


def _post(url: str, made: op.Simulated) -> tuple[int, str]:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=10)
    try:
        connection.request("POST", made.path, made.body.encode(), dict(made.headers))
        answer = connection.getresponse()
        return answer.status, answer.read(100_000).decode("utf-8", "replace")
    except (OSError, HTTPException) as problem:
        raise InvalidRequest(f"no server answers at {url} ({problem}); start one with 'kingpost serve'") from problem
    finally:
        connection.close()


@webhooks.command(epilog="Example: kingpost webhooks listen --source git")
@click.option("--source", metavar="NAME", help="Only what comes from there.")
@click.option("--endpoint", metavar="ID", help="What goes out there, in the place of what comes in.")
@click.option("--count", type=int, metavar="N", help="Stop behind so many.")
@_json
@_with_kernel
async def listen(kernel: Kernel, source: str | None, endpoint: str | None, count: int | None, json_: bool) -> None:
    """Print deliveries as they come, until Ctrl-C."""
    seen, page = 0, await kernel.perform(op.FOLLOW, op.Follow(source=source, endpoint=endpoint))
    click.echo("listening; Ctrl-C ends it", err=True)
    while count is None or seen < count:
        before = page.position
        page = await kernel.perform(op.FOLLOW, op.Follow(after=before, source=source, endpoint=endpoint))
        for view in page.deliveries[: None if count is None else count - seen]:
            seen += 1
            click.echo(json.dumps(dump(view)) if json_ else "  ".join(_plain(cell) for cell in _delivery_row(view)))
        if page.position == before:
            await asyncio.sleep(_LOOK_SECONDS)


WEBHOOKS = Offered("webhooks", webhooks)

"""The commands ``kingpost serve`` and ``kingpost openapi``."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import Any

import click
from kingpost import ConfigurationError, InputError, KingpostError, Opener, Record

from .status import STATUS, AskStatus


class Offered(Record):
    """A command as the door offers it."""

    name: str
    command: click.Command


class _Mendable(click.ClickException):
    """What the user can mend: the input, or the configuration."""

    exit_code = 2


def _failed(problem: KingpostError) -> click.ClickException:
    mendable = isinstance(problem, (InputError, ConfigurationError))
    return (_Mendable if mendable else click.ClickException)(" ".join(str(problem).split()))


@click.command(
    epilog="""\b
Without tokens it listens on loopback only, and whoever is on this machine may
do everything; 'kingpost token create' makes the first token.
Ctrl-C or SIGTERM: it accepts nothing more, answers what it has accepted, gives
what runs [kernel] drain_seconds to end, and lets go of the rest, which is not
lost.
Examples:
  kingpost serve
  kingpost serve --open
  kingpost serve --host 0.0.0.0 --port 443"""
)
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Port; 0 takes a free one.  [default: 8420]")
@click.option("--no-work", is_flag=True, help="Only accept and answer; 'kingpost work' does the tasks elsewhere.")
@click.option("--open", "open_", is_flag=True, help="Open the API documentation in a browser.")
@click.pass_obj
def serve(opener: Opener, host: str | None, port: int | None, no_work: bool, open_: bool) -> None:
    """Serve the HTTP API, and work on everything in the home."""
    settings: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    try:
        _run(_serve(opener, settings, work=not no_work, open_=open_))
    except KingpostError as problem:
        raise _failed(problem) from problem


def _run(going: Any) -> None:
    if sys.platform == "win32":
        asyncio.run(going)
        return
    import uvloop

    uvloop.run(going)


async def _serve(opener: Opener, settings: dict[str, Any], *, work: bool, open_: bool) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    async with opener({"http": settings}) as kernel:
        if work:
            await kernel.work()
        await kernel.serve("http")
        url = (await kernel.perform(STATUS, AskStatus())).url
        # On Windows an event loop has no signal handlers; there Ctrl-C is what kill -9 is.
        with contextlib.suppress(NotImplementedError):
            for sent in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(sent, stop.set)
        guard = "tokens are asked for" if kernel.guarded else "no tokens yet, so only this machine is let in"
        click.echo(f"listening on {url} ({guard}); documentation at {url}/docs; Ctrl-C ends it", err=True)
        if open_:
            click.launch(f"{url}/docs")
        await stop.wait()
        click.echo("stopping: what was accepted is answered", err=True)


@click.command(epilog="Example: kingpost openapi > openapi.json")
@click.pass_obj
def openapi(opener: Opener) -> None:
    """Print the OpenAPI document of this installation."""
    from .openapi import described

    async def inside() -> bytes:
        async with opener({}) as kernel:
            return described(kernel)

    try:
        click.echo(asyncio.run(inside()), nl=False)
    except KingpostError as problem:
        raise _failed(problem) from problem


SERVE, OPENAPI = Offered("serve", serve), Offered("openapi", openapi)

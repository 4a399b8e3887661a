"""``kingpost token``: who may ask over a face."""

from __future__ import annotations

import click

from .._host.kernel import Kernel
from ..operations import tokens as op
from .session import as_json, moment, one_line, plain, print_json, table, with_kernel


@click.group(
    epilog="""\b
From the first token on every face asks for one.
Examples:
  kingpost token create --name ci --scope tasks:write --scope tasks:read
  kingpost token list
  kingpost token rotate 3f2a8c0d9e1b4a5f
  kingpost token revoke 3f2a8c0d9e1b4a5f"""
)
def token() -> None:
    """Tokens: create, list, rotate or revoke what lets others in."""


@token.command(epilog="Example: kingpost token create --name laptop --days 7")
@click.option("--name", default="", metavar="TEXT", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="May come several times.  [default: *]")
@click.option("--days", default=op.DAYS, show_default=True, metavar="N", help="Days until it expires.")
@click.option("--tenant", default="default", show_default=True, metavar="NAME", help="Whose it is.")
@as_json
@with_kernel
async def create(kernel: Kernel, name: str, scopes: tuple[str, ...], days: float, tenant: str, json_: bool) -> None:
    """Make one, and print it: it is shown once."""
    asked = op.CreateToken(name=name, scopes=scopes or ("*",), days=days, tenant=tenant)
    _show(await kernel.perform(op.CREATE, asked, tenant), json_=json_)


@token.command("list", epilog="Example: kingpost token list --json")
@click.option("--tenant", default="default", show_default=True, metavar="NAME", help="Whose.")
@as_json
@with_kernel
async def list_(kernel: Kernel, tenant: str, json_: bool) -> None:
    """List them, without their secrets."""
    found = (await kernel.perform(op.TOKENS, op.ListTokens(), tenant)).tokens
    if json_:
        print_json([plain(one) for one in found])
        return
    now = kernel.ports.clock.now()
    rows = [
        (one.id, _state(one, now), moment(one.expires), one_line(" ".join(one.scopes), 60), one.name) for one in found
    ]
    table(rows, ("ID", "STATE", "EXPIRES", "SCOPES", "NAME"))


def _state(one: op.TokenView, now: float) -> str:
    if one.revoked:
        return "revoked"
    if one.expires <= now or (one.until is not None and one.until <= now):
        return "expired"
    return "replaced" if one.replaced_by else "holds"


@token.command(epilog="Example: kingpost token rotate 3f2a8c0d9e1b4a5f --overlap-hours 1")
@click.argument("id")
@click.option("--overlap-hours", default=24.0, show_default=True, metavar="N", help="How long the old one holds on.")
@click.option("--tenant", default="default", show_default=True, metavar="NAME", help="Whose it is.")
@as_json
@with_kernel
async def rotate(kernel: Kernel, id: str, overlap_hours: float, tenant: str, json_: bool) -> None:
    """Make one in the place of another, and print it."""
    asked = op.RotateToken(id=id, overlap_hours=overlap_hours)
    _show(await kernel.perform(op.ROTATE, asked, tenant), json_=json_)


@token.command(epilog="Example: kingpost token revoke 3f2a8c0d9e1b4a5f")
@click.argument("id")
@click.option("--tenant", default="default", show_default=True, metavar="NAME", help="Whose it is.")
@as_json
@with_kernel
async def revoke(kernel: Kernel, id: str, tenant: str, json_: bool) -> None:
    """End one at once."""
    gone = await kernel.perform(op.REVOKE, op.TokenId(id), tenant)
    print_json(plain(gone)) if json_ else click.echo(f"{gone.id} is revoked")


def _show(made: op.TokenCreated, *, json_: bool) -> None:
    if json_:
        print_json(plain(made))
        return
    click.echo(made.token)
    click.echo(f"id {made.view.id}, holds until {moment(made.view.expires)}; it is shown this once", err=True)

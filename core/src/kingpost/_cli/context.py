"""``kingpost context``: pack documents and memories for a query, for use elsewhere."""

from __future__ import annotations

import click

from .._host.kernel import Kernel
from ..operations.memory import PACK, PackContext
from .outcome import ledger_json, summary
from .session import as_json, harmless, print_json, styled, with_kernel
from .show import show_ledger


@click.command(
    epilog="""\b
The context goes to standard output. Its account goes to standard error, in a pipe too: what was kept
and what was dropped, with its tokens and the reason; --no-ledger says it on one line.
Examples:
  kingpost context "how are errors handled" src/ docs/ --budget 4000 > context.txt
  kingpost context "release steps" --scope team --json"""
)
@click.argument("query")
@click.argument("paths", nargs=-1)
@click.option("--budget", "-b", type=int, metavar="TOKENS", help="Tokens that it may take.  [default: 8000]")
@click.option("--scope", "scopes", multiple=True, metavar="NAME", help="Memory scope; repeatable.  [default: default]")
@click.option("--counter", metavar="NAME", help="Token counter.  [default: o200k_base]")
@click.option("--compressor", metavar="NAME", help="Context compressor.")
@click.option("--ledger/--no-ledger", default=True, help="Print every row of the account.  [default: ledger]")
@as_json
@with_kernel
async def context(
    kernel: Kernel, query: str, paths: tuple[str, ...], budget: int | None, scopes: tuple[str, ...],
    counter: str | None, compressor: str | None, ledger: bool, json_: bool,
) -> None:  # fmt: skip
    """Pack documents and memories for a query."""
    request = PackContext(
        query=query,
        inputs=paths,
        scopes=scopes or None,
        budget=budget,
        counter=counter,
        compressor=compressor,
    )
    packed = await kernel.perform(PACK, request)
    if json_:
        print_json({"prompt": packed.prompt, "ledger": ledger_json(packed.ledger)})
        return
    click.echo(harmless(packed.prompt))
    click.echo(styled(summary(packed.ledger), dim=True), err=True)
    if ledger:
        show_ledger(packed.ledger, err=True)

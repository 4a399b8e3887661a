"""``kingpost memory``: add, search, forget, export and import."""

from __future__ import annotations

from pathlib import Path

import click

from .._host.keep import check_memory, read_memories
from .._host.kernel import Kernel
from ..operations.memory import EXPORT, FORGET, RECALL, REMEMBER, USE, Export, Forget, Recall, Remember, Use
from ..records.memory import Memory, Selection, Tier
from .session import Failure, as_json, one_line, plain, print_json, with_kernel
from .when import Moment

_BATCH = 500
_TERMS = {
    "words": "words of the question stand in it",
    "coverage": "the share of the question that it holds",
    "phrases": "words that are neighbours in both",
    "title": "its source, heading or speaker is named",
    "exact": "paths, identifiers, numbers or quotes stand there exactly so",
    "importance": "what it says of itself",
    "speaker": "the question names who says it",
    "around": "what is said beside it fits",
    "session": "its conversation fits",
    "asking": "it only asks",
    "time": "it is of a time that the question names",
    "timely": "it says when, and the question asks when",
    "recency": "how new it is",
    "use": "how often it was of use",
    "small": "it has few words",
    "hop": "a better answer names what it tells of",
    "older": "there is a newer version of it",
    "copy": "an older copy of it fits better",
    "boost": "what another plugin knows of it",
}
"""What the terms of a score mean; a memory may have others."""

_scope = click.option("--scope", default="default", show_default=True, metavar="NAME", help="Memory scope.")


@click.group(
    epilog="""\b
Examples:
  kingpost memory add "The release is cut on Thursdays" --source handbook
  kingpost memory search "when is the release"
  kingpost memory export > memories.jsonl"""
)
def memory() -> None:
    """Add, search, forget, export and import memories."""


@memory.command(epilog='Example: kingpost memory add "The release is cut on Thursdays"')
@click.argument("text")
@_scope
@click.option(
    "--tier", type=click.Choice([t.value for t in Tier]), default="long", show_default=True, help="How long it lives."
)
@click.option("--source", default="", metavar="NAME", help="Where it comes from.")
@as_json
@with_kernel
async def add(kernel: Kernel, text: str, scope: str, tier: str, source: str, json_: bool) -> None:
    """Remember a text."""
    one = Memory(id="", scope=scope, body=text, tier=Tier(tier), source=source)
    stored = await kernel.perform(REMEMBER, Remember(memories=(one,)))
    if json_:
        print_json(plain(stored))
    else:
        click.echo(f"{stored.ids[0]}  {'remembered' if stored.new else 'was remembered already'}")


@memory.command(epilog='Example: kingpost memory search "when is the release" --explain')
@click.argument("query")
@click.option("--scope", "scopes", multiple=True, metavar="NAME", help="Memory scope; repeatable.  [default: default]")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many at most.")
@click.option("--tier", "tiers", type=click.Choice([t.value for t in Tier]), multiple=True, help="Only this tier.")
@click.option("--as-of", type=Moment(back=True), metavar="TIME", help="What was believed then.")
@click.option("--explain", is_flag=True, help="Show the terms that add up to each score.")
@as_json
@with_kernel
async def search(
    kernel: Kernel, query: str, scopes: tuple[str, ...], limit: int, tiers: tuple[str, ...], as_of: float | None,
    explain: bool, json_: bool,
) -> None:  # fmt: skip
    """Find what fits a question, best first."""
    asked = Recall(text=query, scopes=scopes or None, limit=limit, tiers=tuple(map(Tier, tiers)), as_of=as_of, at=as_of)
    found = (await kernel.perform(RECALL, asked)).found
    if json_:
        print_json([plain(one) for one in found])
        return
    if not found:
        click.echo("nothing fits", err=True)
    for one in found:
        place = f"{one.memory.source}:{one.memory.place}".strip(":")
        same = f"  ({one.copies} say so)" if one.copies > 1 else ""
        click.echo(f"{one.score:6.3f}  {one.memory.id}  {place}  {one_line(one.memory.body, 120)}{same}")
        if explain:
            for name, value in sorted(one.terms.items(), key=lambda term: -abs(term[1])):
                times = f" ({one.memory.uses} so far)" if name == "use" else ""
                click.echo(f"        {value:+.3f}  {name:<10}  {_TERMS.get(name, '')}{times}".rstrip())


@memory.command(epilog="Example: kingpost memory used 1f0c9e2a... --scope team")
@click.argument("ids", nargs=-1, required=True)
@_scope
@as_json
@with_kernel
async def used(kernel: Kernel, ids: tuple[str, ...], scope: str, json_: bool) -> None:
    """Say that memories were of use: they come a little earlier from then on."""
    counted = await kernel.perform(USE, Use(scope=scope, ids=ids))
    if not counted.count:
        raise _none(scope)
    print_json(plain(counted)) if json_ else click.echo(f"{counted.count} counted")


@memory.command(epilog="Example: kingpost memory forget 1f0c9e2a... --scope team")
@click.argument("ids", nargs=-1)
@_scope
@click.option("--all", "everything", is_flag=True, help="Everything in the scope.")
@click.option("--source", metavar="NAME", help="Everything in the scope from this source.")
@as_json
@with_kernel
async def forget(
    kernel: Kernel, ids: tuple[str, ...], scope: str, everything: bool, source: str | None, json_: bool
) -> None:
    """Forget memories by id, by source, or a whole scope."""
    if not ids and not everything and source is None:
        raise click.UsageError("name ids, --source or --all")
    selection = Selection(scope=scope, ids=ids or None, source=source)
    gone = await kernel.perform(FORGET, Forget(selection=selection))
    if ids and not gone.count:
        raise Failure(
            f"scope {scope!r} holds none of these ids; 'kingpost memory export --scope {scope}' lists them", 2
        )
    print_json(plain(gone)) if json_ else click.echo(f"{gone.count} forgotten")


def _none(scope: str) -> Failure:
    return Failure(f"scope {scope!r} holds none of these ids; 'kingpost memory export --scope {scope}' lists them", 2)


@memory.command(epilog="Example: kingpost memory export --scope team > team.jsonl")
@click.option("--scope", metavar="NAME", help="Only this scope.  [default: all]")
@with_kernel
async def export(kernel: Kernel, scope: str | None) -> None:
    """Print memories as JSON lines, oldest first."""
    after: tuple[str, str] | None = None
    while True:
        page = await kernel.perform(EXPORT, Export(selection=Selection(scope=scope, after=after)))
        for one in page.memories:
            print_json(plain(one))
        if page.next is None:
            return
        after = page.next


@memory.command("import", epilog="Example: kingpost memory import team.jsonl")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@as_json
@with_kernel
async def import_(kernel: Kernel, file: Path, json_: bool) -> None:
    """Remember what an export holds. Every line is checked before the first one is stored."""
    source = Path("/dev/stdin") if str(file) == "-" else file
    batches: list[tuple[Memory, ...]] = [()]
    for one in read_memories(source, check_memory):
        if len(batches[-1]) == _BATCH:
            batches.append(())
        batches[-1] = (*batches[-1], one)
    new = sum([(await kernel.perform(REMEMBER, Remember(memories=batch))).new for batch in batches if batch])
    read = sum(len(batch) for batch in batches)
    print_json({"read": read, "new": new}) if json_ else click.echo(f"{read} read, {new} new")

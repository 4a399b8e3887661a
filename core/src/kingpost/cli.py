"""The root command. Subcommands load when they are called, so that ``--help`` costs next to nothing.

The first line of help of each subcommand stands in a table here, because reading it from the subcommand would mean to
import it; a test keeps the two equal.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from . import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "Do a task and print the answer with its sources."),
    "tasks": ("tasks", "List tasks, newest first."),
    "task": ("tasks", "Show one task: tree, turns, ledger."),
    "events": ("tasks", "Print what the log holds."),
    "cancel": ("tasks", "Ask a task to end."),
    "context": ("context", "Pack documents and memories for a query."),
    "memory": ("memory", "Add, search, forget, export and import memories."),
    "agents": ("system", "List the agents that can be named."),
    "plugins": ("system", "List installed plugins and what they provide."),
    "verify": ("system", "Read the whole log and name what is wrong."),
    "backup": ("system", "Copy memories and log while work goes on, into a new folder."),
    "restore": ("system", "Take the state of a backup; what is newer than it is refused, not lost."),
    "doctor": ("system", "Look at everything and say what to mend."),
    "config": ("system", "Show the settings that are in force, with where they come from."),
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"._cli.{COMMANDS[name][0]}", __package__), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            import difflib

            nearest = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  kingpost run "What does the cache do when it is full?" --input docs/
  kingpost context "error handling" src/ --budget 4000 > context.txt
  kingpost tasks

The home is .kingpost/ beside the nearest kingpost.toml, else your data folder; KINGPOST_HOME overrides.""",
)
@click.version_option(__version__, prog_name="kingpost")
def root() -> None:
    """Run agent work durably and inside a token budget."""


def main() -> None:
    """Run the command line; leaves with 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted."""
    try:
        code = root.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        code = 130
    except click.ClickException as problem:
        problem.show()
        code = problem.exit_code
    except BrokenPipeError:
        # The reader has gone (``| head``): nothing is left to say, not even while the interpreter closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)

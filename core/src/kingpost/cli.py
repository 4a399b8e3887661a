"""The root command. Subcommands load when they are called, so that ``--help`` costs next to nothing.

The first line of help of each subcommand stands in a table here, because reading it from the subcommand would mean to
import it; a test keeps the two equal.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from . import __version__
from ._host.heap import relax

if TYPE_CHECKING:
    from ._host.index import Found

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Do work": {
        "run": ("run", "Do a task and print the answer with its sources."),
        "work": ("work", "Work on everything in the home, and fire its schedules."),
        "schedule": ("schedule", "Do tasks again and again: set, list, pause, resume, remove."),
    },
    "See what goes on": {
        "tasks": ("tasks", "List tasks, newest first."),
        "task": ("tasks", "Show one task: tree, turns, ledger."),
        "artefact": ("artefact", "List the files that a task made; print or save one."),
        "events": ("tasks", "Print what the log holds."),
        "calls": ("calls", "List the calls that wait: for a person, a time, a child, a tool."),
        "letters": ("letters", "Dead letters: list, show, replay or discard what was given up."),
    },
    "Steer tasks": {
        "reply": ("calls", "Answer a question of a task, or allow or refuse a call."),
        "settle": ("calls", "Say what came of a call that a tool left pending."),
        "message": ("steer", "Say something to a task; its next decision sees it."),
        "cancel": ("steer", "Ask a task and all below it to end."),
        "fork": ("steer", "Begin a new task with the turns of another one, with changes."),
    },
    "Contexts and memories": {
        "context": ("context", "Pack documents and memories for a query."),
        "memory": ("memory", "Add, search, forget, export and import memories."),
    },
    "Care for the log": {
        "verify": ("log", "Read the whole log and name what is wrong."),
        "rebuild": ("log", "Fold the log into fresh tables, in place of the old ones."),
        "heads": ("log", "Signed heads of the log, to be kept elsewhere."),
        "backup": ("log", "Copy memories and log while work goes on, into a new folder."),
        "restore": ("log", "Take the state of a backup; what is newer than it is refused, not lost."),
        "seal": ("log", "Move old frames of the log into a file of their own."),
        "erase": ("log", "Erase the content of a task, or of everything."),
    },
    "Look after the installation": {
        "token": ("token", "Tokens: create, list, rotate or revoke what lets others in."),
        "doctor": ("system", "Look at everything and say what to mend."),
        "config": ("system", "Show the settings that are in force, with where they come from."),
        "agents": ("system", "List the agents that can be named."),
        "tools": ("system", "List the tools that agents can be granted."),
        "plugins": ("system", "List installed plugins and what they provide."),
    },
}
"""Headings of the help, below each the commands: the module that holds one, and the first line of its help."""

COMMANDS = {name: entry for commands in GROUPS.values() for name, entry in commands.items()}
_INSTALLED = "kingpost.installed"


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            if name not in _brought(ctx):
                return None
            from ._cli.brought import Brought

            ctx.obj = brought = Brought(_found(ctx))
            return brought.command(name)
        command: click.Command = getattr(import_module(f"._cli.{COMMANDS[name][0]}", __package__), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and args[0] not in (from_plugins := _brought(ctx)):
            import difflib

            nearest = difflib.get_close_matches(args[0], [*COMMANDS, *from_plugins], 1)
            hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        from_plugins = _brought(ctx)
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), text) for name, (_, text) in commands.items()])
        if from_plugins:
            with formatter.section("From plugins"):
                formatter.write_dl([(name.ljust(width), text) for name, text in from_plugins.items()])


def _found(ctx: click.Context) -> tuple[Found, ...]:
    """The installed plugins, looked for once in a command."""
    from ._host.index import installed

    if _INSTALLED not in ctx.meta:
        ctx.meta[_INSTALLED] = installed()
    found: tuple[Found, ...] = ctx.meta[_INSTALLED]
    return found


def _brought(ctx: click.Context) -> dict[str, str]:
    """Commands of plugins with their help, read from the index of manifests: nothing of a plugin is imported."""
    return {
        name: plugin.help.get(name, plugin.summary)
        for plugin in _found(ctx)
        if plugin.problem is None
        for name in plugin.provides.get("commands", ())
    }


@click.command(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  kingpost run "What does the cache do when it is full?" --input docs/
  kingpost context "error handling" src/ --budget 4000 > context.txt
  kingpost tasks

The home is .kingpost/ beside the nearest kingpost.toml, else your data folder; KINGPOST_HOME overrides.
Each command has examples: kingpost COMMAND --help""",
)
@click.version_option(__version__, prog_name="kingpost")
def root() -> None:
    """Run agent work durably and inside a token budget."""


def main() -> None:
    """Run the command line; leaves with 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted."""
    relax()
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

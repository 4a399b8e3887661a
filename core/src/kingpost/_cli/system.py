"""``kingpost agents``, ``plugins``, ``verify``, ``backup``, ``restore``, ``doctor`` and ``config``."""

from __future__ import annotations

import sys
from typing import Any

import click

from .._host.kernel import Kernel
from .._host.settings import KernelSettings, PluginSettings
from ..operations import system as op
from ..records.speech import Progress
from .session import as_json, plain, print_json, table, with_kernel

_NOTHING = op.Nothing()


@click.command(epilog="Example: kingpost agents --json")
@as_json
@with_kernel
async def agents(kernel: Kernel, json_: bool) -> None:
    """List the agents that can be named."""
    listed = (await kernel.perform(op.AGENTS, _NOTHING)).agents
    if json_:
        print_json([plain(agent) for agent in listed])
        return
    rows = [(a.name, a.plugin, a.problem or ("the default" if a.default else "")) for a in listed]
    table(rows, ("AGENT", "PLUGIN", ""))


@click.command(epilog="Example: kingpost plugins --json")
@as_json
@with_kernel
async def plugins(kernel: Kernel, json_: bool) -> None:
    """List installed plugins and what they provide."""
    listed = (await kernel.perform(op.PLUGINS, _NOTHING)).plugins
    if json_:
        print_json([plain(plugin) for plugin in listed])
        return
    if not listed:
        click.echo("no plugins; 'pip install kingpost' brings the standard ones", err=True)
        return
    table([(p.id, p.version, _offers(p)) for p in listed], ("PLUGIN", "VERSION", "PROVIDES"))


def _offers(plugin: op.PluginView) -> str:
    if plugin.problem is not None:
        return f"UNUSABLE: {plugin.problem}"
    offers = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in plugin.provides.items())
    return offers if plugin.enabled else f"disabled ({offers})"


@click.command(epilog="Exit codes: 0 the log is sound, 1 it is not.")
@as_json
@with_kernel
async def verify(kernel: Kernel, json_: bool) -> None:
    """Read the whole log and name what is wrong."""
    silence = kernel.listen(_show_progress) if sys.stderr.isatty() else None
    report = await kernel.perform(op.VERIFY, _NOTHING)
    if silence is not None:
        silence()
        click.echo("\r\033[K", err=True, nl=False)
    if json_:
        print_json(
            {
                **plain(report),
                "head": {"position": report.head.position, "hash": report.head.hash.hex()},
                "sound": report.sound,
            }
        )
    else:
        for finding in report.findings:
            where = [f"frame {finding.position}" if finding.position else "", finding.stream or ""]
            where += [f"event {finding.event}" if finding.event is not None else "", finding.kind or ""]
            click.echo(f"{', '.join(part for part in where if part) or 'log'}: {finding.what}")
        verdict = "sound" if report.sound else f"NOT SOUND, {len(report.findings)} finding(s)"
        click.echo(f"{verdict}: {report.frames} frames, {report.events} events, {report.erased} erased; head "
                   f"{report.head.position} {report.head.hash.hex()[:16]}")  # fmt: skip
    raise click.exceptions.Exit(0 if report.sound else 1)


def _show_progress(task: str, what: Any) -> None:
    if isinstance(what, Progress):
        share = f"{100 * what.done // what.total} %" if what.total else str(what.done)
        click.echo(f"\r{what.step} {share}", err=True, nl=False)


@click.command(epilog="Example: kingpost backup /backups/2026-11-21")
@click.argument("folder")
@as_json
@with_kernel
async def backup(kernel: Kernel, folder: str, json_: bool) -> None:
    """Copy memories and log while work goes on, into a new folder."""
    copied = await kernel.perform(op.BACKUP, op.Backup(folder))
    _copied(copied, f"saved to {folder}", json_=json_)


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


@click.command(epilog="Exit codes: 0 all is well, 1 something is to be mended.")
@as_json
@with_kernel
async def doctor(kernel: Kernel, json_: bool) -> None:
    """Look at everything and say what to mend."""
    health = await kernel.perform(op.DOCTOR, _NOTHING)
    if json_:
        print_json(plain(health))
    else:
        click.echo(f"kingpost {health.version}, home {health.home}")
        for check in health.checks:
            click.echo(f"{'ok  ' if check.well else 'MEND'}  {check.name}: {check.seen}")
            if check.mend:
                click.echo(f"      -> {check.mend}")
    raise click.exceptions.Exit(0 if all(check.well for check in health.checks) else 1)


@click.command(epilog="Example: kingpost config --json")
@as_json
@with_kernel
async def config(kernel: Kernel, json_: bool) -> None:
    """Show the settings that are in force, with where they come from."""
    rules = kernel.settings.section("plugins", PluginSettings)
    if json_:
        shown = {"home": str(kernel.home), "file": kernel.settings.where}
        print_json(shown | {"kernel": kernel.config.model_dump(mode="json"), "plugins": rules.model_dump(mode="json")})
        return
    click.echo(f"home      {kernel.home}\nsettings  {kernel.settings.where}\n\n[kernel]")
    for name, field in KernelSettings.model_fields.items():
        value = getattr(kernel.config, name)
        mark = "" if name in kernel.config.model_fields_set else "  (default)"
        click.echo(f"{name} = {_toml(value)}{mark}  # {field.description}")
    about = PluginSettings.model_fields["disabled"].description
    click.echo(f"\n[plugins]\ndisabled = {_toml(list(rules.disabled))}  # {about}")
    for section in sorted(set(kernel.settings.raw) - {"kernel", "plugins"}):
        click.echo(f"\n[{section}]  # {len(kernel.settings.raw[section])} setting(s), shown by the plugin's README")


def _toml(value: object) -> str:
    import json

    return "none" if value is None else json.dumps(value)

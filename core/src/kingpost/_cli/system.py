"""``kingpost agents``, ``tools``, ``plugins``, ``doctor`` and ``config``."""

from __future__ import annotations

import click

from .._host.kernel import Kernel
from .._host.settings import KernelSettings, PluginSettings
from ..operations import system as op
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


@click.command(epilog="Example: kingpost tools --json")
@as_json
@with_kernel
async def tools(kernel: Kernel, json_: bool) -> None:
    """List the tools that agents can be granted."""
    listed = (await kernel.perform(op.TOOLS, _NOTHING)).tools
    if json_:
        print_json([plain(one) for one in listed])
        return
    if not listed:
        click.echo("no plugin brings tools", err=True)
        return
    table([(one.tool.name, one.executor, one.tool.description) for one in listed], ("TOOL", "EXECUTOR", "DOES"))


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

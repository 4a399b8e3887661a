"""What is well and what is not, with the mend.

Called by the operation ``system.health``. Loads every plugin, which nothing else does, and changes nothing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from .. import __version__
from .._walk.calibrate import CALIBRATION, Calibrations
from ..errors import KingpostError
from ..operations.system import Check, Health
from ..ports import Ports
from ..protocols import Log
from ..records.access import HOST
from ..records.event import LogInfo, TaskQuery
from ..records.task import Status
from .intake import require
from .offered import description_of
from .plugins import Plugins
from .settings import KernelSettings, Settings

LEAST_FREE_BYTES = 500_000_000
_MEND_PLUGIN = "upgrade it, or disable it under [plugins]"


async def examine(
    ports: Ports, settings: Settings, config: KernelSettings, plugins: Plugins, log: Callable[[], Awaitable[Log]],
    tenant: str,
) -> Health:  # fmt: skip
    """Look at everything. ``tenant`` is who is told: tasks are named to whoever looks after the installation only."""
    home = ports.home
    checks = [_python(), _home(home), _disk(home), *_settings(settings, plugins), _doors(plugins)]
    info = LogInfo(engine=config.log, durability="unknown: the log does not open", chain="", place=str(home))
    try:
        opened = await log()
        info = await opened.info()
        checks.append(Check(name="log", well=True, seen=f"{info.engine}, {info.durability}"))
        checks += await _idle(opened, ports.clock.now(), frozenset(config.capabilities), named=tenant == HOST)
    except (KingpostError, OSError) as problem:
        checks.append(Check(name="log", well=False, seen=str(problem), mend="see the message"))
    checks += await _offers(plugins)
    checks.append(_counting(home, plugins))
    checks.append(await _agent(config, plugins))
    return Health(version=__version__, home=str(home), log=info, checks=tuple(checks))


def _python() -> Check:
    seen = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    return Check(name="python", well=True, seen=seen)


def _home(home: Path) -> Check:
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    well = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    mend = "" if well else f"make {there} writable, or set KINGPOST_HOME"
    return Check(name="home", well=well, seen=str(home) + ("" if home.exists() else " (not there yet)"), mend=mend)


def _disk(home: Path) -> Check:
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    well = free >= LEAST_FREE_BYTES
    return Check(name="disk", well=well, seen=f"{free / 1e9:.1f} GB free", mend="" if well else "free some space")


def _settings(settings: Settings, plugins: Plugins) -> list[Check]:
    known = {"kernel", "plugins", *(plugin.id for plugin in plugins.installed)}
    checks = []
    if strange := sorted(set(settings.raw) - known):
        seen = f"{settings.where}: no plugin reads {', '.join(f'[{name}]' for name in strange)}"
        mend = f"known sections: {', '.join(sorted(known))}"
        checks.append(Check(name="settings", well=False, seen=seen, mend=mend))
    if absent := sorted(plugins.disabled - known):
        seen = f"{settings.where}: [plugins] disabled names {', '.join(absent)}, which is not installed"
        checks.append(Check(name="settings", well=False, seen=seen, mend="'kingpost plugins' lists the ids"))
    return checks or [Check(name="settings", well=True, seen=settings.where)]


def _doors(plugins: Plugins) -> Check:
    try:
        require(plugins)
    except KingpostError as problem:
        return Check(name="doors", well=False, seen=str(problem), mend="pip install kingpost")
    return Check(name="doors", well=True, seen="every door that a task needs is filled")


async def _offers(plugins: Plugins) -> list[Check]:
    """Every name that every plugin offers, loaded for real."""
    checks = []
    for plugin in plugins.installed:
        if plugin.id in plugins.disabled:
            checks.append(Check(name=f"plugin {plugin.id}", well=True, seen="disabled"))
            continue
        problem = plugins.problems.get(plugin.id)
        try:
            for kind, names in plugin.provides.items():
                for name in names if problem is None else ():
                    plugins.get(kind, name)
        except KingpostError as found:
            problem = str(found)
        offered = ", ".join(f"{kind}: {' '.join(names)}" for kind, names in plugin.provides.items())
        seen = problem or f"{plugin.version}, {offered}"
        mend = _MEND_PLUGIN if problem else ""
        checks.append(Check(name=f"plugin {plugin.id}", well=problem is None, seen=seen, mend=mend))
    return checks


def _counting(home: Path, plugins: Plugins) -> Check:
    """How often a count was remembered since the start of this process, and what was learned of models."""
    seen = [
        f"{name} remembered {hits / (hits + misses):.0%} of {hits + misses:,} counts"
        for name, (hits, misses) in plugins.counted().items()
        if hits + misses
    ]
    for model, found in Calibrations(home / CALIBRATION).all().items():
        seen.append(f"{model} calibrated, \u00b1{found.error:.0%} over {found.answers} answers")
    return Check(name="counting", well=True, seen="; ".join(seen) or "nothing counted yet")


async def _agent(config: KernelSettings, plugins: Plugins) -> Check:
    try:
        description = await description_of(plugins, config.agent, config.model)
    except KingpostError as problem:
        return Check(name=f"agent {config.agent}", well=False, seen=str(problem), mend="see the message")
    model = description.model or "no model"
    return Check(name=f"agent {config.agent}", well=True, seen=f"the default, with {model}")


async def _idle(log: Log, now: float, able: frozenset[str], *, named: bool) -> list[Check]:
    """Tasks whose time has come and that nobody alive holds, and apart those that this machine is unable to do."""
    statuses = [Status.QUEUED.value, Status.RUNNING.value]
    unfinished = await log.select(TaskQuery(statuses=statuses, limit=1000))
    due = [state for state in unfinished if state.not_before is None or state.not_before <= now]
    idle = [s for s in due if s.worker is None or not await log.alive(s.worker)]
    here = [s.id for s in idle if able.issuperset(s.needs)]
    checks = []
    if here:
        seen = f"{len(here)} unfinished that nobody works on" + (f", {here[0]} for one" if named else "")
        checks.append(Check(name="tasks", well=False, seen=seen, mend="kingpost run --resume, or kingpost work"))
    if elsewhere := [s for s in idle if not able.issuperset(s.needs)]:
        lacking = ", ".join(sorted({need for s in elsewhere for need in s.needs} - able))
        what = f"{lacking}, {elsewhere[0].id} for one" if named else "more than this one"
        seen = f"{len(elsewhere)} for a worker that can do {what}"
        mend = "start one that can, name it under [kernel] capabilities, or cancel them"
        checks.append(Check(name="tasks", well=False, seen=seen, mend=mend))
    return checks or [Check(name="tasks", well=True, seen=f"{len(unfinished)} unfinished, none left behind")]

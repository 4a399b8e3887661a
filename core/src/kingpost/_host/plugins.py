"""Plugins, loaded when a name of theirs is first used, asked one at a time, and blamed by name.

Called by ``kernel`` and whoever it lends a plugin's object to. The only file that knows pluggy's manager. A plugin
that does not load or answers wrongly is left out with a reason; the others go on.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, cached_property
from importlib import import_module
from typing import Any

import pluggy

from .. import hookspecs, protocols
from ..errors import DoorEmpty, KingpostError, NameTaken, PluginBroken, UnknownName
from ..ports import Ports
from ..records.task import Part
from .index import Found, parse
from .settings import PluginSettings, Settings

_PROTOCOLS: Mapping[str, tuple[str, type]] = {
    "agents": ("agent", protocols.Agent),
    "memory": ("memory", protocols.MemoryBackend),
    "compressors": ("compressor", protocols.Compressor),
    "executors": ("executor", protocols.Executor),
    "counters": ("token counter", protocols.TokenCounter),
    "embedders": ("embedder", protocols.Embedder),
    "readers": ("reader", protocols.Reader),
    "log": ("log", protocols.Log),
    "sinks": ("sink", protocols.Sink),
    "operations": ("operation", protocols.Answerer),
    "faces": ("face", protocols.Face),
    "commands": ("command", protocols.Command),
}


class Plugins:
    """What is installed, what of it is loaded, and what each offers."""

    def __init__(self, found: Iterable[Found | Any], settings: Settings, ports: Ports) -> None:
        self._settings, self._ports = settings, ports
        self._rules = settings.section("plugins", PluginSettings)
        self._modules: dict[str, Any] = {}
        self._offers: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._started: list[Any] = []
        # What every task asks again: true until a plugin is found to be broken.
        self._names: dict[str, dict[str, tuple[str, ...]]] = {}
        self._offer: dict[tuple[str, ...], bool] = {}
        self._parts: dict[tuple[str, str], Part] = {}
        self._ready: dict[tuple[str, str], Any] = {}
        self._starting: dict[int, asyncio.Lock] = {}
        self.found: dict[str, Found] = {}
        self.installed: list[Found] = []
        self.disabled = frozenset(self._rules.disabled)
        self.problems: dict[str, str] = {}
        for entry in found:
            self._admit(entry)

    @cached_property
    def _manager(self) -> pluggy.PluginManager:
        """Made when a door is first asked, which takes longer than the rest of a start."""
        manager = pluggy.PluginManager("kingpost")
        manager.add_hookspecs(hookspecs)
        return manager

    def _admit(self, entry: Found | Any) -> None:
        """Take in an installed plugin, or an object with hook implementations and a ``manifest`` of its own."""
        plugin = entry
        if not isinstance(entry, Found):
            plugin = parse(entry.manifest, str(entry.manifest.get("version", "0")), "")
            self._modules[plugin.id] = entry
        self.installed.append(plugin)
        if plugin.id in self.disabled:
            return
        self.found[plugin.id] = plugin
        if plugin.problem is not None:
            self.problems[plugin.id] = plugin.problem

    def names(self, kind: str) -> dict[str, tuple[str, ...]]:
        """Every name that manifests offer for a kind, with the ids of the plugins that do."""
        if (known := self._names.get(kind)) is not None:
            return known
        names: dict[str, tuple[str, ...]] = {}
        for plugin in self.found.values():
            if plugin.id not in self.problems:
                for name in plugin.provides.get(kind, ()):
                    names[name] = (*names.get(name, ()), plugin.id)
        found = self._names[kind] = dict(sorted(names.items()))
        return found

    def offer(self, kinds: tuple[str, ...]) -> bool:
        """Whether there is at least one name of each of these kinds."""
        if (known := self._offer.get(kinds)) is None:
            known = self._offer[kinds] = all(map(self.names, kinds))
        return known

    def owner(self, kind: str, name: str) -> Found:
        """The plugin that offers a name.

        Raises:
            UnknownName: nobody does. DoorEmpty: nobody offers anything of this kind. NameTaken: two do.
        """
        noun = _PROTOCOLS[kind][0]
        names = self.names(kind)
        if not names:
            raise DoorEmpty([f"any {noun}"], "install one (pip install kingpost), and see 'kingpost doctor'")
        if name not in names:
            broken = [id for id, p in self.found.items() if id in self.problems and name in p.provides.get(kind, ())]
            if broken:
                raise PluginBroken(broken[0], "start", "a usable plugin", self.problems[broken[0]])
            import difflib

            nearest = difflib.get_close_matches(name, names, 3, 0.4) or sorted(names)[:5]
            raise UnknownName(noun, name, nearest, f"'kingpost {kind}' lists them" if kind == "agents" else "")
        ids = names[name]
        chosen = self._rules.choose.get(kind, {}).get(name)
        if chosen in ids:
            return self.found[chosen]
        if len(ids) > 1:
            raise NameTaken(noun, name, ids[0], ids[1])
        return self.found[ids[0]]

    def part(self, kind: str, name: str) -> Part:
        """The name with its plugin and version, to be frozen in a crew."""
        if (known := self._parts.get((kind, name))) is not None:
            return known
        plugin = self.owner(kind, name)
        part = self._parts[kind, name] = Part(name, plugin.id, plugin.version)
        return part

    def counter_for(self, model: str | None) -> str | None:
        """The counter that is exact for a model, as manifests say; the longest pattern that fits decides."""
        if model is None:
            return None
        names = (model, model.rpartition("/")[2])
        fits = [
            (len(pattern), counter)
            for plugin in self.found.values() if plugin.id not in self.problems
            for counter, patterns in plugin.counts.items()
            for pattern in patterns if any(fnmatchcase(name, pattern) for name in names)
        ]  # fmt: skip
        return max(fits)[1] if fits else None

    def get(self, kind: str, name: str) -> Any:
        """The object behind a name, not started. Imports the plugin if nobody has used it yet."""
        plugin = self.owner(kind, name)
        offers = self._ask(plugin, kind)
        if name not in offers:
            came = f"{', '.join(map(repr, offers)) or 'nothing'}"
            raise self._blame(plugin, f"door provide_{kind}", f"{name!r}, which its manifest offers", came)
        return offers[name]

    def counted(self) -> Mapping[str, tuple[int, int]]:
        """What counters in use tell of what they remembered and what they had to count; imports no plugin."""
        offers = [offers for (_, kind), offers in self._offers.items() if kind == "counters"]
        known = [(name, getattr(counter, "known", None)) for each in offers for name, counter in sorted(each.items())]
        return {name: (each.hits, each.misses) for name, each in known if each is not None}

    async def use(self, kind: str, name: str) -> Any:
        """The object behind a name, started."""
        if (ready := self._ready.get((kind, name))) is not None:
            return ready
        offered = self.get(kind, name)
        # A lock for each object, so that one whose start hangs holds up nobody else; the offers keep the ids taken.
        async with self._starting.setdefault(id(offered), asyncio.Lock()):
            if not any(offered is started for started in self._started):
                await self._lend(kind, name, offered)
                await self._start(self.owner(kind, name), offered)
        self._ready[kind, name] = offered
        return offered

    async def _lend(self, kind: str, name: str, offered: Any) -> None:
        """Hand over what it works through, started."""
        if not isinstance(offered, protocols.Borrower):
            return
        # Two that borrow each other would wait for each other for ever.
        self._unroll((kind, name), ())
        for needed in offered.borrows:
            offered.lend(*needed, await self.use(*needed))

    def _unroll(self, asked: tuple[str, str], path: tuple[tuple[str, str], ...]) -> None:
        if asked in path:
            way = " needs ".join(repr(name) for _, name in (*path, asked))
            raise self._blame(self.owner(*path[0]), "borrows", "no circle", way)
        for needed in getattr(self.get(*asked), "borrows", ()):
            self._unroll(needed, (*path, asked))

    async def _start(self, plugin: Found, offered: Any) -> None:
        start = getattr(offered, "start", None)
        if start is not None:
            try:
                await start()
            except KingpostError:
                raise
            except Exception as problem:
                raise self._blame(plugin, "start()", "a start", _told(problem)) from problem
        self._started.append(offered)

    async def stop(self) -> Sequence[str]:
        """Stop what was started, in reverse order; returns what went wrong."""
        wrong = []
        self._ready.clear()
        while self._started:
            offered = self._started.pop()
            stop = getattr(offered, "stop", None)
            if stop is not None:
                try:
                    await stop()
                except Exception as problem:  # noqa: BLE001 - one plugin's stop must not keep the others open
                    wrong.append(f"{offered.name}: {_told(problem)}")
        return wrong

    def _ask(self, plugin: Found, kind: str) -> Mapping[str, Any]:
        if (kept := self._offers.get((plugin.id, kind))) is not None:
            return kept
        door = f"provide_{kind}"
        self._load(plugin)
        caller = getattr(self._manager.hook, door)
        impl = next((i for i in caller.get_hookimpls() if i.plugin_name == plugin.id), None)
        if impl is None:
            raise self._blame(plugin, f"door {door}", "a hook implementation, as its manifest says", "none")
        arguments = {"settings": self._section(plugin), "ports": self._ports}
        try:
            answer = impl.function(*(arguments[name] for name in impl.argnames))
            offers = {offered.name: offered for offered in answer}
        except KingpostError:
            raise
        except Exception as problem:
            raise self._blame(plugin, f"door {door}", "a list of objects with names", _told(problem)) from problem
        for offered in offers.values():
            self._check(plugin, kind, offered)
        self._offers[plugin.id, kind] = offers
        return offers

    def _load(self, plugin: Found) -> None:
        if self._manager.has_plugin(plugin.id):
            return
        try:
            module = self._modules.get(plugin.id) or import_module(plugin.module)
            self._manager.register(module, plugin.id)
        except Exception as problem:
            raise self._blame(plugin, "import", "a module with hook implementations", _told(problem)) from problem

    def _section(self, plugin: Found) -> object:
        if plugin.settings is None:
            return None
        module, _, name = plugin.settings.partition(":")
        try:
            model = getattr(import_module(module), name)
        except (ImportError, AttributeError) as problem:
            raise self._blame(plugin, "manifest", f"settings {plugin.settings!r}", _told(problem)) from problem
        return self._settings.section(plugin.id, model)

    def _check(self, plugin: Found, kind: str, offered: Any) -> None:
        protocol = _PROTOCOLS[kind][1]
        # Without the rest of what it takes it would be asked as one that costs nothing, and nobody would count.
        if kind == "compressors" and getattr(offered, "costly", False):
            protocol = protocols.Costly
        for name, waited_for in _promised(protocol):
            found = getattr(offered, name, None)
            where = f"{kind} {offered.name!r}"
            if not callable(found):
                raise self._blame(plugin, where, f"a method {name!r}", type(found).__name__)
            if waited_for and not inspect.iscoroutinefunction(found):
                raise self._blame(plugin, where, f"'async def {name}'", f"'def {name}'")

    def _blame(self, plugin: Found, where: str, expected: str, came: str) -> PluginBroken:
        broken = PluginBroken(plugin.id, where, expected, came)
        self.problems[plugin.id] = str(broken)
        for known in (self._names, self._offer, self._parts, self._ready):
            known.clear()
        return broken


@cache
def _promised(protocol: type) -> tuple[tuple[str, bool], ...]:
    """The methods of a protocol, and whether each is awaited."""
    methods = inspect.getmembers(protocol, inspect.isfunction)
    return tuple((name, inspect.iscoroutinefunction(one)) for name, one in methods if not name.startswith("_"))


def _told(problem: BaseException) -> str:
    return " ".join(f"{type(problem).__name__}: {problem}".split())[:300]

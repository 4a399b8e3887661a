"""Which plugins are installed, out of their static manifests, without importing any of them.

Called by ``kernel`` when it opens. Walking site-packages costs more than all the rest of a start, so the result is
kept in one JSON file per interpreter, valid while the folders on ``sys.path`` and the manifests have not changed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

GROUP = "kingpost.plugins"
MANIFEST = "kingpost-plugin.toml"
KINDS = (
    "agents", "memory", "compressors", "executors", "counters", "embedders", "readers", "log", "sinks", "operations",
    "faces", "commands",
)  # fmt: skip
_LISTS = ("provides", "counts")
_SHAPE = 4
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Found(NamedTuple):
    """An installed plugin, as its manifest says. ``problem`` is set when it cannot be used.

    ``counts`` maps a counter to patterns of the models that it is exact for, ``help`` has one line for each command
    that it brings, for who lists them without importing it. No record: ``--help`` looks here, and imports nothing else.
    """

    id: str
    version: str
    module: str
    summary: str = ""
    settings: str | None = None
    provides: Mapping[str, tuple[str, ...]] = _NOTHING
    counts: Mapping[str, tuple[str, ...]] = _NOTHING
    help: Mapping[str, str] = _NOTHING
    manifest: str = ""
    problem: str | None = None


def installed(cache: Path | None = None) -> tuple[Found, ...]:
    """Every plugin that the interpreter can see, by id. ``cache`` is the file to keep the result in."""
    cache = cache or _cache_file()
    paths = {path: _mtime(path) for path in sys.path if path and Path(path).is_dir()}
    if (kept := _load(cache, paths)) is not None:
        return kept
    found = tuple(sorted(_scan(), key=lambda plugin: plugin.id))
    _store(cache, paths, found)
    return found


def _cache_file() -> Path:
    from platformdirs import user_cache_path  # not needed once the cache is named

    key = sha256(f"{sys.prefix}\0{sys.version}".encode()).hexdigest()[:16]
    return user_cache_path("kingpost", appauthor=False) / f"plugins-{key}.json"


def _mtime(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def _load(cache: Path, paths: Mapping[str, int]) -> tuple[Found, ...] | None:
    try:
        kept = json.loads(cache.read_bytes())
        if kept["shape"] != _SHAPE or kept["paths"] != paths:
            return None
        if any(_mtime(path) != mtime for path, mtime in kept["manifests"].items()):
            return None
        return tuple(
            Found(**{**entry, **{key: {name: tuple(ones) for name, ones in entry[key].items()} for key in _LISTS}})
            for entry in kept["plugins"]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # A cache that cannot be used is no cache; the walk below is the truth.
        return None


def _store(cache: Path, paths: Mapping[str, int], found: Iterable[Found]) -> None:
    plugins: list[dict[str, Any]] = [
        {name: dict(value) if isinstance(value, Mapping) else value for name, value in plugin._asdict().items()}
        for plugin in found
    ]
    manifests = {plugin["manifest"]: _mtime(plugin["manifest"]) for plugin in plugins if plugin["manifest"]}
    text = json.dumps({"shape": _SHAPE, "paths": paths, "manifests": manifests, "plugins": plugins})
    beside = cache.with_suffix(f".{os.getpid()}")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(cache)
    except OSError:
        return  # a home that cannot be written costs time, not function


def _scan() -> Iterable[Found]:
    from importlib.metadata import entry_points  # 50 ms that the cache saves

    for point in entry_points(group=GROUP):
        version = point.dist.version if point.dist is not None else "0"
        yield _read(point.name, point.value, version)


def _read(name: str, module: str, version: str) -> Found:
    from importlib.util import find_spec

    try:
        spec = find_spec(module)
        origin = spec.origin if spec is not None else None
    except (ImportError, ValueError, AttributeError):
        origin = None
    if origin is None:
        return Found(id=name, version=version, module=module, problem=f"its module {module!r} cannot be found")
    import tomllib  # like the rest of this, not needed while the cache is good

    path = Path(origin).parent / MANIFEST
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        why = f"its manifest cannot be read: {problem}"
        return Found(id=name, version=version, module=module, manifest=str(path), problem=why)
    try:
        return parse(raw, version, module, str(path))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        why = f"its manifest is wrong: {problem}"
        return Found(id=name, version=version, module=module, manifest=str(path), problem=why)


def parse(raw: Mapping[str, Any], version: str, module: str, path: str = "") -> Found:
    """A plugin out of its manifest.

    Raises:
        KeyError, TypeError, ValueError: the manifest does not have the shape.
    """
    from packaging.specifiers import SpecifierSet

    from .. import __version__

    provides = {kind: tuple(names) for kind, names in raw.get("provides", {}).items()}
    if unknown := sorted(set(provides) - set(KINDS)):
        raise ValueError(f"there is no door for {', '.join(unknown)}; known: {', '.join(KINDS)}")
    if not all(isinstance(name, str) for names in provides.values() for name in names):
        raise TypeError("names under [provides] must be lists of strings")
    counts = {name: tuple(models) for name, models in raw.get("counts", {}).items()}
    if unknown := sorted(set(counts) - set(provides.get("counters", ()))):
        raise ValueError(f"[counts] names {', '.join(unknown)}, which it does not provide")
    if not all(isinstance(model, str) for models in counts.values() for model in models):
        raise TypeError("models under [counts] must be lists of strings")
    wanted = raw.get("kernel", "")
    problem = None
    if wanted and not SpecifierSet(wanted).contains(__version__, prereleases=True):
        problem = f"it needs kingpost-core {wanted}, this is {__version__}"
    return Found(
        id=str(raw["id"]),
        version=version,
        module=module,
        summary=str(raw.get("summary", "")),
        settings=raw.get("settings"),
        provides=provides,
        counts=counts,
        help={str(name): str(line) for name, line in raw.get("help", {}).items()},
        manifest=path,
        problem=problem,
    )

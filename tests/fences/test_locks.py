"""The locks, and what is installed from them; no network. `make lock-drift` compiles them again.

``dev.txt`` is what every verb uses. ``bench.txt`` is what only `make bench` compares with, and installs apart.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import distributions, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.fences.house import ROOT, at, plugins, refuse

DEV, BENCH = ROOT / "requirements/dev.txt", ROOT / "requirements/bench.txt"
BASELINES = Path(sys.prefix) / "baselines"
APART = ("bench", "contracts")
HEAVY = "sentence"
"""An extra that brings gigabytes; what it is needed for has a way without it, and that is what is tested."""

LOCKS = sorted(ROOT.glob("requirements/*.txt"))
PROJECTS = [
    tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    for folder in (ROOT, ROOT / "core", ROOT / "sdk-python", *(plugin.folder for plugin in plugins()))
]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_of_a_lock_is_a_pin_with_hashes(lock: Path) -> None:
    """No address and no option: where packages come from is not a matter of the lock."""
    broken = [f"{at(lock)}: {entry[:80]}" for entry in _entries(lock) if not _is_pin(entry)]

    refuse(broken, "run `make lock`")


def test_the_lock_holds_what_the_projects_need_and_nothing_else() -> None:
    """Follows the needs of the projects through the packages that are installed here."""
    members = {canonicalize_name(project["project"]["name"]) for project in PROJECTS}
    needs = [need for project in PROJECTS for need in _needs(project) if canonicalize_name(need.name) not in members]

    refuse(_misfits(DEV, needs, requires), "run `make lock`")


def test_the_lock_of_the_baselines_holds_what_their_group_names() -> None:
    pins = _pins(BENCH)
    broken = [f"{at(BENCH)}: {need} is needed" for need in _group(APART[0]) if not _is_met(need, pins)]

    refuse(broken, "run `make lock`")


def test_both_locks_hold_the_same_versions() -> None:
    """What a baseline is measured with is what we are measured with."""
    dev, bench = _pins(DEV), _pins(BENCH)
    broken = [
        f"{name}: {_version(dev[name])} in {at(DEV)}, {_version(bench[name])} in {at(BENCH)}"
        for name in sorted(dev.keys() & bench.keys())
        if _version(dev[name]) != _version(bench[name])
    ]

    refuse(broken, "run `make lock`")


@pytest.mark.skipif(not BASELINES.is_dir(), reason="`make bench` installs the baselines")
def test_the_lock_of_the_baselines_holds_nothing_else() -> None:
    """Follows the needs of the group through the packages that are installed apart."""
    found = {canonicalize_name(each.name): each.requires for each in distributions(path=[str(BASELINES)])}
    wanted = {name for name, pin in _pins(BENCH).items() if _applies(pin, "")}
    if missing := wanted - found.keys():
        pytest.skip(f"the baselines that lie here are of another lock ({', '.join(sorted(missing))}): `make bench`")

    refuse(_misfits(BENCH, list(_group(APART[0])), lambda name: found[canonicalize_name(name)]), "run `make lock`")


def _misfits(lock: Path, needs: Sequence[Requirement], requires: Callable[[str], list[str] | None]) -> list[str]:
    """What of these needs, and of those that follow from them, a lock lacks; and what nobody needs."""
    pins = _pins(lock)
    waiting = [(need, "") for need in needs]
    met: set[tuple[str, str]] = set()
    broken = []
    while waiting:
        need, extra = waiting.pop()
        name = canonicalize_name(need.name)
        if not _applies(need, extra):
            continue
        if not _is_met(need, pins):
            broken.append(f"{at(lock)}: {need} is needed, {pins.get(name, 'nothing')} is locked")
            continue
        for wanted in {(name, ""), *((name, each) for each in need.extras)} - met:
            met.add(wanted)
            waiting += [(Requirement(each), wanted[1]) for each in requires(name) or ()]
    spare = pins.keys() - {name for name, _ in met}
    return broken + [f"{at(lock)}: nobody needs {pins[name]}" for name in sorted(spare) if _applies(pins[name], "")]


def _is_met(need: Requirement, pins: dict[str, Requirement]) -> bool:
    name = canonicalize_name(need.name)
    return name in pins and need.specifier.contains(_version(pins[name]), prereleases=True)


def _pins(lock: Path) -> dict[str, Requirement]:
    return {canonicalize_name(pin.name): pin for pin in map(_pin, _entries(lock))}


def _group(name: str) -> Iterable[Requirement]:
    return (Requirement(need) for need in PROJECTS[0]["dependency-groups"][name])


def _entries(lock: Path) -> list[str]:
    """The lines of a lock, each with its hashes, without comments."""
    lines = lock.read_text("utf-8").replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def _is_pin(entry: str) -> bool:
    pin = r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ; [^#@]+?)?"
    return re.fullmatch(rf"{pin}(\s+--hash=sha256:[0-9a-f]{{64}})+", entry) is not None


def _pin(entry: str) -> Requirement:
    return Requirement(entry.partition("--hash")[0])


def _version(pin: Requirement) -> str:
    return next(iter(pin.specifier)).version


def _needs(project: dict[str, Any]) -> Iterable[Requirement]:
    optional = project["project"].get("optional-dependencies", {})
    groups = {**optional, **project.get("dependency-groups", {})}
    for group in (*APART, HEAVY):
        groups.pop(group, None)
    for need in (
        *project["project"].get("dependencies", ()),
        *(need for group in groups.values() for need in group),
    ):
        if isinstance(need, str):
            yield Requirement(need)


def _applies(need: Requirement, extra: str) -> bool:
    return need.marker is None or need.marker.evaluate({"extra": extra})


@pytest.mark.parametrize(
    ("entry", "pin"),
    [
        ("click==8.5.1 --hash=sha256:" + "0" * 64, True),
        ("colorama==0.4.6 ; sys_platform == 'win32'  --hash=sha256:" + "0" * 64, True),
        ("click==8.5.1", False),
        ("click>=8 --hash=sha256:" + "0" * 64, False),
        ("click @ https://example.org/click.whl --hash=sha256:" + "0" * 64, False),
        ("--index-url https://example.org", False),
        ("-e ./core", False),
    ],
)
def test_a_pin_is_told_from_an_address_or_an_option(entry: str, pin: bool) -> None:
    assert _is_pin(entry) is pin

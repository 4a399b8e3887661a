from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import grimp
import kingpost
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.fences.house import ROOT, Plugin, at, plugins, refuse, syntax

MODULES = ["kingpost", *(plugin.module for plugin in plugins())]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom in the kernel and in all plugins, type-only imports included."""
    return grimp.build_graph(*MODULES, cache_dir=None)


def test_the_kernel_keeps_its_floors(capsys: pytest.CaptureFixture[str]) -> None:
    """The contract stands in pyproject.toml; a module that it does not place breaks it too."""
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    told = capsys.readouterr().out

    refuse(
        [] if status == EXIT_STATUS_SUCCESS else [told.partition("Broken contracts")[2] or told],
        "move what is shared one floor down, or place a new module under [[tool.importlinter.contracts]]",
    )


def test_the_kernel_knows_no_plugin(graph: grimp.ImportGraph) -> None:
    broken = [
        f"{importer} imports {imported}"
        for importer in sorted({"kingpost", *graph.find_descendants("kingpost")})
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if _root(imported) != "kingpost"
    ]

    refuse(broken, "ask for it through a door of kingpost.hookspecs")


@pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.name)
def test_a_plugin_imports_the_public_face_only(plugin: Plugin) -> None:
    """Never another plugin, never an inner module of the kernel, never an underscore; nor do its tests."""
    broken = [
        f"{at(path, line)}: imports {name}"
        for folder in (plugin.package, plugin.tests)
        for path in sorted(folder.rglob("*.py"))
        for line, name in _absolute_imports(path)
        if _root(name).startswith("kingpost") and not _is_public(name, plugin.module)
    ]

    refuse(broken, "import the name from kingpost or kingpost.testing; what they lack is asked for there")


@pytest.mark.parametrize("module", MODULES)
def test_imports_never_go_in_a_circle(graph: grimp.ImportGraph, module: str) -> None:
    inside = {module, *graph.find_descendants(module)}
    imports = {each: graph.find_modules_directly_imported_by(each) & inside for each in inside}

    refuse(
        [" -> ".join(circle) for circle in _circles(imports)],
        "move the noun that both sides need to a module below them",
    )


def _absolute_imports(path: Path) -> list[tuple[int, str]]:
    """Every dotted name that a file imports, with its line; `from a import b` is `a.b`."""
    names = []
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            names += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return names


def _is_public(name: str, own: str) -> bool:
    """What `kingpost.__all__` names, and `kingpost.testing` with what it names."""
    match name.split("."):
        case ["kingpost"] | ["kingpost", "testing"]:
            return True
        case ["kingpost", "testing", what]:
            return not what.startswith("_")
        case ["kingpost", what]:
            return what in kingpost.__all__
        case [first, *_]:
            return first == own
    return False


def _root(module: str) -> str:
    return module.partition(".")[0]


def _edges(graph: grimp.ImportGraph) -> list[tuple[str, str]]:
    return sorted((each, below) for each in graph.modules for below in graph.find_modules_directly_imported_by(each))


def _circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """One circle through each module that lies on any, the shortest; each circle once."""
    found: dict[frozenset[str], list[str]] = {}
    for start in sorted(imports):
        paths = [[start]]
        seen: set[str] = set()
        while paths:
            path = paths.pop(0)
            following = imports[path[-1]]
            if start in following:
                found.setdefault(frozenset(path), [*path, start])
                break
            paths += [[*path, each] for each in sorted(following - seen)]
            seen |= following
    return list(found.values())


def test_the_search_for_circles_finds_the_shortest_one_once() -> None:
    imports = {"a": {"b", "c"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}

    circles = _circles(imports)

    assert ["a", "c", "a"] in circles
    assert all(after in imports[before] for circle in circles for before, after in pairwise(circle))
    assert len({frozenset(circle) for circle in circles}) == len(circles)


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("kingpost", True),
        ("kingpost.Task", True),
        ("kingpost.testing", True),
        ("kingpost.testing.LogConformance", True),
        ("kingpost_mine.room", True),
        ("kingpost.state", False),
        ("kingpost.state.fold", False),
        ("kingpost._host.kernel", False),
        ("kingpost._host", False),
        ("kingpost.testing._fakes", False),
        ("kingpost_other", False),
    ],
)
def test_the_public_face_is_told_from_the_inside(name: str, public: bool) -> None:
    assert _is_public(name, "kingpost_mine") is public

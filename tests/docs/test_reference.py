"""Tables of reference on the pages against the code that they tell of."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from kingpost import ConfigurationError, InputError, KingpostError, Ports, hookspecs, protocols, state
from kingpost._host.plugins import Plugins
from kingpost._host.settings import KernelSettings, Settings

from tests.docs.pages import ROOT, Page

DOCS = ROOT / "docs"
DOORS = [name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction) if name.startswith("provide_")]
PLUGINS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "src").is_dir())
_CODE = r"[a-z]+\.[a-z_]+"


def _classes(top: type[KingpostError], depth: int = 0) -> Iterator[tuple[int, type[KingpostError]]]:
    yield depth, top
    for below in top.__subclasses__():
        if below.__module__ in {"kingpost.errors", state.Refused.__module__}:
            yield from _classes(below, depth + 1)


def test_the_tree_of_errors_is_the_tree_of_classes() -> None:
    (drawn, *_) = Page(DOCS / "errors.md").blocks

    lines = [re.fullmatch(r"([│├└─ ]*)(\w+)", line) for line in drawn.text.splitlines()]

    assert [(len(line[1]) // 4, line[2]) for line in lines if line] == [
        (depth, each.__name__) for depth, each in _classes(KingpostError)
    ]


def test_every_error_stands_in_the_table_with_its_code_and_its_exit() -> None:
    table = {row[1].strip("`"): (row[0].strip("`"), row[4]) for row in Page(DOCS / "errors.md").rows if len(row) == 5}

    assert table == {
        each.__name__: (each.code, "2" if issubclass(each, (InputError, ConfigurationError)) else "1")
        for _, each in _classes(KingpostError)
    }


def _codes(source: str) -> Iterator[str]:
    """The codes of errors in a module: what a class is given as its ``code``, and what stands beside a status."""
    for node in ast.walk(ast.parse(source)):
        pairs: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.ClassDef):
            pairs = [(one.targets[0], one.value) for one in node.body if isinstance(one, ast.Assign)]
        elif isinstance(node, ast.Call):
            pairs = list(pairwise(node.args))
        for before, value in pairs:
            named = isinstance(before, ast.Name) and before.id == "code"
            status = isinstance(before, ast.Constant) and isinstance(before.value, int)
            if (named or status) and isinstance(value, ast.Constant) and re.fullmatch(_CODE, str(value.value)):
                yield str(value.value)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_code_of_a_plugin_stands_on_the_page(plugin: str) -> None:
    """What a class of it carries, and what it answers beside a status."""
    table = {cell.strip("`") for row in Page(DOCS / "errors.md").rows if len(row) >= 4 for cell in row[:2]}

    used = {
        code for path in (ROOT / "plugins" / plugin / "src").rglob("*.py") for code in _codes(path.read_text("utf-8"))
    }

    assert used <= table, f"without a row: {sorted(used - table)}"


def test_every_code_of_webhooks_on_the_page_is_one_that_it_uses() -> None:
    """A row for a code that nothing reports any more would be a promise that nobody keeps."""
    listed = {row[0].strip("`") for row in Page(DOCS / "errors.md").rows if row[0].startswith("`webhook.")}

    sources = (ROOT / "plugins/webhooks/src").rglob("*.py")
    used = {code for path in sources for code in _codes(path.read_text("utf-8"))}

    assert listed
    assert listed == {code for code in used if code.startswith("webhook.")}


def test_a_code_is_found_as_a_class_attribute_and_beside_a_status() -> None:
    source = 'class Lost(KingpostError):\n    code = "far.lost"\n\nrefuse(404, "far.gone", "point.crossed")\n'

    assert set(_codes(source)) == {"far.lost", "far.gone"}


def test_every_setting_of_the_kernel_stands_in_the_table_with_its_default() -> None:
    table = {row[0].strip("`"): row[1].strip("`") for row in Page(DOCS / "quickstart.md").rows if len(row) == 3}

    for name, field in KernelSettings.model_fields.items():
        value = field.get_default(call_default_factory=True)
        default = "none" if value is None else str(value)
        assert table.pop(name) == default, name
    assert table == {}


@pytest.mark.parametrize("door", DOORS)
def test_the_section_of_a_door_tells_of_every_method(door: str) -> None:
    """Its signature is the one of the hook; each method that the protocol promises is named."""
    section = Page(DOCS / "hooks.md").section(door)
    hook = getattr(hookspecs, door)
    returned = str(hook.__annotations__["return"])
    protocol = getattr(protocols, returned.removeprefix("Iterable[").removesuffix("]"))

    assert f"`{door}(settings, ports) -> {returned}`" in section
    for name, _ in inspect.getmembers(protocol, inspect.isfunction):
        assert name.startswith("_") or f"`{name}(" in section, name


@pytest.mark.parametrize("door", DOORS)
def test_the_example_of_a_door_opens_it(door: str, tmp_path: Path) -> None:
    """Manifest and module, as they stand on the page, make a plugin that offers what it says."""
    kind = door.removeprefix("provide_")
    manifest, module = (block for block in Page(DOCS / "hooks.md").blocks if block.section == door)
    example = ModuleType("example")
    exec(compile(module.text, door, "exec", dont_inherit=True), vars(example))
    vars(example)["manifest"] = tomllib.loads(manifest.text)

    plugins = Plugins([example], Settings({}, "page"), Ports(home=tmp_path))

    assert plugins.names(kind)
    for name in plugins.names(kind):
        assert plugins.get(kind, name).name == name

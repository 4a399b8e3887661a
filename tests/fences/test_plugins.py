from __future__ import annotations

import ast
import tomllib

import pytest

from tests.fences.house import Plugin, at, decorated, plugins, refuse, syntax

MANIFEST = "kingpost-plugin.toml"

each_plugin = pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.name)


@each_plugin
def test_a_plugin_has_all_its_parts(plugin: Plugin) -> None:
    parts = [
        plugin.folder / "README.md",
        plugin.door,
        plugin.package / "py.typed",
        plugin.package / MANIFEST,
        plugin.tests,
    ]

    refuse(
        [f"{at(part)}: is missing" for part in parts if not part.exists()],
        "add it; the other plugins show how",
    )


@each_plugin
def test_a_plugin_is_called_the_same_everywhere(plugin: Plugin) -> None:
    path = plugin.folder / "pyproject.toml"
    project = tomllib.loads(path.read_text("utf-8"))["project"]
    broken = []
    if project["name"] != f"kingpost-{plugin.name}":
        broken.append(f"{at(path)}: the distribution is {project['name']}, not kingpost-{plugin.name}")
    if project.get("entry-points", {}).get("kingpost.plugins") != {plugin.name: plugin.module}:
        broken.append(f'{at(path)}: [project.entry-points."kingpost.plugins"] is not {plugin.name} = "{plugin.module}"')

    manifest = plugin.package / MANIFEST
    if manifest.exists() and tomllib.loads(manifest.read_text("utf-8")).get("id") != plugin.name:
        broken.append(f'{at(manifest)}: id is not "{plugin.name}"')

    refuse(broken, "folder, distribution, module, entry point and manifest carry one name")


@each_plugin
def test_a_manifest_lists_the_doors_that_the_plugin_implements(plugin: Plugin) -> None:
    """The kernel trusts the manifest and imports the plugin only when a name of its is used."""
    path = plugin.package / MANIFEST
    manifest = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    listed = {f"provide_{door.removeprefix('provide_')}" for door in manifest.get("provides", {})}
    real = decorated(plugin.door, "hookimpl").keys()
    broken = [f"{at(path)}: [provides] lacks {door}" for door in sorted(real - listed)]
    broken += [
        f"{at(plugin.door)}: no @hookimpl for {door}, which the manifest lists" for door in sorted(listed - real)
    ]

    refuse(
        broken or ([] if real else [f"{at(plugin.door)}: opens no door"]),
        "make the manifest and the door agree",
    )


@each_plugin
def test_a_plugin_inherits_a_conformance_class(plugin: Plugin) -> None:
    inheriting = [
        node.name
        for path in sorted(plugin.tests.glob("**/test_*.py"))
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ClassDef)
        and _from_the_kit(syntax(path)) & {ast.unparse(base).split(".")[0] for base in node.bases}
    ]

    refuse(
        [] if inheriting else [f"{at(plugin.tests)}: no class inherits from kingpost.testing"],
        "inherit the conformance class of what the plugin provides, and give it an instance",
    )


def _from_the_kit(tree: ast.Module) -> set[str]:
    """The names that a test file has from ``kingpost.testing``."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    kit = [node for node in imports if isinstance(node, ast.ImportFrom) and node.module == "kingpost.testing"]
    kit += [node for node in imports if isinstance(node, ast.ImportFrom) and node.module == "kingpost"]
    return {alias.asname or alias.name for node in kit for alias in node.names}

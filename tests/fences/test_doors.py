from __future__ import annotations

import re

import pytest

from tests.fences.house import CORE, DOCS, Plugin, at, decorated, plugins, refuse, texts

HOOKSPECS = CORE / "hookspecs.py"
DOORS = sorted(decorated(HOOKSPECS, "hookspec"))


def test_there_are_doors() -> None:
    refuse([] if DOORS else [f"{at(HOOKSPECS)}: no function carries @hookspec"], "declare the doors there")


@pytest.mark.parametrize("door", DOORS)
def test_every_door_has_its_page_its_plugin_and_its_test(door: str) -> None:
    page = DOCS / "hooks.md"
    headings = re.findall(r"^#+ .*$", page.read_text("utf-8") if page.exists() else "", re.MULTILINE)
    tests = [
        path
        for path, text in texts(".py")
        if path.name.startswith("test_") and path.parent.name != "fences" and re.search(rf"\b{door}\b", text)
    ]
    broken = []
    if not any(re.search(rf"\b{door}\b", heading) for heading in headings):
        broken.append(f"{at(page)}: no section is headed `{door}`")
    if not any(door in decorated(plugin.door, "hookimpl") for plugin in plugins()):
        broken.append(f"plugins/: no plugin implements {door}")
    if not tests:
        broken.append(f"tests/: no test names {door}")

    refuse(
        broken,
        f"a door exists only when a real plugin uses it, a page tells of it and a test proves it: {door}",
    )


@pytest.mark.parametrize("plugin", plugins(), ids=lambda plugin: plugin.name)
def test_a_plugin_implements_only_doors_that_exist(plugin: Plugin) -> None:
    unknown = sorted(decorated(plugin.door, "hookimpl").keys() - set(DOORS))

    refuse(
        [f"{at(plugin.door)}: there is no door {door}" for door in unknown],
        f"the doors are {', '.join(DOORS)}",
    )

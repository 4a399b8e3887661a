"""Plugins are loaded late, asked one at a time, and blamed by name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from kingpost import DoorEmpty, NameTaken, PluginBroken, Ports, SettingsInvalid, UnknownName, hookimpl
from kingpost._host.index import Found, installed, parse
from kingpost._host.plugins import Plugins
from kingpost._host.settings import Settings
from kingpost.testing import DictMemory, FirstFitCompressor, ScriptedAgent, in_process_plugin


def opened(tmp_path: Path, *found: Any, settings: dict[str, Any] | None = None) -> Plugins:
    return Plugins(found, Settings(settings or {}, "test"), Ports(home=tmp_path))


def module(tmp_path: Path, name: str, source: str, monkeypatch: pytest.MonkeyPatch, **manifest: Any) -> Found:
    """A plugin as it would be installed: a module on the path, and what its manifest says."""
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, name, raising=False)
    return parse({"id": name, **manifest}, "1.2.3", name)


def test_a_name_that_two_plugins_claim_is_refused_and_names_both(tmp_path: Path) -> None:
    """The start goes on; using the name blames both."""
    plugins = opened(
        tmp_path,
        in_process_plugin("first", memory=[DictMemory("shelf")]),
        in_process_plugin("second", memory=[DictMemory("shelf"), DictMemory("other")]),
    )

    with pytest.raises(NameTaken) as caught:
        plugins.get("memory", "shelf")

    assert set(caught.value.plugins) == {"first", "second"}
    assert plugins.get("memory", "other").name == "other"


def test_settings_choose_who_wins_a_name(tmp_path: Path) -> None:
    """A double is settled by the user, never by order."""
    mine, theirs = DictMemory("shelf"), DictMemory("shelf")
    plugins = opened(
        tmp_path,
        in_process_plugin("first", memory=[theirs]),
        in_process_plugin("second", memory=[mine]),
        settings={"plugins": {"choose": {"memory": {"shelf": "second"}}}},
    )

    assert plugins.get("memory", "shelf") is mine


def test_a_disabled_plugin_offers_nothing(tmp_path: Path) -> None:
    plugin = in_process_plugin("first", memory=[DictMemory("shelf")])
    plugins = opened(tmp_path, plugin, settings={"plugins": {"disabled": ["first"]}})

    with pytest.raises(DoorEmpty, match="memory"):
        plugins.get("memory", "shelf")


def test_an_unknown_name_tells_the_nearest_ones(tmp_path: Path) -> None:
    plugins = opened(tmp_path, in_process_plugin("first", agents=[ScriptedAgent(name="extract")]))

    with pytest.raises(UnknownName, match="did you mean 'extract'"):
        plugins.get("agents", "extrct")


def test_a_plugin_is_imported_when_a_name_of_its_is_first_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Knowing its names takes its manifest only."""
    source = (
        "from kingpost import hookimpl\nfrom kingpost.testing import ScriptedAgent\n"
        "@hookimpl\ndef provide_agents():\n    return [ScriptedAgent(name='late')]\n"
    )
    plugin = module(tmp_path, "late_plugin", source, monkeypatch, provides={"agents": ["late"]})
    plugins = opened(tmp_path, plugin)

    assert plugins.names("agents") == {"late": ("late_plugin",)}
    assert "late_plugin" not in sys.modules
    assert plugins.get("agents", "late").name == "late"
    assert plugins.part("agents", "late").version == "1.2.3"


HOOK = "from kingpost import hookimpl\n@hookimpl\ndef provide_agents(settings, ports):\n"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("raise RuntimeError('not today')", "RuntimeError: not today"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("", "a hook implementation, as its manifest says, got none"),
        (HOOK + "    return None", "TypeError"),
        (HOOK + "    return ['text']", "AttributeError"),
        (HOOK + "    1 / 0", "ZeroDivisionError"),
        (HOOK + "    return []", "got nothing"),
        (
            HOOK + "    class A:\n        name = 'a'\n        async def describe(self, model): ...\n    return [A()]",
            "a method 'decide'",
        ),
        (
            HOOK + "    class A:\n        name = 'a'\n        async def describe(self, model): ...\n"
            "        def decide(self, context, say): ...\n    return [A()]",
            "'async def decide', got 'def decide'",
        ),
        ("from kingpost import hookimpl\n@hookimpl\ndef provide_agents(wrong):\n    return []", "wrong"),
    ],
)
def test_a_broken_plugin_is_blamed_by_name_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, says: str
) -> None:
    """What was expected and what came stand in the message."""
    broken = module(tmp_path, "broken_plugin", source, monkeypatch, provides={"agents": ["a"]})
    plugins = opened(tmp_path, broken, in_process_plugin("good", agents=[ScriptedAgent(name="good")]))

    with pytest.raises(PluginBroken, match="'broken_plugin'") as caught:
        plugins.get("agents", "a")

    assert says in str(caught.value)
    assert "broken_plugin" in plugins.problems
    assert plugins.get("agents", "good").name == "good"


def test_a_compressor_that_says_that_it_is_costly_can_be_bounded(tmp_path: Path) -> None:
    """Without ``fit_within`` its fits would be on no account, so it is told as broken before it is asked once."""

    class Dear(FirstFitCompressor):
        costly = True

    class Free(FirstFitCompressor):
        costly = False

    plugins = opened(tmp_path, in_process_plugin("dear", compressors=[Dear("dear")]),
                     in_process_plugin("free", compressors=[Free("free")]))  # fmt: skip

    with pytest.raises(PluginBroken, match="compressors 'dear': expected a method 'fit_within', got NoneType"):
        plugins.get("compressors", "dear")
    assert plugins.get("compressors", "free").name == "free"


def test_settings_of_a_plugin_are_checked_by_the_model_its_manifest_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong value is the settings' fault, not the plugin's."""
    source = (
        "from pydantic import BaseModel\nfrom kingpost import hookimpl\nfrom kingpost.testing import ScriptedAgent\n"
        "class Settings(BaseModel):\n    size: int = 1\n"
        "@hookimpl\ndef provide_agents(settings):\n    return [ScriptedAgent(name=f'sized {settings.size}')]\n"
    )
    plugin = module(
        tmp_path, "sized_plugin", source, monkeypatch,
        provides={"agents": ["sized 1", "sized 7"]}, settings="sized_plugin:Settings",
    )  # fmt: skip

    with pytest.raises(SettingsInvalid, match=r"\[sized_plugin\]: size = 'big'"):
        opened(tmp_path, plugin, settings={"sized_plugin": {"size": "big"}}).get("agents", "sized 7")
    monkeypatch.delitem(sys.modules, "sized_plugin", raising=False)
    assert opened(tmp_path, plugin, settings={"sized_plugin": {"size": 7}}).get("agents", "sized 7").name == "sized 7"


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ({"id": "x", "provides": {"gadgets": ["a"]}}, "no door for gadgets"),
        ({"id": "x", "provides": {"agents": [1]}}, "lists of strings"),
        ({"provides": {}}, "id"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(manifest: dict[str, Any], says: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError), match=says):
        parse(manifest, "1", "x")


def test_a_plugin_for_another_kernel_is_left_out_with_the_reason(tmp_path: Path) -> None:
    plugin = parse({"id": "old", "kernel": ">=9", "provides": {"agents": ["a"]}}, "1", "old")

    with pytest.raises(DoorEmpty):
        opened(tmp_path, plugin).get("agents", "a")
    assert plugin.problem is not None
    assert "needs kingpost-core >=9" in plugin.problem


def test_the_index_is_kept_and_walked_again_when_something_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new folder on the path, and a touched manifest, are noticed; a broken cache is no cache."""
    cache = tmp_path / "index.json"
    site = tmp_path / "site"
    package = site / "kp_indexed"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('the index must not import')")
    (package / "kingpost-plugin.toml").write_text('id = "indexed"\n[provides]\nagents = ["a"]\n')
    dist = site / "kp_indexed-1.0.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: kp-indexed\nVersion: 1.0\n")
    (dist / "entry_points.txt").write_text("[kingpost.plugins]\nindexed = kp_indexed\n")

    before = installed(cache)
    monkeypatch.syspath_prepend(str(site))
    after = installed(cache)
    (package / "kingpost-plugin.toml").write_text('id = "indexed"\n[provides]\nagents = ["a", "b"]\n')
    touched = installed(cache)
    cache.write_text("{")
    again = installed(cache)

    assert "indexed" not in {plugin.id for plugin in before}
    assert _offers(after) == ("a",)
    assert _offers(touched) == _offers(again) == ("a", "b")


def _offers(found: tuple[Found, ...]) -> tuple[str, ...]:
    return next(plugin.provides["agents"] for plugin in found if plugin.id == "indexed")


async def test_what_was_started_is_stopped_in_reverse_order(tmp_path: Path) -> None:
    """A stop that fails is reported and does not keep the others open."""
    seen: list[str] = []

    class Living(ScriptedAgent):
        async def start(self) -> None:
            seen.append(f"start {self.name}")

        async def stop(self) -> None:
            seen.append(f"stop {self.name}")
            if self.name == "b":
                raise RuntimeError("stuck")

    plugins = opened(tmp_path, in_process_plugin("p", agents=[Living(name="a"), Living(name="b")]))
    for name in ("a", "b", "a"):
        await plugins.use("agents", name)

    assert await plugins.stop() == ["b: RuntimeError: stuck"]
    assert seen == ["start a", "start b", "stop b", "stop a"]


def test_a_hook_may_leave_out_either_argument(tmp_path: Path) -> None:
    class OnlyPorts:
        manifest: ClassVar = {"id": "only", "provides": {"agents": ["here"]}}

        @hookimpl
        def provide_agents(self, ports: Ports) -> list[ScriptedAgent]:
            return [ScriptedAgent(name=ports.home.name)]

    home = tmp_path / "here"
    plugins = Plugins([OnlyPorts()], Settings({}, "test"), Ports(home=home))

    assert plugins.get("agents", "here").name == "here"


class Over(DictMemory):
    """A memory over another one, which it is lent."""

    def __init__(self, name: str, *borrows: tuple[str, str], steps: list[str] | None = None) -> None:
        super().__init__(name)
        self.borrows = borrows
        self.lent: dict[tuple[str, str], Any] = {}
        self._steps = [] if steps is None else steps

    def lend(self, kind: str, name: str, offered: Any) -> None:
        self.lent[kind, name] = offered

    async def start(self) -> None:
        self._steps.append(f"start {self.name} with {len(self.lent)}")

    async def stop(self) -> None:
        self._steps.append(f"stop {self.name}")


async def test_a_plugin_is_lent_what_another_one_offers(tmp_path: Path) -> None:
    """Lent before its own start, started; stopped after it."""
    steps: list[str] = []
    below = Over("below", steps=steps)
    above = Over("above", ("memory", "below"), ("agents", "scripted"), steps=steps)
    plugins = opened(
        tmp_path,
        in_process_plugin("one", memory=[above], agents=[ScriptedAgent()]),
        in_process_plugin("two", memory=[below]),
    )

    assert await plugins.use("memory", "above") is above
    assert above.lent["memory", "below"] is below
    assert list(above.lent) == [("memory", "below"), ("agents", "scripted")]
    await plugins.stop()

    assert steps == ["start below with 0", "start above with 2", "stop above", "stop below"]


async def test_a_name_that_cannot_be_lent_is_named(tmp_path: Path) -> None:
    plugins = opened(tmp_path, in_process_plugin("one", memory=[Over("above", ("memory", "belwo"))]))

    with pytest.raises(UnknownName, match="belwo"):
        await plugins.use("memory", "above")


async def test_plugins_that_borrow_in_a_circle_are_blamed(tmp_path: Path) -> None:
    """They would wait for each other for ever."""
    plugins = opened(
        tmp_path,
        in_process_plugin("one", memory=[Over("a", ("memory", "b"))]),
        in_process_plugin("two", memory=[Over("b", ("memory", "a"))]),
    )

    with pytest.raises(PluginBroken, match="circle"):
        await plugins.use("memory", "a")

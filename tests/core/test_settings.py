"""One typed read of the settings; whatever is wrong is named with its place and its mend."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from kingpost import ConfigurationError, SettingsInvalid
from kingpost._host.home import find_home, made
from kingpost._host.index import Found, installed
from kingpost._host.settings import KernelSettings, Settings
from pydantic import BaseModel, ConfigDict, Field, model_validator


def read(tmp_path: Path, text: str | bytes, **environ: str) -> Settings:
    path = tmp_path / "kingpost.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Settings.read(path, environ)


def test_nothing_written_means_the_defaults() -> None:
    assert Settings.read(None).section("kernel", KernelSettings) == KernelSettings()


@pytest.mark.parametrize("plugin", [plugin for plugin in installed() if plugin.settings], ids=lambda plugin: plugin.id)
def test_nothing_written_means_what_a_check_of_nothing_would_say(plugin: Found) -> None:
    """A model that nobody has filled in is not built; its defaults are the same, of the same types."""
    module, _, name = str(plugin.settings).partition(":")
    model: type[BaseModel] = getattr(import_module(module), name)

    given = Settings.read(None).section(plugin.id, model)

    assert given == model.model_validate({})
    assert given.model_fields_set == set()


class _Needy(BaseModel, defer_build=True):
    must: int


class _Checked(BaseModel, defer_build=True):
    first: int = 2
    second: int = 1

    @model_validator(mode="after")
    def in_order(self) -> _Checked:
        raise ValueError("the second comes before the first")


class _Doubtful(BaseModel, defer_build=True):
    port: int = Field(default=70_000, le=65_535, validate_default=True)


@pytest.mark.parametrize(
    ("model", "says"),
    [(_Needy, "must: field required"), (_Checked, "the second comes before the first"), (_Doubtful, "equal to 65535")],
)
def test_defaults_that_a_model_does_not_take_for_granted_are_checked(model: type[BaseModel], says: str) -> None:
    """Something is required, or the whole is looked at, or defaults are checked: then nothing is not enough."""
    with pytest.raises(SettingsInvalid, match=says):
        Settings.read(None).section("own", model)


def test_variables_are_filled_in_from_the_environment(tmp_path: Path) -> None:
    settings = read(tmp_path, '[kernel]\nagent = "${WHO}"\nmodel = "${MODEL:-small}"\n', WHO="ollama")

    kernel = settings.section("kernel", KernelSettings)

    assert (kernel.agent, kernel.model) == ("ollama", "small")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[kernel\nagent = 1", "at line 1, column 8"),
        (b"[kernel]\nagent = '\xff'", "is not UTF-8 (byte 18)"),
        ('[kernel]\nagent = "${NOPE}"', "the variable NOPE is not set; set it, or write ${NOPE:-default}"),
        ("[kernel]\nrecall_seconds = nan", "is nan"),
        ("[kernel]\nrecall_seconds = inf", "is inf"),
        ("[kernel]\nbudget = 0", "budget = 0: input should be greater than or equal to 1"),
        ('[kernel]\nbudget = "much"', "budget = 'much'"),
        ("[kernel]\nbudgte = 5", "there is no setting 'budgte'; did you mean 'budget'?"),
        ("kernel = 5", "is a value, not a section"),
        ('[kernal]\npolicy = ["deny *"]', "there is no section [kernal]; did you mean [kernel]?"),
        ("[plugin]\ndisabled = []", "there is no section [plugin]; did you mean [plugins]?"),
        ('policy = ["deny *"]', "'policy' stands in no section; write [kernel] above it"),
        ("disabled = []", "'disabled' stands in no section; write [plugins] above it"),
        ("colour = 1", "'colour' stands in no section; write its section above it"),
        ("x = " + "[" * 20_000, "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_told_on_one_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        read(tmp_path, text).section("kernel", KernelSettings)

    assert says in str(caught.value)
    assert str(tmp_path / "kingpost.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_message_tells_what_a_variable_holds_or_what_a_secret_is(tmp_path: Path) -> None:
    """The value is shown as it is written, and not at all where its key sounds like a secret."""

    class Box(BaseModel):
        model_config = ConfigDict(extra="forbid")

    class Hooks(BaseModel):
        model_config = ConfigDict(extra="forbid")

        secrets: tuple[str, ...] = ()
        sizes: tuple[int, ...] = ()
        box: Box | None = None

    for text, says in (
        ('sizes = [1, "${HIDDEN}"]', "sizes.1 = '${HIDDEN}': input should be a valid integer"),
        ('secrets = "${HIDDEN}"', "secrets: input should be a valid tuple"),
        ('secrets = "hunter2"', "secrets: input should be a valid tuple"),
        ('box.secret = "hunter2"', "there is no setting 'box.secret'; mend its name, or take it out"),
    ):
        with pytest.raises(SettingsInvalid) as caught:
            read(tmp_path, f"[hooks]\n{text}", HIDDEN="hunter2").section("hooks", Hooks)

        assert says in str(caught.value)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__suppress_context__


def test_a_section_of_a_plugin_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    settings = read(tmp_path, "[kern-log]\nx = 1\n[agent-openai]\ny = 2\n")

    assert settings.section("kernel", KernelSettings) == KernelSettings()


def test_a_variable_of_a_section_that_nobody_reads_stops_nothing(tmp_path: Path) -> None:
    settings = read(tmp_path, '[agent-ollama]\nbase_url = "${NOPE}"')

    assert settings.section("kernel", KernelSettings) == KernelSettings()


def test_the_home_is_beside_the_nearest_settings_file(tmp_path: Path) -> None:
    """Upwards from where the command is given; the environment overrides the folder, not the file."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "kingpost.toml").write_text("")

    assert find_home(inner, {}).folder == tmp_path / ".kingpost"
    assert find_home(inner, {}).config == tmp_path / "kingpost.toml"
    overridden = find_home(inner, {"KINGPOST_HOME": str(tmp_path / "elsewhere")})
    assert (overridden.folder, overridden.config) == (tmp_path / "elsewhere", tmp_path / "kingpost.toml")


def test_without_a_settings_file_the_home_is_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    empty = tmp_path / "empty"
    empty.mkdir()

    home = find_home(empty, {})

    if home.config is None:  # a settings file above the temporary folder would be the machine's own
        assert home.folder.name == "kingpost"


def test_a_home_that_cannot_be_made_is_told_with_its_mend(tmp_path: Path) -> None:
    """A file in its way, say: which home, why, and the variable that names another one."""
    (tmp_path / "taken").write_text("")

    with pytest.raises(ConfigurationError, match=r"taken.*cannot be made \(File exists\); set KINGPOST_HOME"):
        made(tmp_path / "taken")
    with pytest.raises(ConfigurationError, match=r"below.*cannot be made \(Not a directory\)"):
        made(tmp_path / "taken" / "below")

"""One typed read of ``kingpost.toml`` and the environment, at the edge.

Called by ``kernel`` when it opens. ``${VAR}`` and ``${VAR:-default}`` in any string are replaced when the section is
read, so that a plugin that is not used cannot stop the start with a variable that is not set.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import SettingsInvalid

Model = TypeVar("Model", bound=BaseModel)
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class KernelSettings(BaseModel):
    """Section ``[kernel]``: what a task gets that names nothing itself, and the bounds of this kernel."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)

    agent: str = Field(default="extract", description="agent of a task that names none")
    model: str | None = Field(default=None, description="model handed to the agent; none lets the agent choose")
    memory: str = Field(default="sqlite", description="memory backend")
    compressor: str = Field(default="structure", description="context compressor")
    counter: str = Field(default="o200k_base", description="token counter where the agent's model has none of its own")
    calibrate: bool = Field(
        default=True, description="learn from a server's reports how its model counts, where only a bound is known"
    )
    log: str = Field(default="sqlite", description="the log that is opened with the kernel")
    budget: int | None = Field(
        default=None, ge=1, description="context budget of one prompt, in tokens; none: 8000, or 15000 of a bound"
    )
    recall: int | None = Field(
        default=None, ge=0, le=1000, description="memories recalled for a task at most; none: what its budget may hold"
    )
    recall_seconds: float = Field(default=5.0, gt=0, description="longest wait for a memory before going on without")
    turns: int = Field(default=32, ge=1, description="decisions a task may take")
    attempts: int = Field(default=3, ge=1, description="claims without any progress before a task is given up")
    retries: int = Field(
        default=8, ge=0, description="tries again when the world fails, before a task is a dead letter"
    )
    retry_seconds: float = Field(default=1.0, gt=0, description="the first wait before a try is up to this, then twice")
    retry_most_seconds: float = Field(default=300.0, gt=0, description="longest wait before a try")
    breaker_failures: int = Field(
        default=3, ge=1, description="failures in a row after which an agent, memory or executor rests"
    )
    breaker_seconds: float = Field(default=30.0, gt=0, description="how long it rests before one try")
    fallbacks: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description='agents that take over where one fails: ollama = ["extract"]'
    )
    silence_seconds: float = Field(default=300.0, gt=0, description="longest time an agent may give no sign of life")
    block_seconds: float = Field(
        default=30.0, ge=0, description="the process ends when an agent blocks it this long; 0 does not watch"
    )
    tool_seconds: float = Field(default=60.0, gt=0, description="longest time a tool may take")
    calls: int = Field(default=1024, ge=1, description="calls of one turn")
    calls_together: int = Field(default=32, ge=1, description="calls of one turn that are made at the same time")
    answer_bytes: int = Field(default=1_000_000, ge=1, description="longest answer of one turn, in characters")
    artefact_bytes: int = Field(
        default=50_000_000, ge=0, le=500_000_000, description="most that the files handed in by a task take together"
    )
    outcome_tokens: int = Field(default=1000, ge=1, description="tokens of a child's answer that its parent sees")
    thread: int = Field(default=8, ge=0, description="earlier tasks of a thread that a task sees")
    policy: tuple[str, ...] = Field(
        default=(), description='rules on calls, the first that fits decides: "ask write_file(secrets/*)"'
    )
    ask_seconds: float | None = Field(
        default=86400.0, gt=0, description="how long a human has to answer; none: for ever"
    )
    depth: int = Field(default=3, ge=0, description="levels of children below a task that names none")
    fan_out: int = Field(default=16, ge=0, description="children that one task may begin, where it names none")
    remember: bool = Field(default=True, description="keep what tasks came to, for the tool recall and for search")
    uses: bool = Field(default=True, description="count how often a memory helped a task that succeeded")
    parallel: int = Field(default=16, ge=1, description="tasks worked on at once")
    tenant_parallel: int | None = Field(default=None, ge=1, description="tasks of one tenant worked on at once")
    agent_parallel: dict[str, int] = Field(default_factory=dict, description="tasks of one agent worked on at once")
    capabilities: tuple[str, ...] = Field(default=(), description="what this machine can do that tasks may need")
    queue: int = Field(default=10_000, ge=1, description="tasks that may be queued; more are refused")
    tenant_queue: int | None = Field(default=None, ge=1, description="tasks of one tenant that may be queued")
    memory_floor_mb: int = Field(
        default=200, ge=0, description="free memory, in MB, below which no second task is started; 0: not looked at"
    )
    cpu_ceiling: float | None = Field(
        default=None, gt=0, le=100, description="CPU use, in percent, above which the same holds; none: not looked at"
    )
    catch_up_seconds: float = Field(default=3600.0, ge=0, description="how late a schedule that was missed still fires")
    sinks: tuple[str, ...] = Field(default=(), description="sinks that are told every event")
    faces: tuple[str, ...] = Field(default=(), description="faces that 'serve' opens beside the http one")
    drain_seconds: float = Field(default=5.0, ge=0, description="how long a stop waits for running tasks")
    description_bytes: int = Field(default=64 * 1024, ge=1, description="longest description of a task")
    input_bytes: int = Field(default=1_000_000_000, ge=1, description="largest single input file")


class PluginSettings(BaseModel):
    """Section ``[plugins]``: which are left out, and who wins a name that two offer."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    disabled: tuple[str, ...] = Field(default=(), description="ids of plugins that are left out")
    choose: dict[str, dict[str, str]] = Field(
        default_factory=dict, description='for a name that two offer: memory.sqlite = "memory-sqlite"'
    )


_OWN: Mapping[str, type[BaseModel]] = {"kernel": KernelSettings, "plugins": PluginSettings}
_ALIKE = 0.8
_SECRET = re.compile("secret|token|password|key", re.IGNORECASE)
_MOST_SHOWN = 200
_STRANGE = ("extra_forbidden", "unexpected_keyword_argument")


class Settings:
    """All sections as they were read; each is checked when it is asked for."""

    def __init__(self, raw: Mapping[str, Any], where: str, environ: Mapping[str, str] = os.environ) -> None:
        self.raw, self.where, self._environ = raw, where, environ

    @classmethod
    def read(cls, path: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings of a file, or none at all.

        Raises:
            SettingsInvalid: the file cannot be read or is no TOML, with line and column.
        """
        if path is None:
            return cls({}, "no kingpost.toml", environ)
        import tomllib  # not needed without a file

        try:
            raw = tomllib.loads(path.read_bytes().decode("utf-8"))
        except OSError as problem:
            raise SettingsInvalid(
                str(path), f"cannot be read ({problem.strerror})", "mend its permissions"
            ) from problem
        except UnicodeDecodeError as problem:
            what = f"is not UTF-8 (byte {problem.start})"
            raise SettingsInvalid(str(path), what, "save it as UTF-8") from problem
        except (tomllib.TOMLDecodeError, RecursionError) as problem:
            raise SettingsInvalid(str(path), f"is not valid TOML: {problem}", "mend it there") from problem
        _check_top(raw, str(path))
        return cls(raw, str(path), environ)

    def with_these(self, overrides: Mapping[str, Mapping[str, Any]]) -> Settings:
        """The same with some values replaced, by section and key."""
        raw = dict(self.raw)
        for name, values in overrides.items():
            raw[name] = {**raw.get(name, {}), **values}
        return Settings(raw, self.where, self._environ)

    def section(self, name: str, model: type[Model]) -> Model:
        """One section, variables replaced, checked by its model.

        Raises:
            SettingsInvalid: a value is wrong, unknown or not set; key and mend are named.
        """
        raw = self.raw.get(name, {})
        where = f"{self.where} [{name}]"
        if not isinstance(raw, Mapping):
            raise SettingsInvalid(where, "is a value, not a section", f"write it as [{name}]")
        if not raw and _stands(model):
            return model.model_construct()
        try:
            return model.model_validate(self._filled(raw, where))
        except ValidationError as problem:
            # Its cause would tell what variables hold to whoever prints the chain.
            raise _explained(problem, where, model, raw) from None

    def _filled(self, value: Any, where: str) -> Any:
        if isinstance(value, Mapping):
            return {key: self._filled(entry, f"{where} {key}") for key, entry in value.items()}
        if isinstance(value, list):
            return [self._filled(entry, where) for entry in value]
        if isinstance(value, float) and not math.isfinite(value):
            raise SettingsInvalid(where, f"is {value}", "write a finite number")
        if isinstance(value, str):
            return _VARIABLE.sub(lambda found: self._variable(found, where), value)
        return value

    def _variable(self, found: re.Match[str], where: str) -> str:
        name, default = found.group(1), found.group(2)
        value = self._environ.get(name, default)
        if value is None:
            raise SettingsInvalid(where, f"the variable {name} is not set", f"set it, or write ${{{name}:-default}}")
        return value


def _stands(model: type[BaseModel]) -> bool:
    """Whether a model's defaults are all there is to check: then it is not built, which takes 5 to 20 ms of a start."""
    if not model.model_config.get("defer_build") or model.__pydantic_decorators__.model_validators:
        return False
    return not any(field.is_required() or field.validate_default for field in model.model_fields.values())


def _check_top(raw: Mapping[str, Any], where: str) -> None:
    """Refuse what would be read by nobody though it is meant for the kernel: its rules would silently not hold.

    A section of a plugin that is not installed is left alone.

    Raises:
        SettingsInvalid: a section is nearly one of the kernel's, or a value stands in none.
    """
    for name, value in raw.items():
        if isinstance(value, Mapping):
            if name not in _OWN and (nearest := _nearest(name, _OWN, _ALIKE)):
                raise SettingsInvalid(where, f"there is no section [{name}]", f"did you mean [{nearest[0]}]?")
        elif name not in _OWN:
            owner = next((f"[{own}]" for own, model in _OWN.items() if name in model.model_fields), "its section")
            raise SettingsInvalid(where, f"{name!r} stands in no section", f"write {owner} above it")


def _nearest(name: str, known: Iterable[str], alike: float = 0.6) -> list[str]:
    import difflib  # for what is wrong only

    return difflib.get_close_matches(name, known, 1, alike)


def _explained(problem: ValidationError, where: str, model: type[BaseModel], raw: Mapping[str, Any]) -> SettingsInvalid:
    first = problem.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] in _STRANGE and len(first["loc"]) > 1:
        return SettingsInvalid(where, f"there is no setting {key!r}", "mend its name, or take it out")
    if first["type"] in _STRANGE:
        nearest = _nearest(key, model.model_fields)
        mend = f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(sorted(model.model_fields))}"
        return SettingsInvalid(where, f"there is no setting {key!r}", mend)
    return SettingsInvalid(where, f"{key}{_written(raw, first['loc'])}: {first['msg'].lower()}", "mend the value")


def _written(raw: Any, place: Sequence[str | int]) -> str:
    """What stands at a place of the file, with the names of variables and not with what they hold."""
    if any(_SECRET.search(str(step)) for step in place):
        return ""
    for step in place:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return f" = {raw!r}" if len(repr(raw)) <= _MOST_SHOWN else ""

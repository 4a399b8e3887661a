"""The section ``webhooks`` of kingpost.toml."""

from __future__ import annotations

from kingpost import InvalidRequest, SettingsInvalid, replace
from pydantic import BaseModel, ConfigDict, Field

from .rules import check as check_rule
from .schemes import check
from .source import Source, check_name


class Settings(BaseModel):
    """What comes in, and how events go out."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    log: str = Field(default="sqlite", description="The log of the kernel, as under [kernel].")
    sources: dict[str, Source] = Field(
        default={}, description="Sources of deliveries by name: scheme, secrets (from ${VARIABLES}), rules."
    )
    body_bytes: int = Field(
        default=25_000_000, ge=1024, le=100_000_000, description="A delivery of so many bytes or more is refused."
    )
    allow: tuple[str, ...] = Field(
        default=(), description="Internal networks (10.1.0.0/16) and hosts that endpoints may name; http:// only there."
    )
    timeout: float = Field(default=15.0, gt=0, le=120, description="Seconds that an attempt may take.")
    patience: float = Field(
        default=0.25, gt=0, le=30, description="Seconds behind which an attempt gives its place to the next."
    )
    places: int = Field(default=200, ge=1, le=10_000, description="Attempts that begin at once.")
    connections: int = Field(default=2000, ge=1, le=50_000, description="Attempts that are open at once.")
    give_up_days: float = Field(
        default=5.0, gt=0, le=365, description="An endpoint that only fails for so long is disabled; its events stay."
    )


def fixed(settings: Settings) -> dict[str, Source]:
    """The sources of the settings, each known to be able to verify what it is sent.

    Raises:
        SettingsInvalid: one of them cannot; without a secret nothing starts.
    """
    sources = {}
    for name, source in settings.sources.items():
        try:
            check_name("source", name)
            check(made := replace(source, name=name))
            for number, rule in enumerate(source.rules, 1):
                check_rule(rule, f"rule {number} of source {name!r}")
        except InvalidRequest as problem:
            raise SettingsInvalid(f"[webhooks.sources.{name}]", str(problem), "mend it there") from problem
        sources[name] = made
    return sources

"""The section ``memory-sqlite`` of kingpost.toml."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

DAY = 86_400.0


class Settings(BaseModel):
    """Where the memory is, and its bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path = Field(default=Path("memory.db"), description="The memory's file; a relative path starts at the home.")
    busy_seconds: float = Field(
        default=10.0, gt=0, le=600, description="How long a write waits while another process writes."
    )
    short_term_seconds: float = Field(
        default=1800.0, gt=0, description="How long a short-term memory lives that does not say when it expires."
    )
    expired_seconds: float = Field(
        default=DAY, ge=0, description="How long an expired memory stays in the file before a start removes it."
    )
    rewritten_mb: float = Field(
        default=128.0,
        ge=0,
        description="The largest file (MB) that is written anew after forgetting, so that no trace is left in it.",
    )
    floor: float = Field(
        default=0.15, ge=0, le=1, description="The share of a question's weight that a memory must hold to be recalled."
    )
    candidates: int = Field(
        default=1500, ge=100, le=100_000, description="The most memories of one scope that are ranked for one question."
    )

    @property
    def rewritten(self) -> int:
        """The same in bytes."""
        return int(self.rewritten_mb * 1024 * 1024)

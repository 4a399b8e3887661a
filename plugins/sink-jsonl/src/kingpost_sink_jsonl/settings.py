"""The section ``sink-jsonl`` of kingpost.toml."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

MEGABYTE = 1024 * 1024


class Settings(BaseModel):
    """Where the lines go, and what stands in them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path = Field(
        default=Path("audit.jsonl"),
        description="The file, in a folder that exists; a relative path starts at the home.",
    )
    payloads: bool = Field(
        default=False, description="Write the content of events too; what is erased from the log stays in the file."
    )
    rotate_mb: int = Field(
        default=64, ge=1, le=100_000, description="A file of this size is set aside and a new one is begun."
    )

"""The section ``log-sqlite`` of kingpost.toml."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

MEGABYTE = 1024 * 1024


class Settings(BaseModel):
    """Where the log is, and its bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: Path = Field(default=Path("log.db"), description="The log's file; a relative path starts at the home.")
    busy_seconds: float = Field(
        default=10.0, gt=0, le=600, description="How long an append waits while another process writes."
    )
    cache_mb: int = Field(default=8, ge=1, le=4096, description="Pages of the file that the writer keeps in memory.")
    streams_in_memory: int = Field(
        default=10_000, ge=1, description="Streams whose version and unfinished task the writer keeps in memory."
    )
    max_frame_mb: int = Field(default=16, ge=1, le=512, description="The largest frame that is accepted.")
    max_blob_mb: int = Field(default=512, ge=1, le=900, description="The largest blob that is accepted.")

"""What can be set, under ``[memory-vectors]`` in kingpost.toml."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The section ``memory-vectors`` of kingpost.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    memory: str = Field(default="sqlite", description="the memory that keeps what is remembered")
    embedder: str = Field(default="ollama", description="what turns texts into vectors")
    path: str = Field(default="vectors.db", min_length=1, description="the file of vectors, in the home")
    seconds: float = Field(
        default=0.5, gt=0, description="longest wait for a question's vector; then words alone decide"
    )
    batch: int = Field(default=32, ge=1, le=256, description="texts embedded at once, in the background")
    weight: float = Field(
        default=0.7, ge=0, le=1, description="how much nearness counts until it is measured; at most so much afterwards"
    )
    characters: int = Field(default=2000, ge=100, description="the longest beginning of a text that is embedded")
    search: Literal["numpy", "sqlite-vec"] = Field(
        default="numpy", description="what compares signs: numpy, in memory, or sqlite-vec, in the file"
    )
    sentence_model: str = Field(
        default="", description="folder or name of a sentence-transformers model that is on this machine"
    )

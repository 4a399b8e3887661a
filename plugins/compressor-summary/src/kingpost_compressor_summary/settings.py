"""What can be set, under ``[compressor-summary]`` in kingpost.toml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The section ``compressor-summary`` of kingpost.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    compressor: str = Field(default="structure", description="the compressor that fits the passages")
    agent: str = Field(default="ollama", description="the agent that sums up what found no room")
    model: str = Field(default="", description="the agent's model; empty for its own choice")
    share: float = Field(default=0.2, gt=0, le=0.5, description="the part of the budget that a summary may take")
    seconds: float = Field(default=20, gt=0, le=50, description="longest wait for the agent; then there is no summary")
    material: int = Field(
        default=8000, ge=100, description="tokens of dropped passages that the agent is shown at most"
    )

"""Section ``[http]`` of the settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Where the face listens, whom it lets in, and the bounds of a request."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)

    host: str = Field(default="127.0.0.1", description="address to listen on; beyond loopback only with tokens")
    port: int = Field(default=8420, ge=0, le=65535, description="port; 0 takes a free one")
    hosts: tuple[str, ...] = Field(default=(), description="names in the Host header beside the address and loopback")
    origins: tuple[str, ...] = Field(default=(), description="web origins that may ask, such as 'https://app.example'")
    cert: Path | None = Field(default=None, description="file with the TLS certificate chain (PEM)")
    key: Path | None = Field(default=None, description="file with its private key (PEM)")
    body_bytes: int = Field(default=1_000_000, ge=1024, description="largest body of a request")
    header_bytes: int = Field(default=32_768, ge=1024, description="largest head of a request, its line included")
    header_seconds: float = Field(default=10.0, gt=0, description="longest time for the head of a request")
    body_seconds: float = Field(default=30.0, gt=0, description="longest time for the body of a request")
    idle_seconds: float = Field(default=75.0, gt=0, description="how long an idle connection is kept")
    connections: int = Field(default=4096, ge=1, description="connections at once")
    address_connections: int = Field(default=2048, ge=1, description="connections of one address at once")
    rate: float = Field(default=1000.0, gt=0, description="requests per second of one token, unless its tenant has one")
    address_rate: float = Field(default=500.0, gt=0, description="requests per second of one address")
    burst_seconds: float = Field(default=2.0, gt=0, description="how many seconds of a rate may come at once")
    trusted: tuple[str, ...] = Field(default=("127.0.0.1", "::1"), description="addresses without rate limits")
    heartbeat_seconds: float = Field(default=15.0, gt=0, description="silence after which a stream sends a comment")
    drain_seconds: float = Field(default=10.0, ge=0, description="how long a stop waits for answers")

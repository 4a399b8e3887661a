"""What can be set, under ``[agent-ollama]`` in kingpost.toml, and where the server is when nothing is."""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

_PORTS = {"http": 80, "https": 443}
_PORT = 11434

Think = bool | Literal["low", "medium", "high", "max"]


def address(said: str) -> str:
    """A server's address as Ollama's own clients read ``OLLAMA_HOST``: scheme and port may be left out.

    Raises:
        ValueError: it is no address.
    """
    text = said.strip().strip("\"'").rstrip("/")
    scheme, separated, rest = text.partition("://")
    scheme, rest = (scheme.lower(), rest) if separated else ("http", text)
    if scheme not in _PORTS:
        raise ValueError(f"the scheme is {scheme!r}, not http or https")
    if _is_address(rest) and ":" in rest and not rest.startswith("["):
        rest = f"[{rest}]"
    parts = urlsplit(f"//{rest}")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("it holds more than host, port and path; a key belongs into api_key")
    host = parts.hostname or "127.0.0.1"
    if _is_address(host) and ip_address(host).is_unspecified:
        # An address to listen on; who listens on all of them listens here.
        host = "127.0.0.1" if "." in host else "::1"
    port = parts.port or (_PORTS[scheme] if separated else _PORT)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path}"


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _from_environment() -> str:
    return os.environ.get("OLLAMA_HOST", "")


class Settings(BaseModel):
    """The section ``agent-ollama`` of kingpost.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)

    base_url: str = Field(
        default_factory=_from_environment,
        description="where the server is; OLLAMA_HOST where that is set, else http://127.0.0.1:11434",
    )
    model: str | None = Field(
        default=None, min_length=1, description="the model of a task that names none; else the newest"
    )
    embed_model: str = Field(
        default="nomic-embed-text", min_length=1, description="the model that turns texts into vectors"
    )
    room: int = Field(default=1024, ge=16, description="the longest answer in tokens, thinking included")
    window: int | None = Field(
        default=None, ge=1024, description="the longest context to ask for; none for the model's own"
    )
    counter: str = Field(
        default="utf8-bytes",
        description="what counts the tokens; another one than this bound estimates, and gets a quarter on top",
    )
    think: Think = Field(
        default=False, description="whether a model that can think does, which takes from the room; or how hard"
    )
    keep_alive: str | int = Field(default="5m", description="how long a model stays in memory after its last use")
    options: dict[str, Any] = Field(default_factory=dict, description="Ollama's model options, temperature for one")
    api_key: SecretStr | None = Field(default=None, description="bearer token, for a server behind a proxy")
    connect_seconds: float = Field(default=3.0, gt=0, description="how long to wait for a connection")
    load_seconds: float = Field(
        default=300.0, gt=0, description="how long a model may load and read before its first word"
    )
    idle_seconds: float = Field(default=120.0, gt=0, description="how long a server may say nothing between two words")

    @field_validator("base_url")
    @classmethod
    def _address(cls, said: str) -> str:
        return address(said)

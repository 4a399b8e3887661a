"""A source of deliveries: who sends, how that is proven, and what becomes of it.

Read from the settings and from the log; asked by ``schemes`` and ``receive``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from kingpost import InvalidRequest, Record, field

_FORBID: Mapping[str, str] = {"extra": "forbid"}
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Form(Record, kw_only=True):
    """How a generic source signs.

    ``signature`` is the header with the digest, behind ``prefix``, in ``encoding``. ``signed`` is what is signed, with
    ``{body}``, ``{timestamp}`` and ``{id}``; the headers ``timestamp`` (Unix seconds) and ``id`` hold the last two.
    ``event`` is the header with the event's type, or behind ``$.`` a path in the body.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = _FORBID

    signature: str = "X-Signature"
    prefix: str = ""
    encoding: Literal["hex", "base64"] = "hex"
    algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    signed: str = "{body}"
    timestamp: str = ""
    id: str = ""
    event: str = "$.type"


class Rule(Record, kw_only=True):
    """Turns deliveries into work. The first rule of a source that fits decides.

    ``events`` are patterns (``pull_request.*``) and ``where`` maps paths in the payload to patterns of values; all of
    them must fit. ``description`` is a template: ``{pull_request.number}`` is replaced by what stands there, on one
    line, bounded and quoted. The body itself is handed along as text from outside. ``tools`` and ``scopes`` are those
    that the task may use; a source is somebody outside, so both are none unless they are named.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = _FORBID

    description: str
    events: tuple[str, ...] = ("*",)
    where: Mapping[str, str] = field(default_factory=dict)
    agent: str | None = None
    model: str | None = None
    tools: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    workspace: str | None = None
    budget: int | None = None
    tokens: int | None = None
    money: int | None = None
    seconds: float | None = None
    depth: int = 0
    fan_out: int | None = None
    thread: str | None = None
    priority: int = 0
    payload: bool = True


class Source(Record, kw_only=True):
    """Where deliveries come from. ``secrets`` are all that hold now: several while one is replaced by the next.

    ``tolerance`` is how many seconds a signed time stamp may be off. ``unique`` says what makes two deliveries one:
    their ``id``, or the same ``body``, for senders whose id is not signed and must not be believed.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = _FORBID

    name: str = ""
    scheme: str
    secrets: tuple[str, ...] = ()
    tolerance: float = 300.0
    unique: Literal["id", "body"] = "id"
    form: Form = field(default_factory=Form)
    rules: tuple[Rule, ...] = ()
    tenant: str = "default"


class Label(Record, kw_only=True):
    """What a sender calls a delivery. ``id`` is empty where it has none."""

    id: str = ""
    event: str = ""


def look(value: Any, path: str) -> Any:
    """What stands at a dotted path, ``None`` where nothing does. Numbers count in lists."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 7:
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def check_name(kind: str, name: str) -> None:
    """Refuse a name that cannot stand in a path.

    Raises:
        InvalidRequest: it cannot.
    """
    if not NAME.fullmatch(name):
        raise InvalidRequest(
            f"{kind} name {name[:80]!r}: use up to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first"
        )

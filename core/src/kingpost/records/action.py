"""What an agent decides, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from .record import Record, field
from .task import Artefact, Source


class Usage(Record, kw_only=True):
    """What one turn cost, as the model's server reports it; ``None`` where it reports nothing.

    Tokens are the model's own. ``money`` is in micro-units, ``prices`` names where the price comes from.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    money: int | None = None
    prices: str | None = None


class Call(Record):
    """One use of one tool. ``id`` is unique within its turn; ``arguments`` obey the tool's JSON Schema."""

    id: str
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


class Answer(Record, kw_only=True):
    """The agent is done. ``opaque`` is the provider's own data, stored and handed back untouched."""

    text: str
    sources: tuple[Source, ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    usage: Usage = field(default_factory=Usage)
    opaque: Mapping[str, Any] = field(default_factory=dict)
    kind: Literal["answer"] = "answer"


class Calls(Record, kw_only=True):
    """The agent needs the world. The turn closes when all of the calls have an observation, or any of them."""

    calls: tuple[Call, ...]
    until: Literal["all", "any"] = "all"
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    opaque: Mapping[str, Any] = field(default_factory=dict)
    kind: Literal["calls"] = "calls"


Action = Answer | Calls


class Observation(Record, kw_only=True):
    """What came back from a call. A failure is an observation too: ``error`` is its code, ``text`` says the rest."""

    call: str
    text: str
    error: str | None = None
    trust: Literal["trusted", "outside"] = "outside"
    truncated: bool = False


class Made(Record):
    """A file that a call made: a name without folders, the bytes, and a media type (RFC 6838) where it is known."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


class HandedIn(Observation, kw_only=True):
    """An observation of a call that hands in files: the kernel keeps them as artefacts of the task.

    They are on disk before the observation is; a file of the same name replaces the one that the task had handed in.
    What is more than the task may hand in is refused, and the agent is told so instead of ``text``.
    """

    files: tuple[Made, ...]


class Pending(Record, kw_only=True):
    """Not yet. ``reference`` is the outside system's own name for it and serves for look-up only.

    ``wake_at`` (seconds since the epoch) is when the wait is given up, ``None`` for never.
    """

    call: str
    reference: str
    wake_at: float | None = None


class Tool(Record, kw_only=True):
    """One thing an executor can do. ``parameters`` is a JSON Schema (2020-12) of type object.

    ``repeatable`` says that doing it twice does no harm, so that a crash may repeat it.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    repeatable: bool = False


class Limits(Record, kw_only=True):
    """Bounds of one execution, and where it happens. ``key`` stays the same when a call is repeated.

    ``file_bytes`` is the most that files handed in by the task may take together.
    ``token`` settles this one call if it answers ``Pending``, once: for whoever is told of it to answer later. It is
    made anew when the call is repeated, and stands nowhere but here.
    """

    task: str
    tenant: str
    key: str
    seconds: float = 60.0
    output_bytes: int = 256 * 1024
    workspace: str | None = None
    token: str = ""
    file_bytes: int = 50_000_000

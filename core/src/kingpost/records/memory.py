"""What was learned, and how it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from .record import Record, field


class Tier(StrEnum):
    """How long a memory lives: 30 minutes unless it says otherwise, for good, or as a pattern that worked."""

    SHORT = "short"
    LONG = "long"
    EPISODIC = "episodic"


Origin = Literal["user", "agent", "tool", "recalled", "import"]


class Memory(Record, kw_only=True):
    """One thing learned.

    ``id`` is unique within ``(tenant, scope)``. ``source`` and ``place`` say where it comes from (a path relative to
    its input root and ``10-24``). Times are seconds since the epoch. ``origin`` "recalled" is never stored.
    ``kind`` "source" marks a file that was read in whole: kept, exported and forgotten like any other, never recalled.
    ``uses`` is how often it was of use, ``used`` when it last was.
    """

    id: str
    scope: str
    body: str
    tenant: str = "default"
    tier: Tier = Tier.LONG
    kind: Literal["text", "source"] = "text"
    source: str = ""
    place: str = ""
    speaker: str = ""
    session: str = ""
    created: float = 0.0
    valid_from: float | None = None
    valid_to: float | None = None
    expires: float | None = None
    importance: float = 0.0
    origin: Origin = "user"
    uses: int = 0
    used: float | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


class Boost(Record):
    """A reason from elsewhere that a memory fits: a calibrated score from 0 to 1, where 1 says that it surely does."""

    scope: str
    id: str
    score: float


class Query(Record, kw_only=True):
    """A question to a memory: only ``scopes`` of ``tenant`` are searched; ``now`` decides what has expired.

    Times are seconds since the epoch. ``as_of`` asks what was believed then: nothing that was created later, and what
    had not expired by then; what is true is still judged at ``now``. ``boosts`` are reasons that the memory cannot see
    by itself, such as the nearness of vectors. What is boosted is looked at though no word of it was asked for, and its
    score gets a term ``boost``. A boost for what is not there, or not in ``scopes``, is passed over.
    """

    text: str
    scopes: tuple[str, ...]
    tenant: str = "default"
    limit: int = 20
    tiers: tuple[Tier, ...] = ()
    now: float = 0.0
    as_of: float | None = None
    boosts: tuple[Boost, ...] = ()


class Recollection(Record, kw_only=True):
    """A memory that fits a query. ``score`` is higher for better; ``terms`` add up to it.

    ``copies`` is how many memories say the same, this one among them.
    """

    memory: Memory
    score: float
    terms: Mapping[str, float] = field(default_factory=dict)
    copies: int = 1


class Selection(Record, kw_only=True):
    """Which memories to forget or export: all of a scope, narrowed by ``ids``, ``source`` or ``kind``.

    ``None`` for ``scope`` means every scope, for ``tenant`` every tenant. ``but`` spares ids: with ``source`` it
    forgets what a changed file no longer says. ``after`` goes on behind the memory with this scope and id: for pages.
    """

    scope: str | None
    tenant: str | None = "default"
    ids: tuple[str, ...] | None = None
    source: str | None = None
    kind: Literal["text", "source"] | None = None
    but: tuple[str, ...] = ()
    after: tuple[str, str] | None = None


class Piece(Record, kw_only=True):
    """A part of a document as a reader found it: its text and where it stands (``10-24``, ``p. 3``)."""

    text: str
    place: str = ""
    kind: str = ""

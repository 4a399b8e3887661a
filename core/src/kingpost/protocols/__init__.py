"""What a plugin promises. Each sentence of a docstring here is a test in ``kingpost.testing``.

Hooks register, protocols run: a door is a plain function, what it returns has ``async`` methods. An object may also
have ``async def start(self) -> None`` and ``async def stop(self) -> None``; the kernel awaits ``start`` before the
first use and ``stop`` when it closes, in the reverse order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ..records.action import Action, Call, Limits, Observation, Pending, Tool
from ..records.context import Context, Description, Fitted, Passage
from ..records.grant import Allowance
from ..records.memory import Memory, Piece, Query, Recollection, Selection
from ..records.speech import Speech
from .face import Answerer, Command, Face, Kernel, Opener
from .log import Batching, Care, Folded, Frame, Log, Marked
from .sink import Sink

__all__ = [
    "Agent", "Answerer", "Batching", "Borrower", "Care", "Command", "Compressor", "Embedder", "Executor", "Face",
    "Folded", "Frame", "Kernel", "Log", "Marked", "MemoryBackend", "Opener", "Reader", "Say", "Sink", "Tended",
    "TokenCounter",
]  # fmt: skip

Say = Callable[[Speech], None]
"""How an agent speaks while it decides: synchronous, never blocks, never raises."""


@runtime_checkable
class Agent(Protocol):
    """Decides what to do next. One instance serves all tasks of a kernel and touches nothing but its context."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def describe(self, model: str | None) -> Description:
        """What it is with ``model`` (``None``: its own choice). Makes no model call; asked again, it says the same.

        Raises:
            Unavailable: the model's server does not answer, with the mend.
            UnknownName: the server has no such model, with the mend.
        """
        ...

    async def decide(self, context: Context, say: Say) -> Action:
        """One decision: an answer, or calls to tools that ``context.tools`` offers, with ids unique in the turn.

        Never keeps anything between calls: all it knows stands in ``context``. Stops soon when it is cancelled.
        """
        ...


@runtime_checkable
class MemoryBackend(Protocol):
    """Keeps what was learned and finds it again. One instance serves all tasks of a kernel."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def remember(self, memories: Sequence[Memory]) -> int:
        """Durable when it returns, all or nothing. Returns how many were new.

        Idempotent on ``(tenant, scope, id)``: storing twice leaves one. A memory whose origin is "recalled" is not
        stored.
        """
        ...

    async def recall(self, query: Query) -> Sequence[Recollection]:
        """Best first, at most ``query.limit``, only from ``query.scopes`` of ``query.tenant``; empty when nothing fits.

        What has expired at ``query.now`` and what is no text is left out. The same question gives the same answer.
        Any text is a valid question. Terms add up to the score. With ``query.as_of`` nothing that was created later is
        found, and what has expired since is. What ``query.boosts`` names is found though it shares no word.
        """
        ...

    async def get(self, tenant: str, scope: str, ids: Sequence[str]) -> Sequence[Memory]:
        """The memories with these ids, in any order; those that do not exist are left out."""
        ...

    async def forget(self, selection: Selection) -> int:
        """Remove what is selected and nothing else; returns how many. Forgetting twice is no error."""
        ...

    def export(self, selection: Selection) -> AsyncIterator[Memory]:
        """Every selected memory once, oldest first, as it was remembered."""
        ...


@runtime_checkable
class Tended(Protocol):
    """A memory that also keeps how often each of its memories was of use. A ``MemoryBackend`` may be one or not."""

    async def use(self, tenant: str, scope: str, ids: Sequence[str], at: float, once: str = "") -> int:
        """Count one use more of each of these, at ``at`` (seconds since the epoch); returns how many there are.

        What is counted under a name is counted for good: the same ``once`` in the same scope again, from another
        process or after a crash, counts nothing and returns 0. A name need not be known longer than 30 days.
        """
        ...


@runtime_checkable
class Borrower(Protocol):
    """Whatever stands behind a door and works through what other plugins offer: a memory over another memory, say.

    No plugin imports another; an object that has these two beside its own protocol is lent what it needs.
    """

    @property
    def borrows(self) -> Sequence[tuple[str, str]]:
        """Kinds and names as in manifests: ``(("memory", "sqlite"), ("embedders", "ollama"))``. Always the same."""
        ...

    def lend(self, kind: str, name: str, offered: Any) -> None:
        """Called once for each, in order, before its own start. What was lent is started, and stopped after it."""
        ...


@runtime_checkable
class TokenCounter(Protocol):
    """Counts tokens as one model family does. Pure, and safe to call from any thread."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    @property
    def exact(self) -> bool:
        """False when ``count`` is a proven upper bound instead of the model's own count."""
        ...

    def count(self, text: str) -> int:
        """Tokens in ``text``, special tokens read as plain text. Never fails on any text; empty text has none."""
        ...

    def cut(self, text: str, limit: int) -> str:
        """The longest prefix, or nearly, that counts at most ``limit`` tokens and ends between characters."""
        ...


@runtime_checkable
class Compressor(Protocol):
    """Fits passages into a budget and says what was lost."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter) -> Fitted:
        """Passages whose texts count at most ``budget`` tokens together.

        Kept passages come in the order they came, with ``tokens`` counted anew. No passage grows. Pinned passages stay
        as they are. Every passage that is not kept whole is named in ``dropped`` with a reason. What already fits
        stays as it is. The same input gives the same output. Yields to the event loop on long work.

        Raises:
            BudgetTooSmall: the pinned passages alone do not fit.
        """
        ...


@runtime_checkable
class Costly(Compressor, Protocol):
    """A compressor that pays for its fits: it asks a model, say. A ``Compressor`` may be one or not.

    What it made of passages, and what that has cost, is in the log before it is decided on: it is not asked again after
    a crash, and not charged again.
    """

    @property
    def costly(self) -> bool:
        """Whether a fit may cost what nobody wants to pay twice."""
        ...

    async def fit_within(
        self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter, allowance: Allowance
    ) -> Fitted:
        """As ``fit``, and what it pays for stands in ``usage``, with its price if there is one.

        Nobody is asked whose answer might cost more than ``allowance``. The passages are fitted without, and the
        reasons of what was dropped say why.

        Raises:
            BudgetTooSmall: the pinned passages alone do not fit. Whatever it raises, it has paid for nothing.
        """
        ...


@runtime_checkable
class Executor(Protocol):
    """The only way an agent touches the world."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def tools(self) -> Sequence[Tool]:
        """What it can do, with distinct names."""
        ...

    async def execute(self, call: Call, limits: Limits) -> Observation | Pending:
        """Do it. Answers for ``call.id``; whatever goes wrong is an observation with an ``error``, never raised.

        Arguments that do not fit the tool are an observation too. Stays within ``limits``.
        """
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, all of one length.

        Raises:
            Unavailable: the model's server does not answer, with the mend.
        """
        ...


@runtime_checkable
class Reader(Protocol):
    """Reads one form of document that is not plain text."""

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    @property
    def suffixes(self) -> Collection[str]:
        """The file suffixes it reads, lower case, with the dot."""
        ...

    def read(self, path: Path) -> AsyncIterator[Piece]:
        """The document's text in reading order, piece by piece, each with its place.

        Raises:
            UnreadableInput: the document is broken, encrypted or holds no text, with the mend.
        """
        ...

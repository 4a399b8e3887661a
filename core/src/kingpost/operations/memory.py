"""Operations on memories and contexts."""

from __future__ import annotations

from ..errors import BudgetTooSmall, DoorEmpty, InvalidRequest, NotFound, Unavailable, UnknownName, UnreadableInput
from ..records.context import Dropped, Pack
from ..records.memory import Memory, Recollection, Selection, Tier
from ..records.record import Record
from .bounds import Limit, Name, Positive
from .table import Operation


class Remember(Record, kw_only=True):
    """Things to remember.

    An empty id is made from the scope and the text, and from tier and validity where they are given, so that the same
    text is stored once for each.
    """

    memories: tuple[Memory, ...]
    backend: Name | None = None


class Remembered(Record, kw_only=True):
    """The ids, in the order they were given, and how many were new."""

    ids: tuple[str, ...]
    new: int


class Recall(Record, kw_only=True):
    """A question to the memory. ``None`` scopes mean the default one.

    ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true then; without it, now.
    """

    text: str
    scopes: tuple[Name, ...] | None = None
    limit: Limit = 10
    tiers: tuple[Tier, ...] = ()
    as_of: float | None = None
    at: float | None = None
    backend: Name | None = None


class Recalled(Record, kw_only=True):
    """What fits, best first."""

    found: tuple[Recollection, ...]


class Use(Record, kw_only=True):
    """Memories of one scope that were of use."""

    ids: tuple[Name, ...]
    scope: Name
    backend: Name | None = None


class Used(Record, kw_only=True):
    """How many of them there are."""

    count: int


class Forget(Record, kw_only=True):
    """What to forget."""

    selection: Selection
    backend: Name | None = None


class Forgotten(Record, kw_only=True):
    """How many memories are gone."""

    count: int


class Export(Record, kw_only=True):
    """What to export, at most ``limit`` memories."""

    selection: Selection
    limit: Limit = 1000
    backend: Name | None = None


class Exported(Record, kw_only=True):
    """Memories, oldest first, and the selection's ``after`` for the next page if there is one."""

    memories: tuple[Memory, ...]
    next: tuple[str, str] | None = None


class PackContext(Record, kw_only=True):
    """Documents and memories for a query, packed into a budget (tokens of ``counter``) for use elsewhere."""

    query: str
    inputs: tuple[Name, ...] = ()
    scopes: tuple[Name, ...] | None = None
    budget: Positive | None = None
    counter: Name | None = None
    memory: Name | None = None
    compressor: Name | None = None


class Packed(Record, kw_only=True):
    """The rendered prompt and its ledger."""

    prompt: str
    ledger: Pack


class MemoryId(Record, kw_only=True):
    """Names a memory by its scope and id."""

    scope: str
    id: str
    backend: Name | None = None


class Fit(Record, kw_only=True):
    """Any text into a budget. ``kind`` names its form if it is known."""

    text: str
    budget: Positive
    query: str = ""
    kind: str = ""
    counter: Name | None = None
    compressor: Name | None = None


class Fitting(Record, kw_only=True):
    """The text that fits, its tokens and those before, and the loss report."""

    text: str
    tokens: int
    before: int
    counter: str
    dropped: tuple[Dropped, ...] = ()


class Count(Record, kw_only=True):
    """A text to count."""

    text: str
    counter: Name | None = None


class Counted(Record, kw_only=True):
    """Tokens in the text; ``exact`` is false where the counter gives an upper bound."""

    tokens: int
    counter: str
    exact: bool


REMEMBER = Operation(
    id="memory.remember", summary="Remember something.", request=Remember, response=Remembered, scope="memory:write",
    errors=(DoorEmpty, Unavailable, UnknownName),
    route="POST /memories",
)  # fmt: skip
RECALL = Operation(
    id="memory.recall", summary="Find what fits a question.", request=Recall, response=Recalled, scope="memory:read",
    errors=(DoorEmpty, Unavailable, UnknownName),
    route="POST /memories/recall",
)  # fmt: skip
USE = Operation(
    id="memory.use", summary="Count a use of memories.", request=Use, response=Used, scope="memory:write",
    errors=(DoorEmpty, InvalidRequest, Unavailable, UnknownName),
    route="POST /memories/use", idempotent=False,
)  # fmt: skip
FORGET = Operation(
    id="memory.forget", summary="Forget memories.", request=Forget, response=Forgotten, scope="memory:write",
    errors=(DoorEmpty, Unavailable, UnknownName),
    route="POST /memories/forget",
)  # fmt: skip
EXPORT = Operation(
    id="memory.export", summary="Memories as they were remembered.", request=Export, response=Exported,
    scope="memory:read", errors=(DoorEmpty, Unavailable, UnknownName),
    route="POST /memories/export",
)  # fmt: skip
PACK = Operation(
    id="context.pack", summary="Pack documents and memories for a query.", request=PackContext, response=Packed,
    scope="memory:write", errors=(DoorEmpty, Unavailable, UnknownName, UnreadableInput, BudgetTooSmall),
    route="POST /context/pack", files=("inputs",),
)  # fmt: skip
FIT = Operation(
    id="context.fit", summary="Fit a text into a budget.", request=Fit, response=Fitting, scope="context:use",
    errors=(DoorEmpty, UnknownName),
    route="POST /context/fit",
)  # fmt: skip
COUNT = Operation(
    id="context.count", summary="Count the tokens of a text.", request=Count, response=Counted, scope="context:use",
    errors=(DoorEmpty, UnknownName),
    route="POST /context/count",
)  # fmt: skip
GET = Operation(
    id="memory.get", summary="One memory.", request=MemoryId, response=Memory, scope="memory:read",
    errors=(DoorEmpty, NotFound, Unavailable, UnknownName), route="GET /memories/{scope}/{id}",
)  # fmt: skip

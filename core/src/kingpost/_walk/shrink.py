"""What a compressor makes of passages, believed only as far as it can be seen.

Called by ``context`` and ``backlog``. A compressor that raises, hangs or returns what it was not given costs its
passages, not the task: the caller has a plainer way to make them fit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import PluginError
from ..protocols import Compressor, TokenCounter
from ..records.context import Dropped, Fitted, Passage
from ..records.record import replace
from .told import is_fault

PATIENCE_SECONDS = 60.0

NOTHING = Fitted(kept=())
"""What is left of passages of which nothing can be believed."""


async def shrunk(
    compressor: Compressor, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter
) -> Fitted | None:
    """The passages that are kept, in their order and with nothing changed but text and tokens; ``None`` for rubbish.

    Raises:
        PluginError: another plugin is at fault, the counter for one.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            came: Any = await compressor.fit(passages, budget, query, counter)
        return _sound(came, passages)
    except PluginError:
        raise
    except BaseException as problem:
        if not is_fault(problem):
            raise
        return None


def _sound(came: Any, passages: Sequence[Passage]) -> Fitted | None:
    given = {passage.id: passage for passage in passages}
    places = {id: place for place, id in enumerate(given)}
    order = [places[one.id] for one in came.kept]
    pinned = {passage.id: passage.text for passage in passages if passage.pinned}
    kept = tuple(replace(given[one.id], text=one.text, tokens=one.tokens) for one in came.kept)
    texts = {one.id: one.text for one in came.kept if isinstance(one.text, str) and type(one.tokens) is int}
    well = len(texts) == len(kept) and order == sorted(set(order)) and pinned.items() <= texts.items()
    return Fitted(kept=kept, dropped=_losses(came.dropped, given)) if well else None


def _losses(came: Any, given: Mapping[str, Passage]) -> tuple[Dropped, ...]:
    """The losses, each of a passage that there was."""
    return tuple(
        Dropped(
            id=one.id, source=given[one.id].source, place=given[one.id].place, tokens=int(one.tokens),
            reason=str(one.reason), whole=bool(one.whole),
        )
        for one in came
    )  # fmt: skip

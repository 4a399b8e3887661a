"""A persona laid over what is asked: its own words go first, its bounds hold, the rest is what was asked for.

Called by ``draft`` and ``delegate``; pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from .._walk.turn import allowed
from ..operations.personas import SetPersona
from ..operations.tasks import Submit
from ..records.record import replace

Number = TypeVar("Number", int, float)


def laid_over(persona: SetPersona, request: Submit) -> Submit:
    """What is asked of the code agent that stands behind a persona."""
    words = [words for words in (persona.instructions, request.context) if words]
    return replace(
        request,
        agent=persona.agent,
        model=request.model or persona.model,
        context="\n\n".join(words),
        tools=persona.tools if request.tools is None else narrowed(request.tools, persona.tools),
        scopes=persona.scopes if request.scopes is None else request.scopes,
        budget=request.budget or persona.budget,
        tokens=_least(request.tokens, persona.tokens),
        money=_least(request.money, persona.money),
        seconds=_least(request.seconds, persona.seconds),
    )


def narrowed(asked: Sequence[str], bound: Sequence[str] | None) -> tuple[str, ...]:
    """Patterns that let pass what both let pass, as far as one of each pair holds the other."""
    if bound is None:
        return tuple(asked)
    both = [*(one for one in asked if allowed(one, bound)), *(one for one in bound if allowed(one, asked))]
    return tuple(dict.fromkeys(both))


def _least(one: Number | None, other: Number | None) -> Number | None:
    return min((each for each in (one, other) if each is not None), default=None)

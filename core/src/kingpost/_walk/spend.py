"""What a turn may cost, what it did cost, and how long it took.

Called by ``pipeline`` before and behind each decision, and by the host when it claims a task or cuts a child's grant.
An amount is tokens, money (micro-units) and active milliseconds; a bound is the same with ``None`` for "unbounded".
"""

from __future__ import annotations

import asyncio
import sys
from types import TracebackType

from ..errors import OutOfTime, OverGrant
from ..ports import Clock
from ..records.action import Usage
from ..records.context import Description
from ..records.grant import Grant
from ..state import Amount, Bound, TaskState

MILLION = 1_000_000


def granted(grant: Grant) -> Bound | None:
    """A grant as a bound of the fold; ``None`` when nothing is bounded."""
    if grant.tokens is grant.money is grant.seconds is None:
        return None
    return [grant.tokens, grant.money, None if grant.seconds is None else int(grant.seconds * 1000)]


def turn_bound(budget: int, description: Description) -> tuple[int, int]:
    """The most that one turn can cost: its whole context and its longest answer. Nothing where no model runs."""
    if description.model is None:
        return 0, 0
    return budget + description.room, money_of(description, budget, description.room)


def money_of(description: Description, input_tokens: int, output_tokens: int) -> int:
    """What tokens cost, in micro-units, rounded up; 0 where the price is unknown and nobody asked for it."""
    if description.prices is None:
        return 0
    each_in, each_out = description.prices
    return -(-(input_tokens * each_in + output_tokens * each_out) // MILLION)


def affordable(description: Description, money: int) -> int:
    """How many tokens of context so much money pays for, beside the longest answer."""
    each_in, each_out = description.prices or (0, 0)
    left = money * MILLION - description.room * each_out
    return left // each_in if each_in else (0 if left < 0 else sys.maxsize)


def reserve(state: TaskState, bound: tuple[int, int], spent: Amount | None = None) -> Amount | None:
    """What is set aside for the next turn: its bound, or all that is left. ``None`` where nothing is bounded.

    With ``spent`` what was reserved before is settled by it; without, it counts as spent, as after a crash.

    Raises:
        OverGrant: nothing is left of something that is needed. OutOfTime: its active seconds are over.
    """
    if state.granted is None:
        return None
    free = state.left()
    if spent is not None:
        more = [aside - cost for aside, cost in zip(state.reserved or (0, 0, 0), spent, strict=True)]
        free = [None if one is None else one + back for one, back in zip(free, more, strict=True)]
    tokens, money, milliseconds = free
    for name, left, need in (("tokens", tokens, bound[0]), ("micro-units of money", money, bound[1])):
        if left is not None and (left < 0 or (left == 0 and need > 0)):
            raise OverGrant(f"the {name} of its grant are spent: {_spent(state)}; grant more and submit it again")
    if milliseconds is not None and milliseconds <= 0:
        raise OutOfTime(f"its active seconds are over: {_spent(state)}; grant more with --seconds")
    return [
        bound[0] if tokens is None else min(bound[0], max(tokens, 0)),
        bound[1] if money is None else min(bound[1], max(money, 0)),
        0,
    ]


def _spent(state: TaskState) -> str:
    tokens, money, milliseconds = state.spent
    return f"{tokens} tokens, {money} micro-units, {milliseconds / 1000:g} s"


def charge(usage: Usage, description: Description, counted: tuple[int, int], milliseconds: int) -> Amount:
    """What a turn cost: as the server reports it, else as it was counted; nothing where no model ran."""
    known = usage.input_tokens is not None or usage.output_tokens is not None
    if not known and description.model is None:
        return [0, usage.money or 0, milliseconds]
    if known:
        tokens_in, tokens_out = usage.input_tokens or 0, usage.output_tokens or 0
    else:
        tokens_in, tokens_out = counted
    money = usage.money if usage.money is not None else money_of(description, tokens_in, tokens_out)
    return [tokens_in + tokens_out, money, milliseconds]


def shares(left: Bound, named: list[int | None]) -> list[Bound]:
    """Cuts for children out of what is left: the tokens each asked for, or an equal share with one share kept.

    Never more than is left, all together. Money and seconds are always cut equally.
    """
    parts = len(named) + 1
    rest = left[0]
    cuts: list[Bound] = []
    asked = sum(one for one in named if one is not None)
    free = None if rest is None else max(rest - asked, 0)
    unnamed = sum(one is None for one in named) + 1
    for one in named:
        if rest is None:
            tokens = one
        else:
            tokens = min(free // unnamed if one is None and free is not None else one or 0, max(rest, 0))
            rest -= tokens
        cuts.append([tokens, *(None if bound is None else max(bound, 0) // parts for bound in left[1:])])
    return cuts


class Meter:
    """Active time: what passes while an agent decides or tools run, overlaps once."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._milliseconds = clock, 0.0

    def take(self) -> int:
        """The active milliseconds since the last time."""
        whole = int(self._milliseconds)
        self._milliseconds -= whole
        return whole

    def active(self, state: TaskState) -> _Active:
        """What runs inside counts, and is stopped when the active seconds of the grant are over.

        Raises:
            OutOfTime: they are over.
        """
        return _Active(self, self.left(state))

    def left(self, state: TaskState) -> float | None:
        """The active seconds that are left of the grant now; ``None`` where they have no bound."""
        left = None if state.granted is None else state.left()[2]
        return None if left is None else max(left - self._milliseconds, 0) / 1000

    def count(self, seconds: float) -> None:
        """So much more was active."""
        self._milliseconds += seconds * 1000

    def now(self) -> float:
        """Seconds since some fixed point."""
        return self._clock.monotonic()


class _Active:
    """A time that counts. A class, since a generator costs five times that, and most tasks have no bound."""

    __slots__ = ("_began", "_limit", "_meter")

    def __init__(self, meter: Meter, bound: float | None) -> None:
        self._meter = meter
        self._limit = None if bound is None else asyncio.timeout(bound)

    async def __aenter__(self) -> None:
        self._began = self._meter.now()
        if self._limit is not None:
            await self._limit.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._meter.count(self._meter.now() - self._began)
        if self._limit is None:
            return
        try:
            await self._limit.__aexit__(kind, problem, trace)
        except TimeoutError:
            raise OutOfTime("its active seconds are over; grant more with --seconds") from None

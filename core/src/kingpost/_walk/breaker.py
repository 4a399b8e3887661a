"""Circuit breakers: what failed three times in a row is left alone for a while, and then tried by one.

Asked by ``turn`` and ``context`` before they call an agent, a memory or an executor, and told how it went; shown by
``doctor``. Never calls anything itself. After M. Nygard, "Release It!", 2nd edition, chapter 5.

::

    closed -> open          that many failures in a row
    open -> half-open       its rest is over: the next check passes, as a probe, and the others go on being refused
    half-open -> closed     something succeeded
    half-open -> open       something failed; a probe that says nothing for as long as a rest is taken for lost
"""

from __future__ import annotations

import math
from typing import Literal

from msgspec import Struct

from ..errors import Unavailable
from ..ports import Clock
from ..records.record import Record
from .told import told

Key = tuple[Literal["agent", "memory", "executor"], str]
"""What is called, and its name."""


class BreakerState(Record):
    """One breaker as it stands. ``until`` is when the next probe may pass, in seconds since the epoch."""

    key: Key
    state: Literal["closed", "open", "half-open"]
    failures: int
    problem: str
    until: float | None


class _Breaker(Struct):
    """What has failed lately. ``until`` (monotonic) is ``None`` while it is closed."""

    failures: int = 0
    problem: str = ""
    until: float | None = None
    probing: bool = False


class Breakers:
    """One breaker for each thing that can be out of order. What never failed takes no room.

    ``failures`` in a row open a breaker, for ``seconds``. An answer of any kind is a success, a refusal too: what is
    watched is whether somebody is there.
    """

    def __init__(self, clock: Clock, failures: int = 3, seconds: float = 30.0) -> None:
        self._clock, self._failures, self._seconds = clock, failures, seconds
        self._breakers: dict[Key, _Breaker] = {}

    def check(self, key: Key) -> None:
        """Pass when this may be called now. Whoever passes must say how it went.

        Raises:
            Unavailable: it is resting; the message says for how long. Not why: what failed may have been another
                tenant's, whose words the failure repeats.
        """
        breaker = self._breakers.get(key)
        if breaker is None or breaker.until is None:
            return
        now = self._clock.monotonic()
        if now < breaker.until:
            left = math.ceil(breaker.until - now)
            raise Unavailable(
                f"{key[0]} {key[1]!r} is resting after {breaker.failures} failures in a row; tried again in {left} s"
            )
        breaker.probing, breaker.until = True, now + self._seconds

    def failed(self, key: Key, problem: BaseException | str) -> None:
        """A call did not get through. One that had begun before the breaker opened does not prolong its rest."""
        breaker = self._breakers.setdefault(key, _Breaker())
        breaker.failures += 1
        breaker.problem = told(problem, 300)
        if breaker.failures < self._failures:
            return
        now = self._clock.monotonic()
        if breaker.probing or breaker.until is None or now >= breaker.until:
            breaker.probing, breaker.until = False, now + self._seconds

    def succeeded(self, key: Key) -> None:
        """A call got through: nothing counts any more of what failed before."""
        self._breakers.pop(key, None)

    def open_until(self, key: Key) -> float | None:
        """When the next call may pass, in seconds since the epoch; ``None`` when one may now."""
        breaker = self._breakers.get(key)
        if breaker is None or breaker.until is None:
            return None
        left = breaker.until - self._clock.monotonic()
        return self._clock.now() + left if left > 0 else None

    def states(self) -> list[BreakerState]:
        """Everything that has failed since it last succeeded, by kind and name."""
        return [
            BreakerState(key, _word(breaker, until), breaker.failures, breaker.problem, until)
            for key, breaker in sorted(self._breakers.items())
            for until in (self.open_until(key),)
        ]


def _word(breaker: _Breaker, until: float | None) -> Literal["closed", "open", "half-open"]:
    if breaker.until is None:
        return "closed"
    return "half-open" if breaker.probing or until is None else "open"

"""When a delivery is tried again, and when a host is let rest. Pure; times and randomness are handed in.

Asked by ``courier`` and ``outbox``. Source of the schedule: the Standard Webhooks specification, "Retry schedule".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

DELAYS = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds behind each failed attempt; behind the last one it is a dead letter. 75.6 hours in all."""

JITTER = 0.2
LONGEST_RETRY_AFTER = 86_400.0

_DIGITS = 12

FAILURES = 5
REST_SECONDS = 30.0
QUIET_SECONDS = 60.0


def delay(attempt: int, entropy: Callable[[int], bytes], asked: float | None = None) -> float | None:
    """Seconds until the next attempt behind attempt ``attempt`` (from 1), ``None`` when it was the last.

    ``asked`` is what the far side asked for with Retry-After; it is never shortened, and at most a day.
    """
    if attempt > len(DELAYS):
        return None
    share = (int.from_bytes(entropy(7), "big") >> 3) / (1 << 53)
    own = DELAYS[attempt - 1] * (1 - JITTER + 2 * JITTER * share)
    return own if asked is None else max(own, min(asked, LONGEST_RETRY_AFTER))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """What Retry-After says in seconds (RFC 9110, section 10.2.3), ``None`` where it says nothing that can be read."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:_DIGITS]) if len(value) <= _DIGITS else LONGEST_RETRY_AFTER
    try:
        return max(parsedate_to_datetime(value).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


@dataclass(slots=True)
class Circuit:
    """One host. Only connections count: an answer of whatever status shows that the host is there.

    It opens after five failures in a row, if the host has not answered for a minute: a host with many endpoints is not
    given up for the dead ones among them. While it is open nothing is tried and no attempt is used up; then one is.
    """

    failures: int = 0
    answered: float = float("-inf")
    until: float = float("-inf")

    def rest(self, now: float) -> float:
        """Seconds for which nothing may be tried; 0 lets one try pass and keeps others waiting for it."""
        if self.failures < FAILURES or now - self.answered < QUIET_SECONDS:
            return 0.0
        if now < self.until:
            return self.until - now
        self.until = now + REST_SECONDS
        return 0.0

    def succeeded(self, now: float) -> None:
        """The host has answered."""
        self.failures, self.answered, self.until = 0, now, float("-inf")

    def failed(self, now: float) -> None:
        """Nobody has answered."""
        self.failures += 1
        if self.failures >= FAILURES and now - self.answered >= QUIET_SECONDS:
            self.until = now + REST_SECONDS

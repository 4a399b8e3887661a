"""Rate limits: the generic cell rate algorithm (ITU-T I.371), one number for each who asks.

Asked by the edge. Kept in memory: who restarts the server begins anew.
"""

from __future__ import annotations

from time import monotonic

from .problem import Refusal

_MOST = 20_000


class Buckets:
    """How much everybody has left."""

    def __init__(self, burst_seconds: float) -> None:
        """``burst_seconds`` of a rate may come at once."""
        self._burst = burst_seconds
        self._due: dict[str, float] = {}

    def take(self, who: str, rate: float) -> int:
        """Take one of ``rate`` per second; returns how many are left now.

        Raises:
            Refusal: 429, with the seconds to wait.
        """
        now = monotonic()
        step = 1 / rate
        due = self._due.get(who, now)
        due = max(due, now) + step
        ahead = due - now
        if ahead > self._burst and ahead > step:
            seconds = max(int(ahead - self._burst) + 1, 1)
            raise Refusal(
                429, "http.rate", f"{rate:g} requests a second are the most here; ask again in {seconds} s",
                (b"retry-after", b"%d" % seconds), (b"ratelimit-limit", b"%d" % max(rate, 1)),
                (b"ratelimit-remaining", b"0"), (b"ratelimit-reset", b"%d" % seconds),
            )  # fmt: skip
        if len(self._due) >= _MOST:
            self._due = {name: until for name, until in self._due.items() if until > now}
            if len(self._due) >= _MOST:
                self._due.clear()
        self._due[who] = due
        return int((self._burst - ahead) * rate)

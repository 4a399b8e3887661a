"""When a request is tried again, and how long the client waits first. The same rules in every SDK: behaviour.json.

Asked by the transports and by streams. Pure: clock and chance are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

_ALWAYS = frozenset({408, 429})
_LOCKS = frozenset({"idempotency.in_flight", "transient.conflict"})
_BEHIND = "position.ahead"
_LONGEST_ASKED = 60.0
_DATE = re.compile(
    r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
    r"|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}",
    re.ASCII,
)
"""A date of HTTP (RFC 9110, section 5.6.7): as it is written now, and as it once was."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a request is tried again, and the bounds of the back-off in seconds."""

    retries: int = 2
    first: float = 0.5
    longest: float = 8.0


def worth_another(status: int, code: str, headers: Mapping[str, str]) -> bool:
    """Whether the same request may succeed: 408, 429, 5xx, a lock, or where the server says so."""
    said = headers.get("x-should-retry")
    if said in {"true", "false"}:
        return said == "true"
    return status in _ALWAYS or status >= 500 or (status == 409 and code in _LOCKS) or code == _BEHIND


def pause(attempt: int, headers: Mapping[str, str], retry: Retry, chance: float, now: float) -> float:
    """Seconds before the next try. ``attempt`` counts from 0, ``chance`` is in [0, 1), ``now`` since the epoch.

    What the server asks for (``retry-after-ms``, or ``Retry-After``: RFC 9110, section 10.2.3) is kept up to a minute;
    otherwise full jitter: anywhere below a bound that doubles.
    """
    said = asked(headers, now)
    if said is not None and 0 <= said <= _LONGEST_ASKED:
        return said
    return chance * min(retry.longest, retry.first * 2.0**attempt)


def asked(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the server asks to be waited for, ``None`` where it says nothing that can be read."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if text.isascii() and text.replace(".", "", 1).isdigit():
            return float(text) * unit
        if name == "retry-after" and _DATE.fullmatch(text):
            from email.utils import parsedate_to_datetime  # 10 ms, for a form of the header that is rare

            try:
                # All of the three forms are in GMT, also the one that does not say so.
                return max(0.0, parsedate_to_datetime(text).replace(tzinfo=UTC).timestamp() - now)
            except ValueError:
                return None
    return None
